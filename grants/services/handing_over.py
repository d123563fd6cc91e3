"""What `grants` keeps in a person's name: only what is signed, and that stays."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.handover import Item, Part
from accounts.models import User
from core.actor import Actor
from core.models import Office
from grants.models import Decision, SeatAnswer


class SignedPart(Part):
    """Votes in a forum, and decisions prepared or approved."""

    code = "signed"

    def items(self, person: User, *, office: Office | None, on: date, by: Actor) -> list[Item]:
        if office is None:
            return []
        answers = SeatAnswer.objects.filter(appointment__user=person, line__recommendation__round__office=office)
        decisions = Decision.objects.filter(
            Q(prepared_by=person) | Q(approved_by=person), round__office=office
        ).exclude(state="draft")
        why = _("Stays in the name of the one who answered or signed.")
        given, signed = answers.count(), decisions.count()
        found = []
        if given:
            words = ngettext("%(count)d answer in a forum", "%(count)d answers in a forum", given)
            found.append(Item(self.code, 0, words % {"count": given}, "", why_not=why))
        if signed:
            words = ngettext("%(count)d decision", "%(count)d decisions", signed)
            found.append(Item(self.code, 0, words % {"count": signed}, "", why_not=why))
        return found

    def move(
        self, rows: Mapping[int, User | None], *, person: User, office: Office | None, on: date, by: Actor
    ) -> None:
        """Nothing of it moves."""
