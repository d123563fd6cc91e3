"""Late winter: the proposal, the forum's answers and conclusion."""

from __future__ import annotations

from core import clock
from core.enums import CommentKind
from core.services import comments
from forums.enums import Answer, ForumOutcome
from forums.models import Forum, Seat
from forums.selectors.seats import voting_seats
from grants.models import ProposalVersion, Recommendation, RecommendationLine, Round
from grants.services import proposals, recommendations
from reporting.rehearsal.needs_acts import refused_criterion
from reporting.rehearsal.profile import measure_texts
from reporting.rehearsal.scenery import Scenery


def propose(scenery: Scenery, round_: Round) -> ProposalVersion:
    """One click; under REG2026 the office then sets what it means to refuse to nothing (§§ 12, 15)."""
    by = scenery.case_officer()
    proposal = proposals.make_first_proposal(round=round_, by=by)
    if scenery.profile.rule_set != "REG2026":
        return proposal
    text = measure_texts()["year"][scenery.profile.main_form]["refusal"]
    refused = [
        line
        for line in proposal.lines.select_related("measure_year__report__lead__anchor", "measure_year__report__network")
        if line.measure_year.report and refused_criterion(scenery, line.measure_year.report, line.measure_year)
    ]
    if not refused:
        return proposal
    return proposals.set_amounts(
        proposal=proposal,
        amounts={line.pk: 0 for line in refused},
        reasons={line.pk: text for line in refused},
        by=by,
    )


def put_forward(scenery: Scenery, proposal: ProposalVersion) -> list[Recommendation]:
    return proposals.put_forward(proposal=proposal, by=scenery.case_officer())


def of_round(round_: Round) -> list[Recommendation]:
    return list(Recommendation.objects.filter(round=round_).order_by("number"))


def forums_of(recommendation: Recommendation) -> list[Forum]:
    return [row.forum for row in recommendation.forums.select_related("forum__anchor").order_by("id")]


def answer_all(scenery: Scenery, recommendation: Recommendation, *, some: bool = False) -> None:
    """Every voting seat answers; ``some``: only every other so far. One remark and one dissent stand out."""
    texts = measure_texts()["year"][scenery.profile.main_form]
    lines = list(recommendation.lines.filter(live=True).order_by("id"))
    for number, seat in enumerate(voting_seats(forums_of(recommendation), clock.today()).order_by("id")):
        if some and number % 2:
            continue
        answers = {line.pk: (Answer.AGREE, "") for line in lines}
        if number == 1 and lines:
            answers[lines[0].pk] = (Answer.AGREE_WITH_REMARK, texts["remark"])
        if number == 2 and lines:
            answers[lines[-1].pk] = (Answer.DISAGREE, texts["dissent"])
        recommendations.answer(
            recommendation=recommendation, seat=seat, answers=answers, by=scenery.cast.actor(part_of(seat))
        )


def part_of(seat: Seat) -> str:
    """Who plays this seat (scenery._appoint_all)."""
    return f"seat:{seat.group.forum.code}:{seat.group.code}:{seat.number - 1}"


def discuss(scenery: Scenery, recommendation: Recommendation) -> None:
    """A member asks, the secretariat answers, another supports."""
    texts = measure_texts()["year"][scenery.profile.main_form]
    line = recommendation.lines.filter(live=True).select_related("measure_year").order_by("id").first()
    seats = list(voting_seats(forums_of(recommendation), clock.today()).order_by("id")[:2])
    if line is None or len(seats) < 2:
        return
    part = line.measure_year
    question = comments.write(
        kind=CommentKind.QUESTION,
        text=texts["comment_question"],
        by=scenery.cast.actor(part_of(seats[0])),
        subject=part,
        office=scenery.office,
    )
    comments.write(
        kind=CommentKind.REMARK,
        text=texts["comment_answer"],
        by=scenery.case_officer(),
        answers=question,
        subject=part,
        office=scenery.office,
    )
    comments.write(
        kind=CommentKind.SUPPORT,
        text=texts["comment_support"],
        by=scenery.cast.actor(part_of(seats[1])),
        subject=part,
        office=scenery.office,
    )


def chair_part(scenery: Scenery, forum: Forum) -> str:
    row = next(row for row in scenery.profile.raw["forums"] if row["code"] == forum.code)
    return f"seat:{forum.code}:{row['chair']}:0"


def conclude(scenery: Scenery, recommendation: Recommendation) -> None:
    for forum in forums_of(recommendation):
        dissent = recommendation.lines.filter(live=True, answers__answer=Answer.DISAGREE).exists()
        recommendations.conclude_forum(
            recommendation=recommendation,
            forum=forum,
            by=scenery.cast.actor(chair_part(scenery, forum), role="chair"),
            outcome=ForumOutcome.AGREED_WITH_DISSENT if dissent else ForumOutcome.AGREED,
        )


def lines_to_refuse(scenery: Scenery, recommendation: Recommendation) -> list[tuple[RecommendationLine, str]]:
    """Lines the office finds against a criterion (pkt 7.4), with the criterion."""
    found = []
    for line in recommendation.lines.filter(live=True, amount__gt=0).select_related(
        "measure_year__report__lead__anchor", "measure_year__report__network"
    ):
        report = line.measure_year.report
        criterion = refused_criterion(scenery, report, line.measure_year) if report else ""
        if criterion:
            found.append((line, criterion))
    return found


def refuse(scenery: Scenery, recommendation: Recommendation, lines: list[tuple[RecommendationLine, str]]) -> None:
    text = measure_texts()["year"][scenery.profile.main_form]["refusal"]
    recommendations.refuse_parts(
        recommendation=recommendation,
        refusals={line.pk: (criterion, text) for line, criterion in lines},
        by=scenery.case_officer(),
    )


def uphold(scenery: Scenery, recommendation: Recommendation) -> None:
    recommendations.uphold(
        recommendation=recommendation,
        by=scenery.cast.actor(chair_part(scenery, forums_of(recommendation)[0]), role="chair"),
    )
