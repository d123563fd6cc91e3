"""The register as an import meets it: read once, then asked about five thousand rows without a query."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import date

from django.utils.translation import gettext as _

from core import clock
from core.collation import sort_key
from core.identifiers import valid_orgnr
from core.nearness import Names
from networks.enums import OrganisationKind
from networks.models import Organisation, Successor
from networks.selectors.organisations import unknown
from networks.selectors.standing import ended_sentence, successors_of


@dataclass(frozen=True, slots=True)
class Meant:
    """The organisation a cell names, or the sentence that says why none is meant."""

    organisation: Organisation | None = None
    fault: str = ""
    near: tuple[str, ...] = ()
    """The name that may have been meant; the page offers it."""


class Register:
    """All organisations by number, by municipality number and by name. Two queries."""

    def __init__(self) -> None:
        self.today: date = clock.today()
        self.all = list(Organisation.objects.select_related("anchor", "owner__anchor").order_by("pk"))
        self.by_number = {one.orgnr: one for one in self.all if one.orgnr}
        self.by_municipality = {
            one.municipality_number: one
            for one in self.all
            if one.kind == OrganisationKind.MUNICIPALITY and one.municipality_number
        }
        self._by_name: dict[str, list[Organisation]] = defaultdict(list)
        for one in self.all:
            self._by_name[one.sort_key].append(one)
        ended = [one.pk for one in self.all if one.is_ended(self.today)]
        self._successors: dict[int, list[Successor]] = successors_of(ended) if ended else {}
        self._names: Names | None = None

    def named(self, name: str) -> list[Organisation]:
        """Those of this name that stand; where none does, those that have ended."""
        found = self._by_name.get(sort_key(name)[:250], [])
        return [one for one in found if not one.is_ended(self.today)] or found

    def ended(self, organisation: Organisation) -> str:
        """The sentence about one that has ended; empty for one that stands."""
        if not organisation.is_ended(self.today):
            return ""
        return ended_sentence(organisation, self._successors.get(organisation.pk, ()))

    def meant(self, typed: str) -> Meant:
        """The organisation of a cell, by number or by name, «Bergen» for «Bergen kommune»."""
        if valid_orgnr(typed):
            digits = "".join(letter for letter in typed if letter.isdecimal())
            found = self.by_number.get(digits)
            if found is None:
                text = _("No organisation in the register has the number %(typed)s.")
                return Meant(fault=text % {"typed": typed})
            return Meant(found, self.ended(found))
        for name in (typed, f"{typed} kommune", f"{typed} fylkeskommune"):
            named = self.named(name)
            if len(named) > 1:
                text = _("More than one is called “%(typed)s”. Write the organisation number.")
                return Meant(fault=text % {"typed": typed})
            if named:
                return Meant(named[0], self.ended(named[0]))
        if near := self.names.nearest(typed):
            return Meant(fault=_("We don't know “%(typed)s”.") % {"typed": typed}, near=(near,))
        return Meant(fault=unknown(typed, self.names))

    @property
    def names(self) -> Names:
        if self._names is None:
            self._names = Names(one.anchor.name for one in self.all if not one.is_ended(self.today))
        return self._names
