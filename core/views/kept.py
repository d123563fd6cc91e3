"""What a person wrote when their session had ended: seen by them alone, sent again or thrown away."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from core.keeping import KEPT_FIELD, forget, waiting
from core.middleware import open_to_links
from core.selectors.stash import KeptForm


@open_to_links
@require_safe
def kept(request: HttpRequest) -> HttpResponse:
    """The kept forms, newest first."""
    return render(request, "core/kept.html", {"kept": _own(request)})


@open_to_links
@require_http_methods(["GET", "HEAD", "POST"])
def kept_form(request: HttpRequest, pk: int) -> HttpResponse:
    """One kept form with the button that sends it again; POST throws it away."""
    found = next((one for one in _own(request) if one.row.pk == pk), None)
    if found is None:
        raise Http404
    if request.method == "POST":
        forget(request, pk)
        messages.success(request, _("What was kept is thrown away."))
        return redirect("core:kept")
    return render(request, "core/kept_form.html", {"one": found, "kept_field": KEPT_FIELD})


def _own(request: HttpRequest) -> list[KeptForm]:
    return waiting(request.actor or None)  # type: ignore[attr-defined]
