"""An office's set-up as one file: its own choices, the dates of its wheel, its forums and its networks. No people.

TOML, so that a person can read it, keep it beside the plan it follows, and send it to another office. Reading names
each fault by its place in the file.
"""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any, TypeVar

import tomli_w
from django.utils.translation import gettext as _

from grants.enums import DeadlineKind, OwnContributionBase
from networks.enums import NetworkKind, Sector

FORMAT = 1
LARGEST = 500_000
"""Characters. The largest county's file is a tenth of it."""
SEVERAL = frozenset({DeadlineKind.MEETING, DeadlineKind.FORUM_MEETING})
"""Dates there may be many of."""
T = TypeVar("T")


class SetupFileFault(ValueError):
    """What can't be read; ``faults`` are sentences that name the place («networks[2].kind»)."""

    def __init__(self, faults: Sequence[str]) -> None:
        self.faults = tuple(faults)
        super().__init__("; ".join(faults))


@dataclass(frozen=True, slots=True)
class OrganisationRef:
    """An organisation by its number; a municipality whose number nobody has stated, by its municipality number."""

    name: str
    orgnr: str = ""
    municipality: str = ""


@dataclass(frozen=True, slots=True)
class DateRow:
    """A date of the wheel; ``years`` after the budget year (a report is due the year after)."""

    kind: str
    month: int
    day: int
    years: int = 0


@dataclass(frozen=True, slots=True)
class GroupRow:
    """A group of seats."""

    code: str
    name_nb: str
    name_nn: str
    min_seats: int = 0
    max_seats: int = 1
    per_region: bool = False
    is_office: bool = False
    votes: bool = True


@dataclass(frozen=True, slots=True)
class ForumRow:
    """A forum; ``covers`` are codes of networks, none means all."""

    code: str
    name: str
    sectors: str
    upper_secondary: bool = False
    covers: tuple[str, ...] = ()
    groups: tuple[GroupRow, ...] = ()


@dataclass(frozen=True, slots=True)
class MemberRow:
    """A member of a network."""

    organisation: OrganisationRef
    sector: str
    host: bool = False


@dataclass(frozen=True, slots=True)
class NetworkRow:
    """A network; ``parent`` is the code of the one it is a part of."""

    code: str
    name: str
    kind: str
    parent: str = ""
    schemes: tuple[str, ...] = ()
    coordinator: OrganisationRef | None = None
    members: tuple[MemberRow, ...] = ()


@dataclass(frozen=True, slots=True)
class SetupFile:
    """``year`` and ``rule_set`` are those of the round the dates come from; empty where there is none."""

    office: str
    county: str = ""
    year: int = 0
    rule_set: str = ""
    choices: Mapping[str, Any] = field(default_factory=dict)
    dates: tuple[DateRow, ...] = ()
    forums: tuple[ForumRow, ...] = ()
    networks: tuple[NetworkRow, ...] = ()


def write(setup: SetupFile) -> str:
    """The file. What is empty is left out: TOML has no word for nothing."""
    return tomli_w.dumps({"format": FORMAT, **_without_nothing(asdict(setup))})


def _without_nothing(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {key: _without_nothing(one) for key, one in value.items() if one not in (None, "", (), {}, [])}
    return [_without_nothing(one) for one in value] if isinstance(value, list | tuple) else value


def read(text: str) -> SetupFile:
    """Read a file. Raises SetupFileFault with every fault found."""
    if len(text) > LARGEST:
        raise SetupFileFault([_("The file is too large to be a set-up.")])
    try:
        raw = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise SetupFileFault([_("The file can't be read as a set-up: %(why)s.") % {"why": error}]) from error
    if raw.get("format") != FORMAT:
        raise SetupFileFault([_("This is no set-up that this version of the program can read.")])
    reader = _Reader(raw)
    setup = reader.setup()
    if reader.faults:
        raise SetupFileFault(reader.faults)
    return setup


class _Reader:
    """Reads table by table and remembers what is wrong where."""

    def __init__(self, raw: dict[str, Any]) -> None:
        self.raw = raw
        self.faults: list[str] = []

    def setup(self) -> SetupFile:
        raw = self.raw
        found = SetupFile(
            office=self.text(raw, "office", "", needed=True),
            county=self.text(raw, "county", ""),
            year=self.number(raw, "year", "", 0, 2100),
            rule_set=self.text(raw, "rule_set", ""),
            choices=self.choices(raw.get("choices", {})),
            dates=self.rows("dates", raw, self.date),
            forums=self.rows("forums", raw, self.forum),
            networks=self.rows("networks", raw, self.network),
        )
        self.once("dates", [one.kind for one in found.dates if one.kind not in SEVERAL])
        self.once("forums", [one.code for one in found.forums])
        self.once("networks", [one.code for one in found.networks])
        return found

    # --- Tables ------------------------------------------------------------------------------------------------------

    def rows(self, name: str, raw: Any, make: Callable[[dict[str, Any], str], T], at: str = "") -> tuple[T, ...]:
        rows = raw.get(name, [])
        place = f"{at}{name}"
        if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
            self.wrong(place, _("a list of tables"))
            return ()
        return tuple(make(row, f"{place}[{number}].") for number, row in enumerate(rows, start=1))

    def date(self, row: dict[str, Any], at: str) -> DateRow:
        found = DateRow(
            kind=self.one_of(row, "kind", at, DeadlineKind.values),
            month=self.number(row, "month", at, 1, 12),
            day=self.number(row, "day", at, 1, 31),
            years=self.number(row, "years", at, -1, 2, default=0),
        )
        if found.day > _longest(found.month):
            self.wrong(f"{at}day", _("a day that the month has every year"))
        return found

    def forum(self, row: dict[str, Any], at: str) -> ForumRow:
        return ForumRow(
            code=self.text(row, "code", at, needed=True, longest=20),
            name=self.text(row, "name", at, needed=True),
            sectors=self.one_of(row, "sectors", at, Sector.values),
            upper_secondary=self.flag(row, "upper_secondary", at),
            covers=self.words(row, "covers", at),
            groups=self.rows("groups", row, self.group, at),
        )

    def group(self, row: dict[str, Any], at: str) -> GroupRow:
        found = GroupRow(
            code=self.text(row, "code", at, needed=True, longest=40),
            name_nb=self.text(row, "name_nb", at, needed=True, longest=120),
            name_nn=self.text(row, "name_nn", at, needed=True, longest=120),
            min_seats=self.number(row, "min_seats", at, 0, 200, default=0),
            max_seats=self.number(row, "max_seats", at, 0, 200, default=1),
            per_region=self.flag(row, "per_region", at),
            is_office=self.flag(row, "is_office", at),
            votes=self.flag(row, "votes", at, default=True),
        )
        if found.max_seats < found.min_seats:
            self.wrong(f"{at}max_seats", _("no fewer than min_seats"))
        return found

    def network(self, row: dict[str, Any], at: str) -> NetworkRow:
        coordinator = row.get("coordinator")
        return NetworkRow(
            code=self.text(row, "code", at, needed=True, longest=20),
            name=self.text(row, "name", at, needed=True),
            kind=self.one_of(row, "kind", at, NetworkKind.values),
            parent=self.text(row, "parent", at),
            schemes=self.words(row, "schemes", at),
            coordinator=self.organisation(coordinator, f"{at}coordinator.") if coordinator else None,
            members=self.rows("members", row, self.member, at),
        )

    def member(self, row: dict[str, Any], at: str) -> MemberRow:
        return MemberRow(
            organisation=self.organisation(row.get("organisation"), f"{at}organisation."),
            sector=self.one_of(row, "sector", at, Sector.values),
            host=self.flag(row, "host", at),
        )

    def organisation(self, row: Any, at: str) -> OrganisationRef:
        if not isinstance(row, dict):
            self.wrong(at.rstrip("."), _("a table with name and number"))
            return OrganisationRef("")
        return OrganisationRef(
            name=self.text(row, "name", at, needed=True),
            orgnr=self.text(row, "orgnr", at),
            municipality=self.text(row, "municipality", at),
        )

    def choices(self, raw: Any) -> dict[str, Any]:
        if not isinstance(raw, dict):
            self.wrong("choices", _("a table"))
            return {}
        if not raw:
            return {}
        at = "choices."
        return {
            "network_cap_pct": self.percent(raw, "network_cap_pct", at),
            "coordinator_cap_pct": self.percent(raw, "coordinator_cap_pct", at),
            "own_contribution_pct": self.percent(raw, "own_contribution_pct", at),
            "own_contribution_base": self.one_of(
                {"own_contribution_base": OwnContributionBase.NONE.value} | raw,
                "own_contribution_base",
                at,
                OwnContributionBase.values,
            ),
            "own_contribution_scheme": self.text(raw, "own_contribution_scheme", at, longest=40),
            "joint_conclusion": self.flag(raw, "joint_conclusion", at, default=True),
            "longest_measure_years": self.number(raw, "longest_measure_years", at, 1, 10, default=4),
            "source": self.text(raw, "source", at),
        }

    # --- Cells -------------------------------------------------------------------------------------------------------

    def text(self, row: dict[str, Any], name: str, at: str, *, needed: bool = False, longest: int = 200) -> str:
        value = row.get(name, "")
        if not isinstance(value, str) or len(value) > longest or (needed and not value.strip()):
            self.wrong(f"{at}{name}", _("a text of at most %(longest)s characters") % {"longest": longest})
            return ""
        return value.replace("\0", "").strip()

    def number(
        self, row: dict[str, Any], name: str, at: str, least: int, most: int, *, default: int | None = None
    ) -> int:
        value = row.get(name, least if default is None else default)
        if isinstance(value, bool) or not isinstance(value, int) or not least <= value <= most:
            words = _("a whole number from %(least)s to %(most)s") % {"least": least, "most": most}
            self.wrong(f"{at}{name}", words)
            return least
        return value

    def percent(self, row: dict[str, Any], name: str, at: str) -> int | None:
        return self.number(row, name, at, 0, 100) if name in row else None

    def flag(self, row: dict[str, Any], name: str, at: str, *, default: bool = False) -> bool:
        value = row.get(name, default)
        if not isinstance(value, bool):
            self.wrong(f"{at}{name}", "true / false")
            return default
        return value

    def words(self, row: dict[str, Any], name: str, at: str) -> tuple[str, ...]:
        value = row.get(name, [])
        if not isinstance(value, list) or not all(isinstance(one, str) and len(one) <= 40 for one in value):
            self.wrong(f"{at}{name}", _("a list of short texts"))
            return ()
        return tuple(value)

    def one_of(self, row: dict[str, Any], name: str, at: str, known: Sequence[str]) -> str:
        value = row.get(name)
        if value not in known:
            self.wrong(f"{at}{name}", _("one of %(known)s") % {"known": ", ".join(known)})
            return str(known[0])
        return str(value)

    def once(self, place: str, codes: Sequence[str]) -> None:
        for code in sorted({code for code in codes if codes.count(code) > 1}):
            self.faults.append(_("%(place)s: «%(code)s» stands there twice.") % {"place": place, "code": code})

    def wrong(self, place: str, wanted: str) -> None:
        self.faults.append(_("%(place)s must be %(wanted)s.") % {"place": place, "wanted": wanted})


def _longest(month: int) -> int:
    return 28 if month == 2 else 30 if month in {4, 6, 9, 11} else 31
