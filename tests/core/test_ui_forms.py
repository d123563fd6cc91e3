"""Fields and their errors: what is read, in which order, and where a link leads."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django import forms
from django.template import Context, Template
from django.utils import translation

from core.templatetags.ui_forms import failures

REQUIRED = "Skriv hva dere vil oppnå."


class GoalForm(forms.Form):
    """A field of each kind that is drawn in its own way."""

    goal = forms.CharField(
        label="Mål",
        help_text="Elevene først.",
        max_length=10,
        widget=forms.Textarea,
        error_messages={"required": REQUIRED},
    )
    scheme = forms.ChoiceField(
        label="Ordning",
        choices=[("a", "Skole"), ("b", "Barnehage")],
        widget=forms.RadioSelect,
        error_messages={"required": "Velg ordning."},
    )
    link = forms.CharField(label="Lenke", required=False)
    agreed = forms.BooleanField(label="Enige", required=False)
    version = forms.IntegerField(widget=forms.HiddenInput, error_messages={"invalid": "Utgaven mangler."})

    def clean(self) -> dict[str, Any]:
        if self.data.get("link") == "nei":
            raise forms.ValidationError("Lenken og målet hører ikke sammen.")
        return self.cleaned_data


BAD = {"goal": "", "link": "nei", "version": "x"}


def drawn(source: str, **values: object) -> str:
    """The source rendered in bokmål with the library loaded."""
    with translation.override("nb"):
        return Template("{% load ui %}" + source).render(Context(values)).strip()


def test_a_field_is_read_as_label_description_error_control() -> None:
    page = drawn("{{ form.goal.as_field_group }}", form=GoalForm(BAD))
    assert page.index('<label for="id_goal">') < page.index('id="id_goal_helptext"')
    assert page.index('id="id_goal_helptext"') < page.index('id="id_goal_error"') < page.index("<textarea")
    assert 'aria-describedby="id_goal_helptext id_goal_error id_goal_counter"' in page
    assert 'aria-invalid="true"' in page
    assert page.count(REQUIRED) == 1


def test_a_field_says_whether_it_must_be_filled_in_and_never_stops_the_sending() -> None:
    with translation.override(None):
        source = Template("{{ form.goal.as_field_group }}{{ form.link.as_field_group }}")
        page = source.render(Context({"form": GoalForm()}))
    assert re.findall(r'class="need">([^<]+)<', page) == ["Must be filled in", "Optional"]
    assert not re.search(r"\srequired", page)
    assert "maxlength" not in page


def test_a_limit_is_counted_but_does_not_cut_what_is_pasted() -> None:
    with translation.override(None):
        source = Template("{{ form.goal.as_field_group }}")
        left = source.render(Context({"form": GoalForm({"goal": "ab\r\ncd"})}))
        over = source.render(Context({"form": GoalForm({"goal": "a" * 11})}))
    assert "5 characters left" in left
    assert "1 character too many" in over
    assert 'data-counter="id_goal_counter" data-limit="10"' in left


def test_radio_buttons_are_a_group_with_a_legend_and_unique_ids() -> None:
    page = drawn("{{ form.scheme.as_field_group }}", form=GoalForm(BAD))
    assert '<fieldset class="ds-fieldset" aria-describedby="id_scheme_error">' in page
    assert page.count('type="radio"') == page.count('aria-invalid="true"') == 2
    assert re.findall(r'<label for="([^"]+)">([^<]+)</label>', page) == [
        ("id_scheme_0", "Skole"),
        ("id_scheme_1", "Barnehage"),
    ]


def test_the_chosen_radio_button_stays_chosen() -> None:
    page = drawn("{{ form.scheme.as_field_group }}", form=GoalForm({"scheme": "b"}))
    assert re.findall(r'value="(.)"[^>]*checked', page) == ["b"]


def test_a_single_box_stands_before_its_words() -> None:
    page = drawn("{{ form.agreed.as_field_group }}", form=GoalForm())
    assert page.index('type="checkbox"') < page.index("Enige")
    assert "need" not in page


def test_a_field_in_a_table_takes_its_name_from_the_row_and_the_column() -> None:
    page = drawn('{% field field=form.link labelledby="r1 c2" size="sm" %}', form=GoalForm())
    assert 'aria-labelledby="r1 c2"' in page
    assert 'data-size="sm"' in page
    assert "<label" not in page


def test_a_widgets_own_class_is_kept() -> None:
    class Amount(forms.Form):
        sum = forms.CharField(widget=forms.TextInput(attrs={"class": "num"}))

    assert 'class="ds-input num"' in drawn("{{ form.sum.as_field_group }}", form=Amount())


def test_a_whole_form_draws_every_field_and_the_hidden_ones() -> None:
    page = drawn("{{ form }}", form=GoalForm())
    assert page.count('class="ds-field"') == 5
    assert page.count('type="hidden"') == 1


def test_failures_come_in_the_order_of_the_page_with_the_control_to_mend() -> None:
    assert failures(GoalForm(BAD)) == [
        ("", "Lenken og målet hører ikke sammen."),
        ("id_goal", REQUIRED),
        ("id_scheme_0", "Velg ordning."),
        ("", "Utgaven mangler."),
    ]


def test_a_form_nobody_has_sent_has_no_failures() -> None:
    assert failures(GoalForm()) == []


def test_failures_are_gathered_from_several_forms_and_their_sets() -> None:
    rows = forms.formset_factory(GoalForm, extra=0)
    sent = rows({"form-TOTAL_FORMS": "1", "form-INITIAL_FORMS": "0", "form-0-goal": "", "form-0-version": "1"})
    assert failures([GoalForm(), [sent]]) == [("id_form-0-goal", REQUIRED), ("id_form-0-scheme_0", "Velg ordning.")]


def test_the_summary_is_first_in_focus_and_says_the_same_words_as_the_field() -> None:
    page = drawn(
        "{% error_summary %}{{ form.goal.as_field_group }}", form=GoalForm({"goal": "", "scheme": "a", "version": 1})
    )
    assert 'role="group" tabindex="-1" autofocus' in page
    assert f'<a class="ds-link" href="#id_goal">{REQUIRED}</a>' in page
    assert page.count(REQUIRED) == 2


def test_without_errors_there_is_neither_summary_nor_prefix() -> None:
    assert drawn("{% error_summary %}{% error_prefix %}", form=GoalForm()) == ""
    assert drawn("{% error_summary %}{% error_prefix %}") == ""


@pytest.mark.parametrize("name", ["form", "formset", "forms"])
def test_the_title_begins_with_error_under_each_usual_name(name: str) -> None:
    rows = forms.formset_factory(GoalForm, extra=0)
    sent: object = GoalForm(BAD)
    if name == "formset":
        sent = rows({"form-TOTAL_FORMS": "1", "form-INITIAL_FORMS": "0", "form-0-goal": "", "form-0-link": "x"})
    if name == "forms":
        sent = [sent]
    with translation.override(None):
        assert Template("{% load ui %}{% error_prefix %}").render(Context({name: sent})) == "Error: "


def test_what_a_person_wrote_is_escaped() -> None:
    page = drawn("{{ form.goal.as_field_group }}", form=GoalForm({"goal": "<script>"}))
    assert "<script>" not in page
    assert "&lt;script&gt;" in page
