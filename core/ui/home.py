"""What higher apps put on the home page: the year's wheel with its dates, and panels below the two lists.

Registered from ``AppConfig.ready()``. A supplier is asked once a page with the request and the actor (a person signed
in) and answers None when it has nothing to say. Home may cost 12 queries in all: the wheel at most 3 of them.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from core.actor import Actor
from core.ui.wheel import Wheel

if TYPE_CHECKING:
    from django.http import HttpRequest


@dataclass(frozen=True, slots=True)
class HomeWheel:
    """The wheel and its dates. ``lead``: the sentence under the greeting; empty, home makes one of the next date.

    ``url`` and ``label`` lead to the page the dates come from.
    """

    wheel: Wheel
    heading: str
    lead: str = ""
    url: str = ""
    label: str = ""


@dataclass(frozen=True, slots=True)
class Panel:
    """A part below the lists: a template with its own ``{% section %}``, and what it finds there as ``shown``."""

    template: str
    context: Mapping[str, Any] = field(default_factory=dict)


WheelSource = Callable[["HttpRequest", Actor], HomeWheel | None]
PanelSource = Callable[["HttpRequest", Actor], Panel | None]

_wheels: list[WheelSource] = []
_panels: list[PanelSource] = []


def register_wheel(source: WheelSource) -> None:
    """The first source that answers is shown."""
    if source not in _wheels:
        _wheels.append(source)


def register_panel(source: PanelSource) -> None:
    """Panels stand in the order they were registered in."""
    if source not in _panels:
        _panels.append(source)


def wheel_for(request: HttpRequest, actor: Actor) -> HomeWheel | None:
    """The wheel this person sees."""
    return next((found for source in _wheels if (found := source(request, actor)) is not None), None)


def panels_for(request: HttpRequest, actor: Actor) -> list[Panel]:
    """The panels this person sees."""
    return [panel for source in _panels if (panel := source(request, actor)) is not None]
