"""«Hva ser Kari?»: what a person may open in an office on a day, worked out by the questions the pages ask."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.openings import Named, Opening, openings, register
from core import questions
from core.actor import Actor, Grant
from core.dates import in_interface_form
from core.models import Office
from core.selectors.questions import seen_by
from core.ui import nav, registers

SHOWN = 40
"""So many names of a kind stand on the page; the rest are counted."""


@dataclass(frozen=True, slots=True)
class Seen:
    """A kind of thing with the names one may open. ``more``: how many aren't named."""

    label: str
    things: list[Named]
    more: int

    @property
    def total(self) -> int:
        return len(self.things) + self.more


@dataclass(frozen=True, slots=True)
class Sees:
    """``grants``: what the person holds here on the day; ``unconfirmed`` what of it waits for the office."""

    on: date
    grants: list[Grant]
    unconfirmed: list[Grant]
    kinds: list[Seen]


def sees(person: User, office: Office, on: date, places: set[int]) -> Sees:
    """``places``: the anchors the office sees people at; what is held elsewhere isn't shown, though it counts."""
    actor = Actor.for_user(person, on=on).at(office.pk)
    here = [grant for grant in actor.grants if grant.anchor_id in places]
    kinds = [_seen(one, actor, office) for one in openings()] if person.is_active else []
    return Sees(
        on=on,
        grants=sorted(here, key=lambda grant: (grant.anchor_name, grant.role)),
        unconfirmed=[grant for grant in actor.unconfirmed() if grant.anchor_id in places],
        kinds=[one for one in kinds if one.total],
    )


def _seen(one: Opening, actor: Actor, office: Office) -> Seen:
    things = list(dict.fromkeys(one.things(actor, office)))
    return Seen(str(one.label), things[:SHOWN], max(0, len(things) - SHOWN))


def _menu(actor: Actor, office: Office) -> list[Named]:
    links = [(str(link.label), link.url) for link in nav.links_for(actor, office, "") if office.slug in link.url]
    return links + [(label, url) for label, url, _here in registers.links_for(actor, office, "")]


def _questions(actor: Actor, office: Office) -> list[Named]:
    found = seen_by(actor, office) if questions.side_of(actor, office) else []
    return [
        (str(in_interface_form(one.about)), reverse("accounts:question", args=[office.slug, one.pk])) for one in found
    ]


def register_own() -> None:
    """The menu, the registers, and questions to the office."""
    register(Opening("menu", _("Pages in the menu"), 10, _menu))
    register(Opening("questions", _("Questions to the office"), 90, _questions))
