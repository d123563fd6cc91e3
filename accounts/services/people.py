"""Makes people and keeps what they say about themselves."""

from __future__ import annotations

from dataclasses import dataclass

from allauth.account.models import EmailAddress
from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.models import RoleAssignment, User
from accounts.selectors.folk import known_to
from accounts.selectors.people import user_at
from accounts.services import questions
from accounts.services.answering import require_answers_for
from accounts.services.notices import notify
from core import authz, clock
from core.actor import Actor
from core.models import AccessLink, Office
from core.requirements import Obstacle, StepRefused
from core.services import mail, obligations
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
    """The person with this address, made if there is none. Someone already there is left as they are; an address that
    was merged into another person's is that person.

    The caller asks for the right: a person without a role may nothing, so this alone opens no door.
    """
    known = user_at(email)
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
    row.set_keys()
    row.version += 1
    row.save(update_fields=[*changed, "sort_key", "search_key", "version"])
    record(code="profile.changed", subject=row, by=by, data={"fields": changed})
    if "name" in changed:
        _renamed(row)
    return row


@transaction.atomic
def change_person(
    *, user: User, name: str, email: str, office: Office, by: Actor, seen_version: int | None = None
) -> User:
    """The office mends a name or an address. Both addresses are told, so that nobody is moved without knowing.

    An address is the key to all a person holds: only someone who could have given all of it may change it. Raises
    NotAllowed, StaleVersion, and StepRefused when somebody else has the address.
    """
    authz.require(by, "accounts.keep_people", office)
    row = lock(user)
    check_version(row, seen_version)
    name, email, before = name.strip(), email.strip(), row.email
    changed = [field for field, new in (("name", name), ("email", email)) if getattr(row, field) != new]
    if not changed:
        return row
    require_answers_for(row, by=by)
    other = User.objects.filter(email__iexact=email).exclude(pk=row.pk).first()
    if other is not None:
        text = (
            _("Somebody else is registered with this address. If it is the same person, merge the two instead.")
            if known_to(office).filter(pk=other.pk).exists()
            else _("This address can’t be used here. Ask the person for another one.")
        )
        raise StepRefused([Obstacle("address_taken", text, "email")])
    row.name, row.email = name, email
    row.set_keys()
    row.version += 1
    if "email" in changed:
        _shut_out_the_old_address(row)
    row.save(update_fields=["name", "email", "password", "sort_key", "search_key", "version"])
    data = {"person": name, "fields": changed}
    if "email" in changed:
        EmailAddress.objects.filter(user=row).delete()
        data |= {"before": before, "after": email}
    record(code="person.changed", subject=row, by=by, office=office, data=data)
    if "name" in changed:
        _renamed(row)
    if "email" in changed:
        _tell_both(row, before, office, by)
    return row


def _shut_out_the_old_address(row: User) -> None:
    """Whoever reads the old mailbox comes in no more: links in mails stop working, and a new key ends open sessions."""
    AccessLink.objects.filter(user=row, revoked_at__isnull=True).update(revoked_at=clock.now())
    row.set_unusable_password()


def _renamed(row: User) -> None:
    """What waits for somebody and says the person's name: put it right."""
    questions.renamed(person=row)
    obligations.sync_many(list(RoleAssignment.objects.filter(user=row, confirmed_at__isnull=True)))


ADDRESS = {
    "nb": (
        "E-postadressen din i Årshjul er endret",
        "{giver} hos {office} har endret adressen din i Årshjul fra {before} til {after}. Fra nå av logger du inn med "
        "{after}.\n\nEr ikke dette riktig? Si fra til {office} med en gang.",
    ),
    "nn": (
        "E-postadressa di i Årshjul er endra",
        "{giver} hos {office} har endra adressa di i Årshjul frå {before} til {after}. Frå no av loggar du inn med "
        "{after}.\n\nEr ikkje dette rett? Sei frå til {office} med ein gong.",
    ),
}


def _tell_both(row: User, before: str, office: Office, by: Actor) -> None:
    def texts(form: str) -> tuple[str, str]:
        title, body = ADDRESS[form]
        words = {
            "giver": by.person.name if by.person else "Årshjul",
            "office": office.name_in(form, clock.today()),
            "before": before,
            "after": row.email,
        }
        return title, body.format(**words)

    key = f"person.changed:{row.pk}:{row.version}"
    notify(
        users=[row],
        code="person.changed",
        key=key,
        subject=row,
        office=office,
        texts=lambda _person, form: texts(form),
        url=reverse("accounts:profile"),
    )
    form = row.form or office.default_form
    title, body = texts(form)
    mail.decide(key=f"{key}:old", to=before, subject=title, body=f"{body}\n", form=form, office=office)
