"""The form put together after a conflict: what differs, what is carried, what was chosen."""

from __future__ import annotations

import pytest
from django import forms
from django.http import QueryDict

from core.forms import KronerField, ProseField
from core.forms.conflict import carried, choices, chosen


class Form(forms.Form):
    """One field of each kind our forms have."""

    text = ProseField(label="Text", required=False)
    amount = KronerField(label="Amount", required=False)
    way = forms.ChoiceField(label="Way", choices=[("a", "By air"), ("b", "By boat")], widget=forms.RadioSelect)
    several = forms.MultipleChoiceField(
        label="Several", choices=[("1", "One"), ("2", "Two")], widget=forms.CheckboxSelectMultiple, required=False
    )
    agreed = forms.BooleanField(label="Agreed", required=False)
    stamp = forms.CharField(widget=forms.HiddenInput)


SAVED = {
    "text": "Hers\non two lines",
    "amount": 500_000,
    "way": "b",
    "several": ["1", "2"],
    "agreed": True,
    "stamp": "s2",
}
SAME = "text=Hers%0D%0Aon+two+lines+&amount=500000&way=b&several=1&several=2&agreed=on&stamp=s1"


def saved() -> Form:
    return Form(initial=SAVED)


def test_what_means_the_same_isnt_asked_about() -> None:
    assert choices(QueryDict(SAME), saved()) == []


def test_each_kind_of_field_is_told_in_words() -> None:
    data = QueryDict("text=Mine&amount=400+000&way=a&several=2&stamp=s1&action=x")
    found = choices(data, saved())
    assert {one.label: (one.mine, one.theirs) for one in found} == {
        "Text": ("Mine", "Hers\non two lines"),
        "Amount": ("400 000", "500\N{NO-BREAK SPACE}000"),
        "Way": ("By air", "By boat"),
        "Several": ("Two", "One, Two"),
        "Agreed": ("Nei", "Ja"),
    }
    assert [one.number for one in found] == [0, 1, 2, 3, 4]


class Together(Form):
    """Two of its fields make one answer."""

    together = (("way", "agreed"),)


@pytest.mark.parametrize(
    ("sent", "mine"), [("way=a&agreed=on", "By air · Agreed"), ("way=b", "By boat"), ("agreed=on", "Agreed")]
)
def test_fields_that_make_one_answer_are_chosen_together(sent: str, mine: str) -> None:
    data = QueryDict(f"{sent}&text=Hers%0Aon+two+lines&amount=500000&several=1&several=2")
    [one] = choices(data, Together(initial=SAVED))
    assert (one.label, one.mine, one.theirs) == ("Way", mine, "By boat · Agreed")
    assert (one.names, one.pairs) == (("way", "agreed"), (("way", "b"), ("agreed", "on")))


def test_a_field_the_page_didnt_show_isnt_asked_about_and_an_open_choice_is() -> None:
    found = choices(QueryDict("several=1&several=2&agreed=on"), saved())
    assert [(one.label, one.mine) for one in found] == [("Way", "")]


def test_all_that_was_sent_is_carried_with_fresh_hidden_fields() -> None:
    data = QueryDict("csrfmiddlewaretoken=x&version=1&stamp=s1&text=Mine&several=1&several=2&later=1&step=send&extra=e")
    assert carried(data, saved(), version=7, leave_out=("step",), also={"number": "3"}) == (
        ("text", "Mine"),
        ("several", "1"),
        ("several", "2"),
        ("later", "1"),
        ("extra", "e"),
        ("stamp", "s2"),
        ("number", "3"),
        ("version", "7"),
    )


def sent(data: QueryDict, *theirs: str) -> QueryDict:
    """What the browser sends when the other's answer is chosen for these labels."""
    made = QueryDict(mutable=True)
    for name, value in carried(data, saved(), version=2, also={}):
        made.appendlist(name, value)
    for one in choices(data, saved()):
        made[f"{one.field}-theirs"] = one.carried
        made[one.field] = "theirs" if one.label in theirs else "mine"
    return made


def test_the_form_is_put_together_of_what_was_chosen() -> None:
    data = QueryDict("text=Mine&amount=400+000&way=a&several=2&stamp=s1")
    assert dict(chosen(sent(data, "Text", "Several", "Agreed")).lists()) == {
        "amount": ["400 000"],
        "way": ["a"],
        "stamp": ["s2"],
        "version": ["2"],
        "text": ["Hers\non two lines"],
        "several": ["1", "2"],
        "agreed": ["on"],
    }


def test_ones_own_text_is_kept_to_the_letter() -> None:
    text = "  Čáhput \u202e đŋŧž 😀\r\n\r\n<script>  "
    data = QueryDict(mutable=True)
    data["text"] = text
    assert chosen(sent(data))["text"] == text


def test_a_box_the_other_didnt_tick_is_taken_away() -> None:
    data = QueryDict("text=Hers%0Aon+two+lines&way=b&agreed=on")
    other = Form(initial=SAVED | {"agreed": False, "several": []})
    [choice] = choices(data, other)
    made = data.copy()
    made[choice.field], made[f"{choice.field}-theirs"] = "theirs", choice.carried
    assert "agreed" not in chosen(made)


@pytest.mark.parametrize(
    "text", ["", "x", "[]", "{}", '{"names": 1, "pairs": []}', '{"names": ["text"], "pairs": [["a"]]}']
)
def test_what_isnt_from_our_page_changes_nothing(text: str) -> None:
    data = QueryDict(mutable=True)
    data.update({"text": "Mine", "conflict-0": "theirs", "conflict-0-theirs": text, "conflict-x": "y"})
    assert chosen(data).dict() == {"text": "Mine"}


def test_a_form_without_a_conflict_is_itself() -> None:
    data = QueryDict(SAME)
    assert chosen(data) is data
