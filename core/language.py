"""Which written form a recipient gets, and why (språklova LOV-2021-05-21-42 §§ 11–15)."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction

from django.db import models
from django.utils.translation import gettext_lazy as _

from core.enums import WrittenForm


class LanguageDecision(models.TextChoices):
    """A municipality's or county council's språkvedtak; one that never decided is neutral (språklova § 11)."""

    BOKMAL = "nb", _("bokmål")
    NYNORSK = "nn", _("nynorsk")
    NEUTRAL = "neutral", _("neutral")


class ChoiceReason(StrEnum):
    """Why a written form was chosen: stored with the letter."""

    DECISION = "decision"
    NEUTRAL = "neutral"
    OWN_CHOICE = "own_choice"
    REGISTER = "register"
    OFFICE = "office"


_FORM_NAMES = {WrittenForm.BOKMAL: "bokmål", WrittenForm.NYNORSK: "nynorsk"}

_REASONS: dict[ChoiceReason, tuple[str, str]] = {
    ChoiceReason.DECISION: (
        "Mottakeren har vedtatt at statsorgan skal skrive {form} (språklova §§ 11 og 15).",
        "Mottakaren har vedteke at statsorgan skal skrive {form} (språklova §§ 11 og 15).",
    ),
    ChoiceReason.NEUTRAL: (
        "Mottakeren er språklig nøytral (språklova § 11). Da skriver Statsforvalteren {form}.",
        "Mottakaren er språkleg nøytral (språklova § 11). Då skriv Statsforvaltaren {form}.",
    ),
    ChoiceReason.OWN_CHOICE: (
        "Mottakeren har selv skrevet eller bedt om {form} (språklova § 15).",
        "Mottakaren har sjølv skrive eller bede om {form} (språklova § 15).",
    ),
    ChoiceReason.REGISTER: (
        "Mottakeren har ikke valgt selv. Registeret sier {form}.",
        "Mottakaren har ikkje valt sjølv. Registeret seier {form}.",
    ),
    ChoiceReason.OFFICE: (
        "Vi vet ikke hva mottakeren ønsker. Da skriver Statsforvalteren {form}.",
        "Vi veit ikkje kva mottakaren ønskjer. Då skriv Statsforvaltaren {form}.",
    ),
}


@dataclass(frozen=True, slots=True)
class Choice:
    """The written form of one letter, with the reason in both forms: it is stored beside the letter."""

    form: WrittenForm
    reason_code: ChoiceReason
    reason_nb: str
    reason_nn: str

    def reason(self, form: str) -> str:
        """The sentence in the written form «nb» or «nn»."""
        return {"nb": self.reason_nb, "nn": self.reason_nn}[form]


def reason_text(reason: ChoiceReason, chosen: str, form: str) -> str:
    """A stored reason in words: why ``chosen`` was chosen, said in ``form``."""
    nb, nn = _REASONS[reason]
    return {"nb": nb, "nn": nn}[form].format(form=_FORM_NAMES[WrittenForm(chosen)])


def choose_form(
    *,
    public_owner: bool,
    office_default: str,
    decision: str | None = None,
    own_choice: str | None = None,
    register: str | None = None,
) -> Choice:
    """Choose the written form of what the office writes to one recipient.

    ``public_owner``: a municipality or a county council. Its decision binds (språklova § 15 second paragraph); when
    it is neutral or never decided, the office writes its own form. Everybody else gets the form they wrote or asked
    for (§ 15 first paragraph, ``own_choice``), else the one a register suggests (``register``: maalform), else the
    office's. Raises ValueError for a form that isn't «nb» or «nn», or a decision that isn't one of LanguageDecision.
    """
    default = WrittenForm(office_default)
    if public_owner:
        decided = LanguageDecision(decision or LanguageDecision.NEUTRAL)
        if decided is LanguageDecision.NEUTRAL:
            return _choice(default, ChoiceReason.NEUTRAL)
        return _choice(WrittenForm(decided.value), ChoiceReason.DECISION)
    if own_choice:
        return _choice(WrittenForm(own_choice), ChoiceReason.OWN_CHOICE)
    if register:
        return _choice(WrittenForm(register), ChoiceReason.REGISTER)
    return _choice(default, ChoiceReason.OFFICE)


def _choice(form: WrittenForm, reason: ChoiceReason) -> Choice:
    nb, nn = (text.format(form=_FORM_NAMES[form]) for text in _REASONS[reason])
    return Choice(form, reason, nb, nn)


@dataclass(frozen=True, slots=True)
class OfficeLanguage:
    """What the law says about a regional office's language, from its municipalities' decisions.

    ``kind``: nb or nn when that is the majority language, else neutral. ``default``: what the office writes to
    somebody whose wish isn't known; a neutral office may choose the other. ``minimum``: the least share over time of
    a form in documents open to everyone, empty where the law gives no number.
    """

    kind: LanguageDecision
    default: WrittenForm
    minimum: dict[WrittenForm, Fraction]


def office_language(*, nb: int, nn: int, total: int) -> OfficeLanguage:
    """An office's language from the number of municipalities that decided on bokmål and nynorsk, of all in its area.

    More than half gives a majority language (språklova § 12). Else the office is neutral: at least a quarter for the
    same form gives 25 per cent of it, and at least one municipality but fewer than a quarter for nynorsk gives 10 per
    cent nynorsk (§ 13 second paragraph). Raises ValueError when the numbers can't be right.
    """
    if min(nb, nn) < 0 or total < 1 or nb + nn > total:
        raise ValueError("more decisions than municipalities")
    if 2 * nb > total:
        return OfficeLanguage(LanguageDecision.BOKMAL, WrittenForm.BOKMAL, {})
    if 2 * nn > total:
        return OfficeLanguage(LanguageDecision.NYNORSK, WrittenForm.NYNORSK, {})
    minimum: dict[WrittenForm, Fraction] = {}
    if 4 * nb >= total:
        minimum[WrittenForm.BOKMAL] = Fraction(1, 4)
    if 4 * nn >= total:
        minimum[WrittenForm.NYNORSK] = Fraction(1, 4)
    elif nn:
        minimum[WrittenForm.NYNORSK] = Fraction(1, 10)
    default = WrittenForm.NYNORSK if nn > nb else WrittenForm.BOKMAL
    return OfficeLanguage(LanguageDecision.NEUTRAL, default, minimum)
