"""The forum's handling: seats answer, the chair concludes, and under GUIDE2021 the office may refuse parts.

FOR-2021-01-26-230 pkt 7.3–7.4: the forum delivers a joint recommendation; the office may refuse parts, whereupon the
forum changes or upholds them. FOR-2026-01-12-23 § 12: the forum assesses the office's proposal and gives input.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.models import User
from accounts.services.notices import notify
from core import authz, clock
from core.actor import Actor
from core.requirements import AlreadyDone, Obstacle, StepRefused
from core.services import obligations
from core.services.events import record
from core.services.performing import check_version, lock, perform
from forums.enums import Answer, ForumOutcome
from forums.models import Appointment, Forum, Recusal, Seat
from forums.selectors.seats import in_term
from forums.services.recusals import declare
from grants.models import MeasureYear, Recommendation, RecommendationForum, RecommendationLine, SeatAnswer
from grants.requirements import RecommendationFacts
from grants.selectors.answers import standing
from grants.selectors.proposals import pot_use
from grants.selectors.recommendations import chairs, forums_of, machine_of
from grants.selectors.rounds import rule_set_of
from grants.services.minutes import conclude_on_paper, keep_last_word
from grants.services.putting_forward import new_line

Given = tuple[Answer | str, str]


@transaction.atomic
def answer(
    *,
    recommendation: Recommendation,
    seat: Seat,
    answers: Mapping[int, Given],
    by: Actor,
    seen_version: int | None = None,
) -> list[SeatAnswer]:
    """Answer lines (line id → answer and reason) for a seat. Later answers replace earlier ones until it concludes.

    Only who sits in the seat today, member or deputy, and only a seat with a vote. Raises StepRefused for a seat of the
    office's, a line that has changed since, a missing reason, someone recused, or a forum that has concluded;
    StaleVersion; NotAllowed.
    """
    authz.require(by, "grants.answer", recommendation)
    locked = lock(recommendation)
    appointment = _sits(seat, by)
    check_version(locked, seen_version)
    _require_open(locked, seat.group.forum_id)
    lines = {row.pk: row for row in locked.lines.filter(live=True, pk__in=list(answers))}
    _check_answers(lines, answers, appointment)
    rows = _store(seat, appointment, lines, answers, by)
    record(
        code="recommendation.answered",
        subject=locked,
        by=by,
        office=locked.round.office_id,
        data={
            "forum": seat.group.forum.anchor.name,
            "seat": seat.pk,
            "answers": {str(row.line_id): row.answer for row in rows},
        },
    )
    obligations.sync(locked)
    return rows


@transaction.atomic
def step_back(
    *, recommendation: Recommendation, measure_year: MeasureYear, seat: Seat, by: Actor, reason: str = ""
) -> Recusal:
    """«I'm recused on this measure» (fvl. § 6). The deputy may answer for the seat; else it isn't counted there.

    Raises StepRefused when the person doesn't sit there or the forum has concluded; NotAllowed.
    """
    authz.require(by, "grants.answer", recommendation)
    locked = lock(recommendation)
    appointment = _sits(seat, by)
    _require_open(locked, seat.group.forum_id)
    if not locked.lines.filter(measure_year=measure_year, live=True).exists():
        raise StepRefused([Obstacle("unknown_line", _("The measure is not before the forum."))])
    recusal = declare(appointment=appointment, subject=measure_year, by=by, reason=reason)
    obligations.sync(locked)
    return recusal


@transaction.atomic
def conclude_forum(
    *,
    recommendation: Recommendation,
    forum: Forum,
    by: Actor,
    outcome: ForumOutcome | str,
    remark: str = "",
    seen_version: int | None = None,
) -> RecommendationForum:
    """The forum's chair concludes. What was concluded on is kept as a snapshot and journaled minutes.

    When the last forum has concluded, the recommendation is concluded. «Agreed» is refused while a counted seat
    disagrees. Raises StepRefused, StaleVersion, AlreadyDone for a double click, or NotAllowed.
    """
    authz.require(by, "grants.conclude", recommendation)
    locked = lock(recommendation)
    part = RecommendationForum.objects.select_for_update(of=("self",)).get(recommendation=locked, forum=forum)
    chair = _chairs([forum], by)
    if part.concluded_at is not None:
        if part.concluded_by_id == chair.pk and (part.outcome, part.remark) == (ForumOutcome(outcome), remark.strip()):
            raise AlreadyDone
        raise StepRefused([Obstacle("already_concluded", _("This forum has already concluded."))])
    check_version(locked, seen_version)
    if locked.state != "with_forum":
        raise StepRefused([Obstacle("not_open", _("The recommendation is no longer before the forum."))])
    _check_outcome(locked, forum, ForumOutcome(outcome))
    conclude_on_paper(part=part, chair=chair, by=by, outcome=ForumOutcome(outcome), remark=remark.strip())
    record(
        code="recommendation.forum_concluded",
        subject=locked,
        by=by,
        office=locked.round.office_id,
        data={"forum": forum.anchor.name, "outcome": str(ForumOutcome(outcome))},
    )
    if locked.forums.filter(concluded_at__isnull=True).exists():
        obligations.sync(locked)
    else:
        perform(
            machine_of(locked),
            "conclude",
            recommendation,
            by=by,
            facts=RecommendationFacts(all_forums_concluded=True),
            changes={"concluded_at": clock.now()},
            office_id=locked.round.office_id,
        )
        obligations.sync(locked.round)
    return part


@transaction.atomic
def refuse_parts(
    *,
    recommendation: Recommendation,
    refusals: Mapping[int, tuple[str, str]],
    by: Actor,
    seen_version: int | None = None,
) -> Recommendation:
    """The office refuses lines (line id → criterion and reason), pkt 7.4; they go back to the forum's chair.

    Raises StepRefused for rules without this step, an unknown criterion or a missing reason; StaleVersion; NotAllowed.
    """
    authz.require(by, "grants.propose", recommendation)
    rules = rule_set_of(recommendation.round)
    if not rules.procedure.part_refusal_returns_to_forum:
        raise StepRefused(
            [Obstacle("not_in_these_rules", _("Under these rules the office decides itself; nothing goes back."))]
        )
    lines = {row.pk: row for row in recommendation.lines.filter(live=True, pk__in=list(refusals))}
    known = {criterion.code for criterion in rules.criteria}
    obstacles = []
    for pk, (criterion, reason) in refusals.items():
        if pk not in lines:
            obstacles.append(Obstacle("unknown_line", _("A sum has changed since you opened the page. Open it again.")))
        if criterion not in known:
            obstacles.append(Obstacle("criterion_missing", _("Choose which criterion isn't met."), f"criterion-{pk}"))
        if not reason.strip():
            obstacles.append(Obstacle("reason_missing", _("Write why it is refused."), f"reason-{pk}"))
    if obstacles:
        raise StepRefused(obstacles)
    facts = RecommendationFacts(refused_lines=len(refusals))
    _perform(recommendation, "refuse_part", by=by, seen_version=seen_version, facts=facts)
    for pk, (criterion, reason) in refusals.items():
        lines[pk].refused_criterion = criterion
        lines[pk].refused_reason = reason.strip()
    RecommendationLine.objects.bulk_update(lines.values(), ["refused_criterion", "refused_reason"])
    obligations.sync(recommendation)
    _tell_chairs(recommendation, len(refusals))
    return recommendation


@transaction.atomic
def change(
    *, recommendation: Recommendation, by: Actor, amounts: Mapping[int, int], seen_version: int | None = None
) -> Recommendation:
    """The forum gives new sums (line id → whole kroner) for the refused lines, pkt 7.4; the others stand.

    Raises StepRefused for another line than a refused one, when nothing is changed or a pot is overspent.
    """
    authz.require(by, "grants.conclude", recommendation)
    _chairs([row.forum for row in forums_of(recommendation)], by)
    lines = list(recommendation.lines.filter(live=True).select_related("proposal_line", "measure_year__report"))
    refused = {row.pk: row for row in lines if row.refused_reason}
    changed = {pk: amount for pk, amount in amounts.items() if pk not in refused or amount != refused[pk].amount}
    _check_amounts(recommendation, lines, refused, changed)
    data = {"from_to": [[pk, refused[pk].amount, amount] for pk, amount in changed.items()]}
    _perform(recommendation, "change", by=by, seen_version=seen_version, data=data)
    RecommendationLine.objects.filter(pk__in=list(changed)).update(live=False)
    RecommendationLine.objects.bulk_create(
        new_line(recommendation, refused[pk].proposal_line, amount) for pk, amount in changed.items()
    )
    RecommendationLine.objects.filter(pk__in=refused.keys() - changed.keys()).update(upheld=True)
    keep_last_word(recommendation, "forum_change", by)
    obligations.sync(recommendation)
    obligations.sync(recommendation.round)
    return recommendation


@transaction.atomic
def uphold(*, recommendation: Recommendation, by: Actor, seen_version: int | None = None) -> Recommendation:
    """The forum upholds what the office refused (pkt 7.4). Raises StepRefused, StaleVersion, NotAllowed."""
    authz.require(by, "grants.conclude", recommendation)
    _chairs([row.forum for row in forums_of(recommendation)], by)
    _perform(recommendation, "uphold", by=by, seen_version=seen_version)
    recommendation.lines.filter(live=True).exclude(refused_reason="").update(upheld=True)
    keep_last_word(recommendation, "forum_upheld", by)
    obligations.sync(recommendation.round)
    return recommendation


def _perform(
    recommendation: Recommendation,
    step: str,
    *,
    by: Actor,
    seen_version: int | None,
    facts: RecommendationFacts | None = None,
    data: Mapping[str, object] | None = None,
) -> None:
    perform(
        machine_of(recommendation),
        step,
        recommendation,
        by=by,
        facts=facts,
        seen_version=seen_version,
        data=data,
        office_id=recommendation.round.office_id,
    )


def _sits(seat: Seat, by: Actor) -> Appointment:
    """Who acts, as the one who sits in the seat today; the member's appointment before the deputy's."""
    if seat.group.is_office or not seat.group.votes:
        raise StepRefused([Obstacle("no_vote", _("The Statsforvalter's people have no vote in the forum."))])
    own = (
        Appointment.objects.filter(in_term(clock.today()), seat=seat, user=by.person)
        .select_related("organisation", "user", "seat__group__forum")
        .order_by("-kind")
        .first()
    )
    if own is None:
        raise StepRefused([Obstacle("not_your_seat", _("Only the one who sits in the seat today can answer for it."))])
    return own


def _chairs(forums: Iterable[Forum], by: Actor) -> Appointment:
    own = chairs(forums).filter(user=by.person).first()
    if own is None:
        raise authz.NotAllowed(str(authz.permission("grants.conclude").who))
    return own


ANSWER_COLUMNS = (
    "appointment",
    "organisation",
    "answer",
    "reason",
    "at",
    "by_user",
    "by_link",
    "by_system",
    "on_behalf_of",
    "for_anchor",
    "by_role",
)


def _store(
    seat: Seat,
    appointment: Appointment,
    lines: Mapping[int, RecommendationLine],
    answers: Mapping[int, Given],
    by: Actor,
) -> list[SeatAnswer]:
    """All the seat's answers in two statements: a forum of twenty answers a hundred lines."""
    known = {row.line_id: row for row in SeatAnswer.objects.filter(seat=seat, line__in=lines)}
    moment = clock.now()
    rows = []
    for pk, (choice, reason) in answers.items():
        row = known.get(pk) or SeatAnswer(seat=seat, line=lines[pk], line_hash=lines[pk].line_hash)
        row.appointment, row.organisation, row.seat_votes = appointment, appointment.organisation, seat.group.votes
        row.answer, row.reason, row.at = Answer(choice), reason.strip(), moment
        for name, value in by.columns().items():
            setattr(row, name, value)
        rows.append(row)
    SeatAnswer.objects.bulk_create(row for row in rows if row.pk is None)
    SeatAnswer.objects.bulk_update([row for row in rows if row.line_id in known], ANSWER_COLUMNS)
    return rows


def _require_open(recommendation: Recommendation, forum_id: int) -> None:
    part = recommendation.forums.filter(forum_id=forum_id).first()
    if part is None:
        raise StepRefused([Obstacle("other_forum", _("This recommendation isn't before the forum of the seat."))])
    if recommendation.state != "with_forum" or part.concluded_at is not None:
        raise StepRefused(
            [Obstacle("forum_concluded", _("The forum has concluded. The answers can no longer be changed."))]
        )


def _check_answers(
    lines: Mapping[int, RecommendationLine], answers: Mapping[int, Given], appointment: Appointment
) -> None:
    recused = set(
        Recusal.objects.filter(appointment=appointment, subject_type__model="measureyear").values_list(
            "subject_id", flat=True
        )
    )
    obstacles = []
    if not answers:
        obstacles.append(Obstacle("no_answer", _("Answer at least one measure.")))
    for pk, (choice, reason) in answers.items():
        if pk not in lines:
            obstacles.append(
                Obstacle("unknown_line", _("The proposal has changed since you opened the page. Read it again."))
            )
        elif lines[pk].measure_year_id in recused:
            obstacles.append(Obstacle("recused", _("You have said that you are recused on this measure.")))
        elif choice not in Answer.values or (choice != Answer.AGREE and not reason.strip()):
            obstacles.append(
                Obstacle("reason_missing", _("Write why. The reason is printed with the conclusion."), f"line-{pk}")
            )
    if obstacles:
        raise StepRefused(obstacles)


def _check_outcome(recommendation: Recommendation, forum: Forum, outcome: ForumOutcome) -> None:
    if outcome != ForumOutcome.AGREED or standing(recommendation).suggested(forum.pk) == ForumOutcome.AGREED:
        return
    raise StepRefused(
        [
            Obstacle(
                "there_is_dissent",
                _("At least one seat does not agree. Choose «agreed with dissent» or «not agreed»."),
                "outcome",
            )
        ]
    )


def _check_amounts(
    recommendation: Recommendation,
    lines: list[RecommendationLine],
    refused: Mapping[int, RecommendationLine],
    changed: Mapping[int, int],
) -> None:
    if changed.keys() - refused.keys():
        raise StepRefused([Obstacle("not_refused", _("Only the sums the office refused can be changed now."))])
    if not changed:
        raise StepRefused(
            [Obstacle("nothing_changed", _("Change at least one of the refused sums, or uphold them."), "lines")]
        )
    others = RecommendationLine.objects.filter(round=recommendation.round, live=True).exclude(
        recommendation=recommendation
    )
    rows = [*lines, *others.select_related("measure_year__report")]
    over = [use for use in pot_use(recommendation.round, rows, changed) if use.rest < 0]
    if over:
        raise StepRefused(
            [Obstacle("overspent", _("The sums are more than the frame holds. Lower one or more of them."), "lines")]
        )


def _tell_chairs(recommendation: Recommendation, count: int) -> None:
    round_ = recommendation.round

    def texts(_user: User, _form: str) -> tuple[str, str]:
        what = _("The office has refused parts of the recommendation for %(year)s") % {"year": round_.year}
        body = ngettext(
            "The office has refused %(count)d line. Change it or uphold it on behalf of the forum.",
            "The office has refused %(count)d lines. Change them or uphold them on behalf of the forum.",
            count,
        ) % {"count": count}
        return what, body

    notify(
        users=[row.user for row in chairs([part.forum for part in forums_of(recommendation)])],
        code="recommendation.part_refused",
        key=f"recommendation.part_refused:{recommendation.pk}:{recommendation.version}",
        subject=recommendation,
        office=round_.office,
        texts=texts,
        url=reverse("grants:recommendation_refused", kwargs={"office": round_.office.slug, "pk": recommendation.pk}),
        data={"year": round_.year, "count": count},
    )
