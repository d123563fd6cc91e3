"""Forms: one field with its words, and the summary of what must be mended.

Pages normally write `{{ form.name.as_field_group }}`; `templates/django/forms/field.html` calls `field` here.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any, TypeAlias

from django.forms import BaseForm, CheckboxInput, MultiWidget, Textarea
from django.forms.boundfield import BoundField, BoundWidget
from django.forms.formsets import BaseFormSet
from django.forms.widgets import ChoiceWidget, Select
from django.template import Library
from django.template.context import Context
from django.template.loader import render_to_string
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext, ngettext

from core.money import format_number

register = Library()

Forms: TypeAlias = "BaseForm | BaseFormSet[Any] | Iterable[Any]"
Attrs: TypeAlias = dict[str, str | bool]


def is_group(bound: BoundField) -> bool:
    """Whether the field is several radio buttons or boxes, or several inputs: then it is a fieldset with a legend."""
    widget = bound.field.widget
    return isinstance(widget, MultiWidget) or (isinstance(widget, ChoiceWidget) and not isinstance(widget, Select))


def target_id(bound: BoundField) -> str:
    """The id of the control an error link goes to: in a group its first one."""
    return f"{bound.auto_id}_0" if is_group(bound) else str(bound.id_for_label or bound.auto_id)


def described_by(bound: BoundField, *, counter: bool) -> str:
    """The ids of what stands around the control, in the order it is read: description, error, counter."""
    parts = [("helptext", bool(bound.help_text)), ("error", bool(bound.errors)), ("counter", counter)]
    return " ".join(f"{bound.auto_id}_{name}" for name, there in parts if there)


def counter_of(bound: BoundField) -> dict[str, str] | None:
    """How many characters are left in a text area with a limit; a script, if there is one, keeps it up to date."""
    limit = getattr(bound.field, "max_length", None)
    if not isinstance(bound.field.widget, Textarea) or not limit:
        return None
    # A browser sends line breaks as two characters; the form counts them as it gets them.
    left = limit - len(str(bound.value() or "").replace("\r\n", "\n"))
    if left >= 0:
        text = ngettext("%(count)s character left", "%(count)s characters left", left) % {"count": format_number(left)}
    else:
        text = ngettext("%(count)s character too many", "%(count)s characters too many", -left) % {
            "count": format_number(-left)
        }
    return {
        "id": f"{bound.auto_id}_counter",
        "limit": str(limit),
        "text": text,
        "left": gettext("{n} characters left"),
        "over": gettext("{n} characters too many"),
    }


def options_of(bound: BoundField, attrs: Attrs) -> list[BoundWidget]:
    """The radio buttons or boxes of a group, each a widget of its own."""
    built = bound.build_widget_attrs({**attrs, "id": bound.auto_id})
    return [
        BoundWidget(bound.field.widget, data, bound.form.renderer)
        for data in bound.field.widget.subwidgets(bound.html_name, bound.value(), attrs=built)
    ]


@register.simple_tag
def field(*, field: BoundField, hide_label: bool = False, size: str = "", labelledby: str = "") -> SafeString:
    """A form field: label with «Må fylles ut» or «Valgfritt», description, error, control, all tied together.

    `labelledby` (ids of the row's and the column's head) for an input in a table: then nothing but the control and its
    error is shown.
    """
    counter = counter_of(field)
    # The server says what is missing, in words; the browser never stops the sending.
    field.form.use_required_attribute = False
    attrs: Attrs = {
        "class": " ".join(filter(None, ("ds-input", field.field.widget.attrs.get("class")))),
        "aria-describedby": described_by(field, counter=counter is not None) or False,
    }
    if size:
        attrs["data-size"] = size
    if field.errors:
        attrs["aria-invalid"] = "true"
    if labelledby:
        attrs["aria-labelledby"] = labelledby
    if counter:
        attrs |= {"maxlength": False, "data-counter": counter["id"], "data-limit": counter["limit"]}
    grouped = is_group(field)
    choices = grouped and isinstance(field.field.widget, ChoiceWidget)
    if labelledby and not field.errors and not choices:
        return field.as_widget(attrs=attrs)  # a table may have a hundred of them
    parts = {
        "field": field,
        "grouped": grouped,
        "single_box": isinstance(field.field.widget, CheckboxInput),
        "options": options_of(field, attrs) if choices else (),
        "control": "" if choices else field.as_widget(attrs=attrs),
        "control_id": target_id(field),
        "describedby": described_by(field, counter=False),
        "counter": counter,
        "bare": bool(labelledby),
        "hide_label": hide_label,
    }
    return render_to_string("components/field.html", parts)


def _each(forms: Forms) -> Iterator[BaseForm | BaseFormSet[Any]]:
    if isinstance(forms, BaseForm | BaseFormSet):
        yield forms
    else:
        for form in forms:
            yield from _each(form)


def failures(forms: Forms) -> list[tuple[str, str]]:
    """(id of the control, words) for all that must be mended, in the order of the page; no id: the whole form."""
    found: list[tuple[str, str]] = []
    for form in _each(forms):
        if not form.is_bound:
            continue
        if isinstance(form, BaseFormSet):
            found += [("", str(words)) for words in form.non_form_errors()]
            found += failures(form.forms)
            continue
        found += [("", str(words)) for words in form.non_field_errors()]
        for bound in form:
            if bound.is_hidden:
                found += [("", str(words)) for words in bound.errors]
            else:
                found += [(target_id(bound), str(words)) for words in bound.errors]
    return found


def forms_of(context: Context) -> list[BaseForm | BaseFormSet[Any]]:
    """The forms a page was given under the usual names: form, forms, formset."""
    named = [context.get(name) for name in ("form", "formset")]
    several = context.get("forms") or ()
    return [form for form in (*named, *several) if isinstance(form, BaseForm | BaseFormSet)]


@register.inclusion_tag("components/error_summary.html", takes_context=True)
def error_summary(context: Context, *, forms: Forms | None = None) -> dict[str, object]:
    """What must be mended, first on the page and in focus, each line a link to its field in the same words.

    The base template calls it for `form`, `forms` and `formset`; give `forms` when the page names them otherwise.
    """
    return {"failures": failures(forms_of(context) if forms is None else forms)}


@register.simple_tag(takes_context=True)
def error_prefix(context: Context, *, forms: Forms | None = None) -> SafeString:
    """«Feil: » before the page's title after a refused form, so that it is the first one hears."""
    if not failures(forms_of(context) if forms is None else forms):
        return SafeString("")
    return format_html("{} ", gettext("Error:"))
