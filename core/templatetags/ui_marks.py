"""Small marks and controls: icon, status, tag, change, button, step button."""

from __future__ import annotations

from functools import lru_cache
from typing import Any, Final, Literal, Protocol

from django.template import Library
from django.template.context import Context
from django.templatetags.static import static
from django.utils.html import conditional_escape, format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext

from core.ui import markup
from core.ui.icons import NAMES, SPRITE, STATUS

register = Library()

StatusKind = Literal["done", "ready", "going", "wait", "warn", "stop", "none", "off"]
Variant = Literal["primary", "secondary", "tertiary"]

VARIANTS: Final = ("primary", "secondary", "tertiary")


class StepLike(Protocol):
    """What `step_button` needs of a step of a machine, as `core.selectors.steps` gives it."""

    name: str
    label: object
    allowed: bool

    @property
    def obstacle(self) -> str:
        """The sentence that says why not and who can."""


def one_of(value: str, allowed: Any, what: str) -> str:
    """`value`, if it is one of the allowed words.

    :raises ValueError: with the allowed words, so that a wrong value in a template says what it should have been
    """
    if value not in allowed:
        raise ValueError(f"{what} {value!r} is not one of: {', '.join(sorted(allowed))}")
    return value


def icon_svg(name: str, css: str = "icon") -> SafeString:
    """The drawing alone, hidden from screen readers: words always stand beside it."""
    one_of(name, NAMES, "Icon")
    return _drawing(static(SPRITE), name, css)


@lru_cache
def _drawing(sprite: str, name: str, css: str) -> SafeString:
    return format_html('<svg class="{}" aria-hidden="true"><use href="{}#{}"/></svg>', css, sprite, name)


def attributes(**values: object) -> SafeString:
    """HTML attributes for the values that are set; `True` gives the bare name, `_` in a name becomes `-`."""
    return markup.attributes(
        {name.rstrip("_").replace("_", "-"): value for name, value in values.items() if value != ""}
    )


@register.simple_tag
def icon(*, name: str, label: str = "") -> SafeString:
    """An icon; with `label` also words for those who don't see it."""
    if not label:
        return icon_svg(name)
    return icon_svg(name) + format_html('<span class="ds-sr-only">{}</span>', label)


@register.simple_tag
def status(*, kind: str, text: object, note: object = "") -> SafeString:
    """A state as shape and words; `note` (a date, a name) follows in muted type."""
    one_of(kind, STATUS, "Status")
    mark = format_html('<span class="status status--{}">{}{}</span>', kind, icon_svg(STATUS[kind]), text)
    return format_html('{} <span class="muted">{}</span>', mark, note) if note else mark


@register.simple_tag
def tag(*, text: object, color: str = "neutral") -> SafeString:
    """A small label that is no status: a scheme, a kind."""
    return format_html('<span class="ds-tag" data-color="{}" data-size="sm">{}</span>', color, text)


@register.simple_tag
def invented(*, when: bool = True) -> SafeString:
    """«oppdiktet» beside the name of a person or body made up for the demo."""
    if not when:
        return SafeString("")
    return format_html('<span class="ds-tag invented" data-color="warning">{}</span>', gettext("invented"))


@register.simple_tag
def guess(*, why: object = "", when: bool = True) -> SafeString:
    """«GJETNING» beside a value nobody has confirmed, with what it was guessed from."""
    if not when:
        return SafeString("")
    mark = format_html('<strong class="ds-tag guess" data-color="warning">{}</strong>', gettext("GUESS"))
    return format_html('{} <span class="small muted">{}</span>', mark, why) if why else mark


@register.inclusion_tag("components/change.html")
def change(*, before: object, after: object, label: object = "") -> dict[str, object]:
    """A value before and after; the ear hears «fra … til …»."""
    return {"before": before, "after": after, "label": label}


def button_html(
    *,
    label: object,
    variant: str = "primary",
    url: str = "",
    name: str = "",
    value: object = "",
    icon: str = "",
    size: str = "",
    color: str = "",
    form: str = "",
    about: object = "",
    formaction: str = "",
) -> SafeString:
    """A link that looks like a button when there is a `url`, else a submit button."""
    one_of(variant, VARIANTS, "Variant")
    drawing = icon_svg(icon) if icon else SafeString("")
    look = attributes(data_variant="" if variant == "primary" else variant, data_size=size, data_color=color)
    hidden = format_html('<span class="ds-sr-only"> {}</span>', about) if about else SafeString("")
    if url:
        return format_html('<a class="ds-button"{} href="{}">{}{}{}</a>', look, url, drawing, label, hidden)
    target = attributes(name=name, value=value, form=form, formaction=formaction)
    return format_html(
        '<button class="ds-button"{} type="submit"{}>{}{}{}</button>', look, target, drawing, label, hidden
    )


@register.simple_tag
def button(
    *,
    label: object,
    variant: str = "primary",
    url: str = "",
    name: str = "",
    value: object = "",
    icon: str = "",
    size: str = "",
    color: str = "",
    form: str = "",
    about: object = "",
    formaction: str = "",
) -> SafeString:
    """A button, or a link that looks like one when there is a `url`.

    One `primary` per page. `about` is added for the ear only («Påminn» + «Ola Nes»).
    """
    return button_html(
        label=label, variant=variant, url=url, name=name, value=value, icon=icon, size=size, color=color, form=form,
        about=about, formaction=formaction,
    )  # fmt: skip


@register.inclusion_tag("components/step_button.html", takes_context=True)
def step_button(
    context: Context,
    *,
    step: StepLike,
    url: str = "",
    how: Literal["", "link", "submit", "post"] = "",
    variant: str = "primary",
    icon: str = "",
    name: str = "step",
    size: str = "",
) -> dict[str, object]:
    """A step of a machine: live, or standing there with the sentence that says why not and who can.

    `how`: *link* goes to `url` (a page that asks once more); *submit* is a button in the form around it with
    ``name=step value=<step.name>``; *post* is a form of its own that posts that to `url`. Left out, it is *link* when
    there is a `url`, else *submit*.

    :raises ValueError: if *link* or *post* has no `url`
    """
    how = how or ("link" if url else "submit")
    one_of(how, ("link", "submit", "post"), "how")
    if how != "submit" and not url:
        raise ValueError(f"step_button how={how!r} needs a url")
    if not step.allowed:
        control = SafeString("")
    elif how == "link":
        control = button_html(label=step.label, variant=variant, url=url, icon=icon, size=size)
    else:
        control = button_html(label=step.label, variant=variant, name=name, value=step.name, icon=icon, size=size)
    return {"step": step, "how": how, "url": url, "control": control, "csrf_token": context.get("csrf_token")}


@register.simple_block_tag(end_name="endactions")
def actions(content: str, *, note: object = "") -> SafeString:
    """The row of buttons under a form or a list: the primary one first, at the left."""
    after = format_html('<span class="actions__note">{}</span>', note) if note else SafeString("")
    return format_html('<div class="actions">{}{}</div>', conditional_escape(content), after)
