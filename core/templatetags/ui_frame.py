"""The parts a page is built of: head, trail, panels, sections, alerts, task lists, empty states."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from django.template import Library
from django.template.context import Context
from django.template.loader import render_to_string
from django.utils.html import conditional_escape, format_html
from django.utils.safestring import SafeString

from core.templatetags.ui_marks import attributes, icon_svg, one_of

register = Library()

ALERTS: Final = ("info", "success", "warning", "danger")
GAPS: Final = ("xs", "s", "m", "l")
MAX_NUMBERED_FROM: Final = 12


def render(template: str, content: str, **values: object) -> SafeString:
    """A component's template around the block's content (already rendered, so escaped)."""
    return render_to_string(f"components/{template}.html", {"content": SafeString(content.strip()), **values})


def heading_html(text: object, *, level: int, size: str, anchor: str = "") -> SafeString:
    """A heading whose rank and size are chosen apart."""
    return format_html(
        '<h{} class="ds-heading" data-size="{}"{}>{}</h{}>', level, size, attributes(id=anchor), text, level
    )


@register.simple_block_tag(end_name="endpage_head")
def page_head(content: str, *, heading: object, lead: object = "") -> SafeString:
    """The page's `h1` (its task) and the facts: until when, who sees this, is it saved."""
    return render("page_head", content, heading=heading, lead=lead)


@register.simple_block_tag(end_name="endfact")
def fact(content: str, *, icon: str) -> SafeString:
    """One fact of the page head."""
    return format_html("<li>{}<span>{}</span></li>", icon_svg(icon), conditional_escape(content))


@register.inclusion_tag("components/breadcrumbs.html")
def breadcrumbs(
    *,
    current: object,
    level1: object = "",
    level1_url: str = "",
    level2: object = "",
    level2_url: str = "",
    level3: object = "",
    level3_url: str = "",
    items: Sequence[tuple[object, str]] = (),
) -> dict[str, object]:
    """The trail; Home always stands first. Up to three levels by name, or any number as (words, address) pairs."""
    named = ((level1, level1_url), (level2, level2_url), (level3, level3_url))
    trail = [*items, *((words, url) for words, url in named if words and url)]
    return {"trail": trail, "back": trail[-1] if trail else None, "current": current}


@register.simple_block_tag(end_name="endalert")
def alert(content: str, *, kind: str = "info", heading: object = "", level: int = 2, live: bool = False) -> SafeString:
    """A boxed message. `live` for what came of the person's own act, so that it is read aloud."""
    return render("alert", content, kind=one_of(kind, ALERTS, "Alert"), heading=heading, level=level, live=live)


@register.simple_block_tag(end_name="endpanel")
def panel(
    content: str,
    *,
    heading: object = "",
    level: int = 2,
    size: str = "xs",
    id: str = "",  # noqa: A002 - the HTML attribute's own name
    tint: bool = False,
    flush: bool = False,
) -> SafeString:
    """A white surface; `tint` for what is said beside the task, `flush` for lists and tables without inner space."""
    css = "panel" + (" panel--tint" if tint else "") + (" panel--flush" if flush else "")
    title = heading_html(heading, level=level, size=size, anchor=id) if heading else SafeString("")
    return format_html('<div class="{}">{}{}</div>', css, title, conditional_escape(content))


@register.simple_block_tag(end_name="endsection")
def section(
    content: str,
    *,
    heading: object,
    id: str,  # noqa: A002 - the HTML attribute's own name
    level: int = 2,
    size: str = "sm",
    aside: object = "",
) -> SafeString:
    """A part of the page under its heading; `aside` is a short muted text at the right of the heading.

    No landmark of its own: a page with ten landmarks has none, and one goes from heading to heading anyway.
    """
    title = heading_html(heading, level=level, size=size, anchor=id)
    if aside:
        title = format_html(
            '<div class="row row--between row--base">{}<span class="small muted">{}</span></div>', title, aside
        )
    return format_html('<section class="section">{}{}</section>', title, conditional_escape(content))


@register.simple_block_tag(end_name="endstack")
def stack(content: str, *, gap: str = "m") -> SafeString:
    """Things under each other with even space."""
    return format_html(
        '<div class="stack" data-gap="{}">{}</div>', one_of(gap, GAPS, "Gap"), conditional_escape(content)
    )


@register.simple_block_tag(end_name="endquote")
def quote(content: str, *, source: object = "") -> SafeString:
    """Somebody's own words, unchanged."""
    footer = format_html("<footer>{}</footer>", source) if source else SafeString("")
    return format_html('<blockquote class="quote"><p>{}</p>{}</blockquote>', conditional_escape(content), footer)


@register.simple_block_tag(end_name="enddetails")
def details(
    content: str,
    *,
    summary: object,
    open: bool = False,  # noqa: A002 - the HTML attribute's own name
) -> SafeString:
    """Text one may open; never anything one needs to finish the task."""
    return format_html(
        '<details class="ds-details"{}><summary>{}</summary><div>{}</div></details>',
        attributes(open=open), summary, conditional_escape(content),
    )  # fmt: skip


@register.simple_block_tag(end_name="endtoolbar")
def toolbar(content: str, *, end: object = "") -> SafeString:
    """Filters and choices above a list; `end` stands at the right."""
    right = format_html('<div class="toolbar__end">{}</div>', end) if end else SafeString("")
    return format_html('<div class="toolbar">{}{}</div>', conditional_escape(content), right)


@register.simple_block_tag(end_name="endtasks")
def tasks(
    content: str, *, numbered: bool = False, after: int = 0, ordered: bool = True, label: object = ""
) -> SafeString:
    """A list of tasks. `numbered` shows numbers, which go on after `after` when a list continues an earlier one."""
    if not 0 <= after <= MAX_NUMBERED_FROM:
        raise ValueError(f"after must be from 0 to {MAX_NUMBERED_FROM}")
    css = "tasks panel panel--flush" + (" tasks--numbered" if numbered else "") + (f" from-{after}" if after else "")
    element = "ol" if ordered or numbered else "ul"
    return format_html(
        '<{} class="{}"{}>{}</{}>', element, css, attributes(aria_label=label), conditional_escape(content), element
    )


@register.simple_block_tag(end_name="endtask")
def task(content: str, *, label: object, url: str = "", hint: object = "") -> SafeString:
    """One task: the label (verb + object) is the link, the whole row the target; the block stands at the right.

    Without `url` the task can't be started: say why in `hint` and show a status.
    """
    name = (
        format_html('<a class="tasks__link" href="{}">{}</a>', url, label)
        if url
        else format_html("<span>{}</span>", label)
    )
    under = format_html('<span class="tasks__hint">{}</span>', hint) if hint else SafeString("")
    side = (
        format_html('<span class="tasks__side">{}</span>', conditional_escape(content))
        if content.strip()
        else SafeString("")
    )
    return format_html("<li>{}{}{}</li>", name, under, side)


@register.inclusion_tag("components/empty_state.html")
def empty_state(*, text: object, then: object = "", label: object = "", url: str = "") -> dict[str, object]:
    """A list with nothing in it: what that means, what comes next, and where to go."""
    return {"text": text, "then": then, "label": label, "url": url}


@register.inclusion_tag("components/step_trail.html")
def step_trail(*, steps: Sequence[tuple[object, str, str]], label: object) -> dict[str, object]:
    """The parts of one task, as (words, address, kind); kind is *done*, *current* or *todo*."""
    for _words, _url, kind in steps:
        one_of(kind, ("done", "current", "todo"), "Step kind")
    return {"steps": steps, "label": label}


@register.inclusion_tag("components/messages.html", takes_context=True)
def page_messages(context: Context) -> dict[str, object]:
    """What came of the last act, at the top of the page and read aloud (never a toast)."""
    return {"messages": list(context.get("messages") or ())}


@register.inclusion_tag("components/role_card.html")
def role_card(*, label: object, name: str, value: object, who: object = "", about: object = "") -> dict[str, object]:
    """A role one may try in the demo: a submit button over the whole card."""
    return {"label": label, "name": name, "value": value, "who": who, "about": about}


@register.simple_block_tag(end_name="endcheck")
def check(content: str, *, kind: str = "done") -> SafeString:
    """A rule that was looked at: *done* (met), *note*, *warn* (asks for a reason), *stop*. Inside `ul.plain.stack`."""
    icons = {
        "done": ("checkmark-circle-fill", "ok"),
        "note": ("information-square-fill", "note"),
        "warn": ("exclamationmark-triangle-fill", "warn"),
        "stop": ("xmark-octagon-fill", "stop"),
    }
    drawing, css = icons[one_of(kind, icons, "Check")]
    return format_html(
        '<li class="check">{}<span>{}</span></li>', icon_svg(drawing, f"icon icon--{css}"), conditional_escape(content)
    )
