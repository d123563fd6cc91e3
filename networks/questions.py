"""What of the registers one may ask the office about, and which offices one has to do with through organisations."""

from __future__ import annotations

from collections.abc import Iterable

from django.db.models import QuerySet
from django.urls import reverse

from core.actor import Actor
from core.questions import Askable, Page, Words, register_office_source, register_page
from core.questions import register as register_askable
from networks.models import Network, OfficeOrganisation
from networks.rules import ORGANISATION_ROLES


def offices_through_organisations(actor: Actor) -> Iterable[int]:
    """The offices that work with the organisations one speaks for. No query for one who speaks for none."""
    own = [grant for grant in actor.counting() if grant.role in ORGANISATION_ROLES]
    rows = OfficeOrganisation.objects.filter(organisation__anchor_id__in={grant.anchor_id for grant in own})
    found = rows.values_list("office_id", "organisation__anchor_id") if own else ()
    return {pk for pk, anchor in found if any(one.anchor_id == anchor and one.counts_at(pk) for one in own)}


def _network(words: Words) -> QuerySet[Network]:
    return Network.objects.filter(office__slug=words["office"], pk=words["pk"])


def register() -> None:
    """Fill core's registry."""
    register_office_source(offices_through_organisations)
    register_askable(
        Askable(
            model=Network,
            perm="networks.see_network",
            about=str,
            url=lambda row: reverse("networks:network", kwargs={"office": row.office.slug, "pk": row.pk}),
            related=("anchor", "office"),
        )
    )
    register_page(Page(_network, (_network,)), "networks:network")
