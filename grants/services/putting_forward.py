"""Lays a proposal before the forums: recommendations, their lines, and the mails to the members."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from django.db.models import Max
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.services.notices import notify
from core import clock
from core.actor import Actor
from core.dates import format_weekday_date
from core.enums import LinkPurpose
from core.services import obligations
from core.services.events import record
from core.services.performing import lock
from core.services.signing import digest
from forums.models import Forum
from grants.enums import DeadlineKind
from grants.models import (
    ProposalLine,
    ProposalVersion,
    Recommendation,
    RecommendationForum,
    RecommendationLine,
    Round,
)
from grants.models.money import MoneyKey
from grants.selectors.forums import forum_of_report, forums_taking_part
from grants.selectors.proposals import Key, key_of
from grants.selectors.recommendations import forum_concludes, sitting_members
from grants.selectors.rounds import deadline


def line_hash(line: MoneyKey, amount: int | None = None) -> str:
    """What a seat's answer belongs to: the key and the sum."""
    return digest({**line.money_key(), "amount": line.amount if amount is None else amount})


def put_before_forums(*, proposal: ProposalVersion, lines: Sequence[ProposalLine], by: Actor) -> list[Recommendation]:
    """One recommendation for all forums that take part, or one for each with its own lines.

    The caller has taken the step; a recommendation the forum already handles gets the new lines.
    """
    round_ = proposal.round
    forums = forums_taking_part(round_)
    groups: list[tuple[list[Forum], list[ProposalLine]]]
    if round_.profile.joint_conclusion:
        groups = [(forums, list(lines))]
    else:
        homes = {line.pk: forum_of_report(line.measure_year.report, forums) for line in lines}
        groups = [([forum], [line for line in lines if homes[line.pk] == forum]) for forum in forums]
        groups = [group for group in groups if group[1]]
    _retire(round_, lines)
    return [_put(proposal, own_forums, own_lines, by) for own_forums, own_lines in groups]


def _retire(round_: Round, lines: Iterable[ProposalLine]) -> None:
    """Lines that are gone or have another sum no longer count; their answers stay with them."""
    hashes = {key_of(line): line_hash(line) for line in lines}
    stale = [
        row.pk
        for row in RecommendationLine.objects.filter(round=round_, live=True)
        if hashes.get(key_of(row)) != row.line_hash
    ]
    RecommendationLine.objects.filter(pk__in=stale).update(live=False)


def _put(proposal: ProposalVersion, forums: list[Forum], lines: list[ProposalLine], by: Actor) -> Recommendation:
    recommendation = _recommendation_for(proposal, forums, by)
    live: dict[Key, RecommendationLine] = {
        key_of(row): row for row in RecommendationLine.objects.filter(round=proposal.round, live=True)
    }
    kept = []
    fresh = []
    for line in lines:
        row = live.get(key_of(line))
        if row is None:
            fresh.append(new_line(recommendation, line, line.amount))
        else:
            row.proposal_line = line
            row.recommendation = recommendation
            kept.append(row)
    RecommendationLine.objects.bulk_update(kept, ["proposal_line", "recommendation"])
    RecommendationLine.objects.bulk_create(fresh)
    names = ", ".join(forum.anchor.name for forum in forums)
    record(
        code="recommendation.put_forward",
        subject=recommendation,
        by=by,
        office=proposal.round.office_id,
        data={"forums": names, "version": proposal.number, "asked_anew": len(fresh), "kept": len(kept)},
    )
    obligations.sync(recommendation)
    if fresh:
        _tell(recommendation, proposal.number, forums)
    return recommendation


def new_line(recommendation: Recommendation, line: ProposalLine, amount: int) -> RecommendationLine:
    """A line to put before the forum, not saved."""
    return RecommendationLine(
        round_id=recommendation.round_id,
        recommendation=recommendation,
        proposal_line=line,
        measure_year_id=line.measure_year_id,
        line_hash=line_hash(line, amount),
        amount=amount,
        **line.money_key(),
    )


def _recommendation_for(proposal: ProposalVersion, forums: list[Forum], by: Actor) -> Recommendation:
    wanted = {forum.pk for forum in forums}
    open_ones = Recommendation.objects.filter(round=proposal.round, state="with_forum").prefetch_related("forums")
    for found in open_ones:
        if {row.forum_id for row in found.forums.all()} & wanted:
            recommendation = lock(found)
            recommendation.proposal = proposal
            recommendation.put_forward_at = clock.now()
            recommendation.version += 1
            recommendation.save(update_fields=["proposal", "put_forward_at", "version"])
            _add_forums(recommendation, forums, by)
            return recommendation
    last = Recommendation.objects.filter(round=proposal.round).aggregate(last=Max("number"))["last"] or 0
    made = Recommendation.objects.create(
        round=proposal.round, proposal=proposal, number=last + 1, put_forward_at=clock.now()
    )
    _add_forums(made, forums, by)
    return made


def _add_forums(recommendation: Recommendation, forums: Iterable[Forum], by: Actor) -> None:
    there = set(recommendation.forums.values_list("forum_id", flat=True))
    RecommendationForum.objects.bulk_create(
        RecommendationForum(recommendation=recommendation, forum=forum, **by.columns())
        for forum in forums
        if forum.pk not in there
    )


def _tell(recommendation: Recommendation, number: int, forums: list[Forum]) -> None:
    round_ = recommendation.round
    day = deadline(round_, DeadlineKind.FORUM_ANSWER)
    concludes = forum_concludes(round_)

    def texts(_user: User, form: str) -> tuple[str, str]:
        if concludes:
            what = _("Read and answer the recommendation for %(year)s") % {"year": round_.year}
            body = _("The recommendation for %(year)s is ready for you. Read the measures and answer for your seat.")
        else:
            what = _("Read the proposal for %(year)s and give input") % {"year": round_.year}
            body = _("The proposal for %(year)s is ready for you. Read the measures and give input for your seat.")
        body = body % {"year": round_.year}
        if day is None:
            return what, body
        words = format_weekday_date(day, form)
        change = _("You can change your answer until %(day)s, or until the forum concludes.") % {"day": words}
        return f"{words[:1].upper()}{words[1:]}: {what}", f"{body}\n\n{change}"

    notify(
        users=[appointment.user for appointment in sitting_members(forums)],
        code="recommendation.put_forward",
        key=f"recommendation.put_forward:{recommendation.pk}:{number}",
        subject=recommendation,
        office=round_.office,
        texts=texts,
        url=reverse("grants:recommendation", kwargs={"office": round_.office.slug, "pk": recommendation.pk}),
        purpose=LinkPurpose.RECOMMENDATION,
        data={"year": round_.year},
    )
