"""Seats to begin with: those a rule set asks for, and those an office has used (Innlandet's, seed 003 chapter 5.4).

The law says who must sit, not how many: a group begins with the fewest, and the office changes what it wants.
"""

from __future__ import annotations

from dataclasses import dataclass

from forums.compositions import Composition, Words, compositions


@dataclass(frozen=True, slots=True, kw_only=True)
class GroupPlan:
    """A group as a template makes it; the size is that of each region where it is per region."""

    code: str
    name: Words
    least: int = 1
    most: int = 1
    made: int = 1
    per_region: bool = False
    is_office: bool = False
    required: bool = True


@dataclass(frozen=True, slots=True)
class SeatTemplate:
    """Groups of seats that go together."""

    code: str
    name: Words
    groups: tuple[GroupPlan, ...]


def _same(text: str) -> Words:
    return Words(text, text)


OFFICE = GroupPlan(
    code="office", name=Words("Statsforvalteren", "Statsforvaltaren"), least=2, most=3, made=2, is_office=True
)
UNIVERSITY = GroupPlan(
    code="higher_education", name=Words("Universitet og høyskole", "Universitet og høgskule"), most=3
)
UNION = GroupPlan(code="teacher_organisation", name=_same("Utdanningsforbundet"))
KS = GroupPlan(code="ks", name=_same("KS"))
PPT = GroupPlan(code="ppt", name=Words("PP-tjenesten", "PP-tenesta"))

KINDERGARTEN = SeatTemplate(
    "innlandet-barnehage",
    Words("Som i Innlandet: forum for barnehage", "Som i Innlandet: forum for barnehage"),
    (
        GroupPlan(code="private_owner", name=Words("Private eiere", "Private eigarar"), least=3, most=3, made=3),
        GroupPlan(code="municipal_owner", name=Words("Kommunale eiere", "Kommunale eigarar"), least=3, most=3, made=3),
        GroupPlan(
            code="kindergarten_authority",
            name=Words("Barnehagemyndighet, én per region", "Barnehagestyresmakt, éin per region"),
            per_region=True,
        ),
        UNIVERSITY,
        UNION,
        GroupPlan(code="other_union", name=_same("Fagforbundet")),
        KS,
        PPT,
        OFFICE,
    ),
)
SCHOOL = SeatTemplate(
    "innlandet-skole",
    Words("Som i Innlandet: forum for skole", "Som i Innlandet: forum for skule"),
    (
        GroupPlan(
            code="municipal_owner",
            name=Words("Skoleeier, én per region", "Skuleeigar, éin per region"),
            per_region=True,
        ),
        GroupPlan(
            code="county_council_owner",
            name=Words("Fylkeskommunen som skoleeier", "Fylkeskommunen som skuleeigar"),
        ),
        GroupPlan(
            code="private_owner",
            name=Words("Private skoler, grunnskole og videregående", "Private skular, grunnskule og vidaregåande"),
            least=2,
            most=2,
            made=2,
        ),
        UNIVERSITY,
        UNION,
        KS,
        PPT,
        GroupPlan(code="statped", name=_same("Statped")),
        OFFICE,
    ),
)


def _of(law: Composition) -> SeatTemplate:
    groups = tuple(
        GroupPlan(
            code=demand.code,
            name=demand.name,
            least=1 if demand.required else 0,
            most=3 if demand.required or demand.is_office else 1,
            is_office=demand.is_office,
            required=demand.required or demand.is_office,
        )
        for demand in law.demands
    )
    return SeatTemplate(law.code, law.name, groups)


def templates() -> list[SeatTemplate]:
    """The newest law's first, then the office's own kinds."""
    return [*(_of(law) for law in compositions()), KINDERGARTEN, SCHOOL]


def template_with(code: str) -> SeatTemplate | None:
    return next((one for one in templates() if one.code == code), None)


def kinds_of_seats(form: str) -> list[tuple[str, str]]:
    """(code, name) of everyone a rule set knows, the newest law's words first; for the list one chooses from."""
    names: dict[str, str] = {}
    for law in compositions():
        for demand in law.demands:
            names.setdefault(demand.code, demand.name.in_form(form))
    return list(names.items())
