"""Who has confirmed, who has only read, and what was changed since somebody read."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from datetime import datetime

from accounts.models import User
from core.actor import Actor
from core.enums import ConfirmationAnswer
from core.models import Confirmation, Snapshot
from reporting.enums import ReportPart
from reporting.models import AnnualReport, Reading
from reporting.rules import RequiredParty, required_parties, speaks_for
from reporting.selectors.content import Difference, differences, parts_of
from reporting.selectors.facts import counting_rows, wishes_among
from reporting.selectors.people import speakers


@dataclass(frozen=True, slots=True)
class PartyLine:
    """One party on the page. ``status``: confirmed, change_wanted, mine (waits for the reader), read or asked; empty
    before the report is sent. ``at`` is when it was answered or read."""

    party: RequiredParty
    name: str
    people: str
    is_mine: bool
    status: str
    at: datetime | None = None
    open_parts: tuple[ReportPart, ...] = ()

    @property
    def anchor_id(self) -> int:
        return self.party.organisation.anchor_id


@dataclass(frozen=True, slots=True)
class Confirming:
    """The state of a report's confirmations, seen by one person."""

    lines: list[PartyLine]
    rows: list[Confirmation] = field(default_factory=list)
    wishes: list[Confirmation] = field(default_factory=list)
    is_read: bool = False
    """Has the reader opened the report as it is now?"""
    mine: PartyLine | None = None
    """The party the reader is asked to answer for."""
    others: list[PartyLine] = field(default_factory=list)
    """Further parties that wait for the same reader."""
    seen: dict[str, str] = field(default_factory=dict)
    """Part → hash of what the reader has on the screen, for the answer."""
    read_at: datetime | None = None
    changes: list[Difference] = field(default_factory=list)
    """What was changed since the reader last read or answered."""

    @property
    def done(self) -> int:
        return sum(line.status == "confirmed" for line in self.lines)

    @property
    def changed_keys(self) -> set[str]:
        return {change.key for change in self.changes}


@dataclass(frozen=True, slots=True)
class _Known:
    """What is read once for all parties."""

    rows: list[Confirmation]
    readings: list[Reading]
    current: Snapshot | None
    people: dict[int, list[User]]


def confirming(report: AnnualReport, actor: Actor | None, *, party_id: int | None = None) -> Confirming:
    """``party_id``: the anchor the reader answers for, where they speak for several.

    Three queries, however many parties.
    """
    readings = list(report.readings.select_related("user", "snapshot"))
    counting = counting_rows(report)
    live = [row for row in counting if row.voided_at is None]
    known = _Known(live, readings, report.snapshot, speakers(report))
    lines = [_line(report, party, actor, known) for party in required_parties(report)]
    own = [line for line in lines if line.is_mine and line.open_parts]
    chosen = next((line for line in own if line.anchor_id == party_id), None) or next(iter(own), None)
    read = _read_before(known, actor)
    return Confirming(
        lines=lines,
        rows=live,
        wishes=wishes_among(counting),
        is_read=_is_read(known, actor),
        mine=chosen if report.state == "to_confirm" else None,
        others=[line for line in own if line != chosen],
        seen={row.part: row.part_hash for row in known.rows if chosen and row.party_id == chosen.anchor_id},
        read_at=read[1] if read else None,
        changes=differences(report, json.loads(read[0].body)["parts"], parts_of(report)) if read else [],
    )


def _line(report: AnnualReport, party: RequiredParty, actor: Actor | None, known: _Known) -> PartyLine:
    anchor_id = party.organisation.anchor_id
    own = [row for row in known.rows if row.party_id == anchor_id]
    speaking = known.people.get(anchor_id, [])
    is_mine = actor is not None and speaks_for(actor, report, party)
    status, at, by = _status(own, speaking, known, is_mine=is_mine)
    return PartyLine(
        party=party,
        name=str(party.organisation),
        people=by or ", ".join(user.name for user in speaking),
        is_mine=is_mine,
        status=status,
        at=at,
        open_parts=tuple(ReportPart(row.part) for row in own if row.answer != ConfirmationAnswer.CONFIRMED),
    )


def _status(
    own: list[Confirmation], speaking: list[User], known: _Known, *, is_mine: bool
) -> tuple[str, datetime | None, str]:
    """(status, when, by whom) of one party."""
    if not own:
        return "", None, ""
    wish = next((row for row in own if row.answer == ConfirmationAnswer.CHANGE_WANTED), None)
    if wish is not None:
        return "change_wanted", wish.answered_at, _answered_by(wish)
    if all(row.answer == ConfirmationAnswer.CONFIRMED for row in own):
        latest = max(own, key=lambda row: row.answered_at or row.requested_at)
        return "confirmed", latest.answered_at, _answered_by(latest)
    if is_mine:
        return "mine", None, ""
    ids = {user.pk for user in speaking}
    read = next((one for one in known.readings if one.user_id in ids and one.snapshot == known.current), None)
    return ("read", read.at, read.user.name) if read is not None else ("asked", None, "")


def _is_read(known: _Known, actor: Actor | None) -> bool:
    person = actor.person if actor else None
    return person is not None and any(
        one.user_id == person.pk and one.snapshot == known.current for one in known.readings
    )


def _answered_by(row: Confirmation) -> str:
    if row.by_user is not None:
        return row.by_user.name
    return row.by_link.user.name if row.by_link is not None and row.by_link.user is not None else ""


def _read_before(known: _Known, actor: Actor | None) -> tuple[Snapshot, datetime] | None:
    """The content the person last read or answered before it was changed to what it is now, and when."""
    person = actor.person if actor else None
    if person is None:
        return None
    earlier = [(one.snapshot, one.at) for one in known.readings if one.user_id == person.pk]
    earlier += [
        (row.snapshot, row.answered_at)
        for row in known.rows
        if row.snapshot is not None
        and row.answered_at is not None
        and person.pk in (row.by_user_id, row.by_link.user_id if row.by_link else None)
    ]
    current = known.current
    older = [pair for pair in earlier if current is not None and pair[0].pk < current.pk]
    return max(older, key=lambda pair: pair[0].pk, default=None)
