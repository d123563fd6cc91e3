"""Permissions of the annual report."""

from __future__ import annotations

from typing import Any

import rules
from django.utils.translation import gettext_lazy as _

from core.actor import Actor
from core.authz import add_perm, is_system
from core.enums import Role
from core.rules import is_case_officer, works_in_office
from grants.enums import PartyKind
from reporting.models import AnnualReport


@rules.predicate
def writes_report(actor: Actor, obj: Any) -> bool:
    """The report's contact, the network's coordinator or the lead's owner contact."""
    if not isinstance(obj, AnnualReport):
        return False
    person = actor.person
    if person is not None and obj.contact_id == person.pk:
        return True
    network = obj.measure.network
    if network is not None and actor.holds(network.anchor_id, Role.COORDINATOR):
        return True
    return actor.holds(obj.measure.lead.anchor_id, Role.OWNER_CONTACT)


@rules.predicate
def confirms_report(actor: Actor, obj: Any) -> bool:
    """Speaks for a party that must confirm: an owner's contact, or a provider's (seed 003 ch. 10)."""
    if not isinstance(obj, AnnualReport):
        return False
    owners = actor.anchors(Role.OWNER_CONTACT)
    providers = actor.anchors(Role.PROVIDER_CONTACT) | {
        grant.for_anchor_id for grant in actor.grants if grant.role == Role.PROVIDER_CONTACT and grant.for_anchor_id
    }
    parties = [party for party in obj.measure_year.parties.select_related("organisation") if party.confirms]
    return any(
        party.organisation.anchor_id in (providers if party.kind == PartyKind.PROVIDER else owners) for party in parties
    )


add_perm(
    "reporting.see_report",
    writes_report | confirms_report | works_in_office | is_system,
    who=_("Only the parties of the measure and the office can see this."),
)
add_perm(
    "reporting.write_report",
    writes_report,
    who=_("Only the report's contact, the coordinator and the lead's owner contact can write here."),
)
add_perm(
    "reporting.confirm_report",
    confirms_report,
    who=_("Only those who speak for a party of the measure can confirm."),
)
add_perm(
    "reporting.reopen_report",
    writes_report | confirms_report,
    who=_("Only the parties of the measure can open the report again."),
)
add_perm("reporting.approve_report", is_case_officer, who=_("Only the office's case officers can approve reports."))
