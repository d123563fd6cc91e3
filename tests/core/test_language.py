"""Which written form a recipient gets, and why (språklova §§ 11–15)."""

from fractions import Fraction

import pytest

from core.enums import WrittenForm
from core.language import ChoiceReason, LanguageDecision, choose_form, office_language

NB, NN = WrittenForm.BOKMAL, WrittenForm.NYNORSK


def test_a_decision_binds() -> None:
    choice = choose_form(public_owner=True, decision="nn", own_choice="nb", office_default="nb")
    assert (choice.form, choice.reason_code) == (NN, ChoiceReason.DECISION)
    assert choice.reason("nb") == "Mottakeren har vedtatt at statsorgan skal skrive nynorsk (språklova §§ 11 og 15)."
    assert choice.reason("nn") == "Mottakaren har vedteke at statsorgan skal skrive nynorsk (språklova §§ 11 og 15)."


@pytest.mark.parametrize("decision", ["neutral", None])
@pytest.mark.parametrize("default", [NB, NN])
def test_a_neutral_owner_gets_the_offices_form(decision: str | None, default: WrittenForm) -> None:
    choice = choose_form(public_owner=True, decision=decision, own_choice="nb", register="nn", office_default=default)
    assert (choice.form, choice.reason_code) == (default, ChoiceReason.NEUTRAL)


def test_a_private_owner_gets_what_it_asked_for() -> None:
    choice = choose_form(public_owner=False, own_choice="nn", register="nb", office_default="nb")
    assert (choice.form, choice.reason_code) == (NN, ChoiceReason.OWN_CHOICE)


def test_a_register_is_a_suggestion() -> None:
    choice = choose_form(public_owner=False, register="nn", office_default="nb")
    assert (choice.form, choice.reason_code) == (NN, ChoiceReason.REGISTER)


def test_else_the_office_writes_its_own() -> None:
    choice = choose_form(public_owner=False, office_default="nn")
    assert (choice.form, choice.reason_code) == (NN, ChoiceReason.OFFICE)
    assert choice.reason_nn == "Vi veit ikkje kva mottakaren ønskjer. Då skriv Statsforvaltaren nynorsk."


@pytest.mark.parametrize("wrong", [{"own_choice": "en"}, {"register": "B"}, {"office_default": "no"}])
def test_an_unknown_form_is_refused(wrong: dict[str, str]) -> None:
    with pytest.raises(ValueError, match="is not a valid"):
        choose_form(**{"public_owner": False, "office_default": "nb", **wrong})  # type: ignore[arg-type]


def test_an_unknown_decision_is_refused() -> None:
    with pytest.raises(ValueError, match="is not a valid"):
        choose_form(public_owner=True, decision="nøytral", office_default="nb")


@pytest.mark.parametrize(
    ("nb", "nn", "total", "kind", "default", "minimum"),
    [
        (35, 3, 52, LanguageDecision.BOKMAL, NB, {}),
        (0, 15, 27, LanguageDecision.NYNORSK, NN, {}),
        (22, 7, 46, LanguageDecision.NEUTRAL, NB, {NB: Fraction(1, 4), NN: Fraction(1, 10)}),
        (1, 8, 23, LanguageDecision.NEUTRAL, NN, {NN: Fraction(1, 4)}),
        (20, 0, 41, LanguageDecision.NEUTRAL, NB, {NB: Fraction(1, 4)}),
        (5, 0, 38, LanguageDecision.NEUTRAL, NB, {}),
        (10, 10, 20, LanguageDecision.NEUTRAL, NB, {NB: Fraction(1, 4), NN: Fraction(1, 4)}),
    ],
)
def test_the_language_of_an_office(
    nb: int, nn: int, total: int, kind: LanguageDecision, default: WrittenForm, minimum: dict[WrittenForm, Fraction]
) -> None:
    language = office_language(nb=nb, nn=nn, total=total)
    assert (language.kind, language.default, language.minimum) == (kind, default, minimum)


@pytest.mark.parametrize(("nb", "nn", "total"), [(-1, 0, 1), (0, 0, 0), (2, 2, 3)])
def test_numbers_that_cant_be_right(nb: int, nn: int, total: int) -> None:
    with pytest.raises(ValueError, match="more decisions"):
        office_language(nb=nb, nn=nn, total=total)
