"""Whether everyone sits whom the law says must sit (FOR-2026-01-12-23 § 8, FOR-2021-01-26-230 pkt 3.2)."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.translation import gettext as _

from core import clock
from core.dates import interface_form
from forums.compositions import Composition, Demand, composition_on
from forums.enums import AppointmentKind
from forums.models import Appointment
from forums.selectors.registers import ForumRow, GroupRow
from forums.selectors.seats import in_term
from networks.enums import Sector

OF_KINDERGARTENS = frozenset({"kindergarten_authority", "pbl"})
"""Those who have no business in a forum for schools only: they may sit in the office's other forum instead (Innlandet's
two forums, seed 003 chapter 5.4)."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One of those who must sit; ``kind`` is done, note or warn, as :func:`core.templatetags.ui_frame.check`."""

    kind: str
    text: str


@dataclass(frozen=True, slots=True)
class Completeness:
    """What the law in force asks of the forum, and whether it has it. ``covered``: the law has rules for it at all."""

    name: str
    law: str
    covered: bool
    findings: list[Finding]

    @property
    def complete(self) -> bool:
        """Everyone sits here."""
        return all(one.kind == "done" for one in self.findings)


def in_sentence(name: str) -> str:
    """A name as it stands in a sentence: «kommuner som eiere», but «KS» and «Private Barnehagers Landsforbund»."""
    first, *rest = name.split()
    proper = first[1:2].isupper() or any(word[0].isupper() for word in rest)
    return name if proper or not first[1:] else name[0].lower() + name[1:]


def completeness(row: ForumRow) -> Completeness | None:
    """What the law in force today says of the forum's seats; None where there was none. At most one query."""
    law = composition_on(clock.today())
    if law is None:
        return None
    form, demands = interface_form(), [one for one in law.demands if one.required]
    covered = law.upper_secondary or not row.forum.upper_secondary
    elsewhere = _elsewhere(row, demands) if covered else {}
    findings = [_finding(row, demand, elsewhere.get(demand.code, ""), form) for demand in demands] if covered else []
    return Completeness(law.name.in_form(form), _paragraph(law, form), covered, findings)


def _paragraph(law: Composition, form: str) -> str:
    return next((one.law.in_form(form) for one in law.demands if one.required), "")


def _groups(row: ForumRow, demand: Demand) -> list[GroupRow]:
    return [group for group in row.groups if group.group.speaks_for == demand.code]


def _finding(row: ForumRow, demand: Demand, other: str, form: str) -> Finding:
    groups = _groups(row, demand)
    sitting = sum(group.filled for group in groups)
    words = {
        "who": in_sentence(demand.name.in_form(form)),
        "law": demand.law.in_form(form),
        "count": sitting,
        "forum": other,
    }
    if sitting:
        return Finding("done", _("Represented: %(who)s, %(law)s.") % words)
    if other:
        return Finding("note", _("Sit in %(forum)s, not here: %(who)s, %(law)s.") % words)
    if any(group.seats for group in groups):
        return Finding("warn", _("The seats stand empty: %(who)s, %(law)s.") % words)
    return Finding("warn", _("Missing: %(who)s, %(law)s.") % words)


def _elsewhere(row: ForumRow, demands: list[Demand]) -> dict[str, str]:
    """Which other forum of the office those of the kindergartens sit in, for a forum for schools only. One query."""
    missing = {one.code for one in demands if not any(group.filled for group in _groups(row, one))} & OF_KINDERGARTENS
    if not missing or row.forum.sectors != Sector.SCHOOL:
        return {}
    sitting = Appointment.objects.filter(
        in_term(clock.today()),
        kind=AppointmentKind.MEMBER,
        seat__group__forum__office_id=row.forum.office_id,
    ).exclude(seat__group__forum=row.forum)
    found: dict[str, str] = {}
    for code, forum in sitting.values_list("seat__group__code", "seat__group__forum__anchor__name").distinct():
        if code.partition("-")[0] in missing:
            found[code.partition("-")[0]] = forum
    return found
