"""Who is paid in a round."""

from __future__ import annotations

from django.db.models import Value

from grants.models import BudgetLine, DecisionLine, NeedsReport, Round

DECIDED, SOUGHT = 1, 2


def payees_of_round(round: Round | None) -> set[int]:
    """Those decided on; before the decision those sought for and the leads of the needs reports. One query."""
    if round is None or round.state == "draft":
        return set()
    decided = DecisionLine.objects.filter(decision__round=round, amount__gt=0).order_by()
    sought = BudgetLine.objects.filter(measure_year__round=round, payee__isnull=False).order_by()
    leads = NeedsReport.objects.filter(round=round).order_by()
    rows = list(
        decided.values_list("payee_id", Value(DECIDED)).union(
            sought.values_list("payee_id", Value(SOUGHT)), leads.values_list("lead_id", Value(SOUGHT))
        )
    )
    return {pk for pk, kind in rows if kind == DECIDED} or {pk for pk, _kind in rows}
