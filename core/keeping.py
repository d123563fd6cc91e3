"""Nothing typed is lost when a session has ended: the form is kept for the one who wrote it.

Who wrote it is told by the page itself: every form carries a CSRF token, Django makes a new secret each time somebody
signs in, and a signed cookie in the browser remembers whose secret was whose. So the text follows the page it was
written on, also when another person has signed in on the same machine meanwhile (docs/adr/, «Text kept for its
writer»).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import get_user_model
from django.core import signing
from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.middleware.csrf import CSRF_TOKEN_LENGTH, _unmask_cipher_token  # type: ignore[attr-defined]
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.crypto import salted_hmac
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.csrf import csrf_failure as say_csrf_failed

from core.actor import Actor
from core.forms.conflict import chosen
from core.middleware import LINK_SESSION_KEY, came_from, link_of, opens
from core.selectors.stash import KeptForm, is_text, kept_for
from core.services import stash

WRITER_COOKIE = "writers"
DAYS = 7
"""How long a page may have been open: over a weekend, or a week of holiday."""
WRITERS = 5
"""Sign-ins one browser remembers."""
SALT = "core.keeping"

KEPT_FIELD = "kept"
"""Names the kept form that is sent again, so that it is forgotten when it has arrived."""
WAITING = "kept_waits"
"""In the session: something is kept, and the frame of each page says so."""

CODE = 3
"""So short a word may be a choice or a number of ours; a longer one is given back, whatever it is."""

_CARRIED = frozenset({"csrfmiddlewaretoken", "version", KEPT_FIELD})
_LEFT = _CARRIED - {"version"}
_SECRET_NAME = re.compile(r"passw|passord|secret|token|^code$|^kode$", re.IGNORECASE)
_ELEVEN_DIGITS = re.compile(r"\s*(?:\d[\s.]?){11}\s*")
"""An account number or a national identity number: typed again sooner than stored where nobody looks for it."""


class KeepingMiddleware:
    """Remembers who writes in this browser, keeps their form when the session has ended, and leads them back to it.

    Stands before the middleware that sends strangers to sign in, and after the one that checks CSRF tokens.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        before = _who(request)
        person = _person(request) if before else None
        response = self.get_response(request)
        after = _who(request)
        if after and after != before:
            actor = _just_come(request)
            person = actor.person.pk if actor and actor.person else None
            response = _lead_to_kept(request, response, actor)
        elif after:
            _forget_sent(request, response)
        _remember(request, response, person if after else None, gone=None if after else person)
        return response

    def process_view(
        self,
        request: HttpRequest,
        view: Callable[..., HttpResponseBase],
        _args: Sequence[object],
        _kwargs: dict[str, object],
    ) -> HttpResponse | None:
        """A form sent to a page that asks one to sign in, by someone who isn't any longer.

        A form put together after a conflict, or sent again, is the same for its page as one sent for the first time.
        """
        if request.method != "POST":
            return None
        if KEPT_FIELD in request.POST:
            data = request.POST.copy()
            request.sent_again = data.pop(KEPT_FIELD)[-1]  # type: ignore[attr-defined]
            request.POST = data  # type: ignore[assignment]
        request.POST = chosen(request.POST)  # type: ignore[assignment]
        if not getattr(view, "login_required", True) or _comes_in(request, view):
            return None
        return _answer_ended(request, _writer(request, request.META.get("CSRF_COOKIE", "")))


def _comes_in(request: HttpRequest, view: Callable[..., HttpResponseBase]) -> bool:
    """Whether the page is open to who asks; a personal link opens its object's pages alone."""
    actor: Actor | None = request.actor or None  # type: ignore[attr-defined]
    if actor is None or actor.link is None:
        return actor is not None
    return opens(actor.link, request.path_info) or getattr(view, "open_to_links", False)


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """A form whose token is of an earlier sign-in is kept for whoever wrote it; any other is refused as before.

    A form from a stranger's page is refused for where it comes from, before its token is looked at: ``reason`` says so.
    """
    view = request.resolver_match.func if request.resolver_match else None
    inside = view is not None and getattr(view, "login_required", True)
    if not reason.startswith("CSRF") or not inside or not written(fields_of(request)):
        return say_csrf_failed(request, reason)
    writer = _writer(request, _secret_of(request.POST.get("csrfmiddlewaretoken", "")))
    if not request.actor:  # type: ignore[attr-defined]
        return _answer_ended(request, writer)
    if writer is None or not (row := _keep(request, writer)):
        return _not_kept(request, told=_("You signed in anew after the page was opened, so nothing was saved."))
    if writer != _person(request):
        return render(request, "core/kept_for_other.html", status=403)
    if all(one.row.pk != row for one in waiting(request.actor)):  # type: ignore[attr-defined]
        messages.warning(request, _("What you wrote is kept for 24 hours. Sign in, and you can send it."))
        return _to_sign_in(reverse("core:kept_form", args=[row]))
    request.session[WAITING] = True
    messages.warning(request, _("You signed in anew after the page was opened. What you wrote is kept."))
    return redirect("core:kept_form", row)


def fields_of(request: HttpRequest) -> list[stash.Field]:
    """What was typed, without what belongs to the sending. Files and secrets stand as names alone."""
    fields: list[stash.Field] = [
        (name, None if _SECRET_NAME.search(name) or _ELEVEN_DIGITS.fullmatch(str(value)) else str(value))
        for name, values in request.POST.lists()
        if name not in _LEFT
        for value in values
    ]
    return fields + [(name, None) for name, files in request.FILES.lists() if any(files)]


def written(fields: Sequence[stash.Field]) -> bool:
    """Whether somebody wrote something, or only pressed a button."""
    own = [value for name, value in fields if name not in _CARRIED and value]
    return len(own) > 1 or any(is_text(value) for value in own)


# --- Answering --------------------------------------------------------------------------------------------------------


def _answer_ended(request: HttpRequest, writer: int | None) -> HttpResponse:
    """The session has ended: keep what was written, and lead to sign in."""
    if not written(fields_of(request)):
        messages.warning(request, _("You were signed out, so nothing was done. Sign in, and press the button again."))
        return _to_sign_in(came_from(request))
    if writer is None or not (row := _keep(request, writer)):
        return _not_kept(request, told=_("You were signed out before you pressed the button, so nothing was saved."))
    messages.warning(
        request, _("You were signed out, but what you wrote is kept for 24 hours. Sign in, and you can send it.")
    )
    return _to_sign_in(reverse("core:kept_form", args=[row]))


def _to_sign_in(then: str) -> HttpResponseRedirect:
    return HttpResponseRedirect(f"{reverse(settings.LOGIN_URL)}?{urlencode({'next': then})}")


def _not_kept(request: HttpRequest, *, told: str) -> HttpResponse:
    """Nobody to keep it for, or too much: the page gives it all back, to be copied, but for the codes of choices."""
    texts = [value for _name, value in fields_of(request) if value and (len(value) > CODE or is_text(value))]
    back = came_from(request)
    return render(request, "core/not_kept.html", {"told": told, "texts": texts, "back": back}, status=403)


def _keep(request: HttpRequest, writer: int) -> int | None:
    """The kept form's id; None if it is too large."""
    try:
        row = stash.keep(user_id=writer, path=request.get_full_path(), fields=fields_of(request))
    except stash.TooMuch:
        return None
    return row.pk


def _lead_to_kept(request: HttpRequest, response: HttpResponse, actor: Actor | None) -> HttpResponse:
    """Whoever has just come in is led to what is kept for them, whichever way they came in."""
    kept = waiting(actor)
    request.session[WAITING] = bool(kept)
    if kept and isinstance(response, HttpResponseRedirect):
        one = len(kept) == 1
        response["Location"] = reverse("core:kept_form", args=[kept[0].row.pk]) if one else reverse("core:kept")
    return response


def _forget_sent(request: HttpRequest, response: HttpResponse) -> None:
    """A kept form that has been sent again is with its page now, saved or shown with what must be mended."""
    again = getattr(request, "sent_again", "")
    if again.isdecimal() and len(again) < 18 and response.status_code < 400:
        forget(request, int(again))


def waiting(actor: Actor | None) -> list[KeptForm]:
    """What is kept for the actor. A personal link opens one object, so through it only what was written there."""
    found = kept_for(actor) if actor else []
    link = actor.link if actor else None
    return found if link is None else [one for one in found if opens(link, one.row.path.partition("?")[0])]


def forget(request: HttpRequest, pk: int) -> None:
    """Forget one kept form of the person behind the request; the frame says no more of it when it was the last."""
    actor: Actor | None = request.actor or None  # type: ignore[attr-defined]
    if actor and actor.person and any(one.row.pk == pk for one in waiting(actor)):
        stash.drop(user_id=actor.person.pk, pk=pk)
        request.session[WAITING] = bool(waiting(actor))


# --- Who writes -------------------------------------------------------------------------------------------------------


def _who(request: HttpRequest) -> tuple[str, int] | None:
    """Whose session this is, a person's or a personal link's, as told by the session alone."""
    if request.user.is_authenticated:
        return ("user", request.user.pk)
    link = request.session.get(LINK_SESSION_KEY)
    return None if link is None else ("link", link)


def _just_come(request: HttpRequest) -> Actor | None:
    """The actor after a sign-in; ``request.actor`` still is the one from before it."""
    if request.user.is_authenticated:
        return Actor.for_user(request.user)
    link = link_of(request)
    return Actor.for_link(link) if link else None


def _person(request: HttpRequest) -> int | None:
    """The id of the person behind the request, also through a personal link."""
    if request.user.is_authenticated:
        return int(request.user.pk)
    actor: Actor | None = request.actor or None  # type: ignore[attr-defined]
    return actor.person.pk if actor and actor.person else None


def _remembered(request: HttpRequest) -> list[tuple[int, str]]:
    """(person, hash of the secret in their forms) of those who signed in in this browser, newest first."""
    try:
        found = signing.loads(request.COOKIES.get(WRITER_COOKIE, ""), salt=SALT, max_age=DAYS * 24 * 60 * 60)
        return [(int(person), str(digest)) for person, digest in found]
    except (signing.BadSignature, TypeError, ValueError):
        return []


def _writer(request: HttpRequest, secret: str) -> int | None:
    """The person whose forms carry this secret, if they are still here."""
    wanted = _digest(secret)
    found = next((person for person, digest in _remembered(request) if secret and digest == wanted), None)
    here = get_user_model().objects.filter(pk=found, is_active=True) if found else None
    return found if here is not None and here.exists() else None


def _remember(request: HttpRequest, response: HttpResponse, person: int | None, *, gone: int | None) -> None:
    """Keep the cookie up to date: whoever is in is remembered, whoever signed out is forgotten."""
    secret = request.META.get("CSRF_COOKIE", "")
    known = _remembered(request)
    now = [pair for pair in known if pair[0] != gone]
    if person and secret and (person, _digest(secret)) not in now:
        now = [(person, _digest(secret)), *now][:WRITERS]
    if now == known:
        return
    if not now:
        response.delete_cookie(WRITER_COOKIE, samesite="Lax")
        return
    response.set_cookie(
        WRITER_COOKIE,
        signing.dumps(now, salt=SALT),
        max_age=DAYS * 24 * 60 * 60,
        httponly=True,
        samesite="Lax",
        secure=settings.SESSION_COOKIE_SECURE,
    )


def _digest(secret: str) -> str:
    return salted_hmac(SALT, secret).hexdigest()[:20]


def _secret_of(token: str) -> str:
    """The secret in a form's CSRF token; empty if it is none."""
    if len(token) != CSRF_TOKEN_LENGTH or not token.isascii() or not token.isalnum():
        return ""
    return str(_unmask_cipher_token(token))
