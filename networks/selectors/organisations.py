"""Reads the register of organisations as one office sees it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date

from django.db.models import Prefetch, Q, QuerySet
from django.http import Http404
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.models import RoleAssignment
from accounts.selectors.holders import in_force
from accounts.selectors.people import role_label
from core import clock
from core.collation import fold, sort_key
from core.identifiers import valid_orgnr
from core.language import ChoiceReason, choose_form, reason_text
from core.models import Office
from core.nearness import Names
from core.paging import Leaf, leaf_of_query
from networks.enums import OWNER_KINDS, PUBLIC_OWNER_KINDS, FormDecision, FormSource
from networks.models import (
    Host,
    Membership,
    Network,
    OfficeOrganisation,
    Organisation,
    OrganisationName,
    Successor,
    Unit,
    WrittenFormChoice,
)
from networks.selectors.accounts import AccountState, account_states
from networks.selectors.networks import alive
from networks.selectors.standing import standing, successors_of

OURS, ALL, ENDED = "ours", "all", "ended"
SHOWN_UNITS = 12


@dataclass(frozen=True, slots=True)
class Wish:
    """What the list is asked for."""

    text: str = ""
    kind: str = ""
    which: str = OURS


def in_use(office: Office) -> Q:
    """The organisations the office works with: it has written something about them, or they are in its networks."""
    return (
        Q(pk__in=OfficeOrganisation.objects.filter(office=office).values("organisation_id"))
        | Q(pk__in=Membership.objects.filter(network__office=office).values("organisation_id"))
        | Q(pk__in=Host.objects.filter(network__office=office).values("organisation_id"))
    )


def is_in_use(office: Office, organisation: Organisation) -> bool:
    """One query."""
    return Organisation.objects.filter(in_use(office), pk=organisation.pk).exists()


def matching(wish: Wish, office: Office) -> QuerySet[Organisation]:
    """The organisations a wish asks for, in Norwegian order."""
    found = Organisation.objects.all()
    if wish.which == OURS:
        found = found.filter(in_use(office)).filter(standing(clock.today()))
    elif wish.which == ENDED:
        found = found.exclude(standing(clock.today()))
    if wish.kind:
        found = found.filter(kind=wish.kind)
    return _searched(found, wish.text).order_by("sort_key", "pk")


def _searched(found: QuerySet[Organisation], text: str) -> QuerySet[Organisation]:
    digits = "".join(text.split())
    if digits.isascii() and digits.isdecimal() and len(digits) <= 9:
        return found.filter(Q(orgnr__startswith=digits) | Q(municipality_number=digits.zfill(4)))
    for word in fold(text).split():
        found = found.filter(fold__contains=word)
    return found


@dataclass(frozen=True, slots=True)
class Row:
    """An organisation of the list."""

    organisation: Organisation
    networks: list[str]
    form: str
    ended: bool


def leaf(wish: Wish, office: Office, number: int) -> Leaf[Row]:
    """Fifty organisations with their networks and written forms. Four queries, however many."""
    today = clock.today()
    page = leaf_of_query(matching(wish, office).only("pk"), number)
    shown = (
        Organisation.objects.filter(pk__in=[one.pk for one in page.rows])
        .select_related("anchor")
        .prefetch_related(
            Prefetch(
                "memberships",
                queryset=Membership.objects.filter(alive(today), network__office=office)
                .select_related("network__anchor")
                .order_by("network__sort_key", "pk"),
                to_attr="own_memberships",
            ),
            Prefetch(
                "written_forms",
                queryset=WrittenFormChoice.objects.filter(valid_to__isnull=True),
                to_attr="live_forms",
            ),
        )
        .order_by("sort_key", "pk")
    )
    return page.with_rows(
        [
            Row(
                organisation=one,
                networks=list(dict.fromkeys(row.network.anchor.name for row in one.own_memberships)),
                form=_decided(one.live_forms),
                ended=one.is_ended(today),
            )
            for one in shown
        ]
    )


SOURCES_IN_ORDER = (FormSource.REGULATION, FormSource.OWN_CHOICE, FormSource.REGISTER)


def _decided(forms: Iterable[WrittenFormChoice]) -> str:
    by_source = {row.source: row.form for row in forms}
    form = next((by_source[source] for source in SOURCES_IN_ORDER if source in by_source), "")
    return str(FormDecision(form).label) if form else ""


# --- One organisation ------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody with a role for the organisation. ``place``: the network it is held in, where it is."""

    name: str
    role: str
    place: str
    email: str


@dataclass(slots=True)
class Page:
    """What an office sees of an organisation."""

    organisation: Organisation
    names: list[OrganisationName]
    forms: list[WrittenFormChoice]
    letter_form: str
    letter_reason: str
    state: AccountState
    memberships: list[Membership]
    hosted: list[Host]
    units: list[Unit]
    unit_count: int
    owned: list[Organisation]
    owned_count: int
    people: list[Person]
    successors: list[Successor]
    predecessors: list[Successor]
    used: bool
    ended: bool = field(default=False)

    @property
    def more_units(self) -> int:
        return self.unit_count - len(self.units)

    @property
    def more_owned(self) -> int:
        return self.owned_count - len(self.owned)

    @property
    def is_public(self) -> bool:
        """A municipality or county council: its own decision on written form binds the office (§ 15)."""
        return self.organisation.kind in PUBLIC_OWNER_KINDS

    @property
    def can_own(self) -> bool:
        """Schools and kindergartens can stand under it."""
        return self.organisation.kind in OWNER_KINDS

    @property
    def has_account_page(self) -> bool:
        """The office has written something about it: the page with addresses and account is there."""
        return self.state.details is not None

    @property
    def kept_by(self) -> str:
        """Who keeps what all offices share."""
        return self.organisation.kept_by.anchor.name if self.organisation.kept_by else ""

    @property
    def unit_words(self) -> str:
        return ngettext("%(count)s unit", "%(count)s units", self.unit_count) % {"count": self.unit_count}


def organisation_at(pk: int) -> Organisation:
    """The organisation, or 404."""
    found = (
        Organisation.objects.filter(pk=pk)
        .select_related("anchor", "owner__anchor", "kept_by__anchor")
        .prefetch_related("names", "written_forms")
        .first()
    )
    if found is None:
        raise Http404
    return found


def page(organisation: Organisation, office: Office, interface: str) -> Page:
    """Everything the page shows. About ten queries, however much there is."""
    today = clock.today()
    under = standing(today) & Q(owner=organisation)
    units = leaf_of_query(Unit.objects.filter(under).order_by("sort_key", "pk"), size=SHOWN_UNITS)
    owned = leaf_of_query(
        Organisation.objects.filter(under).select_related("anchor").order_by("sort_key", "pk"), size=SHOWN_UNITS
    )
    letter_form, reason = letter_choice(organisation, office, interface)
    return Page(
        organisation=organisation,
        names=sorted(organisation.names.all(), key=lambda one: one.valid_from or date.min, reverse=True),
        forms=sorted(organisation.written_forms.all(), key=lambda one: (one.valid_to is not None, one.pk)),
        letter_form=letter_form,
        letter_reason=reason,
        state=account_states(office, [organisation])[0],
        memberships=list(
            Membership.objects.filter(alive(today), organisation=organisation, network__office=office)
            .select_related("network__anchor")
            .order_by("network__sort_key", "sector", "pk")
        ),
        hosted=list(
            Host.objects.filter(alive(today), organisation=organisation, network__office=office)
            .select_related("network__anchor")
            .order_by("network__sort_key", "pk")
        ),
        units=list(units),
        unit_count=units.total,
        owned=list(owned),
        owned_count=owned.total,
        people=people_of(organisation, office),
        successors=successors_of([organisation.pk]).get(organisation.pk, []),
        predecessors=list(
            Successor.objects.filter(successor=organisation).select_related("ended__anchor").order_by("ended__sort_key")
        ),
        used=is_in_use(office, organisation),
        ended=organisation.is_ended(today),
    )


def letter_choice(organisation: Organisation, office: Office, interface: str) -> tuple[str, str]:
    """The written form a letter gets today, and why (språklova § 15)."""
    live = {row.source: row.form for row in organisation.written_forms.all() if row.valid_to is None}
    plain = {source: form for source, form in live.items() if form != FormDecision.NEUTRAL}
    choice = choose_form(
        public_owner=organisation.kind in PUBLIC_OWNER_KINDS,
        office_default=office.default_form,
        decision=live.get(FormSource.REGULATION),
        own_choice=plain.get(FormSource.OWN_CHOICE),
        register=plain.get(FormSource.REGISTER),
    )
    return str(FormDecision(choice.form).label), reason_text(ChoiceReason(choice.reason_code), choice.form, interface)


def people_of(organisation: Organisation, office: Office) -> list[Person]:
    """Roles at the organisation itself, and those held for it in this office's networks; another office's aren't
    read. One query."""
    own_networks = Network.objects.filter(office=office).values("anchor_id")
    rows = (
        RoleAssignment.objects.filter(
            Q(anchor=organisation.anchor_id) | Q(held_for=organisation.anchor_id, anchor__in=own_networks),
            in_force(clock.today()),
            user__is_active=True,
        )
        .select_related("user", "anchor")
        .order_by("user__name", "pk")
    )
    return [
        Person(
            name=row.user.name,
            role=role_label(row.role),
            place=row.anchor.name if row.anchor_id != organisation.anchor_id else "",
            email=row.user.email,
        )
        for row in rows
    ]


# --- Found by what somebody typed ------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Found:
    """The organisation that was meant, or the sentence that says why none is."""

    organisation: Organisation | None = None
    fault: str = ""


def find(typed: str) -> Found:
    """An organisation by number or by its whole name, «Bergen» for «Bergen kommune». Three queries at most."""
    rows = Organisation.objects.select_related("anchor", "owner__anchor")
    if valid_orgnr(typed):
        digits = "".join(letter for letter in typed if letter.isdecimal())
        one = rows.filter(orgnr=digits).first()
        return Found(
            one, "" if one else _("No organisation in the register has the number %(typed)s.") % {"typed": typed}
        )
    keys = [sort_key(typed), sort_key(f"{typed} kommune"), sort_key(f"{typed} fylkeskommune")]
    named = sorted(
        rows.filter(sort_key__in=keys).filter(standing(clock.today())), key=lambda one: keys.index(one.sort_key)
    )
    same = [one for one in named if one.sort_key == named[0].sort_key]
    if len(same) > 1:
        return Found(fault=_("More than one is called “%(typed)s”. Write the organisation number.") % {"typed": typed})
    return Found(same[0]) if same else Found(fault=unknown(typed, all_names()))


def all_names() -> Names:
    """The names of all that stand. One query."""
    return Names(Organisation.objects.filter(standing(clock.today())).values_list("anchor__name", flat=True))


def unknown(typed: str, names: Names) -> str:
    """«Vi kjenner ikke «Bergn kommune». Mente du «Bergen kommune»?»"""
    near = names.nearest(typed)
    if near:
        return _("We don't know “%(typed)s”. Did you mean “%(near)s”?") % {"typed": typed, "near": near}
    return _("We don't know “%(typed)s”. Write the organisation number, or add the organisation first.") % {
        "typed": typed
    }


def holder_of(orgnr: str, *, but: int | None = None) -> Organisation | None:
    """Who has an organisation number already."""
    return Organisation.objects.filter(orgnr=orgnr).exclude(pk=but or 0).select_related("anchor").first()


def municipality_with(number: str, *, but: int | None = None) -> Organisation | None:
    """The municipality that has a municipality number already."""
    found = Organisation.objects.filter(municipality_number=number, kind="municipality")
    return found.exclude(pk=but or 0).select_related("anchor").first()
