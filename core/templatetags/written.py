"""`{% load written %}`: what somebody wrote in the form a page answers, for pages that have no form to show it in."""

from __future__ import annotations

from django.template import Library
from django.template.context import Context

from core.views.conflict import texts_of

register = Library()


@register.simple_tag(takes_context=True)
def written(context: Context) -> list[str]:
    """The texts of the request, empty for one that only asked for a page."""
    request = context.get("request")
    return texts_of(request) if request is not None and request.method == "POST" else []
