"""Whom and what a measure can be put together of: owners, providers, payees, and measures to go on with."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import Exists, F, OuterRef, Q, QuerySet, Subquery, Sum
from django.db.models.functions import Coalesce
from django.utils.translation import gettext as _

from core import clock
from core.money import format_kroner
from grants.models import (
    Commitment,
    Measure,
    MeasureYear,
    NeedsReport,
)
from grants.rulesets import RuleSet
from grants.selectors.measures import with_parts
from grants.selectors.openings import FromBefore, from_before
from networks.enums import OWNER_KINDS
from networks.models import Organisation
from networks.selectors.standing import standing


def owners_for(report: NeedsReport) -> list[Organisation]:
    """Who can own a measure of the report: the lead and those it reports for."""
    found = Organisation.objects.filter(
        Q(pk=report.lead_id) | Q(pk__in=report.covered.values("organisation_id"))
    ).select_related("anchor")
    return sorted(found, key=lambda one: (one.pk != report.lead_id, one.sort_key))


def providers_for(report: NeedsReport, rule_set: RuleSet) -> list[Organisation]:
    """Partners the rules allow, those the network already works with first."""
    today = clock.today()
    live = Q(valid_from__lte=today) & (Q(valid_to__isnull=True) | Q(valid_to__gte=today))
    own = set(
        report.network.provider_contacts.filter(live).values_list("organisation_id", flat=True)
        if report.network
        else ()
    )
    known = Organisation.objects.filter(standing(today), kind__in=rule_set.parties.provider_kinds).select_related(
        "anchor"
    )
    return sorted(known, key=lambda one: (one.pk not in own, one.sort_key))


def own_providers(report: NeedsReport) -> list[int]:
    """Ids of the partners that have a contact person in the network today."""
    if report.network is None:
        return []
    today = clock.today()
    return list(
        report.network.provider_contacts.filter(
            Q(valid_to__isnull=True) | Q(valid_to__gte=today), valid_from__lte=today
        )
        .values_list("organisation_id", flat=True)
        .distinct()
    )


def payees_for(measure_year: MeasureYear, report: NeedsReport, rule_set: RuleSet) -> list[Organisation]:
    """Who can be paid for the measure: its parties, the lead and the covered, where the law allows it (§ 3)."""
    named = {row.organisation_id: row.organisation for row in measure_year.parties.all()}
    named |= {one.pk: one for one in owners_for(report)}
    chosen = {line.payee_id: line.payee for line in measure_year.budget_lines.all() if line.payee}
    can = {pk: one for pk, one in named.items() if rule_set.can_receive(one.kind)}
    return sorted(
        (can | chosen).values(),
        key=lambda one: (one.pk != report.lead_id, one.kind in OWNER_KINDS and one.pk not in chosen, one.sort_key),
    )


def continuable(report: NeedsReport) -> QuerySet[Measure]:
    """Measures of the network (or the lead) that were promised money for this year or have years left, and aren't in
    the round yet."""
    year = report.round.year
    whose = Q(network=report.network) if report.network_id else Q(network__isnull=True, lead=report.lead_id)
    promised = Commitment.objects.filter(measure=OuterRef("pk"), budget_year=year, withdrawn_at__isnull=True)
    here = MeasureYear.objects.filter(measure=OuterRef("pk"), round=report.round_id)
    going = MeasureYear.objects.filter(
        measure=OuterRef("pk"),
        state__in=["granted", "partly"],
        round__year=year - 1,
        year_no__lt=F("year_count"),
    )
    return (
        Measure.objects.filter(whose, office=report.round.office_id)
        .filter(Exists(promised) | Exists(going))
        .exclude(Exists(here))
        .order_by("pk")
    )


@dataclass(frozen=True, slots=True)
class Offer:
    """A measure that waits to be continued, with what its writers want to know first."""

    measure: Measure
    year_no: int | None
    year_count: int | None
    promised: int
    before: FromBefore | None

    @property
    def hint(self) -> str:
        """«Year 3 of 4 · promised: 400 000 kr · granted last year: 400 000 kr · not spent: 30 000 kr»."""
        parts = []
        if self.year_no and self.year_count:
            parts.append(_("Year %(year)d of %(years)d") % {"year": self.year_no, "years": self.year_count})
        if self.promised:
            parts.append(_("promised: %(amount)s") % {"amount": format_kroner(self.promised)})
        parts += told_before(self.before)
        return " · ".join(parts) or _("From last year")


def told_before(before: FromBefore | None) -> list[str]:
    """What a measure was granted last year and has left, in words."""
    if before is None:
        return []
    parts = []
    if before.awarded:
        parts.append(_("granted last year: %(amount)s") % {"amount": format_kroner(before.awarded)})
    if before.unspent:
        parts.append(_("not spent: %(amount)s") % {"amount": format_kroner(before.unspent)})
    return parts


def offers(report: NeedsReport) -> list[Offer]:
    """The measures that wait to be continued, with last year's number and sums. Two queries."""
    year = report.round.year
    last = MeasureYear.objects.filter(measure=OuterRef("pk"), round__year__lt=year).order_by("-round__year", "-pk")
    promised = (
        Commitment.objects.filter(measure=OuterRef("pk"), budget_year=year, withdrawn_at__isnull=True)
        .order_by()
        .values("measure")
        .annotate(sum=Sum("amount"))
    )
    found = list(
        continuable(report).annotate(
            last_no=Subquery(last.values("year_no")[:1]),
            last_count=Subquery(last.values("year_count")[:1]),
            sum_promised=Coalesce(Subquery(promised.values("sum")), 0),
        )
    )
    before = from_before([one.pk for one in found], year) if found else {}
    return [
        Offer(one, one.last_no and one.last_no + 1, one.last_count, one.sum_promised, before.get(one.pk))
        for one in found
    ]


def last_year_of(measure: Measure, before: int) -> MeasureYear | None:
    """The measure's latest year before a budget year, with its parts."""
    return (
        with_parts(MeasureYear.objects.filter(measure=measure, round__year__lt=before).prefetch_related("evidence"))
        .select_related("round")
        .order_by("-round__year", "-pk")
        .first()
    )
