"""Sentences of the log about people and roles."""

from datetime import date

from django.utils.translation import gettext_lazy as _

from core import audit
from core.dates import format_date, in_interface_form, interface_form
from core.enums import Role


def _role(value: object) -> str:
    return str(Role(str(value)).label)


def _day(value: object) -> str:
    return format_date(date.fromisoformat(str(value)), interface_form())


audit.register(
    {
        "role.granted": _("gave %(person)s a role at %(anchor)s"),
        "role.ended": _("ended a role %(person)s had at %(anchor)s"),
        "role.changed": _("let %(person)s be %(role)s at %(anchor)s from %(starts)s to %(ends)s"),
        "role.open_ended": _("let %(person)s be %(role)s at %(anchor)s from %(starts)s, with no last day"),
        "role.confirmed": _("confirmed that %(person)s is %(role)s at %(anchor)s"),
        "person.registered": _("registered %(person)s"),
        "person.operator": _("%(person)s runs the installation"),
        "person.changed": _("changed the name or address of %(person)s"),
        "person.merged": _("merged %(gone)s into %(person)s, who is the same person"),
        "person.handed_over": _("handed over what %(person)s had here"),
        "invitation.sent": _("invited %(email)s to %(anchor)s"),
        "invitation.revoked": _("took back the invitation of %(email)s to %(anchor)s"),
        "invitation.accepted": _("%(person)s accepted an invitation to %(anchor)s"),
        "list.asked": _("asked %(anchor)s to confirm its list before %(due)s"),
        "list.confirmed": _("confirmed the list of %(anchor)s"),
        "list.withdrawn": _("took back the question about the list of %(anchor)s"),
        "link.used": _("opened a personal link"),
        "person.signed_in": _("signed in"),
        "profile.changed": _("changed their profile"),
    },
    words={"role": _role, "starts": _day, "ends": _day, "due": _day},
)

audit.register(
    {
        "question.asked": _("asked the office about %(about)s"),
        "question.answered": _("answered a question about %(about)s"),
    },
    words={"about": in_interface_form},
)
