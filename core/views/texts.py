"""Help, the accessibility statement and privacy. The texts stand side by side in both written forms."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from core import clock
from core.dates import interface_form
from core.models import Office

ContactSource = Callable[[Collection[Office]], Mapping[int, str]]
"""Offices → the name of whoever answers questions there, by the office's id."""

_contacts: list[ContactSource] = []


def register_contacts(source: ContactSource) -> None:
    """The app that knows people says who answers; without one only the offices are named."""
    if source not in _contacts:
        _contacts.append(source)


@login_not_required
@require_safe
def text(request: HttpRequest, page: str) -> HttpResponse:
    """A page of plain text with whom to ask."""
    offices = Office.objects.prefetch_related("names").select_related("anchor").order_by("pk")
    form = interface_form()
    context = {"page": page, "text": f"core/texts/{page}.{form}.html", "offices": named(list(offices), form)}
    return render(request, f"core/{page}.html", context)


def named(offices: list[Office], form: str) -> list[tuple[str, Office, str]]:
    """The offices with their names today, and who answers there (empty where nobody is known)."""
    today = clock.today()
    people = {pk: name for source in _contacts for pk, name in source(offices).items()}
    return [(office.name_in(form, today), office, people.get(office.pk, "")) for office in offices]
