"""Reads account numbers of one office. Pages show them masked; the whole number only through reveal_account."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Q

from core.models import Office
from networks.models import Account, OfficeOrganisation, Organisation


@dataclass(frozen=True, slots=True)
class AccountState:
    """An organisation's accounts at an office: the one in use, and the one that waits to be confirmed."""

    organisation: Organisation
    in_use: Account | None = None
    pending: Account | None = None
    details: OfficeOrganisation | None = None


def account_in_use(office: Office, organisation: Organisation) -> Account | None:
    """The confirmed account number money goes to, or None."""
    return Account.objects.filter(
        office=office, organisation=organisation, ended_at__isnull=True, confirmed_at__isnull=False
    ).first()


def accounts_in_use(office: Office, organisations: Iterable[int]) -> dict[int, Account]:
    """The confirmed accounts of many organisations, by the organisation's id. One query."""
    rows = Account.objects.filter(
        office=office, organisation_id__in=organisations, ended_at__isnull=True, confirmed_at__isnull=False
    )
    return {row.organisation_id: row for row in rows}


def account_states(office: Office, organisations: Iterable[Organisation]) -> list[AccountState]:
    """What the office has on each organisation, in the order given. Two queries."""
    wanted = list(organisations)
    ids = [one.pk for one in wanted]
    live = Account.objects.filter(office=office, organisation_id__in=ids, ended_at__isnull=True).select_related(
        "entered_by", "confirmed_by"
    )
    in_use: dict[int, Account] = {}
    pending: dict[int, Account] = {}
    for row in live:
        (pending if row.confirmed_at is None else in_use)[row.organisation_id] = row
    details = {
        row.organisation_id: row for row in OfficeOrganisation.objects.filter(office=office, organisation_id__in=ids)
    }
    return [AccountState(one, in_use.get(one.pk), pending.get(one.pk), details.get(one.pk)) for one in wanted]


def organisations_of(office: Office, also: Iterable[int] = ()) -> list[Organisation]:
    """The organisations the office works with, and ``also`` these ids, in Norwegian order. One query."""
    known = OfficeOrganisation.objects.filter(office=office).values("organisation_id")
    return list(
        Organisation.objects.filter(Q(pk__in=known) | Q(pk__in=list(also)))
        .select_related("anchor")
        .order_by("sort_key", "pk")
    )
