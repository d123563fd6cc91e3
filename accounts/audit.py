"""Sentences of the log about people and roles."""

from django.utils.translation import gettext_lazy as _

from core import audit
from core.dates import in_interface_form

audit.register(
    {
        "role.granted": _("gave %(person)s a role at %(anchor)s"),
        "role.ended": _("ended a role %(person)s had at %(anchor)s"),
        "person.registered": _("registered %(person)s"),
        "person.operator": _("%(person)s runs the installation"),
        "invitation.sent": _("invited %(email)s to %(anchor)s"),
        "invitation.accepted": _("%(person)s accepted an invitation to %(anchor)s"),
        "link.used": _("opened a personal link"),
        "person.signed_in": _("signed in"),
        "profile.changed": _("changed their profile"),
    }
)

audit.register(
    {
        "question.asked": _("asked the office about %(about)s"),
        "question.answered": _("answered a question about %(about)s"),
    },
    words={"about": in_interface_form},
)
