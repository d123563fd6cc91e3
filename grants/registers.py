"""What the grant year tells the registers: schemes, what rests on a network, and who doesn't take part this year."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any

from django.db.models import Q, QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _

from core import authz, clock
from core.dates import interface_form
from forums.models import ForumNetwork, Seat
from grants import rulesets
from grants.menu import round_here
from grants.models import CoveredOwner, NeedsReport, Participation
from networks import dependents, pages, schemes
from networks.models import Membership, Network
from networks.selectors.networks import alive


def all_schemes() -> Iterator[tuple[str, str]]:
    """Each scheme once, as the newest rule set that has it calls it."""
    form = interface_form()
    known = [scheme for rules in rulesets.all_rule_sets() for scheme in rules.schemes]
    yield from {scheme.code: scheme.name.in_form(form) for scheme in known}.items()


def alive_seats(on: date) -> Q:
    """Seats somebody holds on a day or later."""
    return Q(appointments__isnull=False) & (Q(appointments__valid_to__isnull=True) | Q(appointments__valid_to__gte=on))


def rest_on(network: Network) -> Iterator[str]:
    """Needs reports of rounds that aren't closed, seats of the region, and forums that handle it."""
    open_reports = NeedsReport.objects.filter(network=network).exclude(round__state="closed").select_related("round")
    years = sorted({report.round.slug for report in open_reports})
    if years:
        yield _("The network has a needs report in the round %(years)s. Close the round first.") % {
            "years": ", ".join(years)
        }
    seats = Seat.objects.filter(alive_seats(clock.today()), region=network).distinct()
    names = sorted({seat.group.forum.anchor.name for seat in seats.select_related("group__forum__anchor")})
    if names:
        yield _("Somebody sits for the network in %(forums)s. End the term first.") % {"forums": ", ".join(names)}
    handled = ForumNetwork.objects.filter(network=network, forum__ended_on__isnull=True)
    forums = sorted(row.forum.anchor.name for row in handled.select_related("forum__anchor"))
    if forums:
        yield _("%(forums)s handles the network. Change that first.") % {"forums": ", ".join(forums)}


def rest_on_member(membership: Membership) -> Iterator[str]:
    """Needs reports of the network that cover the member, of any round: what was sent stays as it was."""
    covered = CoveredOwner.objects.filter(report__network=membership.network, organisation=membership.organisation)
    years = sorted({one.report.round.slug for one in covered.select_related("report__round")})
    if years:
        words = {"owner": membership.organisation.anchor.name, "years": ", ".join(years)}
        yield (
            _("%(owner)s is covered by the network’s needs report in the round %(years)s. Set a last day instead.")
            % words
        )


def out_this_year(actor: Any, network: Network) -> Iterator[pages.Link]:
    """The network's owners that don't take part in the current round; the office goes on to the page. One query."""
    round = round_here(network.office)
    if round is None or not authz.allowed(actor, "grants.see_round", round):
        return
    out = Participation.objects.filter(round=round, opted_out=True, organisation__memberships__in=_members(network))
    names = list(out.order_by("organisation__sort_key").values_list("organisation__anchor__name", flat=True).distinct())
    staff = authz.allowed(actor, "core.see_office", network.office)
    if names or staff:
        words = {"office": network.office.slug, "year": round.slug}
        yield pages.Link(
            label=_("Owners that don't take part in %(year)s") % {"year": round.slug},
            url=reverse("grants:opted_out", kwargs=words) if staff else "",
            hint=", ".join(names) or _("None of the network's owners has opted out."),
        )


def _members(network: Network) -> QuerySet[Membership]:
    return network.memberships.filter(alive(clock.today()))


def register() -> None:
    """Fill the registries of networks."""
    schemes.register_source(all_schemes)
    dependents.register_source(rest_on)
    dependents.register_member_source(rest_on_member)
    pages.register_source(out_this_year)
