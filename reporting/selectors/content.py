"""What a report says, cut into the three parts that are confirmed each on its own."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from core.money import format_kroner, format_number
from reporting.enums import Progress, ReportPart
from reporting.models import AnnualReport
from reporting.rules import rule_set_of

Parts = dict[str, dict[str, Any]]
"""Part → its content as primitives. Sums are whole kroner; lines stand under their id, ratings under their sign."""

SCHEMA_VERSION = 1


@dataclass(frozen=True, slots=True)
class Difference:
    """One answer that was changed, in words."""

    part: ReportPart
    key: str
    label: str
    before: str
    after: str


def parts_of(report: AnnualReport) -> Parts:
    """The content as it stands. Uses prefetched lines and ratings."""
    return {
        ReportPart.ACTIVITIES: {
            "progress": report.progress,
            "activities": report.activities,
            "units": report.units,
            "participants": report.participants,
        },
        ReportPart.MONEY: {
            "lines": {str(line.pk): {"amount": line.amount, "used": line.used} for line in report.lines.all()},
            "unspent_why": report.unspent_why,
        },
        ReportPart.GOALS: {
            "signs": {row.sign: {"rating": row.rating, "text": row.text} for row in report.ratings.all()},
            "learnt": report.learnt,
        },
    }


def snapshot_data(report: AnnualReport) -> dict[str, Any]:
    """What a snapshot holds: the parts, and the names one needs to read them later."""
    return {
        "measure": report.measure_year.title,
        "budget_year": report.budget_year,
        "rule_set": str(report.rule_set),
        "parts": parts_of(report),
        "recipients": {str(line.pk): str(line.payee) for line in report.lines.select_related("payee__anchor")},
    }


def changed_parts(before: Mapping[str, Any], after: Mapping[str, Any]) -> list[ReportPart]:
    """The parts whose content is another."""
    return [part for part in ReportPart if before.get(part) != after.get(part)]


def differences(report: AnnualReport, before: Mapping[str, Any], after: Mapping[str, Any]) -> list[Difference]:
    """What was changed from one content to another, answer by answer."""
    return [
        Difference(part, key, label, _shown(key, old), _shown(key, new))
        for (part, key, label, old), (_part, _key, _label, new) in zip(
            _answers(report, before), _answers(report, after), strict=True
        )
        if old != new
    ]


def _answers(report: AnnualReport, parts: Mapping[str, Any]) -> Iterator[tuple[ReportPart, str, str, Any]]:
    """(part, key, label, value) of each answer a person gives, in the order of the form."""
    done = parts.get(ReportPart.ACTIVITIES, {})
    yield ReportPart.ACTIVITIES, "progress", _("How far the measure has come"), done.get("progress", "")
    yield ReportPart.ACTIVITIES, "activities", _("What was done"), done.get("activities", "")
    yield ReportPart.ACTIVITIES, "units", _("Kindergartens and schools"), done.get("units")
    yield ReportPart.ACTIVITIES, "participants", _("Participants"), done.get("participants")
    money = parts.get(ReportPart.MONEY, {})
    for line in report.lines.all():
        label = _("Used by %(name)s") % {"name": line.payee}
        yield ReportPart.MONEY, f"used_{line.pk}", label, money.get("lines", {}).get(str(line.pk), {}).get("used")
    yield ReportPart.MONEY, "unspent_why", _("Why the sums differ"), money.get("unspent_why", "")
    goals = parts.get(ReportPart.GOALS, {})
    for number, sign in enumerate(rule_set_of(report).signs_for(report.measure_year.scheme), start=1):
        given = goals.get("signs", {}).get(sign.code, {})
        yield ReportPart.GOALS, f"sign_{sign.code}", _("Sign %(number)d") % {"number": number}, given.get("rating")
        yield (
            ReportPart.GOALS,
            f"sign_{sign.code}_text",
            _("Sign %(number)d, why") % {"number": number},
            given.get("text", ""),
        )
    yield ReportPart.GOALS, "learnt", _("Learnt for next year"), goals.get("learnt", "")


def _shown(key: str, value: Any) -> str:
    if value is None or value == "":
        return _("empty")
    if key == "progress":
        return str(Progress(value).label)
    if key.startswith("used_"):
        return format_kroner(value)
    return format_number(value) if isinstance(value, int) else str(value)
