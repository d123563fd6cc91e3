"""`{% load written %}`: what somebody wrote in the form a page answers, for pages that have no form to show it in."""

from __future__ import annotations

from django.template import Library
from django.template.context import Context

from core.views.conflict import texts_of

register = Library()


@register.simple_tag(takes_context=True)
def written(context: Context) -> list[str]:
    """The texts of the request, empty for one that only asked for a page.

    Only for somebody who is in, at an address of ours: a form on a stranger's page brings no session along (SameSite),
    and so no words onto our pages.
    """
    request = context.get("request")
    if request is None or request.method != "POST" or request.resolver_match is None:
        return []
    return texts_of(request) if getattr(request, "actor", None) else []
