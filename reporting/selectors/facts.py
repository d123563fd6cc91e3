"""What sending and approving a report rests on."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from django.db.models import Q
from django.utils.translation import gettext as _

from core.enums import ConfirmationAnswer
from core.models import Confirmation
from core.models.subjects import subject_key
from reporting.enums import Progress
from reporting.models import AnnualReport, ReportLine
from reporting.requirements import ReportFacts
from reporting.rules import required_parties, rule_set_of

SETTLED = "sent again"
"""Why a wish for a change no longer counts: the report was sent again, and the party is asked anew."""


def live_rows(report: AnnualReport) -> list[Confirmation]:
    """What the parties are asked for, and what they have answered. One query."""
    return [row for row in counting_rows(report) if row.voided_at is None]


def wishes(report: AnnualReport) -> list[Confirmation]:
    """What the parties have asked to have changed since the report was last sent. One query."""
    return wishes_among(counting_rows(report))


def counting_rows(report: AnnualReport) -> list[Confirmation]:
    """The live confirmations, and wishes for a change that an edit has voided but that nobody has sent an answer to."""
    return list(
        Confirmation.objects.filter(
            Q(voided_at__isnull=True) | (Q(answer=ConfirmationAnswer.CHANGE_WANTED) & ~Q(voided_why=SETTLED)),
            **subject_key(report),
        )
        .select_related("party", "by_user", "by_link__user", "snapshot")
        .order_by("id")
    )


def wishes_among(rows: Iterable[Confirmation]) -> list[Confirmation]:
    """One row per party that asks for a change."""
    return list({row.party_id: row for row in rows if row.answer == ConfirmationAnswer.CHANGE_WANTED}.values())


def facts_of(report: AnnualReport, rows: list[Confirmation] | None = None) -> ReportFacts:
    """``rows``: the live confirmations, if they are read already."""
    found = live_rows(report) if rows is None else rows
    names = {party.organisation.anchor_id: str(party.organisation) for party in required_parties(report)}
    wishes = {row.party_id for row in found if row.answer == ConfirmationAnswer.CHANGE_WANTED}
    asked = {row.party_id for row in found}
    waits = {row.party_id for row in found if not row.answer} | (names.keys() - asked)
    return ReportFacts(
        missing=tuple(_missing(report)),
        sums_unexplained=not report.unspent_why.strip()
        and any(line.used is not None and line.used != line.amount for line in report.lines.all()),
        waits_for=tuple(name for anchor_id, name in names.items() if anchor_id in waits - wishes),
        change_wanted_by=tuple(name for anchor_id, name in names.items() if anchor_id in wishes),
    )


def _missing(report: AnnualReport) -> Iterator[tuple[str, str]]:
    """(sentence, field) of what § 17 (pkt 9) asks for and isn't there: what was done, the money, the goals."""
    if not report.progress:
        yield _("Choose how far the measure has come."), "progress"
    if not report.activities.strip():
        yield _("Write what was done."), "activities"
    if report.progress != Progress.NOT_STARTED:
        if report.units is None:
            yield _("Write how many kindergartens and schools took part."), "units"
        if report.participants is None:
            yield _("Write how many people took part."), "participants"
    lines = list(report.lines.all())
    for line in lines:
        if line.used is None:
            yield (
                _("Write how much %(name)s has used. Write 0 if nothing is used.") % {"name": _line_name(line, lines)},
                f"used_{line.pk}",
            )
    rated = {row.sign for row in report.ratings.all() if row.rating is not None}
    for number, sign in enumerate(rule_set_of(report).signs_for(report.measure_year.scheme), start=1):
        if sign.code not in rated:
            yield _("Choose from 1 to 5 for sign %(number)d.") % {"number": number}, f"sign_{sign.code}"


def _line_name(line: ReportLine, lines: Sequence[ReportLine]) -> str:
    """Who got the money; what for too, where the same organisation has several sums."""
    alone = sum(other.payee_id == line.payee_id for other in lines) == 1
    return str(line.payee) if alone else f"{line.payee} ({line.get_kind_display()})"
