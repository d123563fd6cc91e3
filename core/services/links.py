"""Personal links: a token in a mail that opens one object. Letters are never opened by link."""

from __future__ import annotations

import hashlib
import secrets
from datetime import timedelta
from typing import Any

from django.db import models, transaction

from core import clock
from core.models import AccessLink
from core.models.subjects import subject_key

TOKEN_BYTES = 24
DAYS = 30


class LinkProblem(Exception):
    """A link that can't be used; ``code`` is unknown, expired or revoked."""

    def __init__(self, code: str) -> None:
        self.code = code
        super().__init__(code)


def hashed(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


@transaction.atomic
def issue(
    *, subject: models.Model, purpose: str, user: Any = None, email: str = "", url: str = "", days: int = DAYS
) -> tuple[AccessLink, str]:
    """Make a link to one object, which leads to the page ``url`` (a path); returns it and the token, stored nowhere."""
    token = secrets.token_urlsafe(TOKEN_BYTES)
    moment = clock.now()
    link = AccessLink.objects.create(
        token_hash=hashed(token),
        user=user,
        email=email,
        purpose=purpose,
        url=url,
        created_at=moment,
        expires_at=moment + timedelta(days=days),
        **subject_key(subject),
    )
    return link, token


def find(token: str) -> AccessLink:
    """The link of a token. Raises LinkProblem."""
    link = AccessLink.objects.select_related("user").filter(token_hash=hashed(token)).first()
    if link is None:
        raise LinkProblem("unknown")
    if link.revoked_at is not None or (link.user is not None and not link.user.is_active):
        raise LinkProblem("revoked")
    if link.expires_at <= clock.now():
        raise LinkProblem("expired")
    return link


def mark_used(link: AccessLink) -> None:
    """Note the first use; later uses of the same link stay possible until it expires."""
    if link.first_used_at is None:
        link.first_used_at = clock.now()
        link.save(update_fields=["first_used_at"])
