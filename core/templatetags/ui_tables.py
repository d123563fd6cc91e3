"""Tables: the scroll region of wide ones, and the table whose rows stack on a small screen."""

from __future__ import annotations

from typing import Final

from django.http import QueryDict
from django.template import Library
from django.template.context import Context
from django.template.loader import render_to_string
from django.utils.html import conditional_escape, format_html
from django.utils.safestring import SafeString

from core.paging import Leaf
from core.templatetags.ui_frame import render
from core.templatetags.ui_marks import attributes, button_html, one_of

register = Library()

SORTED: Final = ("ascending", "descending", "none")


@register.simple_block_tag(end_name="endscroll")
def scroll(content: str, *, labelledby: str = "", label: object = "", hint: bool = True) -> SafeString:
    """A named region that takes the keyboard, around a table wider than a phone. The page itself never scrolls
    sideways.

    :raises ValueError: if the region has no name
    """
    if not (labelledby or label):
        raise ValueError("scroll needs labelledby (a heading's id) or label")
    return render("scroll", content, labelledby=labelledby, label=label, hint=hint)


@register.simple_block_tag(end_name="endstacked")
def stacked(content: str, *, labelledby: str, prose: bool = False, counts: bool = False) -> SafeString:
    """A table whose rows become blocks below 40rem; the roles are written out because `display: block` removes them.

    `prose`: its cells hold sentences, so on a small screen each column's name stands above its text; `counts`: they
    hold small numbers under long names, so there the names get the room.
    """
    return format_html(
        '<div class="panel panel--flush">'
        '<table class="ds-table stacked{}" role="table" aria-labelledby="{}">{}</table></div>',
        " stacked--prose" if prose else " stacked--counts" if counts else "", labelledby, conditional_escape(content),
    )  # fmt: skip


@register.simple_block_tag(end_name="endstacked_head")
def stacked_head(content: str) -> SafeString:
    """The head row of a stacked table."""
    return format_html('<thead role="rowgroup"><tr role="row">{}</tr></thead>', conditional_escape(content))


@register.simple_block_tag(end_name="endstacked_body")
def stacked_body(content: str) -> SafeString:
    """The rows of a stacked table."""
    return format_html('<tbody role="rowgroup">{}</tbody>', conditional_escape(content))


@register.simple_tag
def head_cell(*, text: object, num: bool = False) -> SafeString:
    """A column's head in a stacked table."""
    return format_html('<th scope="col" role="columnheader"{}>{}</th>', attributes(class_="num" if num else ""), text)


@register.simple_block_tag(end_name="endrow")
def row(content: str, *, marked: bool = False, total: bool = False) -> SafeString:
    """A row of a stacked table; `marked` asks for something, `total` is ruled like in a ledger."""
    css = " ".join(word for word, on in (("marked", marked), ("sum", total)) if on)
    return format_html('<tr role="row"{}>{}</tr>', attributes(class_=css), conditional_escape(content))


@register.simple_block_tag(end_name="endrow_head")
def row_head(content: str, *, sub: object = "") -> SafeString:
    """The first cell of a row: what the row is about."""
    under = format_html('<span class="cell-sub">{}</span>', sub) if sub else SafeString("")
    return format_html('<th scope="row" role="rowheader">{}{}</th>', conditional_escape(content), under)


@register.simple_block_tag(end_name="endcell")
def cell(content: str, *, label: object = "", num: bool = False, sub: object = "") -> SafeString:
    """A cell of a stacked table; `label` is the column's name, shown beside it on a small screen."""
    text = content.strip()
    if not text and not sub:
        return SafeString('<td role="cell"></td>')
    under = format_html('<span class="cell-sub">{}</span>', sub) if sub else ""
    marks = attributes(data_label=label, class_="num" if num else "")
    # A page has hundreds of cells, and their parts are HTML already: format_html would look at each once more.
    return SafeString(f'<td role="cell"{marks}><span>{text}{under}</span></td>')


@register.simple_tag
def sort_head(
    *, text: object, name: str = "sort", value: str, direction: str = "none", form: str, num: bool = False
) -> SafeString:
    """A column one can sort by: a button of a GET form, so that the address keeps the order."""
    one_of(direction, SORTED, "Direction")
    control = format_html('<button type="submit" form="{}" name="{}" value="{}">{}</button>', form, name, value, text)
    return format_html(
        '<th scope="col" aria-sort="{}"{}>{}</th>', direction, attributes(class_="num" if num else ""), control
    )


@register.simple_tag
def download(*, url: str, label: object, variant: str = "tertiary", size: str = "") -> SafeString:
    """A link to the same table as a file."""
    return button_html(label=label, url=url, variant=variant, icon="download", size=size)


@register.simple_tag(takes_context=True)
def pages(context: Context, *, leaf: Leaf[object], label: object, anchor: str = "") -> SafeString:
    """The way to the other pages of a long list, under it; nothing for a list that fits on one.

    The links keep the rest of the address. ``label`` names the list; ``anchor`` is the id of its heading, which the
    links lead to.
    """
    if not leaf.is_long:
        return SafeString("")
    request = context.get("request")
    query = request.GET.copy() if request is not None else QueryDict(mutable=True)

    def address(number: int | None) -> str:
        if number is None or not 1 <= number <= leaf.pages:
            return ""
        query[leaf.parameter] = str(number)
        return f"?{query.urlencode()}{'#' + anchor if anchor else ''}"

    return render_to_string(
        "components/pages.html",
        {
            "leaf": leaf,
            "label": label,
            "links": [(number, address(number)) for number in leaf.shown_pages()],
            "previous": address(leaf.number - 1),
            "next": address(leaf.number + 1),
        },
    )
