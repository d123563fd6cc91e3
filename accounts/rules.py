"""Permissions about people."""

from __future__ import annotations

from typing import Any

import rules
from django.utils.translation import gettext_lazy as _

from core.actor import Actor
from core.authz import add_perm, is_system
from core.rules import is_case_officer, is_office_administrator


@rules.predicate
def is_self(actor: Actor, obj: Any) -> bool:
    """The person themselves."""
    return actor.user is not None and obj is not None and actor.user.pk == getattr(obj, "pk", None)


add_perm("accounts.edit_profile", is_self, who=_("Only you can change your profile."))
add_perm(
    "accounts.invite",
    is_office_administrator | is_case_officer | is_system,
    who=_("Only the office's case officers and administrators can invite people."),
)
