"""Which organisation somebody means: by organisation number, municipality number or name, however it is written.

One reading serves forms and imports: a few queries, and then any number of texts can be asked about.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING

from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from core.collation import fold
from core.identifiers import format_orgnr, normalise_orgnr, valid_orgnr
from core.models import Office
from core.nearness import Names
from core.unreadable import Unreadable
from networks import reference
from networks.enums import OrganisationKind
from networks.models import Network, OfficeOrganisation, Organisation, OrganisationName

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

MUNICIPALITY = re.compile(r"^(?:K[- ]?)?(?P<number>\d{3,4})$", re.IGNORECASE)


def counties_of(office: Office) -> tuple[str, ...]:
    """The counties of an office's area: «46», or several."""
    if office.county_number:
        return (office.county_number,)
    return next((one.county_numbers for one in reference.offices() if one.orgnr == office.orgnr), ())


def around(office: Office) -> Q:
    """Organisations the office has to do with: known to it, or the municipalities and county council of its area."""
    known = OfficeOrganisation.objects.filter(office=office).values("organisation_id")
    public = Q(kind__in=[OrganisationKind.MUNICIPALITY, OrganisationKind.COUNTY_COUNCIL], ended_on__isnull=True)
    return Q(pk__in=known) | (public & Q(county_number__in=counties_of(office)))


def nearby(office: Office, kinds: Iterable[str] | None = None) -> QuerySet[Organisation]:
    """The organisations one would pick among, in Norwegian order."""
    found = Organisation.objects.filter(around(office), ended_on__isnull=True)
    if kinds is not None:
        found = found.filter(kind__in=list(kinds))
    return found.select_related("anchor").order_by("sort_key", "pk")


@dataclass
class Finder:
    """Every organisation by what it is known by; those around the office before others."""

    office: Office
    kinds: frozenset[str] | None = None
    only: tuple[str, ...] = ()
    """The texts that will be asked about, when they are few: then no more is read than they need."""
    by_pk: dict[int, Organisation] = field(default_factory=dict)
    _ours: frozenset[int] = frozenset()
    _by_number: dict[str, list[int]] = field(default_factory=lambda: defaultdict(list))
    _by_name: dict[str, set[int]] = field(default_factory=lambda: defaultdict(set))
    _said: dict[str, Organisation | Unreadable] = field(default_factory=dict)
    _networks: frozenset[str] = frozenset()

    def __post_init__(self) -> None:
        """Read it all: four queries, however many organisations."""
        rows = Organisation.objects.select_related("anchor").order_by("pk")
        if self.only:
            rows = rows.filter(around(self.office) | self._could_be())
        self.by_pk = {one.pk: one for one in rows}
        self._ours = frozenset(Organisation.objects.filter(around(self.office)).values_list("pk", flat=True))
        for pk, one in self.by_pk.items():
            if one.orgnr:
                self._by_number[one.orgnr].append(pk)
            if one.municipality_number and one.kind == OrganisationKind.MUNICIPALITY:
                self._by_number[one.municipality_number].append(pk)
        names = OrganisationName.objects.values_list("organisation_id", "name", "name_nn")
        for pk, name, name_nn in names.filter(organisation__in=list(self.by_pk)) if self.only else names:
            for text in filter(None, (name, name_nn)):
                self._by_name[fold(text)].add(pk)
                self._by_name[_bare(text)].add(pk)
        networks = Network.objects.filter(office=self.office).values_list("anchor__name", flat=True)
        self._networks = frozenset(map(fold, networks))

    def _could_be(self) -> Q:
        """Organisations one of the texts could mean."""
        found = Q(pk__in=[])
        for text in self.only:
            digits = "".join(letter for letter in text if letter.isdigit())
            found |= Q(fold__contains=_bare(text)) | Q(orgnr=digits) if _bare(text) else Q()
            found |= Q(municipality_number=digits.zfill(4)) if 3 <= len(digits) <= 4 else Q(pk__in=[])
        return found

    def find(self, text: str) -> Organisation:
        """The one that is meant. Raises core.unreadable.Unreadable with what to write instead."""
        typed = " ".join(text.split())
        key = fold(typed)
        if key not in self._said:
            try:
                self._said[key] = self._find(typed)
            except Unreadable as unknown:
                self._said[key] = unknown
        said = self._said[key]
        if isinstance(said, Unreadable):
            raise said
        return said

    def _find(self, typed: str) -> Organisation:
        number = MUNICIPALITY.match(typed)
        digits = "".join(typed.split())
        if number:
            return self._one(self._by_number.get(number["number"].zfill(4), ()), typed, _NO_MUNICIPALITY)
        if digits.isdecimal() or valid_orgnr(typed):
            return self._one(self._by_number.get(normalise_orgnr(typed), ()), typed, _NO_NUMBER)
        named = self._by_name.get(fold(typed)) or self._by_name.get(_bare(typed)) or set()
        if not named and fold(typed) in self._networks:
            raise Unreadable("is_network", _IS_NETWORK, {"typed": typed})
        return self._one(sorted(named), typed, _NO_NAME)

    def _one(self, found: Iterable[int], typed: str, unknown: _StrPromise) -> Organisation:
        """The only one that fits: those that are still there before ended ones, ours before others', kinds that fit."""
        rows = [self.by_pk[pk] for pk in found]
        for fits in (self._is_alive, self._is_ours, self._is_kind):
            rows = [row for row in rows if fits(row)] or rows
        if not rows:
            raise self._unknown(typed, unknown)
        if len(rows) > 1:
            names = "; ".join(_with_number(row) for row in rows[:4])
            raise Unreadable("several", _SEVERAL, {"typed": typed, "names": names})
        return rows[0]

    def _is_alive(self, row: Organisation) -> bool:
        return row.ended_on is None

    def _is_ours(self, row: Organisation) -> bool:
        return row.pk in self._ours

    def _is_kind(self, row: Organisation) -> bool:
        return self.kinds is None or row.kind in self.kinds

    def _unknown(self, typed: str, unknown: _StrPromise) -> Unreadable:
        near = self._near(typed)
        if near:
            return Unreadable("did_you_mean", _DID_YOU_MEAN, {"typed": typed, "name": near})
        return Unreadable("unknown", unknown, {"typed": typed})

    def _near(self, typed: str) -> str:
        """The name that looks most like it, among those around the office."""
        if any(letter.isdigit() for letter in typed):
            return ""
        bare, names = self._nearest_names
        return names.get(bare.nearest(_bare(typed)), "")

    @cached_property
    def _nearest_names(self) -> tuple[Names, dict[str, str]]:
        """Every name around the office without «kommune», and as it is written."""
        ours = [self.by_pk[pk].anchor.name for pk in sorted(self._ours) if self._is_kind(self.by_pk[pk])]
        names = {_bare(name): name for name in ours}
        return Names(names), names


_NO_MUNICIPALITY = _("No municipality has the number %(typed)s. Check the number, or write the name.")
_NO_NUMBER = _("No organisation we know has the number %(typed)s. Register it first, or write the name.")
_NO_NAME = _("We don't know the organisation “%(typed)s”. Check the spelling, or write its number.")
_DID_YOU_MEAN = _("We don't know the organisation “%(typed)s”. Did you mean “%(name)s”?")
_SEVERAL = _("Several organisations are called “%(typed)s”: %(names)s. Write the number instead.")
_IS_NETWORK = _("“%(typed)s” is a network, not an organisation. Write the name of an owner.")


def _bare(text: str) -> str:
    """The name without «kommune», so that «Bergen» is found."""
    return fold(text).removesuffix(" kommune")


def _with_number(row: Organisation) -> str:
    number = row.municipality_number or (format_orgnr(row.orgnr) if row.orgnr else "")
    return f"{row.anchor.name} ({number})" if number else row.anchor.name
