"""Who may move the key to all that a person holds: only someone who could have given every part of it."""

from __future__ import annotations

from django.db.models import Q
from django.utils.translation import gettext as _

from accounts.models import AnchorPermission, User
from core import authz, clock
from core.actor import Actor
from core.enums import Role
from core.models import Anchor
from core.requirements import Obstacle, StepRefused


def require_answers_for(person: User, *, by: Actor) -> None:
    """Raise StepRefused unless ``by`` could have given everything the person holds, wherever it is.

    To run the installation is nothing an office gives.
    """
    anchors = Anchor.objects.filter(
        pk__in=AnchorPermission.objects.filter(Q(ends__isnull=True) | Q(ends__gte=clock.today()), user=person).values(
            "content_object"
        )
    )
    refused = [anchor for anchor in anchors if not authz.allowed(by, "accounts.invite", anchor)]
    if not refused and not person.is_staff and not person.is_superuser:
        return
    own = {grant.office_id for grant in by.grants}
    at_home = any(anchor.office_id in own or by.holds(anchor.pk, *Role.values) for anchor in refused)
    text = (
        _("%(person)s has roles in the office itself. Only the office’s administrator can do this.")
        if at_home
        else _(
            "%(person)s also has roles outside this office, so this can’t be done from here. Invite the right address "
            "to the roles here, and end the ones on the old address."
        )
    )
    raise StepRefused([Obstacle("answers_elsewhere", text % {"person": person.name})])
