"""Help, the accessibility statement and privacy. The texts stand side by side in both written forms."""

from __future__ import annotations

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from core import clock
from core.dates import interface_form
from core.models import Office


@login_not_required
@require_safe
def text(request: HttpRequest, page: str) -> HttpResponse:
    """A page of plain text with whom to ask."""
    offices = Office.objects.prefetch_related("names").select_related("anchor").order_by("pk")
    form = interface_form()
    context = {"page": page, "text": f"core/texts/{page}.{form}.html", "offices": named(list(offices), form)}
    return render(request, f"core/{page}.html", context)


def named(offices: list[Office], form: str) -> list[tuple[str, Office]]:
    """The offices with their names today."""
    today = clock.today()
    return [(office.name_in(form, today), office) for office in offices]
