"""Sentences of the log about organisations and networks."""

from django.utils.translation import gettext_lazy as _

from core import audit

audit.register(
    {
        "organisation.registered": _("registered %(name)s"),
        "organisation.changed": _("changed %(name)s: %(fields)s"),
        "network.registered": _("registered the network %(name)s"),
        "membership.added": _("added %(organisation)s to %(network)s"),
        "host.chosen": _("%(organisation)s receives money for %(network)s"),
        "contact.changed": _("changed the contact details of %(name)s"),
        "account.entered": _("entered an account number for %(name)s"),
        "account.confirmed": _("confirmed the account number of %(name)s"),
        "account.rejected": _("rejected an account number for %(name)s"),
        "account.seen": _("looked at the account number of %(name)s"),
        "provider_contact.added": _("%(person)s became the contact of %(organisation)s in %(network)s"),
        "provider_contact.ended": _("%(person)s is no longer the contact of %(organisation)s in %(network)s"),
    }
)
