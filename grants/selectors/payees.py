"""Who is paid in the office's current round."""

from __future__ import annotations

from core.models import Office
from grants.models import BudgetLine, DecisionLine, NeedsReport
from grants.selectors.rounds import current_round


def payees_of_current_round(office: Office) -> set[int]:
    """Those decided on, else those sought for and the leads of the needs reports. Two or three queries."""
    round = current_round(office)
    if round is None or round.state == "draft":
        return set()
    decided = set(DecisionLine.objects.filter(decision__round=round, amount__gt=0).values_list("payee_id", flat=True))
    if decided:
        return decided
    sought = BudgetLine.objects.filter(measure_year__round=round, payee__isnull=False).values_list("payee_id")
    leads = NeedsReport.objects.filter(round=round).values_list("lead_id")
    return {pk for (pk,) in sought.order_by().union(leads.order_by())}
