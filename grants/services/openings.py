"""Promises from before the program: they stand in a round of kind *opening*, so that the first round can go on."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from django.db import transaction
from django.utils.translation import gettext as _

from core import authz
from core.actor import Actor
from core.models import Office
from core.requirements import Obstacle, StepRefused
from core.services import archive
from core.services.events import record
from core.services.performing import perform
from grants import rulesets
from grants.enums import MeasureKind, PartyKind, RoundKind
from grants.models import Commitment, Measure, MeasureParty, MeasureYear, ProfileVersion, Round, RuleSetVersion
from grants.rulesets import RuleSet
from grants.workflow import MEASURE
from networks.models import Network, Organisation

CASE_TITLE = {
    "nb": "Tilsagn om tilskudd til kompetanseutvikling fra før {year}",
    "nn": "Tilsegner om tilskot til kompetanseutvikling frå før {year}",
}


@transaction.atomic
def register_opening_promise(
    *,
    office: Office,
    network: Network | None,
    lead: Organisation,
    title: str,
    scheme: str,
    sector: str,
    payee: Organisation,
    beneficiary: Organisation | None,
    kind: str,
    first_year: int,
    year_no: int,
    year_count: int,
    amounts: Mapping[int, int],
    by: Actor,
    measure: Measure | None = None,
) -> Measure:
    """Register a measure that was granted before the program, with what it was promised.

    ``amounts`` maps coming budget years to whole kroner; ``year_no`` of ``year_count`` is the last year that is over.
    A second promise on the same measure (another payee or kind) gives ``measure``. The measure is brought in as
    granted by a step of the machine, so that later years continue it like any other.
    Raises NotAllowed, and StepRefused when there is nothing left to promise.
    """
    authz.require(by, "grants.run_round", office)
    if not amounts or year_no >= year_count:
        raise StepRefused([Obstacle("nothing_promised", _("There is no coming year left to promise money for."))])
    round = _opening_round(office, min(amounts) - 1, scheme, by)
    if measure is None:
        measure = Measure.objects.create(
            office=office, lead=lead, network=network, first_year=first_year, title=title[:200]
        )
        part = MeasureYear.objects.create(
            measure=measure,
            round=round,
            kind=MeasureKind.OPENING,
            title=title[:200],
            scheme=scheme,
            sector=sector,
            year_no=year_no,
            year_count=year_count,
        )
        MeasureParty.objects.create(measure_year=part, organisation=lead, kind=PartyKind.OWNER, confirms=True)
        perform(MEASURE, "bring_in", part, by=by, data={"title": title}, office_id=office.pk)
    for year, amount in sorted(amounts.items()):
        row = Commitment.objects.create(
            round=round,
            measure=measure,
            budget_year=year,
            scheme=scheme,
            sector=sector,
            kind=kind,
            payee=payee,
            beneficiary=beneficiary,
            amount=amount,
        )
        data = {"amount": amount, "year": year, "title": title}
        record(code="commitment.opening", subject=row, by=by, office=office, data=data)
    return measure


def _opening_round(office: Office, year: int, scheme: str, by: Actor) -> Round:
    """The office's opening round, made the first time. Its rules are those that have the scheme, the last in force."""
    Office.objects.select_for_update(of=("self",)).get(pk=office.pk)
    found = Round.objects.filter(office=office, kind=RoundKind.OPENING).first()
    if found is not None:
        return found
    rules = _rules_with(scheme, year)
    version, _made = RuleSetVersion.objects.get_or_create(
        code=rules.code, version=rules.version, defaults={"sha256": rules.sha256}
    )
    number = ProfileVersion.objects.filter(office=office, year=year).count() + 1
    profile = ProfileVersion.objects.create(office=office, year=year, number=number)
    title = CASE_TITLE[office.default_form].format(year=year + 1)
    round = Round.objects.create(
        office=office,
        year=year,
        kind=RoundKind.OPENING,
        rule_set=version,
        profile=profile,
        case=archive.open_case(office=office, year=year, title=title),
        **by.columns(),
    )
    record(code="round.opened", subject=round, by=by, office=office, data={"year": str(year), "kind": round.kind})
    return round


def _rules_with(scheme: str, year: int) -> RuleSet:
    having = [one for one in rulesets.all_rule_sets() if scheme in {s.code for s in one.schemes}]
    if not having:
        text = _("No rule set has the scheme «%(scheme)s».") % {"scheme": scheme}
        raise StepRefused([Obstacle("scheme_unknown", text)])
    last_day = date(year, 12, 31)
    return next((one for one in reversed(having) if one.in_force(last_day)), having[-1])
