"""What of the registers somebody may open."""

from __future__ import annotations

from collections.abc import Iterable

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from accounts.openings import Named, Opening, register
from core import authz
from core.actor import Actor
from core.models import Office
from networks.models import Organisation
from networks.selectors import networks
from networks.selectors.accounts import organisations_of


def _networks(actor: Actor, office: Office) -> Iterable[Named]:
    for row in networks.rows(actor, office):
        yield row.network.anchor.name, reverse("networks:network", args=[office.slug, row.network.pk])


def _accounts(actor: Actor, office: Office) -> Iterable[Named]:
    found: list[Organisation] = organisations_of(office) if authz.allowed(actor, "networks.see_account", office) else []
    for one in found:
        yield one.anchor.name, reverse("networks:account", args=[office.slug, one.pk])


def register_own() -> None:
    register(Opening("networks", _("Networks"), 30, _networks))
    register(Opening("accounts", _("Recipients and accounts"), 35, _accounts))
