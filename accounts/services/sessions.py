"""Leaves its mark in the log when somebody comes in, and mails the code they come in with."""

from __future__ import annotations

from django.db import transaction
from django.template.loader import render_to_string
from django.utils.crypto import get_random_string

from accounts.models import User
from core.actor import Actor
from core.models import AccessLink
from core.services import links, mail
from core.services.events import record
from core.whose import office_of


@transaction.atomic
def mail_code(*, user: User, code: str, form: str) -> None:
    """Mail a one-time code. ``form``: the language of the screen, used if the person has chosen none."""
    form = user.form or form
    text = render_to_string(f"accounts/mail/code.{form}.txt", {"first_name": user.first_name, "code": code})
    title, _, body = text.partition("\n")
    mail.decide(
        key=f"code:{user.pk}:{get_random_string(16)}",
        to=user.email,
        subject=title.strip(),
        body=body.strip() + "\n",
        form=form,
        user=user,
    )


def signed_in(*, user: User, way: str) -> None:
    """Note that a person came in, and how: ``code``, ``invitation`` or ``demo``."""
    record(code="person.signed_in", subject=user, by=Actor(user=user), data={"way": way})


@transaction.atomic
def use_link(*, link: AccessLink) -> None:
    """Note that a personal link was used to come in."""
    links.mark_used(link)
    record(
        code="link.used",
        subject=link,
        by=Actor(link=link),
        office=office_of(link.subject),
        data={"purpose": link.purpose},
    )
