"""The columns of running measures in a spreadsheet: how people head them, and how they write what stands in them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from django.utils.translation import gettext_lazy

from core.collation import fold
from core.imports import Column
from core.money import parse_kroner
from core.unreadable import Unreadable
from grants.enums import LineKind
from grants.selectors.opening_values import scheme_label, schemes
from networks.enums import Sector

SECTORS = {
    "barnehage": Sector.KINDERGARTEN, "barnehagar": Sector.KINDERGARTEN, "barnehager": Sector.KINDERGARTEN,
    "skole": Sector.SCHOOL, "skule": Sector.SCHOOL, "skoler": Sector.SCHOOL, "skular": Sector.SCHOOL,
    "grunnskole": Sector.SCHOOL, "grunnskule": Sector.SCHOOL, "begge": Sector.BOTH,
    "barnehage og skole": Sector.BOTH, "barnehage og skule": Sector.BOTH,
}  # fmt: skip
KINDS = {
    "nettverk": LineKind.NETWORK, "eier": LineKind.NETWORK, "eigar": LineKind.NETWORK,
    "partner": LineKind.PROVIDER, "uh": LineKind.PROVIDER, "universitet": LineKind.PROVIDER,
    "universitet eller annen partner": LineKind.PROVIDER, "universitet eller annan partnar": LineKind.PROVIDER,
    "partnar": LineKind.PROVIDER, "koordinator": LineKind.COORDINATOR, "frikjøp": LineKind.STAFF_RELEASE,
    "annet": LineKind.OTHER, "anna": LineKind.OTHER,
}  # fmt: skip
"""How people write it, in both written forms, and what it is; compared folded."""


def read_number(text: str) -> int:
    """A small whole number: a year, or how many."""
    typed = text.strip().removesuffix(".")
    if not (typed.isascii() and typed.isdecimal() and len(typed) < 5):
        words = {"typed": text.strip()}
        raise Unreadable("not_a_number", gettext_lazy("Write «%(typed)s» with digits, for example 2 or 2026."), words)
    return int(typed)


def read_scheme(text: str) -> str:
    """A scheme by its code, or as much of its name as tells it from the others («Kollektiv»)."""
    typed = fold(text)
    names = {one.code: (fold(one.name.nb), fold(one.name.nn)) for _law, one in schemes()}
    begun = {code for code, words in names.items() if typed and any(name.startswith(typed) for name in words)}
    found = {code for code, words in names.items() if typed == fold(code) or typed in words} or begun
    if len(found) == 1:
        return found.pop()
    known = ", ".join(scheme_label(one.code) for _law, one in schemes())
    raise Unreadable(
        "scheme",
        gettext_lazy("We don’t know the scheme «%(typed)s». Write one of these: %(known)s."),
        {"typed": text.strip(), "known": known},
    )


def _reader(words: Mapping[str, Any], code: str, message: Any) -> Callable[[str], str]:
    known = {fold(word): str(value) for word, value in words.items()}
    known |= {str(value): str(value) for value in words.values()}

    def read(text: str) -> str:
        if (found := known.get(fold(text))) is None:
            raise Unreadable(code, message, {"typed": text.strip()})
        return found

    return read


read_sector = _reader(
    SECTORS, "sector", gettext_lazy("We don’t know the sector «%(typed)s». Write kindergarten, school or both.")
)
read_kind = _reader(
    KINDS,
    "kind",
    gettext_lazy("We don’t know what «%(typed)s» is for. Write network, partner, coordinator, staff release or other."),
)


COLUMNS = (
    Column(
        "measure", gettext_lazy("Measure"), ("tiltak", "navn på tiltaket", "namn på tiltaket", "tittel"),
        required=True, example="Språk i barnehagen",
    ),
    Column(
        "whose", gettext_lazy("Network or lead"),
        ("nettverk", "nettverk eller leder", "nettverk eller leiar", "eier", "eigar", "leder", "leiar"),
        required=True, example="Nord-Gudbrandsdal",
    ),
    Column("scheme", gettext_lazy("Scheme"), ("ordning",), read=read_scheme, example="Regional"),
    Column("sector", gettext_lazy("Sector"), ("sektor",), read=read_sector, example="Barnehage"),
    Column(
        "first_year", gettext_lazy("First year"), ("første år", "første året", "fra år", "frå år", "startår"),
        read=read_number, example="2024",
    ),
    Column(
        "year_no", gettext_lazy("Year"), ("år", "år nummer", "år nr", "år n"), read=read_number, example="2",
    ),
    Column(
        "year_count", gettext_lazy("Of how many years"), ("av", "av år", "antall år", "tal på år", "år i alt"),
        read=read_number, example="4",
    ),
    Column(
        "payee", gettext_lazy("Recipient"),
        ("mottaker", "mottakar", "mottakers organisasjonsnummer", "organisasjonsnummer", "orgnr"),
        required=True, example="Lom kommune",
        hint=gettext_lazy("The name, or the organisation number."),
    ),
    Column(
        "beneficiary", gettext_lazy("On behalf of"), ("på vegne av", "på vegner av", "ment for", "meint for"),
    ),
    Column("kind", gettext_lazy("What for"), ("hva til", "kva til", "type", "slag"), read=read_kind),
    Column(
        "provider", gettext_lazy("Partner"), ("partner", "partnar", "universitet", "uh", "lærested", "lærestad"),
    ),
    Column(
        "awarded", gettext_lazy("Granted last year"),
        ("tildelt", "tildelt i fjor", "innvilget", "innvilga", "tilsagn i fjor", "tilsegn i fjor"),
        read=parse_kroner, example="500 000",
    ),
    Column(
        "promised_1", gettext_lazy("Promised next year"),
        ("lovet neste år", "lova neste år", "tilsagn neste år", "tilsegn neste år", "lovet", "lova"),
        read=parse_kroner, example="500 000",
    ),
    Column(
        "promised_2", gettext_lazy("Promised in two years"),
        ("lovet om to år", "lova om to år", "lovet +2", "lova +2"),
        read=parse_kroner,
    ),
    Column(
        "promised_3", gettext_lazy("Promised in three years"),
        ("lovet om tre år", "lova om tre år", "lovet +3", "lova +3"), read=parse_kroner,
    ),
    Column(
        "unspent", gettext_lazy("Left"),
        ("ubrukt", "ubrukte midler", "ubrukte midlar", "rest", "restmidler", "restmidlar"),
        read=parse_kroner,
    ),
    Column(
        "reason", gettext_lazy("Why more is left than was granted"),
        ("hvorfor mer er igjen enn tildelt", "kvifor meir er att enn tildelt", "begrunnelse", "grunngiving"),
    ),
)  # fmt: skip
