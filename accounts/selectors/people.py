"""The people of the demo as cards, and the words for what a person is."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass

from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from accounts.models import User
from accounts.selectors.holders import holdings_at
from accounts.selectors.work import debtors
from core import clock
from core.actor import Grant
from core.enums import Role
from core.models import Obligation, Office

ORDER = (
    Role.CASE_OFFICER,
    Role.APPROVER,
    Role.OFFICE_ADMINISTRATOR,
    Role.COORDINATOR,
    Role.PROVIDER_CONTACT,
    "chair",
    "member",
    "deputy",
    Role.FORUM_SECRETARY,
    Role.OWNER_CONTACT,
    Role.NETWORK_READER,
    Role.LETTER_READER,
)
"""The order in which people are shown; a person is known by the first role held."""

SEATS = {
    "chair": gettext_lazy("chair of the forum"),
    "member": gettext_lazy("forum member"),
    "deputy": gettext_lazy("deputy member of the forum"),
}


SHOWN_OF_A_ROLE = 2
"""How many of each role the demo shows before «everyone else»."""


def user_at(email: str) -> User | None:
    """The person with this address; for one that was merged into another, that other."""
    person = User.objects.select_related("merged_into").filter(email__iexact=email.strip()).first()
    while person is not None and person.merged_into is not None:
        person = person.merged_into
    return person


def role_label(role: str) -> str:
    """What a role is called."""
    return str(SEATS[role] if role in SEATS else Role(role).label)


@dataclass(frozen=True, slots=True)
class Card:
    """A demo person. ``place``: where the role is held, and for whom."""

    user: User
    role: str
    place: str
    waiting: int

    @property
    def label(self) -> str:
        return f"{self.role}, {self.place}" if self.place else self.role

    @property
    def about(self) -> str:
        """How much waits."""
        if not self.waiting:
            return _("Nothing is waiting now")
        return ngettext("%(count)d task is waiting", "%(count)d tasks are waiting", self.waiting) % {
            "count": self.waiting
        }


@dataclass(frozen=True, slots=True)
class Group:
    """The people of one office; ``office`` None for those whose roles belong to none.

    ``mark`` is the heading's place on the page.
    """

    office: Office | None
    heading: str
    cards: list[Card]
    mark: str = "others"

    @property
    def slug(self) -> str:
        return self.office.slug if self.office else self.mark

    @property
    def first(self) -> list[Card]:
        """A few of each role, those with something waiting before others: enough to walk the whole year."""
        return [card for card in self.cards if card in self._picked()]

    @property
    def rest(self) -> list[Card]:
        return [card for card in self.cards if card not in self._picked()]

    def _picked(self) -> list[Card]:
        by_role: dict[str, list[Card]] = defaultdict(list)
        for card in sorted(self.cards, key=lambda card: -card.waiting):
            by_role[card.role].append(card)
        return [card for cards in by_role.values() for card in cards[:SHOWN_OF_A_ROLE]]


def demo_groups(form: str) -> list[Group]:
    """The demo's people by office, each once an office, with how much waits for them."""
    today = clock.today()
    grants: dict[int, list[Grant]] = defaultdict(list)
    people: dict[int, User] = {}
    for holding in holdings_at(None, today):
        if holding.user.is_demo:
            people[holding.user.pk] = holding.user
            grants[holding.user.pk].append(holding.grant)
    rows = list(
        Obligation.objects.filter(done_at__isnull=True).select_related("office", "anchor", "for_anchor", "user")
    )
    owed: Counter[int] = Counter()
    offices_of: dict[int, set[int]] = defaultdict(set)
    for row_id, debtor_list in debtors(rows, today).items():
        office_id = next(row.office_id for row in rows if row.pk == row_id)
        for debtor in debtor_list:
            owed[debtor.pk] += 1
            offices_of[debtor.pk].add(office_id)
    for pk, held in grants.items():
        offices_of[pk] |= {grant.office_id for grant in held if grant.office_id is not None}
    offices = list(Office.objects.select_related("anchor").prefetch_related("names").order_by("pk"))
    groups = [
        Group(
            office,
            office.name_in(form, today),
            _cards([pk for pk in people if office.pk in offices_of[pk]], people, grants, owed, office.pk),
        )
        for office in offices
    ]
    rest = [pk for pk in people if not offices_of[pk]]
    groups.append(Group(None, _("Owners and universities"), _cards(rest, people, grants, owed, None)))
    groups.append(Group(None, _("The installation"), _operators(), mark="installation"))
    return [group for group in groups if group.cards]


def _operators() -> list[Card]:
    """Those who make offices; they hold no role in any."""
    found = User.objects.filter(is_demo=True, is_staff=True, is_active=True).order_by("name", "pk")
    return [Card(user, _("Operator"), "", 0) for user in found]


def _cards(
    ids: list[int], people: dict[int, User], grants: dict[int, list[Grant]], owed: Counter[int], office_id: int | None
) -> list[Card]:
    cards = []
    for pk in ids:
        here = [grant for grant in grants[pk] if grant.office_id in (office_id, None)] or grants[pk]
        first = min(here, key=lambda grant: (ORDER.index(grant.role), grant.anchor_id))
        same = sum(grant.role == first.role for grant in here)
        card = _card(people[pk], first, same - 1, owed[pk])
        cards.append((ORDER.index(first.role), first.anchor_name, people[pk].name, card))
    return [card for *_order, card in sorted(cards, key=lambda entry: entry[:3])]


def _card(user: User, grant: Grant, more: int, waiting: int) -> Card:
    """A contact is known by whom they speak for, others by where they hold the role."""
    place = grant.for_anchor_name or ("" if grant.anchor_kind == "office" else grant.anchor_name)
    if more and not grant.for_anchor_name:
        place = ngettext("%(name)s and %(count)d more", "%(name)s and %(count)d more", more) % {
            "name": place,
            "count": more,
        }
    return Card(user, str(capfirst(role_label(grant.role))), place, waiting)
