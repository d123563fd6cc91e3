"""Permissions about an office as a whole."""

from __future__ import annotations

from typing import Any

import rules
from django.utils.translation import gettext_lazy as _

from core.actor import Actor
from core.authz import add_perm, is_system
from core.enums import OFFICE_STAFF, Role
from core.models import Office, Question
from core.questions import offices_dealt_with
from core.whose import office_of


@rules.predicate
def works_in_office(actor: Actor, obj: Any) -> bool:
    """Any of the office's own people."""
    return _holds_in_office(actor, obj, *OFFICE_STAFF)


@rules.predicate
def is_case_officer(actor: Actor, obj: Any) -> bool:
    return _holds_in_office(actor, obj, Role.CASE_OFFICER)


@rules.predicate
def is_approver(actor: Actor, obj: Any) -> bool:
    return _holds_in_office(actor, obj, Role.APPROVER)


@rules.predicate
def is_office_administrator(actor: Actor, obj: Any) -> bool:
    return _holds_in_office(actor, obj, Role.OFFICE_ADMINISTRATOR)


def _holds_in_office(actor: Actor, obj: Any, *roles: str) -> bool:
    office_id = office_of(obj)
    return office_id is not None and any(
        grant.role in roles and grant.anchor_kind == "office" and grant.office_id == office_id for grant in actor.grants
    )


@rules.predicate
def runs_installation(actor: Actor, _obj: Any = None) -> bool:
    """One who runs the installation: makes offices and lets their first administrator in, and sees nothing else.

    No role in an office, since it comes before there is one; a personal link never carries it.
    """
    return actor.user is not None and actor.user.is_staff and actor.user.is_active


@rules.predicate
def deals_with_office(actor: Actor, obj: Any) -> bool:
    """Someone of a network, a forum or an organisation of the office."""
    return isinstance(obj, Office) and obj.pk in offices_dealt_with(actor)


@rules.predicate
def asked_it(actor: Actor, obj: Any) -> bool:
    """The one who asked the question."""
    return isinstance(obj, Question) and actor.person is not None and obj.asker == actor.person


add_perm("core.see_office", works_in_office | is_system, who=_("Only the office's own people can see this."))
add_perm("core.administer_office", is_office_administrator, who=_("Only the office's administrator can do this."))
add_perm("core.run_installation", runs_installation, who=_("Only those who run the installation can do this."))
add_perm(
    "core.deal_with_office",
    works_in_office | deals_with_office | is_system,
    who=_("Only those who have to do with the office can see this."),
)
add_perm("core.ask", ~works_in_office, who=_("You work in the office yourself, so the question would come to you."))
add_perm("core.see_question", asked_it | works_in_office, who=_("Only the one who asked and the office can see this."))
add_perm("core.answer_question", is_case_officer, who=_("Only the office's case officers can answer questions."))
