"""What a person fills in, and how it is laid down in the report's rows."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from core import clock
from core.actor import Actor
from core.enums import ConfirmationAnswer
from core.models import Confirmation
from core.models.subjects import subject_key
from core.services import signing
from core.services.events import record
from reporting.enums import ReportPart
from reporting.models import AnnualReport, SignRating
from reporting.rules import required_parties, rule_set_of
from reporting.selectors.content import Parts, parts_of
from reporting.selectors.facts import SETTLED


@dataclass(frozen=True, slots=True)
class ReportFields:
    """A filled-in report.

    ``used``: id of a ReportLine → kroner used (None: not filled in); lines that aren't named keep what they have.
    ``ratings``: code of a sign → (1–5 or None, text). ``progress`` is a reporting.enums.Progress value or empty.
    """

    progress: str = ""
    activities: str = ""
    units: int | None = None
    participants: int | None = None
    used: Mapping[int, int | None] = field(default_factory=dict)
    unspent_why: str = ""
    learnt: str = ""
    ratings: Mapping[str, tuple[int | None, str]] = field(default_factory=dict)


COLUMNS = ("progress", "activities", "units", "participants", "unspent_why", "learnt")


class ForeignField(ValueError):
    """A line of another report, or a sign the award's law doesn't have."""


def parts_with(report: AnnualReport, fields: ReportFields) -> Parts:
    """The content as it would be with ``fields``. Raises ForeignField."""
    parts = parts_of(report)
    lines = parts[ReportPart.MONEY]["lines"]
    signs = {sign.code for sign in rule_set_of(report).signs_for(report.measure_year.scheme)}
    if unknown := {pk for pk in fields.used if str(pk) not in lines} | (fields.ratings.keys() - signs):
        raise ForeignField(", ".join(sorted(map(str, unknown))))
    for pk, used in fields.used.items():
        lines[str(pk)]["used"] = used
    given = {
        sign: {"rating": rating, "text": text} for sign, (rating, text) in fields.ratings.items() if rating or text
    }
    return {
        ReportPart.ACTIVITIES: {
            "progress": fields.progress,
            "activities": fields.activities,
            "units": fields.units,
            "participants": fields.participants,
        },
        ReportPart.MONEY: {"lines": lines, "unspent_why": fields.unspent_why},
        ReportPart.GOALS: {"signs": given, "learnt": fields.learnt},
    }


def lay_down(report: AnnualReport, fields: ReportFields) -> None:
    """Write the rows; the caller has locked the report and asked for the right."""
    for name in COLUMNS:
        setattr(report, name, getattr(fields, name))
    report.save(update_fields=list(COLUMNS))
    for line in report.lines.filter(pk__in=fields.used):
        line.used = fields.used[line.pk]
        line.save(update_fields=["used"])
    report.ratings.all().delete()
    SignRating.objects.bulk_create(
        SignRating(report=report, sign=sign, rating=rating, text=text)
        for sign, (rating, text) in fields.ratings.items()
        if rating or text
    )


def hashes(parts: Parts) -> dict[str, str]:
    """Part → SHA-256 of its canonical content."""
    return {part: signing.digest(content) for part, content in parts.items()}


def void(report: AnnualReport, *, parts: Parts, changed: list[ReportPart], why: str, by: Actor) -> None:
    """Void the confirmations of the changed parts, and only those; each that counted leaves a sentence in the log."""
    names = {party.organisation.anchor_id: str(party.organisation) for party in required_parties(report)}
    all_hashes = hashes(parts)
    for row in signing.void_changed(subject=report, parts={part: all_hashes[part] for part in changed}, why=why):
        if row.answer == ConfirmationAnswer.CONFIRMED:
            record(
                code="report.confirmation_voided",
                subject=report,
                by=by,
                office=report.round.office_id,
                data={
                    "party": names.get(row.party_id, row.party.name),
                    "part": str(ReportPart(row.part).label),
                    "part_code": row.part,
                },
            )


def settle_wishes(report: AnnualReport) -> None:
    """A wish for a change is answered when the report is sent again: the party is asked anew."""
    wished = Confirmation.objects.filter(answer=ConfirmationAnswer.CHANGE_WANTED, **subject_key(report))
    wished.filter(voided_at__isnull=True).update(voided_at=clock.now(), voided_why=SETTLED)
    wished.exclude(voided_why=SETTLED).update(voided_why=SETTLED)
