"""Sentences of the log about organisations and networks."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.utils.translation import gettext_lazy as _

from core import audit
from core.dates import format_date, interface_form
from networks.enums import FormDecision


def _day(value: Any) -> str:
    return format_date(date.fromisoformat(str(value)), interface_form())


def _form(value: Any) -> str:
    return str(FormDecision(value).label)


FIELDS = {
    "code": _("code"),
    "name": _("name"),
    "kind": _("kind"),
    "parent": _("what it is part of"),
    "coordinator_organisation": _("coordinating body"),
    "schemes": _("schemes"),
}
"""What of a network was changed, in words."""


def _fields(value: Any) -> str:
    return ", ".join(str(FIELDS.get(name, name)) for name in value)


audit.register(
    {
        "organisation.registered": _("registered %(name)s"),
        "organisation.changed": _("changed %(name)s: %(fields)s"),
        "organisation.ended": _("ended %(name)s, last day %(day)s"),
        "organisation.ended_into": _("ended %(name)s, last day %(day)s; after it comes %(successors)s"),
        "organisation.reopened": _("took back that %(name)s had ended"),
        "organisation.form_chosen": _("noted that %(name)s gets %(form)s"),
        "organisation.removed": _("took %(name)s out of the register again"),
        "unit.registered": _("registered %(name)s under %(owner)s"),
        "unit.changed": _("changed %(name)s under %(owner)s: %(fields)s"),
        "unit.ended": _("ended %(name)s under %(owner)s, last day %(day)s"),
        "unit.reopened": _("took back that %(name)s under %(owner)s had ended"),
        "unit.removed": _("took %(name)s under %(owner)s out of the register again"),
        "network.registered": _("registered the network %(name)s"),
        "network.taken_back": _("took back the network %(name)s"),
        "membership.added": _("added %(organisation)s to %(network)s"),
        "membership.taken_back": _("took back that %(organisation)s was added to %(network)s"),
        "host.chosen": _("%(organisation)s receives money for %(network)s"),
        "host.taken_back": _("took back that %(organisation)s receives money for %(network)s"),
        "host.set_back": _("%(organisation)s receives money for %(network)s again"),
        "mandate.read": _("read the mandate by which %(organisation)s receives money for %(network)s"),
        "contact.changed": _("changed the contact details of %(name)s"),
        "account.entered": _("entered an account number for %(name)s"),
        "account.confirmed": _("confirmed the account number of %(name)s"),
        "account.rejected": _("rejected an account number for %(name)s"),
        "account.seen": _("looked at the account number of %(name)s"),
        "provider_contact.added": _("%(person)s became the contact of %(organisation)s in %(network)s"),
    },
    words={"day": _day, "form": _form},
)
audit.register({"network.changed": _("changed the network %(name)s: %(fields)s")}, words={"fields": _fields})
audit.register(
    {
        "network.ended": _("ended the network %(name)s, last day %(day)s"),
        "membership.ended": _("ended the membership of %(organisation)s in %(network)s, last day %(day)s"),
        "host.ended": _("%(organisation)s receives money for %(network)s until %(day)s"),
        "provider_contact.ended": _("%(person)s is the contact of %(organisation)s in %(network)s until %(day)s"),
    },
    words={"day": _day},
)
