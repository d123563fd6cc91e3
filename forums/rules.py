"""Permissions about forums."""

from __future__ import annotations

from typing import Any

import rules
from django.utils.translation import gettext_lazy as _

from core.actor import Actor
from core.authz import add_perm, is_system
from core.rules import is_case_officer, is_office_administrator, works_in_office
from forums.models import Forum

SITS = ("member", "deputy", "chair")
READS = (*SITS, "forum_secretary")
"""Who reads what lies before the forum: those who sit in it, and the secretary, whose right is a role
(architecture.md § 2.4)."""


@rules.predicate
def sits_in(actor: Actor, obj: Any) -> bool:
    """Member, deputy or chair of the forum today."""
    return isinstance(obj, Forum) and actor.holds(obj.anchor_id, *READS)


@rules.predicate
def chairs(actor: Actor, obj: Any) -> bool:
    """Chair of the forum today."""
    return isinstance(obj, Forum) and actor.holds(obj.anchor_id, "chair")


@rules.predicate
def is_secretary(actor: Actor, obj: Any) -> bool:
    """The forum's secretary."""
    return isinstance(obj, Forum) and actor.holds(obj.anchor_id, "forum_secretary")


add_perm(
    "forums.see_forum", sits_in | works_in_office | is_system, who=_("Only the forum and the office can see this.")
)
add_perm(
    "forums.see_addresses",
    is_secretary | works_in_office | is_system,
    who=_("Only the office and the forum's secretary can see the members' addresses."),
)
add_perm("forums.chair", chairs, who=_("Only the forum's chair can do this."), binding=True)
add_perm(
    "forums.run_forum",
    is_case_officer | is_office_administrator | is_system,
    who=_("Only the office's case officers and administrators can change the forum."),
)
