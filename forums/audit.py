"""Sentences of the log about forums."""

from django.utils.translation import gettext_lazy as _

from core import audit

audit.register(
    {
        "forum.registered": _("registered %(forum)s"),
        "forum.changed": _("changed %(forum)s"),
        "forum.ended": _("ended %(forum)s"),
        "forum.reopened": _("let %(forum)s go on after all"),
        "forum.network_covered": _("%(forum)s handles %(network)s"),
        "forum.seat_group_added": _("added the seats «%(group)s» to %(forum)s"),
        "forum.seat_group_changed": _("changed the seats «%(group)s» of %(forum)s"),
        "forum.seat_group_removed": _("took away the seats «%(group)s» of %(forum)s"),
        "forum.seat_removed": _("took away seat %(number)s in «%(group)s» of %(forum)s"),
        "forum.seat_added": _("added seat %(number)s in «%(group)s» to %(forum)s"),
        "seat.filled": _("appointed %(person)s to %(forum)s"),
        "seat.left": _("ended the term of %(person)s in %(forum)s"),
        "seat.term_changed": _("changed the term of %(person)s in %(forum)s"),
        "seat.taken_back": _("took back a term of %(person)s in %(forum)s"),
        "recusal.declared": _("%(person)s stepped back on «%(subject)s»"),
    }
)
