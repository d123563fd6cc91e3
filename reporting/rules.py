"""Permissions of the annual report, and who must confirm it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import rules
from django.utils.translation import gettext_lazy as _

from core.actor import Actor
from core.authz import add_perm, is_system
from core.enums import Role
from core.rules import is_case_officer, works_in_office
from grants import rulesets
from grants.enums import PartyKind
from grants.rulesets import RuleSet
from networks.models import Organisation
from reporting.models import AnnualReport


@dataclass(frozen=True, slots=True)
class RequiredParty:
    """An organisation that must confirm, as owner or as provider."""

    organisation: Organisation
    kind: PartyKind

    @property
    def role(self) -> Role:
        """The role of those who speak for it."""
        return Role.PROVIDER_CONTACT if self.kind == PartyKind.PROVIDER else Role.OWNER_CONTACT


def rule_set_of(report: AnnualReport) -> RuleSet:
    """The law of the award, whatever is in force when the report is written."""
    return rulesets.get(report.rule_set.code, report.rule_set.version)


def required_parties(report: AnnualReport) -> list[RequiredParty]:
    """Who must confirm (seed 003 ch. 10): the measure's confirming owners and providers, as far as the law of the
    award counts them: under GUIDE2021 a university, under REG2026 also a vocational college or another.

    A measure without a confirming owner is confirmed by its lead, one without a confirming provider by those that take
    part as providers. Uses prefetched parties.
    """
    law = rule_set_of(report)
    known = list(report.measure_year.parties.all())
    found: list[RequiredParty] = []
    if PartyKind.OWNER in law.report.confirms:
        owners = [party.organisation for party in known if party.kind == PartyKind.OWNER and party.confirms]
        found += [RequiredParty(one, PartyKind.OWNER) for one in owners or [report.measure.lead]]
    if PartyKind.PROVIDER in law.report.confirms:
        providers = [
            party
            for party in known
            if party.kind == PartyKind.PROVIDER and party.organisation.kind in law.parties.provider_kinds
        ]
        chosen = [party for party in providers if party.confirms] or providers
        found += [RequiredParty(party.organisation, PartyKind.PROVIDER) for party in chosen]
    return found


def speaks_for(actor: Actor, report: AnnualReport, party: RequiredParty) -> bool:
    """An owner's contact; a provider's contact in the measure's network, or at the provider itself."""
    anchor_id = party.organisation.anchor_id
    if actor.holds(anchor_id, party.role):
        return True
    network = report.measure.network
    return (
        party.kind == PartyKind.PROVIDER
        and network is not None
        and actor.holds_for(network.anchor_id, anchor_id, Role.PROVIDER_CONTACT)
    )


def anchors_of(report: AnnualReport) -> set[int]:
    """The places of the measure: its network, its lead and those that take part. Uses prefetched parties."""
    measure = report.measure
    found = {measure.lead.anchor_id} | {party.organisation.anchor_id for party in report.measure_year.parties.all()}
    return found | {measure.network.anchor_id} if measure.network is not None else found


@rules.predicate
def writes_report(actor: Actor, obj: Any) -> bool:
    """The network's coordinator, the lead's owner contact, or the report's contact, for as long as they hold a role
    at one of the measure's places: the name on a report opens nothing by itself."""
    if not isinstance(obj, AnnualReport):
        return False
    network = obj.measure.network
    if network is not None and actor.holds(network.anchor_id, Role.COORDINATOR):
        return True
    if actor.holds(obj.measure.lead.anchor_id, Role.OWNER_CONTACT):
        return True
    person = actor.person
    if person is None or obj.contact_id != person.pk:
        return False
    return not anchors_of(obj).isdisjoint(grant.anchor_id for grant in actor.counting())


@rules.predicate
def confirms_report(actor: Actor, obj: Any) -> bool:
    """Speaks for a party that must confirm: an owner's contact, or a provider's (seed 003 ch. 10)."""
    if not isinstance(obj, AnnualReport) or not actor.anchors(Role.OWNER_CONTACT, Role.PROVIDER_CONTACT):
        return False
    return any(speaks_for(actor, obj, party) for party in required_parties(obj))


add_perm(
    "reporting.see_report",
    writes_report | works_in_office | confirms_report | is_system,
    who=_("Only the parties of the measure and the office can see this."),
)
add_perm(
    "reporting.write_report",
    writes_report,
    who=_("Only the report's contact, the coordinator and the lead's owner contact can write here."),
)
add_perm(
    "reporting.send_report",
    writes_report,
    who=_("Only the report's contact, the coordinator and the lead's owner contact can send the report."),
    binding=True,
)
add_perm(
    "reporting.confirm_report",
    confirms_report,
    who=_("Only those who speak for a party of the measure can confirm."),
    binding=True,
)
add_perm(
    "reporting.count_confirmations",
    writes_report | confirms_report | is_system,
    who=_("Only the parties of the measure can do this."),
)
add_perm(
    "reporting.reopen_report",
    writes_report | confirms_report,
    who=_("Only the parties of the measure can open the report again."),
    binding=True,
)
add_perm("reporting.approve_report", is_case_officer, who=_("Only the office's case officers can approve reports."))
