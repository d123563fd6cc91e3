"""The plan beside the result: what was meant to be done, and what came of it."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from core.dates import interface_form
from core.money import format_kroner, format_number
from reporting.enums import Progress, ReportPart
from reporting.models import AnnualReport
from reporting.rules import rule_set_of
from reporting.selectors.content import Parts, parts_of
from reporting.selectors.reports import sums

WELL_REACHED = 4
"""The rating from which a sign counts as reached to a large degree."""


@dataclass(frozen=True, slots=True)
class ResultRow:
    """One question with plan and result; ``note`` stands under the result, ``law`` is the paragraph it comes from."""

    question: str
    plan: str
    result: str
    note: str = ""
    law: str = ""
    marked: bool = False


def numbers(units: int | None, participants: int | None) -> str:
    """«4 kindergartens and schools, 140 participants»; empty where nothing is known."""
    parts = []
    if units is not None:
        words = ngettext("%(count)s kindergarten or school", "%(count)s kindergartens and schools", units)
        parts.append(words % {"count": format_number(units)})
    if participants is not None:
        words = ngettext("%(count)s participant", "%(count)s participants", participants)
        parts.append(words % {"count": format_number(participants)})
    return ", ".join(parts)


def money_words(used: int | None, left: int | None) -> str:
    """«184 000 kr, 16 000 kr left»."""
    if used is None or left is None:
        return _("not filled in")
    if left < 0:
        return _("%(used)s, %(over)s too much") % {"used": format_kroner(used), "over": format_kroner(-left)}
    return _("%(used)s, %(left)s left") % {"used": format_kroner(used), "left": format_kroner(left)}


def rating_words(rating: int | None) -> str:
    """A rating of a sign in words, with its number."""
    words = {
        1: _("Not reached (1 of 5)"),
        2: _("Reached to a small degree (2 of 5)"),
        3: _("Reached to some degree (3 of 5)"),
        4: _("Reached to a large degree (4 of 5)"),
        5: _("Fully reached (5 of 5)"),
    }
    return words.get(rating or 0, _("not filled in"))


def result_of(report: AnnualReport, changed: Collection[str] = ()) -> list[ResultRow]:
    """All questions in order, with the answers as they stand. ``changed``: keys of the answers to mark
    (reporting.selectors.content)."""
    return list(_rows(report, parts_of(report), set(changed)))


def result_sent(report: AnnualReport, changed: Collection[str] = ()) -> list[ResultRow]:
    """The same with the answers as they were last sent, for those who don't write; empty where they never were."""
    if report.snapshot is None:
        return []
    return list(_rows(report, json.loads(report.snapshot.body)["parts"], set(changed)))


def _rows(report: AnnualReport, said: Parts, changed: set[str]) -> Iterator[ResultRow]:
    plan, done, money = report.measure_year, said[ReportPart.ACTIVITIES], said[ReportPart.MONEY]
    yield ResultRow(
        question=_("How far it has come"),
        plan=_("Year %(number)d of %(count)d") % {"number": plan.year_no, "count": plan.year_count},
        result=str(Progress(done["progress"]).label).capitalize() if done["progress"] else _("not filled in"),
        marked="progress" in changed,
    )
    yield ResultRow(
        question=_("What was done"),
        plan=plan.work_plan,
        result=done["activities"] or _("not filled in"),
        note=numbers(done["units"], done["participants"]),
        marked=bool(changed & {"activities", "units", "participants"}),
    )
    keys: dict[int, set[str]] = {}
    for line in report.lines.all():
        keys.setdefault(line.payee_id, set()).add(f"used_{line.pk}")
    for one in sums(report, money["lines"]):
        yield ResultRow(
            question=_("Used by %(name)s") % {"name": one.recipient},
            plan=format_kroner(one.amount),
            result=money_words(one.used, one.left),
            marked=bool(changed & keys[one.recipient.pk]),
        )
    if money["unspent_why"] or "unspent_why" in changed:
        yield ResultRow(
            question=_("Why the sums differ"), plan="", result=money["unspent_why"], marked="unspent_why" in changed
        )
    goals = said[ReportPart.GOALS]
    yield from _signs(report, goals["signs"], changed)
    yield ResultRow(
        question=_("Learnt for next year"),
        plan="",
        result=goals["learnt"] or _("not filled in"),
        marked="learnt" in changed,
    )


def _signs(report: AnnualReport, given: Mapping[str, Mapping[str, Any]], changed: set[str]) -> Iterator[ResultRow]:
    """The goal the measure set itself, then the signs of the award's law."""
    law = rule_set_of(report)
    form = interface_form()
    signs = law.signs_for(report.measure_year.scheme)
    reached = sum((row["rating"] or 0) >= WELL_REACHED for row in given.values())
    words = ngettext(
        "%(reached)d of %(count)d sign reached to a large degree or fully",
        "%(reached)d of %(count)d signs reached to a large degree or fully",
        len(signs),
    )
    yield ResultRow(
        question=_("Goal"), plan=report.measure_year.goal, result=words % {"reached": reached, "count": len(signs)}
    )
    for number, sign in enumerate(signs, start=1):
        row = given.get(sign.code, {})
        yield ResultRow(
            question=_("Sign %(number)d") % {"number": number},
            plan=sign.text.in_form(form),
            result=rating_words(row.get("rating")),
            note=row.get("text", ""),
            law=law.citation(sign.paragraph, form),
            marked=bool(changed & {f"sign_{sign.code}", f"sign_{sign.code}_text"}),
        )
