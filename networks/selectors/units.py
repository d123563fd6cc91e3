"""Reads the register of units: the schools and kindergartens of the owners an office works with."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import QuerySet
from django.http import Http404

from core import clock
from core.collation import fold
from core.models import Office
from core.paging import Leaf, leaf_of_query
from networks.models import Organisation, Unit
from networks.selectors.organisations import in_use
from networks.selectors.standing import standing

OURS, ENDED = "ours", "ended"


@dataclass(frozen=True, slots=True)
class UnitWish:
    """What the list is asked for; ``owner`` is the id of one owner, whoever works with it."""

    text: str = ""
    sector: str = ""
    which: str = OURS
    owner: int | None = None


def matching(wish: UnitWish, office: Office) -> QuerySet[Unit]:
    """The units a wish asks for, in Norwegian order."""
    found = Unit.objects.all()
    if wish.owner is not None:
        found = found.filter(owner_id=wish.owner)
    else:
        found = found.filter(owner__in=Organisation.objects.filter(in_use(office)).values("pk"))
    found = found.exclude(standing(clock.today())) if wish.which == ENDED else found.filter(standing(clock.today()))
    if wish.sector:
        found = found.filter(sector=wish.sector)
    digits = "".join(wish.text.split())
    if digits.isascii() and digits.isdecimal() and len(digits) <= 9:
        found = found.filter(orgnr__startswith=digits)
    else:
        for word in fold(wish.text).split():
            found = found.filter(fold__contains=word)
    return found.order_by("sort_key", "pk")


def leaf(wish: UnitWish, office: Office, number: int) -> Leaf[Unit]:
    """Fifty units with their owners. Two queries, however many."""
    page = leaf_of_query(matching(wish, office).only("pk"), number)
    shown = Unit.objects.filter(pk__in=[one.pk for one in page.rows])
    return page.with_rows(
        list(shown.select_related("owner__anchor", "organisation__anchor").order_by("sort_key", "pk"))
    )


def unit_at(pk: int) -> Unit:
    """The unit, or 404."""
    found = (
        Unit.objects.filter(pk=pk).select_related("owner__anchor", "organisation__anchor", "kept_by__anchor").first()
    )
    if found is None:
        raise Http404
    return found
