"""How numbers, dates and lists are written."""

import re
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grants.letters.facts import Form
from grants.letters.filters import (
    MONTHS,
    NBSP,
    dato,
    hard_spaces,
    konto,
    kroner,
    liste,
    number,
    orgnr,
    soft_spaces,
    tallord,
)

DIGITS = "0123456789"


@given(st.integers(min_value=0, max_value=10**12))
def test_a_sum_reads_back_as_itself_and_never_breaks(value: int) -> None:
    written = kroner(value)
    assert " " not in written
    assert int(written.removesuffix("er").removesuffix("kron").removesuffix("krone").replace(NBSP, "")) == value
    assert hard_spaces(soft_spaces(written)) == written or value == 1


@given(st.dates(min_value=date(1900, 1, 1), max_value=date(2199, 12, 31)))
def test_a_date_reads_back_as_itself_and_never_breaks(day: date) -> None:
    number_of_day, month, year = dato(day).split(NBSP)
    assert date(int(year), MONTHS.index(month) + 1, int(number_of_day.removesuffix("."))) == day
    assert hard_spaces(soft_spaces(dato(day))) == dato(day)


@given(st.text(DIGITS, min_size=9, max_size=9), st.text(DIGITS, min_size=11, max_size=11))
def test_numbers_of_organisations_and_accounts_are_grouped(organisation: str, account: str) -> None:
    assert re.fullmatch(r"\d{3}\xa0\d{3}\xa0\d{3}", orgnr(organisation)) is not None
    assert re.fullmatch(r"\d{4}\xa0\d{2}\xa0\d{5}", konto(account)) is not None
    assert (orgnr(organisation).replace(NBSP, ""), konto(account).replace(NBSP, "")) == (organisation, account)


@given(st.lists(st.text("abcæøå ", min_size=1).filter(str.strip).map(str.strip), min_size=1))
def test_a_list_names_everything_in_order(names: list[str]) -> None:
    tail = names[-1]
    assert liste(names) == (", ".join(names[:-1]) + f" og {tail}" if len(names) > 1 else tail)


@given(st.text("§ 0123456789abc.,–\n", max_size=60))
def test_hard_spaces_changes_nothing_but_spaces(text: str) -> None:
    assert soft_spaces(hard_spaces(text)) == text


@pytest.mark.parametrize(
    ("form", "words"),
    [
        ("nb", "null ett to tre fire fem seks sju åtte ni ti elleve tolv 13"),
        ("nn", "null eitt to tre fire fem seks sju åtte ni ti elleve tolv 13"),
    ],
)
def test_numbers_to_twelve_are_words(form: Form, words: str) -> None:
    assert " ".join(tallord(value, form) for value in range(14)) == words


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("etter § 13, jf. § 7", "etter §~13, jf. §~7"),
        ("(forvaltningslova §§ 24 og 29)", "(forvaltningslova §§~24~og~29)"),
        ("punkt 7.3 og kapittel 226 post 21", "punkt~7.3 og kapittel~226 post~21"),
        ("Tiltak 1 og tiltak 2 (60 000 kroner)", "Tiltak~1 og tiltak~2 (60~000~kroner)"),
        ("30. januar 2026 og 1. mai", "30.~januar~2026 og 1.~mai"),
        ("kontonummer 1234 56 78903, telefon 00 00 00 00", "kontonummer 1234~56~78903, telefon 00~00~00~00"),
        ("utvikling i 2026", "utvikling i~2026"),
    ],
)
def test_what_belongs_together_is_not_broken(text: str, written: str) -> None:
    assert hard_spaces(text) == written.replace("~", NBSP)


@pytest.mark.parametrize("wrong", ["12345678", "1234567890", "12345678x", ""])
def test_what_cannot_be_written_is_refused(wrong: str) -> None:
    with pytest.raises(ValueError, match="not 9 digits"):
        orgnr(wrong)
    with pytest.raises(ValueError, match="not 11 digits"):
        konto(wrong)


def test_a_letter_holds_no_negative_number() -> None:
    with pytest.raises(ValueError, match="no negative number: -1"):
        number(-1)
    with pytest.raises(ValueError, match="no negative number: -1"):
        tallord(-1, "nb")
    assert (konto("1234.56.78903"), kroner(1)) == (f"1234{NBSP}56{NBSP}78903", f"1{NBSP}krone")
