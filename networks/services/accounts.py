"""Account numbers: entered by one, confirmed by another with a note, and every look at one is logged."""

from __future__ import annotations

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import User
from core import authz, clock
from core.actor import Actor
from core.identifiers import normalise_account
from core.models import Office
from core.requirements import Obstacle, StepRefused
from core.services.events import record
from networks.models import Account, Organisation
from networks.selectors.standing import why_not_payee


@transaction.atomic
def enter_account(*, office: Office, organisation: Organisation, number: str, by: Actor) -> Account:
    """Enter a number; it counts when someone else has confirmed it. A number that still waits is replaced.

    The number in use stays in use until the new one is confirmed. Raises core.identifiers.UnreadableIdentifier for a
    wrong check digit (modulus 11), NotAllowed, and StepRefused when this number is in use already, or when the
    organisation can't be paid at all (it has ended, or owns nothing).
    """
    authz.require(by, "networks.enter_account", office)
    if obstacles := why_not_payee(organisation, on=clock.today()):
        raise StepRefused(obstacles)
    digits = normalise_account(number)
    live = Account.objects.select_for_update(of=("self",)).filter(
        office=office, organisation=organisation, ended_at__isnull=True
    )
    for row in live:
        if row.number == digits and row.confirmed_at is None and row.entered_by_id == _person(by).pk:
            return row
        if row.number == digits and row.confirmed_at is not None:
            text = _("This account number is already confirmed for %(name)s.") % {"name": organisation.anchor.name}
            raise StepRefused([Obstacle("account_in_use", text, "id_number")])
        if row.confirmed_at is None:
            row.ended_at = clock.now()
            row.save(update_fields=["ended_at"])
    account = Account.objects.create(
        office=office, organisation=organisation, number=digits, entered_by=_person(by), entered_at=clock.now()
    )
    _log("account.entered", account, by)
    return account


@transaction.atomic
def confirm_account(*, account: Account, by: Actor, note: str, seen_number_tail: str = "") -> Account:
    """Say that the number has been checked, and how. The number that was in use before ends now.

    ``seen_number_tail``: the last four digits the person saw; another number in the meantime is refused. Raises
    NotAllowed, and StepRefused for the one who entered it (økonomireglementet: fraud control), without a note, or
    when there is nothing to confirm any more.
    """
    row = Account.objects.select_for_update(of=("self",)).select_related("organisation__anchor").get(pk=account.pk)
    authz.require(by, "networks.confirm_account", row)
    person = _person(by)
    if row.confirmed_by_id == person.pk and row.ended_at is None:
        return row
    obstacles = []
    if (
        row.confirmed_at is not None
        or row.ended_at is not None
        or (seen_number_tail and not row.number.endswith(seen_number_tail))
    ):
        text = _("The account number has been changed or confirmed by someone else. Open the page again.")
        raise StepRefused([Obstacle("account_changed", text)])
    if row.entered_by_id == person.pk:
        text = _("You entered this account number. Someone else in the office must confirm it.")
        obstacles.append(Obstacle("same_person", text))
    if not note.strip():
        text = _("Write how the number was checked, for example «rang the finance department, 3 May».")
        obstacles.append(Obstacle("note_missing", text, "id_note"))
    if obstacles:
        raise StepRefused(obstacles)
    Account.objects.filter(
        office_id=row.office_id, organisation_id=row.organisation_id, ended_at__isnull=True, confirmed_at__isnull=False
    ).update(ended_at=clock.now())
    row.confirmed_by, row.confirmed_at, row.confirm_note = person, clock.now(), note.strip()[:200]
    row.save(update_fields=["confirmed_by", "confirmed_at", "confirm_note"])
    _log("account.confirmed", row, by)
    return row


@transaction.atomic
def reject_account(*, account: Account, by: Actor, note: str) -> Account:
    """Take away a number that waits: the check showed that it is wrong. Raises NotAllowed and StepRefused."""
    row = Account.objects.select_for_update(of=("self",)).select_related("organisation__anchor").get(pk=account.pk)
    authz.require(by, "networks.confirm_account", row)
    if row.ended_at is not None:
        return row
    if row.confirmed_at is not None:
        text = _("The account number has been changed or confirmed by someone else. Open the page again.")
        raise StepRefused([Obstacle("account_changed", text)])
    if not note.strip():
        raise StepRefused([Obstacle("note_missing", _("Write why the number is rejected."), "id_note")])
    row.ended_at, row.confirm_note = clock.now(), note.strip()[:200]
    row.save(update_fields=["ended_at", "confirm_note"])
    _log("account.rejected", row, by)
    return row


@transaction.atomic
def reveal_account(*, account: Account, by: Actor) -> str:
    """The whole number, for someone who may see it; the look is logged. Raises NotAllowed."""
    authz.require(by, "networks.see_account", account)
    _log("account.seen", account, by)
    return account.number


def _person(by: Actor) -> User:
    """The human who acts: fraud control needs two of them, so the system can't stand in for one."""
    if by.user is None:
        raise authz.NotAllowed(str(authz.permission("networks.enter_account").who))
    return by.user


def _log(code: str, account: Account, by: Actor) -> None:
    data = {"name": account.organisation.anchor.name, "tail": account.number[-4:]}
    record(code=code, subject=account, by=by, office=account.office_id, data=data)
