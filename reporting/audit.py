"""Sentences of the log about annual reports."""

from django.utils.translation import gettext_lazy as _

from core import audit

audit.register(
    {
        "report.created": _("the program made the annual report of «%(title)s» ready"),
        "report.saved": _("saved the annual report"),
        "report.send": _("sent the annual report to the parties"),
        "report.confirmed": _("%(party)s confirmed the annual report"),
        "report.change_wanted": _("%(party)s asked for a change: %(comment)s"),
        "report.confirmation_voided": _(
            "the confirmation of %(party)s no longer counts, because «%(part)s» was changed"
        ),
        "report.reopen": _("opened the annual report for changes"),
        "report.all_confirmed": _("all parties have confirmed the annual report"),
        "report.return": _("sent the annual report back: %(comment)s"),
        "report.approve": _("approved the annual report"),
        "report.contact_changed": _("%(person)s writes the annual report of «%(title)s» now"),
    }
)
