"""Who may move the key to all that a person holds: only someone who could have given every part of it."""

from __future__ import annotations

from django.utils.translation import gettext as _

from accounts.models import AnchorPermission, Notice, RoleAssignment, User
from core import authz
from core.actor import Actor
from core.enums import Role
from core.models import Anchor, Question
from core.questions import staffed_by
from core.requirements import Obstacle, StepRefused


def require_answers_for(person: User, *, by: Actor) -> None:
    """Raise StepRefused unless ``by`` could have given everything the person holds or has held, wherever it is, and no
    other office has told or been told anything by them: whoever has the address reads it.

    To run the installation is nothing an office gives.
    """
    roles = RoleAssignment.objects.filter(user=person).select_related("anchor")
    seats = Anchor.objects.filter(
        pk__in=AnchorPermission.objects.filter(user=person).exclude(source__startswith="role:").values("content_object")
    )
    refused = [row.anchor for row in roles if not authz.allowed(by, "accounts.keep_role", row)]
    refused += [anchor for anchor in seats if not authz.allowed(by, "accounts.invite", anchor)]
    if not refused and not _spoke_elsewhere(person, by) and not person.is_staff and not person.is_superuser:
        return
    own = {grant.office_id for grant in by.grants}
    at_home = any(anchor.office_id in own or by.holds(anchor.pk, *Role.values) for anchor in refused)
    text = (
        _("%(person)s has roles in the office itself. Only the office’s administrator can do this.")
        if at_home
        else _(
            "%(person)s has, or has had, to do with others than this office, so this can’t be done from here. Invite "
            "the right address to the roles here, and end the ones on the old address."
        )
    )
    raise StepRefused([Obstacle("answers_elsewhere", text % {"person": person.name})])


def _spoke_elsewhere(person: User, by: Actor) -> bool:
    """Has the person asked another office something, or been told something by one?"""
    if by.is_system:
        return False
    own = staffed_by(by)
    asked = Question.objects.filter(by_user=person).exclude(office__in=own)
    told = Notice.objects.filter(user=person, office__isnull=False).exclude(office__in=own)
    return asked.exists() or told.exists()
