"""The obstacles of the annual report. Nothing here queries."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from core.requirements import Obstacle


@dataclass(frozen=True, slots=True)
class ReportFacts:
    """What sending and approving a report rests on. Sums are whole kroner."""

    missing: tuple[tuple[str, str], ...] = ()
    """(sentence, element id) of each field that must be filled."""
    sums_unexplained: bool = False
    waits_for: tuple[str, ...] = ()
    change_wanted_by: tuple[str, ...] = ()


def report_complete(_report: Any, facts: ReportFacts) -> Sequence[Obstacle]:
    """§ 17, pkt 9: what was done, how the money was used, and how the goals were reached."""
    return [Obstacle("missing", text, anchor) for text, anchor in facts.missing]


def report_sums_explained(_report: Any, facts: ReportFacts) -> Sequence[Obstacle]:
    if not facts.sums_unexplained:
        return ()
    return (Obstacle("sum_unexplained", _("Used and granted differ. Write why."), "unspent_why"),)


def report_confirmed_by_all(_report: Any, facts: ReportFacts) -> Sequence[Obstacle]:
    """Seed 003 ch. 10: the report counts when the owners and the provider have approved it."""
    return [
        Obstacle("confirmation_missing", _("%(name)s has not confirmed yet.") % {"name": name})
        for name in facts.waits_for
    ] + [
        Obstacle("change_wanted", _("%(name)s has asked for a change.") % {"name": name})
        for name in facts.change_wanted_by
    ]
