"""What the case officer looks at before a report is approved (§ 17; pkt 10)."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from core import clock
from core.dates import format_date, interface_form
from core.models import Confirmation
from core.money import format_kroner
from reporting.models import AnnualReport
from reporting.selectors.facts import facts_of
from reporting.selectors.reports import days_late, left_of


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing the program has found. ``kind``: done, note, warn or stop."""

    kind: str
    text: str


def formal(report: AnnualReport, rows: list[Confirmation]) -> list[Finding]:
    """Is it in time, complete and confirmed? ``rows``: its live confirmations."""
    facts = facts_of(report, rows)
    late = days_late(report, clock.today())
    found = [Finding("stop", text) for text, _field in facts.missing]
    found += [
        Finding("stop", _("%(name)s has not confirmed yet.") % {"name": name})
        for name in (*facts.waits_for, *facts.change_wanted_by)
    ]
    if not facts.missing:
        found.append(Finding("done", _("All questions are answered.")))
    if not facts.waits_for and not facts.change_wanted_by:
        found.append(Finding("done", _("All parties have confirmed.")))
    if report.sent_at is not None:
        day = format_date(clock.local(report.sent_at).date(), interface_form())
        if late:
            words = ngettext(
                "Sent %(day)s, %(late)d day after the deadline.",
                "Sent %(day)s, %(late)d days after the deadline.",
                late,
            )
            found.append(Finding("warn", words % {"day": day, "late": late}))
        else:
            found.append(Finding("done", _("Sent %(day)s, before the deadline.") % {"day": day}))
    return found


def reasonable(report: AnnualReport) -> list[Finding]:
    """Do sums and numbers agree with the award and the plan?"""
    found = []
    left = left_of(report)
    if left is None:
        found.append(Finding("stop", _("The use of the money isn't filled in.")))
    elif left == 0:
        found.append(Finding("done", _("All the money is used.")))
    elif left > 0:
        found.append(Finding("warn", _("%(sum)s is unspent. Read why.") % {"sum": format_kroner(left)}))
    else:
        found.append(Finding("warn", _("%(sum)s more is used than granted. Read why.") % {"sum": format_kroner(-left)}))
    planned, reached = report.measure_year.participants_planned, report.participants
    if planned and reached is not None:
        values = {"reached": reached, "planned": planned}
        far_below = reached * 2 < planned
        text = _("%(reached)d people took part; %(planned)d were planned.") % values
        found.append(Finding("warn" if far_below else "done", text))
    if reached and left is not None:
        used = sum(line.used or 0 for line in report.lines.all())
        text = _("That is %(sum)s for each who took part.") % {"sum": format_kroner(used // reached)}
        found.append(Finding("note", text))
    low = [row.sign for row in report.ratings.all() if row.rating is not None and row.rating <= 2]
    if low:
        words = ngettext("%(count)d sign has the rating 1 or 2.", "%(count)d signs have the rating 1 or 2.", len(low))
        found.append(Finding("note", words % {"count": len(low)}))
    return found
