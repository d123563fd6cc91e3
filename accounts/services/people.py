"""Makes people and keeps what they say about themselves."""

from __future__ import annotations

from dataclasses import dataclass

from django.db import transaction

from accounts.models import User
from accounts.services import questions
from core import authz, clock
from core.actor import Actor
from core.services.events import record
from core.services.performing import check_version, lock


@transaction.atomic
def register_person(
    *,
    email: str,
    name: str,
    by: Actor,
    form: str = "",
    title_nb: str = "",
    title_nn: str = "",
    phone: str = "",
    is_demo: bool = False,
) -> User:
    """The person with this address, made if there is none. Someone already there is left as they are.

    The caller asks for the right: a person without a role may nothing, so this alone opens no door.
    """
    known = User.objects.filter(email__iexact=email.strip()).first()
    if known is not None:
        return known
    user = User.objects.create_user(
        email.strip(),
        name=name.strip(),
        form=form,
        title_nb=title_nb,
        title_nn=title_nn,
        phone=phone,
        is_demo=is_demo,
        created_at=clock.now(),
    )
    record(code="person.registered", subject=user, by=by, data={"person": user.name})
    return user


@transaction.atomic
def make_operator(*, email: str, name: str, by: Actor, is_demo: bool = False) -> User:
    """One who runs the installation: makes offices and lets their first administrator in. Being one changes nothing.

    Only commands call it: whoever may run them holds the machine.
    """
    user = lock(register_person(email=email, name=name, by=by, is_demo=is_demo))
    if not user.is_staff:
        user.is_staff = True
        user.save(update_fields=["is_staff"])
        record(code="person.operator", subject=user, by=by, data={"person": user.name})
    return user


@dataclass(frozen=True, slots=True, kw_only=True)
class ProfileFields:
    """What a person says about themselves. ``form`` is ``nb`` or ``nn``; titles are printed in letters."""

    name: str
    phone: str = ""
    title_nb: str = ""
    title_nn: str = ""
    form: str = ""


@transaction.atomic
def change_profile(*, user: User, fields: ProfileFields, by: Actor, seen_version: int | None = None) -> User:
    """Keep the person's own choices. Raises StaleVersion if they were changed in another window meanwhile."""
    row = lock(user)
    authz.require(by, "accounts.edit_profile", row)
    check_version(row, seen_version)
    return _keep(row, fields, by)


@transaction.atomic
def choose_form(*, user: User, form: str, by: Actor) -> User:
    """Keep which written form the person reads; choosing the same again changes nothing."""
    row = lock(user)
    authz.require(by, "accounts.edit_profile", row)
    same = ProfileFields(name=row.name, phone=row.phone, title_nb=row.title_nb, title_nn=row.title_nn, form=form)
    return _keep(row, same, by)


def keep_form(by: Actor, form: str) -> None:
    """The language switch of a signed-in person, kept for their mails and next visit."""
    if by.user is not None and by.user.form != form:
        choose_form(user=by.user, form=form, by=by)


def _keep(row: User, fields: ProfileFields, by: Actor) -> User:
    names = ("name", "phone", "title_nb", "title_nn", "form")
    changed = [name for name in names if getattr(row, name) != getattr(fields, name)]
    if not changed:
        return row
    for name in changed:
        setattr(row, name, getattr(fields, name))
    row.version += 1
    row.save(update_fields=[*changed, "version"])
    record(code="profile.changed", subject=row, by=by, data={"fields": changed})
    if "name" in changed:
        questions.renamed(person=row)
    return row
