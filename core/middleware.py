"""What every request needs: the language, who acts, and answers to refusals."""

from __future__ import annotations

import re
from collections.abc import Callable

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.middleware import LoginRequiredMiddleware, get_user
from django.contrib.auth.models import AnonymousUser
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import translation
from django.utils.cache import patch_vary_headers
from django.utils.functional import SimpleLazyObject
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _

from core import clock
from core.actor import Actor
from core.models import AccessLink
from core.requirements import AlreadyDone, StaleVersion, StepRefused
from core.selectors.offices import office_at
from core.selectors.questions import asked_on
from core.views.conflict import say_stale, texts_of

LINK_SESSION_KEY = "access_link"
LANGUAGE_COOKIE = "form"
OBJECT_PAGES = re.compile(r"/[\w-]+/[\w-]+/\d+/", re.ASCII)
"""How the address of an object's pages begins: ``/<office>/<noun>/<id>/``."""

GetResponse = Callable[[HttpRequest], HttpResponse]


class LanguageMiddleware:
    """Language from the person's profile, then the cookie, then nynorsk if the browser asks for it, else bokmål.

    Never English from a browser's header: the whole program is in Norwegian (architecture.md § 4).
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        form = self.form_of(request)
        with translation.override(form):
            request.LANGUAGE_CODE = form
            response = self.get_response(request)
        response.headers.setdefault("Content-Language", request.LANGUAGE_CODE)
        patch_vary_headers(response, ["Accept-Language", "Cookie"])
        return response

    def form_of(self, request: HttpRequest) -> str:
        forms = {code for code, _name in settings.LANGUAGES}
        chosen = request.COOKIES.get(LANGUAGE_COOKIE, "")
        if chosen in forms:
            return chosen
        asked = [part.split(";")[0].strip().lower() for part in request.headers.get("accept-language", "").split(",")]
        first = next((tag for tag in asked if tag in {"nn", "nn-no", "nb", "nb-no", "no"}), "")
        return "nn" if first.startswith("nn") else "nb"


class ActorMiddleware:
    """Sets ``request.actor``: the person signed in, the holder of a personal link, or None. Read when first asked for.

    A signed-in person's own choice of written form wins over the cookie.
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        request.actor = SimpleLazyObject(lambda: actor_of(request))  # type: ignore[attr-defined]
        form = getattr(request.user, "form", "")
        if form and form != request.LANGUAGE_CODE:
            translation.activate(form)
            request.LANGUAGE_CODE = form
        return self.get_response(request)

    def process_view(
        self, request: HttpRequest, _view: object, _args: tuple[object, ...], kwargs: dict[str, object]
    ) -> None:
        """Addresses carry the office (``/<office>/…``): it is found once, here; one nobody has is a 404. The actor
        then holds what counts in its matters."""
        request.office = None  # type: ignore[attr-defined]
        if "office" in kwargs:
            request.office = office_at(str(kwargs["office"]), asked=asked_on(request.resolver_match))  # type: ignore[attr-defined]
            if request.office is None:  # type: ignore[attr-defined]
                raise Http404
            everywhere = request.actor  # type: ignore[attr-defined]
            here = request.office.pk  # type: ignore[attr-defined]
            request.actor = SimpleLazyObject(lambda: everywhere.at(here) if everywhere else None)  # type: ignore[attr-defined]


def actor_of(request: HttpRequest) -> Actor | None:
    """The actor behind a request."""
    person = get_user(request)  # the person itself: request.user is a lazy stand-in
    if not isinstance(person, AnonymousUser):
        return Actor.for_user(person)
    link = link_of(request)
    return Actor.for_link(link) if link else None


def link_of(request: HttpRequest) -> AccessLink | None:
    """The personal link this session was opened with, if it still holds."""
    link_id = request.session.get(LINK_SESSION_KEY)
    if link_id is None:
        return None
    link = AccessLink.objects.select_related("user").filter(pk=link_id, revoked_at__isnull=True).first()
    if link is None or link.expires_at <= clock.now():
        return None
    return link if link.user is None or link.user.is_active else None


def opens(link: AccessLink, path: str) -> bool:
    """Does a page lie with the object the link opens? Its own address and what is below it; home leads there.

    The outer wall: whatever a page forgets to ask, a link never gets further (core.authz.within is the inner one).
    """
    own = OBJECT_PAGES.match(link.url)
    return path in {"/", link.url} or (own is not None and path.startswith(own[0]))


def open_to_links(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Mark a page as one about the holder of a link, which keeps to the link's object by itself."""
    view.open_to_links = True  # type: ignore[attr-defined]
    return view


class SignInMiddleware(LoginRequiredMiddleware):
    """Django's own, but a session opened by a personal link gets through to the pages of its object."""

    def process_view(
        self,
        request: HttpRequest,
        view_func: Callable[..., HttpResponseBase],
        view_args: tuple[object, ...],
        view_kwargs: dict[str, object],
    ) -> HttpResponseBase | None:
        link = link_of(request)
        if link is not None and (opens(link, request.path_info) or getattr(view_func, "open_to_links", False)):
            return None
        return super().process_view(request, view_func, view_args, view_kwargs)


class RefusalMiddleware:
    """Turns refusals no view has caught into a page that says why and what to do; nothing was changed."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        if isinstance(exception, AlreadyDone):
            messages.info(request, _("This was already done. Nothing was done twice."))
            return redirect(came_from(request))
        if isinstance(exception, StaleVersion):
            return say_stale(request, exception, back=came_from(request))
        if isinstance(exception, StepRefused):
            context = {"obstacles": exception.obstacles, "back": came_from(request), "texts": texts_of(request)}
            return render(request, "core/refused.html", context, status=409)
        return None


def came_from(request: HttpRequest) -> str:
    """The page the person came from, if it is ours; else home."""
    referer = request.headers.get("referer", "")
    if url_has_allowed_host_and_scheme(referer, {request.get_host()}, require_https=request.is_secure()):
        return referer
    return "/"
