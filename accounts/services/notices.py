"""Tells people: a notice on the screen, and a mail that is its copy."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any
from urllib.parse import urljoin

from django.conf import settings
from django.db import models, transaction
from django.urls import reverse
from django.utils import translation

from accounts.models import Notice, User
from core import clock
from core.dates import format_date
from core.enums import WrittenForm
from core.models import Message, Office
from core.models.subjects import subject_key
from core.services import links, mail

MailTexts = Callable[[User, str], tuple[str, str]]
"""(person, written form) -> (subject, body), called with that form's interface language active."""

GREETING = {"nb": "Hei, {name}.", "nn": "Hei, {name}."}
ONLY_YOURS = {
    "nb": "Lenken er bare til deg, så ikke send den videre. Den virker til {day}.",
    "nn": "Lenkja er berre til deg, så ikkje send ho vidare. Ho verkar til {day}.",
}
REPLY = {
    "nb": "Lurer du på noe? Svar på denne e-posten.",
    "nn": "Lurer du på noko? Svar på denne e-posten.",
}
REGARDS = {"nb": "Hilsen {office}", "nn": "Helsing {office}"}


@transaction.atomic
def notify(
    *,
    users: Iterable[User],
    code: str,
    key: str,
    subject: models.Model,
    office: Office,
    texts: MailTexts,
    url: str,
    purpose: str = "",
    data: Mapping[str, Any] | None = None,
    closing: bool = True,
) -> int:
    """Tell each person once (``key`` and the person), in their own written form; returns how many were told now.
    Whoever was merged into another is told there.

    ``url`` is a path. The mail gets it as an absolute address in a line of its own, unless the body already has it.
    With ``purpose`` the address is a personal link to ``subject``. ``closing`` adds whom to ask and who greets; a body
    that doesn't begin with «Hei» gets a greeting.
    """
    present = (user.merged_into or user for user in users)
    people = {user.pk: user for user in present if user.is_active}
    keys = {f"{key}:{pk}": user for pk, user in people.items()}
    told = set(Message.objects.filter(key__in=keys).values_list("key", flat=True))
    count = 0
    for message_key, user in keys.items():
        if message_key in told:
            continue
        form = user.form or office.default_form
        titles = {each: _texts(texts, user, each) for each in WrittenForm.values}
        title, body = titles[form]
        message, made = mail.decide(
            key=message_key,
            to=user.email,
            subject=title,
            body=_whole_body(
                user=user,
                form=form,
                body=body,
                subject=subject,
                office=office,
                url=url,
                purpose=purpose,
                closing=closing,
            ),
            form=form,
            user=user,
            office=office,
        )
        if not made:
            continue
        Notice.objects.create(
            user=user,
            office=office,
            code=code,
            data={**(data or {}), "title": {each: text[0] for each, text in titles.items()}},
            url=url,
            message=message,
            at=clock.now(),
            **subject_key(subject),
        )
        count += 1
    return count


def absolute(path: str) -> str:
    """A path of ours as an address that works in a mail."""
    return urljoin(str(settings.BASE_URL), path)


def _texts(texts: MailTexts, user: User, form: str) -> tuple[str, str]:
    with translation.override(form):
        title, body = texts(user, form)
        return str(title), str(body)


def _whole_body(
    *,
    user: User,
    form: str,
    body: str,
    subject: models.Model,
    office: Office,
    url: str,
    purpose: str,
    closing: bool,
) -> str:
    parts = [body.strip()]
    if not body.lstrip().startswith("Hei"):
        parts.insert(0, GREETING[form].format(name=user.first_name))
    if purpose:
        link, token = links.issue(subject=subject, purpose=purpose, user=user, url=url)
        parts.append(absolute(reverse("accounts:link", args=[token])))
        last_day = format_date(clock.local(link.expires_at).date(), form)
        parts.append(ONLY_YOURS[form].format(day=last_day))
    elif url and absolute(url) not in body:
        parts.append(absolute(url))
    if closing:
        parts += [REPLY[form], REGARDS[form].format(office=office.name_in(form, clock.today()))]
    return "\n\n".join(parts) + "\n"


@transaction.atomic
def mark_read(*, user: User) -> int:
    """All the person's notices are read now; returns how many were new."""
    return Notice.objects.filter(user=user, read_at__isnull=True).update(read_at=clock.now())
