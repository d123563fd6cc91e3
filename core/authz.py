"""The one question of access: may this actor do this to that?

Asked by the performer, views, templates, the work list and tests alike (architecture.md § 2.4). Each app declares its
permissions in its ``rules.py`` with predicates of the ``rules`` library; the first argument of a predicate is an
:class:`~core.actor.Actor`, not a user, so a superuser is never let past a rule. A permission nobody declared is an
error, not a quiet «no».
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import rules
from django.contrib.contenttypes.models import ContentType
from django.core.exceptions import PermissionDenied
from django.db import models
from django.http import Http404
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from rules.predicates import Predicate

from core.actor import Actor
from core.whose import office_of

if TYPE_CHECKING:
    from core.models import AccessLink


@dataclass(frozen=True, slots=True)
class Permission:
    """A declared permission: its predicate and the sentence shown to someone who lacks it.

    ``binding``: to use it binds the one it is done for, so only what the office has confirmed counts.
    """

    name: str
    predicate: Predicate
    who: str | Promise
    binding: bool = False


class UndeclaredPermission(LookupError):
    """A permission was asked for that no app has declared: a typing error, so say so loudly."""


class NotAllowed(PermissionDenied):
    """Visible, but not allowed; ``str()`` is the sentence that says who can."""


_declared: dict[str, Permission] = {}


def add_perm(name: str, predicate: Predicate, *, who: str | Promise, binding: bool = False) -> None:
    """Declare a permission. ``who`` is the sentence «only … can do this» shown to others.

    ``binding``: a role the office hasn't confirmed yet isn't enough. Raises ValueError when the name is taken.
    """
    if name in _declared:
        raise ValueError(f"permission {name!r} is declared twice")
    _declared[name] = Permission(name, predicate, who, binding)


def declared() -> dict[str, Permission]:
    """All declared permissions by name."""
    return dict(_declared)


def permission(name: str) -> Permission:
    """The declared permission, or :class:`UndeclaredPermission`."""
    try:
        return _declared[name]
    except KeyError:
        raise UndeclaredPermission(name) from None


def allowed(actor: Actor | None, perm: str, obj: Any = None) -> bool:
    """May the actor do this to the object? No actor (not signed in) may nothing.

    The holder of a personal link acts as the person it was made for, but only within the one object it opens.
    """
    declared_ = permission(perm)
    if not actor or (actor.link is not None and not within(obj, actor.link)):
        return False
    if any(grant.within_id is not None for grant in actor.grants) and (office_id := office_of(obj)) is not None:
        actor = actor.at(office_id)
    return bool(declared_.predicate.test(actor.as_confirmed() if declared_.binding else actor, obj))


def why_not(actor: Actor | None, perm: str, obj: Any = None) -> str:
    """The sentence for someone who isn't allowed: that the office must confirm the role first, or else who can."""
    declared_ = permission(perm)
    waits = actor.unconfirmed() if actor and declared_.binding else []
    if actor and waits and declared_.predicate.test(actor, obj):
        return _(
            "The Statsforvalter’s office must confirm your role at %(place)s first. Until then you can read and write "
            "drafts. It waits with the office’s case officers; ask them if it is urgent."
        ) % {"place": waits[0].anchor_name}
    return str(declared_.who)


PARENTS = ("report", "measure_year", "measure", "recommendation", "line", "letter", "subject")
"""The columns through which a part hangs on the object a personal link opens."""


def within(obj: Any, link: AccessLink) -> bool:
    """Is the object the one the link opens, or a part of it?"""
    if not isinstance(obj, models.Model):
        return False
    if obj.pk == link.subject_id and ContentType.objects.get_for_model(obj).pk == link.subject_type_id:
        return True
    return any(within(getattr(obj, name, None), link) for name in PARENTS)


def require(actor: Actor | None, perm: str, obj: Any = None) -> None:
    """Raise :class:`NotAllowed` with the sentence that says who can, unless allowed."""
    if not allowed(actor, perm, obj):
        raise NotAllowed(why_not(actor, perm, obj))


def require_visible(actor: Actor | None, perm: str, obj: Any) -> None:
    """Raise 404 unless the actor may see the object: what one may not see does not exist for one."""
    if not allowed(actor, perm, obj):
        raise Http404


@rules.predicate
def is_system(actor: Actor, _obj: Any = None) -> bool:
    """Jobs and commands; they act under their own name and leave events like everybody."""
    return actor.is_system
