"""Numbers and dates: wheel, dates, figures, pots, pairs, filters, bars, measure cards."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from django.template import Library
from django.template.context import Context
from django.utils.html import conditional_escape, format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from core.templatetags.ui_frame import render
from core.templatetags.ui_marks import attributes, icon_svg, one_of
from core.ui import registers
from core.ui.bars import FILLS, WIDTH, Bar, Part, rects
from core.ui.icons import STATUS
from core.ui.wheel import Wheel

register = Library()

TONES: Final = ("", "left", "over")


@register.inclusion_tag("components/wheel.html")
def wheel(*, wheel: Wheel) -> dict[str, object]:
    """The year as a drawing with its legend; put `dates_list` beside it, which alone is shown on a small screen."""
    return {"wheel": wheel}


@register.inclusion_tag("components/dates.html")
def dates_list(*, wheel: Wheel) -> dict[str, object]:
    """The dates of a wheel: past ones muted, the next one marked. Works without the drawing."""
    return {"rows": wheel.rows, "year": wheel.year}


def swatch_svg(fill: str) -> SafeString:
    """A square of the colour a part of a bar has."""
    one_of(fill, FILLS, "Fill")
    return format_html(
        '<svg class="swatch" viewBox="0 0 12 12" aria-hidden="true">'
        '<rect width="12" height="12" rx="2" fill="{}"/></svg>',
        FILLS[fill],
    )


def meter_svg(parts: Sequence[Part], total: int, css: str = "meter") -> SafeString:
    """The parts of a whole as one bar, hidden from screen readers."""
    body = SafeString("")
    for rect in rects(parts, total):
        body += format_html('<rect x="{}" width="{}" height="10" fill="{}"/>', rect.x, rect.width, rect.fill)
    return format_html(
        '<svg class="{}" viewBox="0 0 {} 10" preserveAspectRatio="none" aria-hidden="true">'
        '<rect width="{}" height="10" fill="{}"/>{}</svg>',
        css, WIDTH, WIDTH, FILLS["sand"], body,
    )  # fmt: skip


@register.simple_tag
def meter(*, value: int | None = None, parts: Sequence[Part] = (), total: int) -> SafeString:
    """How much of a whole: one `value`, or several `parts`. The words above it must say the same."""
    return meter_svg(parts if value is None else [Part(value)], total)


@register.simple_block_tag(end_name="endfigures")
def figures(content: str, *, long: bool = False) -> SafeString:
    """Key figures; `long` when they are too wide to stand two and two on a phone."""
    css = "figures figures--long" if long else "figures"
    return format_html('<dl class="{}">{}</dl>', css, conditional_escape(content))


@register.simple_tag
def figure(
    *, label: object, value: object, note: object = "", swatch: str = "", status: str = "", tone: str = ""
) -> SafeString:
    """One figure. `swatch` ties it to a part of the meter; `status` gives the name a shape; `tone` *left* is what
    remains of a pot, *over* what is too much."""
    one_of(tone, TONES, "Tone")
    name: object = format_html("{}{}", swatch_svg(swatch), label) if swatch else label
    if status:
        one_of(status, STATUS, "Status")
        name = format_html('<span class="status status--{}">{}{}</span>', status, icon_svg(STATUS[status]), label)
    under = format_html("<small>{}</small>", note) if note else SafeString("")
    return format_html("<div{}><dt>{}</dt><dd>{}{}</dd></div>", attributes(class_=tone), name, value, under)


@register.simple_block_tag(end_name="endpots")
def pots(content: str, *, parts: Sequence[Part], total: int) -> SafeString:
    """The pots of a round: figures with one bar under them; stays in sight on a wide screen."""
    return format_html(
        '<div class="pots"><dl class="figures">{}</dl>{}</div>', conditional_escape(content), meter_svg(parts, total)
    )


@register.simple_block_tag(end_name="endpairs")
def pairs(content: str) -> SafeString:
    """Facts with their names, in two columns."""
    return format_html('<dl class="pairs">{}</dl>', conditional_escape(content))


@register.simple_block_tag(end_name="endpair")
def pair(content: str, *, name: object) -> SafeString:
    """One fact of `pairs`."""
    return format_html("<dt>{}</dt><dd>{}</dd>", name, conditional_escape(content))


@register.simple_block_tag(end_name="endfilters")
def filters(content: str, *, label: object) -> SafeString:
    """Links that choose what a list shows; the address keeps the choice."""
    return format_html('<ul class="filters" aria-label="{}">{}</ul>', label, conditional_escape(content))


@register.simple_tag
def filter_link(*, label: object, url: str, count: int | None = None, current: bool = False) -> SafeString:
    """One choice of `filters`, with how many rows it gives."""
    number = "" if count is None else f" ({count})"
    return format_html(
        '<li><a href="{}"{}>{}{}</a></li>', url, attributes(aria_current="true" if current else ""), label, number
    )


@register.simple_tag(takes_context=True)
def register_links(context: Context, *, current: str) -> SafeString:
    """The office's registers; ``current`` is the name of the one shown («networks:networks»)."""
    links = registers.links_for(context["request"].actor, context["this_office"], current)
    items = format_html_join(
        "", "{}", ((filter_link(label=label, url=url, current=here),) for label, url, here in links)
    )
    return filters(items, label=_("Registers"))


@register.inclusion_tag("components/barlist.html")
def barlist(*, bars: Sequence[Bar], legend: Sequence[Part] = ()) -> dict[str, object]:
    """Bars as a list: words, bar, number. All bars have the same scale: the longest fills its place."""
    longest = max((sum(part.value for part in bar.parts) for bar in bars), default=1)
    return {
        "legend": [(swatch_svg(part.fill), part.name) for part in legend],
        "bars": [(bar, _bar_svg(bar.parts, longest)) for bar in bars],
    }


def _bar_svg(parts: Sequence[Part], longest: int) -> SafeString:
    body = SafeString("")
    for rect in rects(parts, longest):
        body += format_html('<rect x="{}" width="{}" height="10" fill="{}"/>', rect.x, rect.width, rect.fill)
    return format_html('<svg viewBox="0 0 {} 10" preserveAspectRatio="none" aria-hidden="true">{}</svg>', WIDTH, body)


@register.simple_block_tag(end_name="endmeasure_card")
def measure_card(
    content: str,
    *,
    id: str,  # noqa: A002 - the HTML attribute's own name
    title: object,
    number: object = "",
    url: str = "",
    meta: object = "",
    aside: object = "",
    level: int = 3,
) -> SafeString:
    """A measure as a card: its name, whose it is, at the right `aside` (a `change` or an amount), then
    `card_body` and `card_answer`."""
    return render(
        "measure_card", content, id=id, title=title, number=number, url=url, meta=meta, aside=aside, level=level
    )


@register.simple_block_tag(end_name="endcard_body")
def card_body(content: str) -> SafeString:
    """What one must know of the measure: what changed and why, who was involved."""
    return format_html('<div class="measure-card__body">{}</div>', conditional_escape(content))


@register.simple_block_tag(end_name="endcard_answer")
def card_answer(content: str, *, legend: object = "") -> SafeString:
    """The reader's answer: a fieldset when there is a `legend` (controls inside), else a plain line."""
    if not legend:
        return format_html('<div class="measure-card__answer small">{}</div>', conditional_escape(content))
    return format_html(
        '<fieldset class="measure-card__answer"><legend class="small"><strong>{}</strong></legend>{}</fieldset>',
        legend, conditional_escape(content),
    )  # fmt: skip
