"""What the letters of one decision share, gathered once for all of them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date

from django.db.models import prefetch_related_objects

from core import clock
from core.language import Choice
from grants.enums import PartyKind
from grants.models import CoveredOwner, Decision, DecisionLine, MeasureParty, Pot, RecommendationForum
from grants.selectors.letter_plans import LetterPlan
from grants.selectors.written_forms import form_for
from networks.models import Account, OfficeOrganisation, Organisation, ProviderContact
from networks.selectors.accounts import accounts_in_use


@dataclass(slots=True)
class LetterContext:
    """All that the letters of one decision share. ``on`` is the date the letters carry."""

    decision: Decision
    lines: Sequence[DecisionLine]
    on: date
    organisations: dict[int, Organisation] = field(default_factory=dict)
    accounts: dict[int, Account] = field(default_factory=dict)
    details: dict[int, OfficeOrganisation] = field(default_factory=dict)
    providers: dict[int, list[int]] = field(default_factory=dict)
    network_providers: dict[int, list[int]] = field(default_factory=dict)
    covered: dict[int, list[int]] = field(default_factory=dict)
    posts: dict[str, tuple[str, str]] = field(default_factory=dict)
    forum_date: date | None = None

    def name(self, organisation_id: int, form: str) -> str:
        """The display name on the letters' date."""
        return self.organisations[organisation_id].name_in(form, self.on)

    def form_of(self, plan: LetterPlan) -> Choice:
        """The written form of the letter, with the reason."""
        return form_for(self.organisations[plan.recipient.pk], self.decision.round.office, self.on)


def letter_context(
    decision: Decision, lines: Sequence[DecisionLine], plans: Iterable[LetterPlan], *, on: date | None = None
) -> LetterContext:
    """Gather what the letters rest on. The same number of queries for one letter as for two hundred."""
    round_ = decision.round
    day = on or clock.today()
    prefetch_related_objects([round_], "deadlines", "office__names")
    context = LetterContext(decision, lines, day)
    recipients = {plan.recipient.pk for plan in plans}
    reports = {line.measure_year.report for line in lines if line.measure_year.report is not None}
    for row in MeasureParty.objects.filter(
        measure_year__in={line.measure_year_id for line in lines}, kind=PartyKind.PROVIDER
    ).order_by("id"):
        context.providers.setdefault(row.measure_year_id, []).append(row.organisation_id)
    for contact in ProviderContact.objects.filter(
        network__in={report.network_id for report in reports if report.network_id}, valid_to__isnull=True
    ).order_by("id"):
        context.network_providers.setdefault(contact.network_id, []).append(contact.organisation_id)
    for owner in CoveredOwner.objects.filter(report__in=[report.pk for report in reports]).order_by(
        "organisation__sort_key"
    ):
        context.covered.setdefault(owner.report_id, []).append(owner.organisation_id)
    wanted = {
        *recipients,
        *(line.payee_id for line in lines),
        *(report.lead_id for report in reports),
        *(
            pk
            for group in (context.providers, context.network_providers, context.covered)
            for ids in group.values()
            for pk in ids
        ),
    }
    context.organisations = {
        row.pk: row
        for row in Organisation.objects.filter(pk__in=wanted)
        .select_related("anchor")
        .prefetch_related("names", "written_forms")
    }
    context.accounts = accounts_in_use(round_.office, recipients)
    context.details = {
        row.organisation_id: row
        for row in OfficeOrganisation.objects.filter(office=round_.office, organisation__in=recipients)
    }
    context.posts = {
        pot.scheme: (pot.chapter, pot.post)
        for pot in Pot.objects.filter(round=round_).exclude(chapter="").exclude(post="").order_by("id")
    }
    concluded = (
        RecommendationForum.objects.filter(recommendation__round=round_, concluded_at__isnull=False)
        .order_by("-concluded_at")
        .values_list("concluded_at", flat=True)
        .first()
    )
    context.forum_date = clock.local(concluded).date() if concluded else None
    return context
