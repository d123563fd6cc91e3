"""Years on a nation's scale: ten offices with the municipalities of their counties, each office's in a few networks.

Municipalities and universities are the real ones; how they are put together, the people and the sums are invented.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

from core.calendar import next_working_day
from networks import reference
from reporting.rehearsal.profile import Acts, Profile

NETWORKS = 7
"""In each office; seventy in all."""
MEASURES = 143
"""In each network each year at scale 1: ten offices and ten years make 100 100 measure-years."""
LAST_YEAR = 2030
"""Ten years back from here, the first rule set (in force from 2021) has an earliest decision to rest on."""
SUM = 240_000
"""What a measure seeks at most, whole kroner."""

PROVIDERS = {
    "31": "OsloMet", "34": "INN", "39": "USN", "42": "UiA", "11": "UiS", "46": "HVL", "15": "HVO", "50": "NTNU",
    "18": "Nord", "55": "UiT",
}  # fmt: skip
"""Each office's university, by the first of its counties."""

SCHEMES = {"GUIDE2021": ("regional", "desentralisert", "kompetanseloftet"), "REG2026": ("kollektiv",)}
FIRST_YEAR_OF_REG2026 = 2026


def offices() -> list[str]:
    """The first county's number of each office, in the order of the list of counties."""
    first: dict[str | None, str] = {}
    for county in reference.counties():
        if county.valid_to is None:
            first.setdefault(county.office_orgnr, county.number)
    return list(first.values())


def years(count: int) -> list[int]:
    """The last ``count`` years, in order. Raises ValueError for more than there are rules for."""
    if not 1 <= count <= 10:
        raise ValueError("from 1 to 10 years")
    return list(range(LAST_YEAR - count + 1, LAST_YEAR + 1))


def profile(county: str, year: int, *, of: Sequence[int], scale: float) -> Profile:
    """One office's year. ``of``: all the years that are played, which its forums' terms must cover."""
    rule_set = "REG2026" if year >= FIRST_YEAR_OF_REG2026 else "GUIDE2021"
    acts, deadlines, meeting = _dates(year)
    raw = _raw(county, rule_set, scale)
    return Profile(
        code=f"nation-{county}",
        name=f"{county} {year}",
        year=year,
        raw=raw,
        acts=acts,
        deadlines=deadlines,
        meetings=(meeting,),
        term_from=date(of[0] - 1, 1, 1),
        term_to=date(of[-1] + 1, 12, 31),
    )


def measures_in(scale: float) -> int:
    """How many measures each network seeks money for."""
    return max(1, round(MEASURES * scale))


def _dates(year: int) -> tuple[Acts, dict[str, date], date]:
    def on(month: int, day: int, of: int = year) -> date:
        return next_working_day(date(of, month, day))

    deadlines = {
        "needs": on(2, 1),
        "forum_papers": on(2, 24),
        "forum_answer": on(3, 8),
        "recommendation": on(3, 15),
        "decision": on(3, 26),
        "payment": date(year, 4, 15),
        "use_by": date(year, 12, 31),
        "report": date(year + 1, 1, 15),
    }
    meeting = on(3, 10)
    acts = Acts(
        opened=on(11, 8, year - 1),
        announced=on(11, 15, year - 1),
        written=on(1, 20),
        sent=on(1, 28),
        assessed=on(2, 10),
        proposed=on(2, 18),
        put_forward=on(2, 23),
        answered=on(3, 5),
        concluded=meeting,
        office_refuses=meeting + timedelta(days=1),
        forum_again=meeting + timedelta(days=2),
        decided=on(3, 23),
        approved=on(3, 24),
        dispatched=on(3, 25),
        letters_opened=on(3, 29),
        reported=on(12, 10),
        confirmed=on(12, 17),
        reports_approved=on(1, 11, year + 1),
    )
    return acts, deadlines, meeting


def _raw(county: str, rule_set: str, scale: float) -> dict[str, Any]:
    """What a profile's file would say."""
    schemes = SCHEMES[rule_set]
    sought = measures_in(scale) * NETWORKS * SUM
    return {
        "county": county,
        "rule_set": rule_set,
        "provider": PROVIDERS[county],
        "languages": ["nn", "nb"] if county in {"46", "15"} else ["nb", "nn"],
        "office": _OFFICE,
        "profile": {
            "network_cap_pct": 40,
            "coordinator_cap_pct": 20,
            "joint_conclusion": True,
            "longest_measure_years": 4,
            "source": "Oppdiktet profil til store data",
        },
        "frames": {scheme: sought * 6 // 10 // len(schemes) for scheme in schemes},
        "budget": {"source_letter": "Oppdiktet ramme"},
        "networks": _networks(county),
        "forums": _forums(),
    }


_OFFICE = {
    "unit_nb": "Oppvekst og utdanning",
    "unit_nn": "Oppvekst og utdanning",
    "postal_address": "Postboks 000, 0000 STED",
    "phone": "00 00 00 00",
    "email": "post@kontor.example",
    "website": "kontor.example",
}


def _networks(county: str) -> list[dict[str, Any]]:
    """The municipalities of the office's counties in neighbouring groups."""
    office = next(row.office_orgnr for row in reference.counties() if row.number == county)
    counties = {row.number for row in reference.counties() if row.office_orgnr == office and row.valid_to is None}
    numbers = sorted(
        row.number for row in reference.municipalities() if row.county_number in counties and row.valid_to is None
    )
    bounds = [len(numbers) * place // NETWORKS for place in range(NETWORKS + 1)]
    return [
        {
            "code": f"N{county}-{place + 1}",
            "name": f"Region {place + 1}",
            "members": numbers[bounds[place] : bounds[place + 1]],
        }
        for place in range(NETWORKS)
    ]


def _forums() -> list[dict[str, Any]]:
    groups = [
        {"code": "municipal_owner", "nb": "Kommunale eiere", "nn": "Kommunale eigarar", "min": 3, "max": 7, "seats": 5},
        {
            "code": "higher_education",
            "nb": "Universitet og høyskole",
            "nn": "Universitet og høgskule",
            "min": 1,
            "max": 3,
        },
        {"code": "teacher_organisation", "nb": "Utdanningsforbundet", "nn": "Utdanningsforbundet", "min": 1, "max": 1},
        {"code": "office", "nb": "Statsforvalteren", "nn": "Statsforvaltaren", "min": 2, "max": 2, "office": True},
    ]
    common = {"chair": "municipal_owner", "groups": groups}
    return [
        {"code": "bhg", "name": "Samarbeidsforum for barnehage", "sectors": "kindergarten", **common},
        {"code": "skole", "name": "Samarbeidsforum for skole", "sectors": "school", **common},
    ]
