"""Somebody saved while another wrote: both texts side by side, and the one who came last chooses field by field."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from core.forms import conflict
from core.requirements import Obstacle, StaleVersion, StepRefused
from core.selectors.stash import is_text


def choose(
    request: HttpRequest,
    stale: StaleVersion,
    saved: conflict.Saved,
    *,
    version: int | None = None,
    label: str = "",
    leave_out: Iterable[str] = (),
    also: Mapping[str, str] | None = None,
) -> HttpResponse:
    """The page that asks. ``saved``: the form as it would be opened now; ``version``: the one it would carry.

    ``leave_out``: buttons that shouldn't be pressed along with saving; ``also``: more fields that are fresh now.
    """
    found = conflict.choices(request.POST, saved, label=label)
    sent = conflict.carried(request.POST, saved, version=version, leave_out=leave_out, also=also or {})
    return _page(request, "core/conflict.html", {"stale": stale, "choices": found, "sent": sent})


def say_stale(request: HttpRequest, stale: StaleVersion, *, back: str) -> HttpResponse:
    """An act on what has changed meanwhile: nothing was done. What was written is given back, to be sent once more."""
    sent = [
        (name, str(value))
        for name, values in request.POST.lists()
        if name not in conflict.NOT_SENT_ON
        for value in values
    ]
    typed = [value for _name, value in sent if value]
    sent.append(("version", str(stale.current)))
    context = {"stale": stale, "texts": texts_of(request), "sent": sent, "back": back, "more": len(typed) > 1}
    return _page(request, "core/stale.html", context)


def texts_of(request: HttpRequest) -> list[str]:
    """What was written in a form that couldn't be taken, so that the page can give it back."""
    return [str(value) for _name, values in request.POST.lists() for value in values if is_text(str(value))]


def refuse_words(request: HttpRequest, code: str, text: str) -> None:
    """Raise StepRefused, whose page gives back what was written, where there is something and no form to stand in."""
    if texts_of(request):
        raise StepRefused([Obstacle(code, text)])


def _page(request: HttpRequest, template: str, context: dict[str, object]) -> HttpResponse:
    again = getattr(request, "sent_again", "")
    return render(request, template, {**context, "again": again}, status=409)
