"""What the grant year puts into the menu, on the home page and on the account page."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core import authz, clock
from core.actor import Actor
from core.dates import interface_form
from core.enums import OFFICE_STAFF, Role
from core.models import Office
from core.selectors.offices import offices_at
from core.ui import home, nav, registers
from forums.rules import READS
from grants.models import Round
from grants.selectors.home_round import round_for_home
from grants.selectors.letter_pages import sees_letters
from grants.selectors.payees import payees_of_round
from grants.selectors.rounds import current_round, wheel
from networks import payees

UNKNOWN = object()


def round_here(office: Office | None) -> Round | None:
    """The office's current round, asked once per page: the request's office object remembers it for the menu."""
    if office is None:
        return None
    found = getattr(office, "menu_round", UNKNOWN)
    if found is UNKNOWN:
        found = office.menu_round = current_round(office)  # type: ignore[attr-defined]
    return found if isinstance(found, Round) else None


def sees_round(actor: Actor | None, office: Office | None) -> bool:
    """May the person see the round the menu leads to?"""
    round = round_here(office)
    return round is not None and authz.allowed(actor, "grants.see_round", round)


def works_here(actor: Actor | None, office: Office | None) -> bool:
    """One of the office's own people."""
    return office is not None and authz.allowed(actor, "core.see_office", office)


def of_round(office: Any) -> Mapping[str, object]:
    """The arguments of an address of the current round."""
    round = round_here(office)
    return {"office": office.slug, "year": round.slug if round else "0"}


def _year(_actor: Any, office: Any) -> str:
    round = round_here(office)
    return round.slug if round else ""


def _round_at_home(request: HttpRequest, actor: Actor) -> Round | None:
    """The round nearest to the person, asked once for the page."""
    found = getattr(request, "round_at_home", UNKNOWN)
    if found is UNKNOWN:
        found = request.round_at_home = round_for_home(actor)  # type: ignore[attr-defined]
    return found if isinstance(found, Round) else None


def home_wheel(request: HttpRequest, actor: Actor) -> home.HomeWheel | None:
    """The wheel of the round nearest to the person: two or three queries."""
    round = _round_at_home(request, actor)
    if round is None:
        return None
    staff = authz.allowed(actor, "core.see_office", round.office)
    return home.HomeWheel(
        wheel=wheel(round, for_office=staff),
        heading=_("The year %(year)s") % {"year": round.year},
        url=reverse("grants:round", kwargs={"office": round.office.slug, "year": round.slug}),
        label=_("Go to the %(year)s round") % {"year": round.slug},
    )


def writes_needs(actor: Actor | None, office: Office | None) -> bool:
    """Someone who writes a needs report here, or takes part in one, and isn't one of the office's own people."""
    if actor is None or office is None or works_here(actor, office):
        return False
    in_network = {Role.COORDINATOR, Role.NETWORK_READER, Role.PROVIDER_CONTACT}
    return any(one.office_id == office.pk and one.role in in_network for one in actor.grants) or bool(
        actor.anchors(Role.OWNER_CONTACT, Role.PROVIDER_CONTACT)
    )


def hears_forum(actor: Actor | None, office: Office | None) -> bool:
    """One who sits in a forum of the office, or works in the office."""
    if actor is None or office is None:
        return False
    return works_here(actor, office) or any(one.office_id == office.pk and one.role in READS for one in actor.grants)


def begin(request: HttpRequest, actor: Actor) -> home.Panel | None:
    """The way into the set-up, for one whose office has no round yet. One query, and only for them."""
    offices = {grant.office_id for grant in actor.grants if grant.office_id and grant.role in OFFICE_STAFF}
    if not offices or _round_at_home(request, actor) is not None:
        return None
    form, today = interface_form(), clock.today()
    return home.Panel(
        "grants/home_setup.html", {"offices": [(one.slug, one.name_in(form, today)) for one in offices_at(offices)]}
    )


def register() -> None:
    """Fill core's registries."""
    nav.register(
        nav.NavItem(
            label=gettext_lazy("The round"),
            url_name="grants:round",
            order=20,
            visible=sees_round,
            arguments=of_round,
            note=_year,
        )
    )
    nav.register(
        nav.NavItem(
            label=gettext_lazy("Rounds"),
            url_name="grants:rounds",
            order=20,
            visible=lambda actor, office: works_here(actor, office) and round_here(office) is None,
        )
    )
    nav.register(nav.NavItem(label=gettext_lazy("Needs"), url_name="grants:my_needs", order=30, visible=writes_needs))
    nav.register(
        nav.NavItem(
            label=gettext_lazy("Allocation"),
            url_name="grants:workbench",
            order=40,
            visible=lambda actor, office: works_here(actor, office) and round_here(office) is not None,
            arguments=of_round,
        )
    )
    nav.register(
        nav.NavItem(
            label=gettext_lazy("Recommendation"), url_name="grants:recommendations", order=50, visible=hears_forum
        )
    )
    nav.register(
        nav.NavItem(
            label=gettext_lazy("Letters"),
            url_name="grants:letters",
            order=60,
            visible=lambda actor, office: round_here(office) is not None and sees_letters(actor, office),
            arguments=of_round,
        )
    )
    registers.register(registers.Register(gettext_lazy("Before the program"), "grants:opening", 80, works_here))
    registers.register(registers.Register(gettext_lazy("Set-up"), "grants:setup", 90, works_here))
    home.register_panel(begin)
    home.register_wheel(home_wheel)
    payees.register_source(lambda office: payees_of_round(round_here(office)))
