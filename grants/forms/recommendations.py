"""Answers of a seat, the chair's conclusion, and the office's refusal of parts."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from django import forms
from django.forms.boundfield import BoundField
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core.dates import interface_form
from core.enums import CommentKind
from core.forms import CardChoice, CardText, KronerField, ProseField
from core.money import MAX_KRONER
from forums.enums import Answer, ForumOutcome
from grants.models import RecommendationLine
from grants.rulesets import RuleSet
from grants.selectors.review import Review
from grants.selectors.review_cards import Card

ANSWERS = [
    (Answer.AGREE.value, gettext_lazy("I agree")),
    (Answer.AGREE_WITH_REMARK.value, gettext_lazy("I agree, with a remark")),
    (Answer.DISAGREE.value, gettext_lazy("I don’t agree")),
]
OUTCOMES = [
    (ForumOutcome.AGREED.value, gettext_lazy("The forum agrees")),
    (ForumOutcome.AGREED_WITH_DISSENT.value, gettext_lazy("The forum agrees, with dissent")),
    (ForumOutcome.NOT_AGREED.value, gettext_lazy("The forum doesn’t agree")),
]
REASON_LENGTH = 2000


@dataclass(frozen=True, slots=True)
class CardInput:
    """A card with its fields; None for one who doesn't answer it."""

    card: Card
    answer: BoundField | None
    reason: BoundField | None
    seen: str = ""
    """The stamp of the answer the page showed."""


class AnswerForm(forms.Form):
    """One answer and one reason per measure; a measure left open is simply not answered yet."""

    def __init__(self, *args: Any, review: Review, also: Iterable[Card] = (), **kwargs: Any) -> None:
        """``also``: cards that are shown whatever the page is about."""
        self.review = review
        super().__init__(*args, **kwargs)
        here = {card.pk for card in (*review.leaf, *also)}
        self.shown = review.read(card for card in review.cards if card.pk in here or self._sent(card.pk))
        """The cards of the page, and those that were sent: others may stand on it since it was opened."""
        for card in self._answerable():
            self.fields[f"answer_{card.pk}"] = forms.ChoiceField(
                choices=ANSWERS,
                required=False,
                initial=card.own.answer if card.own else None,
                label=_("Your answer on measure %(number)s") % {"number": card.number},
                widget=CardChoice(attrs={"class": "ds-input", "data-size": "sm"}),
            )
            self.fields[f"reason_{card.pk}"] = ProseField(
                max_length=REASON_LENGTH,
                required=False,
                initial=card.own.reason if card.own else "",
                label=_("Why?"),
                widget=CardText(attrs={"class": "ds-input", "rows": 3}),
            )

    def clean(self) -> dict[str, Any]:
        """A remark or a dissent needs its reason, and no reason is thrown away for want of an answer."""
        data = super().clean() or {}
        for card in self._answerable():
            pk = card.pk
            choice = data.get(f"answer_{pk}")
            if choice in {Answer.AGREE_WITH_REMARK, Answer.DISAGREE} and not data.get(f"reason_{pk}", "").strip():
                self.add_error(f"reason_{pk}", _why(choice, card.number))
            elif not choice and data.get(f"reason_{pk}") and f"answer_{pk}" not in self.errors:
                text = _("You have written about measure %(number)s. Choose your answer too, or take the text away.")
                self.add_error(f"answer_{pk}", text % {"number": card.number})
            elif choice == Answer.AGREE and data.get(f"reason_{pk}"):
                text = _(
                    "You agree to measure %(number)s, but have written about it. Choose to agree with a remark, or "
                    "take the text away."
                )
                self.add_error(f"reason_{pk}", text % {"number": card.number})
        return data

    def overtaken(self) -> list[Card]:
        """The cards that were answered for the same seat after the page was opened, otherwise than here: by a deputy,
        or by oneself in another window."""
        found = []
        for card in self._answerable():
            said = (self.cleaned_data.get(f"answer_{card.pk}"), self.cleaned_data.get(f"reason_{card.pk}", ""))
            own = (card.own.answer, card.own.reason) if card.own else ("", "")
            if self.data.get(f"seen_{card.pk}", card.stamp) != card.stamp and said[0] and said != own:
                found.append(card)
        return found

    @property
    def lost(self) -> list[str]:
        """What was written about measures one has stepped back from: it has no field, and is given back."""
        sent = [self.data.get(f"reason_{card.pk}", "") for card in self.shown if card.recused] if self.is_bound else []
        return [text for text in sent if text.strip()]

    def answers(self, *, rest: bool = False) -> dict[int, tuple[Answer, str]]:
        """Line id → answer and reason. ``rest``: also agree to every measure that has no answer yet."""
        found: dict[int, tuple[Answer, str]] = {}
        shown = {card.pk for card in self._answerable()}
        for card in self.review.cards:
            pk = card.pk
            choice = self.cleaned_data.get(f"answer_{pk}") if pk in shown else None
            if choice:
                reason = self.cleaned_data.get(f"reason_{pk}", "") if choice != Answer.AGREE else ""
                found |= dict.fromkeys((line.pk for line in card.lines), (Answer(choice), reason))
            elif rest and card.own is None and not card.recused:
                found |= dict.fromkeys((line.pk for line in card.lines), (Answer.AGREE, ""))
        return found

    def cards(self) -> Iterator[CardInput]:
        """The cards shown, with their fields."""
        for card in self.shown:
            pk = card.pk
            if f"answer_{pk}" in self.fields:
                seen = self.data.get(f"seen_{pk}", card.stamp) if self.is_bound else card.stamp
                yield CardInput(card, self[f"answer_{pk}"], self[f"reason_{pk}"], seen)
            else:
                yield CardInput(card, None, None)

    def _answerable(self) -> Iterable[Card]:
        if self.review.seat is None:
            return []
        return [card for card in self.shown if not card.recused]

    def _sent(self, pk: int) -> bool:
        return self.is_bound and (f"answer_{pk}" in self.data or f"reason_{pk}" in self.data)


def _why(choice: str, number: int) -> str:
    if choice == Answer.DISAGREE:
        text = _(
            "You don’t agree to measure %(number)s. Write why. The reason is printed with the conclusion, with your "
            "name and whom you represent."
        )
    else:
        text = _("Write your remark to measure %(number)s. It is printed with the conclusion.")
    return text % {"number": number}


class CommentForm(forms.Form):
    """A question, support, worry or proposal about a measure."""

    kind = forms.ChoiceField(
        choices=[
            (CommentKind.QUESTION.value, gettext_lazy("A question")),
            (CommentKind.SUPPORT.value, gettext_lazy("Support")),
            (CommentKind.WORRY.value, gettext_lazy("A worry")),
            (CommentKind.PROPOSAL.value, gettext_lazy("A proposal")),
        ],
        initial=CommentKind.QUESTION.value,
        label=gettext_lazy("What is it?"),
        widget=forms.RadioSelect,
    )
    text = ProseField(
        max_length=4000,
        label=gettext_lazy("Your comment"),
        help_text=gettext_lazy("The whole forum and the office see it."),
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": gettext_lazy("Write your comment first.")},
    )


class ReplyForm(forms.Form):
    """The office's answer to a comment."""

    text = ProseField(
        max_length=4000,
        label=gettext_lazy("The office’s answer"),
        widget=forms.Textarea(attrs={"rows": 2}),
        error_messages={"required": gettext_lazy("Write the answer first.")},
    )


class ConclusionForm(forms.Form):
    """The chair's conclusion for a forum."""

    outcome = forms.ChoiceField(
        choices=OUTCOMES,
        label=gettext_lazy("The forum’s conclusion"),
        widget=forms.RadioSelect,
        error_messages={"required": gettext_lazy("Choose how the forum concludes.")},
    )
    remark = ProseField(
        max_length=4000,
        required=False,
        label=gettext_lazy("What the forum wants to say"),
        help_text=gettext_lazy("Printed in the minutes, before the measures."),
        widget=forms.Textarea(attrs={"rows": 4}),
    )


@dataclass(frozen=True, slots=True)
class RefusalInput:
    """A line the office may refuse."""

    card: Card
    refuse: BoundField
    criterion: BoundField
    reason: BoundField


class RefusalForm(forms.Form):
    """Which measures the office refuses, by which criterion, and why (FOR-2021-01-26-230 pkt 7.4)."""

    def __init__(self, *args: Any, cards: Iterable[Card], rules: RuleSet, **kwargs: Any) -> None:
        self._cards = list(cards)
        super().__init__(*args, **kwargs)
        form = interface_form()
        for card in self._cards:
            pk = card.pk
            criteria = rules.criteria_for(card.lines[0].scheme)
            self.fields[f"refuse_{pk}"] = forms.BooleanField(
                required=False, label=_("Refuse «%(title)s»") % {"title": card.measure.title}
            )
            self.fields[f"criterion_{pk}"] = forms.ChoiceField(
                choices=[("", _("Choose a criterion")), *((one.code, one.title.in_form(form)) for one in criteria)],
                required=False,
                label=_("Criterion that isn’t met"),
            )
            self.fields[f"reason_{pk}"] = ProseField(
                max_length=REASON_LENGTH,
                required=False,
                label=_("Why it is refused"),
                widget=forms.Textarea(attrs={"rows": 2}),
            )

    def clean(self) -> dict[str, Any]:
        """A refusal needs its criterion and its reason."""
        data = super().clean() or {}
        chosen = [card for card in self._cards if data.get(f"refuse_{card.pk}")]
        for card in chosen:
            pk = card.pk
            if not data.get(f"criterion_{pk}"):
                self.add_error(f"criterion_{pk}", _("Choose which criterion «%s» doesn’t meet.") % card.measure.title)
            if not data.get(f"reason_{pk}", "").strip():
                self.add_error(f"reason_{pk}", _("Write why «%s» is refused.") % card.measure.title)
        if not chosen:
            self.add_error(None, _("Mark at least one measure you refuse."))
        return data

    def refusals(self) -> dict[int, tuple[str, str]]:
        """Line id → criterion and reason."""
        data: Mapping[str, Any] = self.cleaned_data
        return {
            line.pk: (data[f"criterion_{card.pk}"], data[f"reason_{card.pk}"])
            for card in self._cards
            if data[f"refuse_{card.pk}"]
            for line in card.lines
        }

    def rows(self) -> Iterator[RefusalInput]:
        """The measures with their fields."""
        for card in self._cards:
            pk = card.pk
            yield RefusalInput(card, self[f"refuse_{pk}"], self[f"criterion_{pk}"], self[f"reason_{pk}"])


@dataclass(frozen=True, slots=True)
class ChangeInput:
    """A refused line with the field for its new sum."""

    line: RecommendationLine
    field: BoundField

    @property
    def ids(self) -> str:
        """What names the field: its row and its column."""
        return f"line-{self.line.pk} col-new"


class ChangeForm(forms.Form):
    """New sums for what the office refused."""

    def __init__(self, *args: Any, cards: Iterable[Card], **kwargs: Any) -> None:
        self._cards = list(cards)
        self._lines = [line for card in self._cards for line in card.words if line.refused_reason]
        super().__init__(*args, **kwargs)
        for line in self._lines:
            self.fields[f"amount_{line.pk}"] = KronerField(
                max_value=MAX_KRONER,
                initial=line.amount,
                label=_("%(title)s: to %(payee)s")
                % {"title": line.measure_year.title, "payee": line.payee.anchor.name},
                widget=forms.TextInput(attrs={"class": "num", "size": 12}),
            )

    def rows(self) -> Iterator[tuple[Card, list[ChangeInput]]]:
        """Each measure the office refused something of, with its lines."""
        for card in self._cards:
            lines = [ChangeInput(line, self[f"amount_{line.pk}"]) for line in card.words if line.refused_reason]
            if lines:
                yield card, lines

    def amounts(self) -> dict[int, int]:
        """Line id → whole kroner."""
        return {line.pk: self.cleaned_data[f"amount_{line.pk}"] for line in self._lines}
