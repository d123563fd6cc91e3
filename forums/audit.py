"""Sentences of the log about forums."""

from django.utils.translation import gettext_lazy as _

from core import audit

audit.register(
    {
        "forum.registered": _("registered %(forum)s"),
        "seat.filled": _("appointed %(person)s to %(forum)s"),
        "seat.left": _("ended the term of %(person)s in %(forum)s"),
        "recusal.declared": _("%(person)s stepped back on «%(subject)s»"),
    }
)
