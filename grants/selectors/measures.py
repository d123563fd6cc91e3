"""Reads measures: what is still missing, who can take part and be paid, what can go on from last year."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Exists, F, OuterRef, Prefetch, Q, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from core import clock
from core.dates import interface_form
from core.models import Section
from core.models.subjects import subject_key
from core.money import format_kroner
from grants.enums import LineKind, OwnContributionBase, PartyKind
from grants.models import (
    BudgetLine,
    Commitment,
    CriterionAnswer,
    Measure,
    MeasureParty,
    MeasureYear,
    NeedsReport,
    ProfileVersion,
)
from grants.rulesets import Level, OwnContributionKind, RuleSet
from networks.enums import OWNER_KINDS
from networks.models import Organisation

ABOUT, ANSWERS, PARTIES, BUDGET = "about", "answers", "parties", "budget"
SECTIONS = (ABOUT, ANSWERS, PARTIES, BUDGET)
"""The parts of a measure, in the order they are shown; each is saved by itself."""

TOLD_ELSEWHERE: Mapping[str, tuple[str, ...]] = {"local_need": ("need", "need_how")}
"""A criterion that other fields already answer isn't asked about again (ux.md: «same info asked again»)."""

FEWEST_WORDS = 3
"""«Ja» is no answer (ux.md F 3): the forum must be able to see what happened."""


@dataclass(frozen=True, slots=True)
class Fault:
    """What a measure lacks before it can be sent: the section it is mended in and the id of the field there."""

    section: str
    field: str
    text: str


@dataclass(frozen=True, slots=True)
class OwnPart:
    """The owners' own part where it is counted: ``pct`` of ``base_sum`` is ``amount``, whole kroner."""

    pct: int
    base: str
    base_sum: int
    amount: int


def section_name(section: str) -> str:
    """A section in words."""
    return {
        ABOUT: _("Need and goal"),
        ANSWERS: _("Criteria"),
        PARTIES: _("Who takes part"),
        BUDGET: _("Budget"),
    }[section]


def section_heading(section: str, title: str) -> str:
    """The heading of a section's page."""
    return {
        ABOUT: _("Need and goal for %(title)s"),
        ANSWERS: _("Criteria for %(title)s"),
        PARTIES: _("Who takes part in %(title)s"),
        BUDGET: _("Budget for %(title)s"),
    }[section] % {"title": title}


def title_of(measure_year: MeasureYear) -> str:
    """The title, or what an unnamed measure is called on the writers' pages."""
    return measure_year.title or pgettext("a measure without a title", "New measure")


def with_parts(measure_years: QuerySet[MeasureYear]) -> QuerySet[MeasureYear]:
    """With all that is shown of a measure, in five queries however many there are."""
    return measure_years.select_related("measure").prefetch_related(
        Prefetch("parties", MeasureParty.objects.select_related("organisation__anchor")),
        Prefetch("budget_lines", BudgetLine.objects.select_related("payee__anchor", "beneficiary__anchor")),
        "criterion_answers",
        "evidence",
    )


def editable_measure(report: NeedsReport, pk: int) -> MeasureYear | None:
    """One measure of a report with all its parts."""
    found = with_parts(MeasureYear.objects.filter(report=report, pk=pk)).first()
    if found is not None:
        found.report = report
        found.round = report.round
    return found


def sum_of(lines: Iterable[Any], year: int | None = None) -> int:
    """What lines add up to, in whole kroner, in one budget year or in all."""
    return sum(line.amount for line in lines if year is None or line.budget_year == year)


def sought(measure_year: MeasureYear) -> int:
    """What the measure seeks in the round's year (prefetched ``budget_lines``)."""
    return sum_of(measure_year.budget_lines.all(), measure_year.round.year)


def budget_years(measure_year: MeasureYear) -> list[int]:
    """The years a budget is asked for: this one and those the measure has left."""
    first = measure_year.round.year
    left = max(measure_year.year_count - measure_year.year_no, 0)
    years = {first + step for step in range(left + 1)}
    years |= {line.budget_year for line in measure_year.budget_lines.all() if line.amount}
    return sorted(years)


def own_part(
    *, rule_set: RuleSet, profile: ProfileVersion, scheme: str, lines: Iterable[Any], year: int
) -> OwnPart | None:
    """The owners' own part where the rules count it in per cent (FOR-2021-01-26-230 pkt 7.2), else None.

    The office's profile may count it from another base (seed 003: 30 per cent of the network's part).
    """
    rule = rule_set.own_contribution_for(scheme)
    if rule is None or rule.kind != OwnContributionKind.PERCENTAGE or not rule.pct:
        return None
    pct, base = rule.pct, str(rule.base)
    if (
        profile.own_contribution_pct
        and profile.own_contribution_base != OwnContributionBase.NONE
        and profile.own_contribution_scheme in {"", scheme}
    ):
        pct, base = profile.own_contribution_pct, profile.own_contribution_base
    counted = [line for line in lines if line.budget_year == year and _counts(base, line.kind)]
    base_sum = sum_of(counted)
    return OwnPart(pct, base, base_sum, (base_sum * pct + 50) // 100)


def _counts(base: str, kind: str) -> bool:
    if base == OwnContributionBase.OWNER_PART:
        return kind != LineKind.PROVIDER
    if base == OwnContributionBase.COORDINATOR_PART:
        return kind == LineKind.COORDINATOR
    return True


def asked_criteria(rule_set: RuleSet, scheme: str) -> list[Any]:
    """The criteria the applicant answers in words of their own."""
    return [one for one in rule_set.criteria_for(scheme) if one.code not in TOLD_ELSEWHERE]


def needed_parts(rule_set: RuleSet, scheme: str) -> list[str]:
    """The text fields that must be written: the parts of a needs report (§ 11; pkt 7.1), and the owner's own effort
    where the law wants it told."""
    parts = [part.code for part in rule_set.needs_report.parts if part.level != Level.TIP]
    own = rule_set.own_contribution_for(scheme)
    if own is not None and own.kind == OwnContributionKind.DESCRIPTION and "own_effort" not in parts:
        parts.append("own_effort")
    return parts


def part_text(rule_set: RuleSet, code: str) -> str:
    """What the law asks for in a part, in the interface's written form."""
    for part in rule_set.needs_report.parts:
        if part.code == code:
            return part.text.in_form(interface_form())
    return ""


def faults_of(
    measure_year: MeasureYear,
    *,
    rule_set: RuleSet,
    profile: ProfileVersion,
    unread: Iterable[str] = (),
) -> list[Fault]:
    """What is missing before the measure can be sent; ``unread`` are sections whose draft can't be read yet."""
    waiting = set(unread)
    found = [
        Fault(
            section,
            "",
            _("Something in «%(section)s» can’t be read yet. Mend it first.") % {"section": section_name(section)},
        )
        for section in SECTIONS
        if section in waiting
    ]
    checks = {
        ABOUT: lambda: _about(measure_year, rule_set, profile),
        ANSWERS: lambda: _answers(measure_year, rule_set),
        PARTIES: lambda: _parties(measure_year, rule_set),
        BUDGET: lambda: _budget(measure_year),
    }
    for section in SECTIONS:
        if section not in waiting:
            found += checks[section]()
    return found


def _about(measure_year: MeasureYear, rule_set: RuleSet, profile: ProfileVersion) -> list[Fault]:
    found = []
    scheme = next((one for one in rule_set.schemes if one.code == measure_year.scheme), None)
    if not measure_year.title.strip():
        found.append(Fault(ABOUT, "id_title", _("Give the measure a title.")))
    if scheme is None:
        found.append(Fault(ABOUT, "id_scheme", _("Choose which scheme the measure belongs to.")))
    elif measure_year.sector not in scheme.sectors:
        found.append(Fault(ABOUT, "id_sector", _("Choose kindergarten or school as the scheme allows.")))
    elif measure_year.form not in scheme.forms:
        found.append(Fault(ABOUT, "id_form", _("Choose a kind of measure the scheme allows.")))
    if measure_year.year_count > profile.longest_measure_years:
        found.append(
            Fault(
                ABOUT,
                "id_year_count",
                _("A measure can last %(years)d years at most. Lower the number of years.")
                % {"years": profile.longest_measure_years},
            )
        )
    words = {
        "need": _("Write what need you have found."),
        "need_how": _("Write when and how the staff took part. «Yes» is not enough: the forum must see what happened."),
        "goal": _("Write what the measure will lead to."),
        "work_plan": _("Write how you and your partner will work."),
        "own_effort": _("Write what the owners themselves put in."),
    }
    for part in needed_parts(rule_set, measure_year.scheme):
        if part in words and too_thin(getattr(measure_year, part), part):
            found.append(Fault(ABOUT, f"id_{part}", words[part]))
    return found


def too_thin(text: str, part: str = "") -> bool:
    """Nothing, or («how the staff took part») less than says anything."""
    return len(text.split()) < (FEWEST_WORDS if part == "need_how" else 1)


def _answers(measure_year: MeasureYear, rule_set: RuleSet) -> list[Fault]:
    answered = {row.criterion for row in measure_year.criterion_answers.all() if row.answer.strip()}
    return [
        Fault(
            ANSWERS,
            f"id_{one.code}",
            _("Write how the measure meets «%(criterion)s».") % {"criterion": one.title.in_form(interface_form())},
        )
        for one in asked_criteria(rule_set, measure_year.scheme)
        if one.level != Level.TIP and one.code not in answered
    ]


def _parties(measure_year: MeasureYear, rule_set: RuleSet) -> list[Fault]:
    parties = list(measure_year.parties.all())
    owners = [row for row in parties if row.kind == PartyKind.OWNER]
    providers = [
        row
        for row in parties
        if row.kind == PartyKind.PROVIDER and row.organisation.kind in rule_set.parties.provider_kinds
    ]
    found = []
    if rule_set.parties.owner_required and not owners:
        found.append(Fault(PARTIES, "owners", _("Choose at least one owner.")))
    if rule_set.parties.provider_required and not providers:
        found.append(
            Fault(PARTIES, "providers", _("Choose at least one partner: a university or another the rules allow."))
        )
    elif PartyKind.PROVIDER in rule_set.report.confirms and not any(row.confirms for row in providers):
        found.append(
            Fault(PARTIES, "providers", _("Choose a partner that will confirm the plan and the annual report."))
        )
    if owners and PartyKind.OWNER in rule_set.report.confirms and not any(row.confirms for row in owners):
        found.append(Fault(PARTIES, "owners", _("Choose an owner that will confirm the plan and the annual report.")))
    return found


def _budget(measure_year: MeasureYear) -> list[Fault]:
    year = measure_year.round.year
    lines = [line for line in measure_year.budget_lines.all() if line.amount]
    if not sum_of(lines, year):
        return [Fault(BUDGET, "lines", _("Write what you seek for %(year)s.") % {"year": year})]
    return [
        Fault(
            BUDGET,
            "lines",
            _("Choose who gets %(amount)s for %(kind)s.")
            % {"amount": format_kroner(line.amount), "kind": LineKind(line.kind).label},
        )
        for line in lines
        if line.payee_id is None
    ]


def refused_payees(measure_year: MeasureYear, rule_set: RuleSet) -> list[Organisation]:
    """Recipients the law doesn't pay: hard law (§ 3; pkt 3.1)."""
    seen = {line.payee_id: line.payee for line in measure_year.budget_lines.all() if line.payee and line.amount}
    return [payee for payee in seen.values() if not rule_set.can_receive(payee.kind)]


def drafts_of(measure_years: Sequence[MeasureYear]) -> dict[int, dict[str, Section]]:
    """The writers' drafts by measure and section. One query."""
    if not measure_years:
        return {}
    kind = subject_key(measure_years[0])["subject_type"]
    rows = Section.objects.filter(subject_type=kind, subject_id__in=[row.pk for row in measure_years]).select_related(
        "saved_by"
    )
    found: dict[int, dict[str, Section]] = {}
    for row in rows:
        found.setdefault(row.subject_id, {})[row.name] = row
    return found


def is_unread(draft: Section | None) -> bool:
    """Whether a draft holds what was typed but can't be read yet."""
    return draft is not None and "typed" in draft.data


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
    known = Organisation.objects.filter(kind__in=rule_set.parties.provider_kinds, ended_on__isnull=True).select_related(
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


def last_year_of(measure: Measure, before: int) -> MeasureYear | None:
    """The measure's latest year before a budget year, with its parts."""
    return (
        with_parts(MeasureYear.objects.filter(measure=measure, round__year__lt=before))
        .select_related("round")
        .order_by("-round__year", "-pk")
        .first()
    )


def answers_of(measure_year: MeasureYear) -> dict[str, str]:
    """The applicant's own answers by criterion (prefetched)."""
    answers: Iterable[CriterionAnswer] = measure_year.criterion_answers.all()
    return {row.criterion: row.answer for row in answers}
