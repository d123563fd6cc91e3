"""The office's proposal: the first one in one click, then version by version, until it lies before the forum.

FOR-2026-01-12-23 § 12: the office drafts the allocation from the needs reports and presents it to the forum.
FOR-2021-01-26-230 pkt 3.2, 7.2: the office is the forum's secretariat and prepares what the forum concludes on.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from django.db import transaction
from django.db.models import Max
from django.utils import translation
from django.utils.translation import gettext as _

from core import authz, clock
from core.actor import Actor
from core.requirements import AlreadyDone, Obstacle, StaleVersion, StepRefused
from core.services import obligations
from core.services.events import record
from core.services.performing import check_version, lock, perform
from grants.models import (
    BudgetLine,
    MeasureYear,
    ProposalLine,
    ProposalVersion,
    Recommendation,
    RecommendationForum,
    Round,
)
from grants.selectors import proposals as selector
from grants.services.first_shares import Claim, Share, Wish, first_shares, spread_promise
from grants.services.putting_forward import put_before_forums
from grants.workflow import PROPOSAL


@transaction.atomic
def make_first_proposal(*, round: Round, by: Actor, name: str = "", seen_number: int | None = None) -> ProposalVersion:
    """Share every pot: promises first, then in priority order (:mod:`grants.services.first_shares`).

    Assessed measures only. A version being worked on is replaced. ``seen_number`` is the newest version the form was
    opened on (0: none). Raises StepRefused when no measure is assessed, or NotAllowed.
    """
    authz.require(by, "grants.propose", round)
    lock(round)
    _check_number(round, by, seen_number)
    _require_open(round)
    measures = list(selector.wanted_measures(round))
    lines = selector.wanted_lines(round, measures)
    if not lines:
        raise StepRefused(
            [Obstacle("nothing_to_share", _("No measure is assessed yet. Assess the needs reports first."))]
        )
    shares = _shares(round, measures, lines)
    proposal = _new_version(round, by, name)
    reason = _frame_reason(round)
    ProposalLine.objects.bulk_create(
        ProposalLine(
            version=proposal,
            measure_year_id=line.measure_year_id,
            sought=line.amount,
            promised=shares[line.pk].promised,
            flagged=shares[line.pk].flagged,
            reason=reason if shares[line.pk].amount < line.amount else "",
            amount=shares[line.pk].amount,
            **line.money_key(),
        )
        for line in lines
    )
    _finish(proposal, by)
    return proposal


@transaction.atomic
def set_amounts(
    *,
    proposal: ProposalVersion,
    amounts: Mapping[int, int],
    reasons: Mapping[int, str],
    by: Actor,
    seen_version: int | None = None,
    name: str = "",
) -> ProposalVersion:
    """Save changed sums (line id → whole kroner) and reasons as the next version; the others are carried over.

    It may be overspent: then it can't be put forward. Raises StepRefused for a line of another version and for a
    version that is no longer the newest; StaleVersion; NotAllowed.
    """
    authz.require(by, "grants.propose", proposal)
    _require_open(proposal.round)
    lines = list(proposal.lines.order_by("id"))
    if (amounts.keys() | reasons.keys()) - {line.pk for line in lines} or any(a < 0 for a in amounts.values()):
        raise StepRefused([Obstacle("unknown_line", _("A sum belongs to another version. Open the page again."))])
    fresh = _next_of(proposal, by, seen_version, name)
    ProposalLine.objects.bulk_create(_carried(line, fresh, amounts, reasons) for line in lines)
    _finish(fresh, by)
    return fresh


@transaction.atomic
def put_forward(*, proposal: ProposalVersion, by: Actor, seen_version: int | None = None) -> list[Recommendation]:
    """Lay the proposal before the forum, or the forums: jointly, or each with its own lines (profile).

    Put forward again while the forum still handles it, lines that are the same keep their answers and changed ones are
    asked again. Raises StepRefused when a report isn't assessed, a pot is overspent or a forum has concluded.
    """
    _require_open(proposal.round)
    lines = selector.lines_of(proposal)
    perform(
        PROPOSAL,
        "put_forward",
        proposal,
        by=by,
        facts=selector.facts(proposal),
        seen_version=seen_version,
        office_id=proposal.round.office_id,
    )
    recommendations = put_before_forums(proposal=proposal, lines=lines, by=by)
    obligations.sync(proposal.round)
    return recommendations


def _shares(round_: Round, measures: Iterable[MeasureYear], lines: Iterable[BudgetLine]) -> dict[int, Share]:
    frames = selector.frames(round_)
    purse = selector.Purse(round_, frames)
    rows = {row.pk: row for row in measures}
    promised = selector.promises(round_, rows.values())
    by_measure: dict[int, list[BudgetLine]] = {}
    for line in lines:
        by_measure.setdefault(line.measure_year_id, []).append(line)
    claims = []
    for pk, own in by_measure.items():
        owed = _promised_lines(own, promised.get(rows[pk].measure_id, {}))
        claims.append(
            Claim(
                selector.order_of(rows[pk]),
                tuple(
                    Wish(line.pk, purse.pot_of(line.scheme, rows[pk].report), line.amount, owed[line.pk])
                    for line in own
                ),
            )
        )
    return first_shares({frame.pot.pk: frame.amount for frame in frames}, claims)


def _promised_lines(lines: list[BudgetLine], promised: Mapping[selector.Key, int]) -> dict[int, int]:
    """The promise of each line: on the same key first; what stood on other keys goes over the rest of the lines."""
    on_key = {line.pk: min(promised.get(selector.key_of(line), 0), line.amount) for line in lines}
    elsewhere = sum(amount for key, amount in promised.items() if key not in {selector.key_of(line) for line in lines})
    more = spread_promise(elsewhere, {line.pk: line.amount - on_key[line.pk] for line in lines})
    return {pk: amount + more[pk] for pk, amount in on_key.items()}


def _carried(
    line: ProposalLine, fresh: ProposalVersion, amounts: Mapping[int, int], reasons: Mapping[int, str]
) -> ProposalLine:
    amount = amounts.get(line.pk, line.amount)
    return ProposalLine(
        version=fresh,
        measure_year_id=line.measure_year_id,
        sought=line.sought,
        promised=line.promised,
        flagged=line.flagged and amount == line.amount,
        reason=reasons.get(line.pk, line.reason).strip(),
        amount=amount,
        **line.money_key(),
    )


def _next_of(proposal: ProposalVersion, by: Actor, seen_version: int | None, name: str) -> ProposalVersion:
    if proposal.state != "put_forward":
        perform(
            PROPOSAL,
            "supersede",
            proposal,
            by=by,
            seen_version=seen_version,
            data={"number": proposal.number},
            office_id=proposal.round.office_id,
        )
        return _new_version(proposal.round, by, name)
    locked = lock(proposal.round)
    check_version(lock(proposal), seen_version)
    _check_number(locked, by, proposal.number)
    return _new_version(locked, by, name)


def _new_version(round_: Round, by: Actor, name: str) -> ProposalVersion:
    working = ProposalVersion.objects.filter(round=round_, state=PROPOSAL.initial).first()
    if working is not None:
        perform(PROPOSAL, "supersede", working, by=by, data={"number": working.number}, office_id=round_.office_id)
    last = ProposalVersion.objects.filter(round=round_).aggregate(last=Max("number"))["last"] or 0
    return ProposalVersion.objects.create(round=round_, number=last + 1, name=name, at=clock.now(), **by.columns())


def _finish(proposal: ProposalVersion, by: Actor) -> None:
    record(
        code="proposal.made",
        subject=proposal,
        by=by,
        office=proposal.round.office_id,
        data={"number": proposal.number, "total": sum(proposal.lines.values_list("amount", flat=True))},
    )
    obligations.sync(proposal.round)


def _check_number(round_: Round, by: Actor, seen: int | None) -> None:
    """The newest version must be the one the page showed; one's own next version a moment ago is a double click."""
    if seen is None:
        return
    last = selector.newest(round_)
    if last is None or last.number == seen:
        return
    if last.number == seen + 1 and last.by_user_id is not None and last.by_user_id == (by.user and by.user.pk):
        raise AlreadyDone
    raise StaleVersion(
        seen=seen, current=last.number, saved_by=last.by_user.name if last.by_user else "", saved_at=last.at
    )


def _require_open(round_: Round) -> None:
    """Once a forum has concluded, the sums are the forum's and the decision's."""
    if RecommendationForum.objects.filter(recommendation__round=round_, concluded_at__isnull=False).exists():
        raise StepRefused(
            [Obstacle("forum_concluded", _("A forum has concluded. The sums can now only be changed in the decision."))]
        )


def _frame_reason(round_: Round) -> str:
    """Why a measure gets less, in the office's own written form; the case officer may write another."""
    with translation.override(round_.office.default_form):
        return _("The frame did not reach all measures. Measures with a higher priority come first.")
