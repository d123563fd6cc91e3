"""The demo: signing in as one of its invented people, and reading the mails that would have been sent."""

from __future__ import annotations

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from accounts.models import User
from accounts.selectors.mails import latest
from accounts.selectors.people import demo_groups
from accounts.views.entering import enter
from core.dates import interface_form
from core.requests import number_in


@login_not_required
@require_http_methods(["GET", "HEAD", "POST"])
def demo(request: HttpRequest) -> HttpResponse:
    """The people as cards; POST signs in as one. Only invented people, and only where the demo is on."""
    if not settings.DEMO:
        raise Http404
    if request.method == "POST":
        user = get_object_or_404(User, pk=number_in(request.POST.get("person", "")) or 0, is_demo=True, is_active=True)
        enter(request, user, way="demo")
        return redirect("accounts:home")
    return render(request, "accounts/demo.html", {"groups": demo_groups(interface_form())})


@login_not_required
@require_safe
def demo_mail(request: HttpRequest) -> HttpResponse:
    """The mails, newest first; ``?til=`` shows one person's."""
    if not settings.DEMO:
        raise Http404
    person = User.objects.filter(pk=number_in(request.GET.get("til", "")) or 0, is_demo=True).first()
    return render(request, "accounts/demo_mail.html", {"mails": latest(person), "person": person})
