"""Permissions of the grant year, declared once (architecture.md § 2.4).

Each predicate takes the actor and the object. Those that follow columns the object doesn't have answer False.
"""

from __future__ import annotations

from typing import Any

import rules
from django.utils.translation import gettext_lazy as _

from core.actor import Actor
from core.authz import add_perm, is_system
from core.enums import Role
from core.rules import is_approver, is_case_officer, is_office_administrator, works_in_office
from forums.rules import READS, SITS
from grants.models import Letter, MeasureYear, NeedsReport, Recommendation, RecommendationLine, Round
from networks.models import OfficeOrganisation

SENT = frozenset({"sent", "returned", "assessed"})
ORGANISATION_ROLES = (Role.OWNER_CONTACT, Role.PROVIDER_CONTACT, Role.LETTER_READER)


def _report_of(obj: Any) -> NeedsReport | None:
    if isinstance(obj, MeasureYear):
        return obj.report
    return obj if isinstance(obj, NeedsReport) else None


def _recommendation_of(obj: Any) -> Recommendation | None:
    if isinstance(obj, RecommendationLine):
        return obj.recommendation
    return obj if isinstance(obj, Recommendation) else None


@rules.predicate
def takes_part_in_round(actor: Actor, obj: Any) -> bool:
    """Anyone with a role at a network or forum of the office, or at an organisation the office works with."""
    if not isinstance(obj, Round):
        return False
    if any(grant.office_id == obj.office_id for grant in actor.grants):
        return True
    own = actor.anchors(*ORGANISATION_ROLES)
    return (
        bool(own)
        and OfficeOrganisation.objects.filter(office_id=obj.office_id, organisation__anchor_id__in=own).exists()
    )


@rules.predicate
def takes_part_in_measure(actor: Actor, obj: Any) -> bool:
    """Someone of the network or the lead of a measure that no needs report brought in (joint, or from before)."""
    if not isinstance(obj, MeasureYear) or obj.report is not None:
        return False
    network = obj.measure.network
    in_network = (Role.COORDINATOR, Role.NETWORK_READER, Role.PROVIDER_CONTACT)
    return actor.holds(obj.measure.lead.anchor_id, Role.OWNER_CONTACT, Role.PROVIDER_CONTACT) or (
        network is not None and actor.holds(network.anchor_id, *in_network)
    )


@rules.predicate
def is_announced(_actor: Actor, obj: Any) -> bool:
    """A round others than the office know of."""
    return isinstance(obj, Round) and obj.state != "draft"


@rules.predicate
def coordinates_report(actor: Actor, obj: Any) -> bool:
    """Coordinator of the report's network."""
    report = _report_of(obj)
    return report is not None and report.network is not None and actor.holds(report.network.anchor_id, Role.COORDINATOR)


@rules.predicate
def contacts_lead(actor: Actor, obj: Any) -> bool:
    """Owner contact of the organisation that leads the report."""
    report = _report_of(obj)
    return report is not None and actor.holds(report.lead.anchor_id, Role.OWNER_CONTACT)


@rules.predicate
def belongs_to_report(actor: Actor, obj: Any) -> bool:
    """Someone in the report's network, or who speaks for an organisation it covers or that takes part in it."""
    report = _report_of(obj)
    if report is None:
        return False
    if report.network is not None and actor.holds(
        report.network.anchor_id, Role.COORDINATOR, Role.NETWORK_READER, Role.PROVIDER_CONTACT
    ):
        return True
    own = actor.anchors(Role.OWNER_CONTACT, Role.PROVIDER_CONTACT)
    if report.lead.anchor_id in own:
        return True
    return bool(own) and (
        report.covered.filter(organisation__anchor_id__in=own).exists()
        or report.measures.filter(parties__organisation__anchor_id__in=own).exists()
    )


@rules.predicate
def report_is_sent(_actor: Actor, obj: Any) -> bool:
    """What isn't sent is seen by its writers only (data-model.md, Section)."""
    report = _report_of(obj)
    return report is not None and report.state in SENT


@rules.predicate
def report_before_forum(actor: Actor, obj: Any) -> bool:
    """The forum, its secretary too, reads the assessed reports of the round it handles."""
    report = _report_of(obj)
    if report is None or report.state != "assessed":
        return False
    return any(
        grant.role in READS
        and grant.office_id == report.round.office_id
        and (report.forum is None or report.forum.anchor_id == grant.anchor_id)
        for grant in actor.grants
    )


@rules.predicate
def sits_in_recommending_forum(actor: Actor, obj: Any) -> bool:
    """Sits in one of the forums the recommendation lies before."""
    recommendation = _recommendation_of(obj)
    if recommendation is None:
        return False
    own = actor.anchors(*SITS)
    return bool(own) and any(part.forum.anchor_id in own for part in recommendation.forums.all())


@rules.predicate
def reads_for_recommending_forum(actor: Actor, obj: Any) -> bool:
    """Sits in, or is secretary of, one of the forums the recommendation lies before."""
    recommendation = _recommendation_of(obj)
    if recommendation is None:
        return False
    own = actor.anchors(*READS)
    return bool(own) and any(part.forum.anchor_id in own for part in recommendation.forums.all())


@rules.predicate
def chairs_recommending_forum(actor: Actor, obj: Any) -> bool:
    """Chairs one of the forums the recommendation lies before."""
    recommendation = _recommendation_of(obj)
    if recommendation is None:
        return False
    own = actor.anchors("chair")
    return bool(own) and any(part.forum.anchor_id in own for part in recommendation.forums.all())


@rules.predicate
def receives_letter(actor: Actor, obj: Any) -> bool:
    """Reads letters for the recipient. Never by a personal link: letters need sign-in."""
    return (
        isinstance(obj, Letter)
        and actor.link is None
        and obj.state in {"available", "noticed", "opened"}
        and actor.holds(obj.recipient.anchor_id, *ORGANISATION_ROLES)
    )


add_perm(
    "grants.see_round",
    works_in_office | (is_announced & takes_part_in_round) | is_system,
    who=_("Only those who take part in the round can see this."),
)
add_perm(
    "grants.see_announcement",
    is_announced | works_in_office | is_system,
    who=_("Only the office sees the round before it is announced."),
)
add_perm(
    "grants.run_round",
    is_case_officer | is_office_administrator | is_system,
    who=_("Only the office's case officers and administrators can do this."),
)
add_perm(
    "grants.see_needs",
    belongs_to_report | report_before_forum | works_in_office | is_system,
    who=_("Only the network, the owners it covers, the forum and the office can see this."),
)
add_perm(
    "grants.see_measure",
    belongs_to_report | report_before_forum | takes_part_in_measure | works_in_office | is_system,
    who=_("Only the parties of the measure, the forum and the office can see this."),
)
add_perm(
    "grants.see_needs_content",
    belongs_to_report | (report_is_sent & works_in_office) | report_before_forum | is_system,
    who=_("The office sees the needs report when it is sent."),
)
add_perm(
    "grants.write_needs",
    coordinates_report | contacts_lead,
    who=_("Only the network's coordinator and the lead's owner contact can write here."),
)
add_perm(
    "grants.send_needs",
    coordinates_report | contacts_lead,
    who=_("Only the network's coordinator and the lead's owner contact can send the needs report."),
    binding=True,
)
add_perm("grants.assess_needs", is_case_officer, who=_("Only the office's case officers can assess."))
add_perm("grants.propose", is_case_officer, who=_("Only the office's case officers can propose."))
add_perm(
    "grants.see_recommendation",
    reads_for_recommending_forum | works_in_office | is_system,
    who=_("Only the forum and the office can see this."),
)
add_perm(
    "grants.answer",
    sits_in_recommending_forum,
    who=_("Only the forum's members can answer. The office's people have no vote."),
    binding=True,
)
add_perm("grants.conclude", chairs_recommending_forum, who=_("Only the forum's chair can conclude."), binding=True)
add_perm("grants.prepare_decision", is_case_officer, who=_("Only the office's case officers can prepare the decision."))
add_perm(
    "grants.approve_decision", is_approver, who=_("Only the office's approvers can approve the decision."), binding=True
)
add_perm("grants.decide_measure", is_approver, who=_("Only the office's approvers can decide."), binding=True)
add_perm(
    "grants.dispatch_letters", is_case_officer, who=_("Only the office's case officers can send letters."), binding=True
)
add_perm("grants.carry_letters", is_system, who=_("Letters are made by the program itself."))
add_perm(
    "grants.see_letter",
    receives_letter | works_in_office | is_system,
    who=_("Only the recipient and the office can see the letter."),
)
add_perm("grants.read_letter", receives_letter, who=_("Only the recipient opens the letter."), binding=True)
