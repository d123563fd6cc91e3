"""What `networks` keeps in a person's name: the contact of a provider in a network, and the office's contact person."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta

from django.db.models import Q
from django.utils.translation import gettext as _

from accounts.handover import Item, Part
from accounts.models import RoleAssignment, User
from accounts.selectors.holders import living
from accounts.services.roles import finish
from core import authz, clock
from core.actor import Actor
from core.enums import Role
from core.models import Office
from core.services.events import record
from networks.models import OfficeOrganisation, ProviderContact
from networks.services.networks import add_provider_contact


class ContactPart(Part):
    """The provider's contact in a network; the role goes with it."""

    code = "contact"

    def items(self, person: User, *, office: Office | None, on: date, by: Actor) -> list[Item]:
        rows = ProviderContact.objects.filter(
            Q(valid_to__isnull=True) | Q(valid_to__gte=on), user=person
        ).select_related("network__anchor", "organisation__anchor")
        if office is not None:
            rows = rows.filter(network__office=office)
        roles = {
            (role.anchor_id, role.held_for_id): role.pk
            for role in RoleAssignment.objects.filter(living(on), user=person, role=Role.PROVIDER_CONTACT)
        }
        return [
            Item(
                self.code,
                row.pk,
                _("Contact for %(organisation)s") % {"organisation": row.organisation.anchor.name},
                row.network.anchor.name,
                row.valid_from,
                row.valid_to,
                why_not=""
                if authz.allowed(by, "networks.keep_registers", row.network)
                else authz.why_not(by, "networks.keep_registers", row.network),
                covers=tuple(
                    f"role:{pk}"
                    for pk in [roles.get((row.network.anchor_id, row.organisation.anchor_id))]
                    if pk is not None
                ),
            )
            for row in rows.order_by("network__sort_key", "pk")
        ]

    def move(
        self, rows: Mapping[int, User | None], *, person: User, office: Office | None, on: date, by: Actor
    ) -> None:
        found = ProviderContact.objects.select_for_update(of=("self",)).filter(pk__in=rows, user=person)
        for row in found.select_related("network__anchor", "organisation__anchor").order_by("pk"):
            successor = rows[row.pk]
            if successor is not None:
                add_provider_contact(
                    network=row.network,
                    organisation=row.organisation,
                    user=successor,
                    by=by,
                    valid_from=max(on, row.valid_from),
                )
            end_contact(row, person=person, on=on, by=by)


def end_contact(row: ProviderContact, *, person: User, on: date, by: Actor) -> None:
    """The contact's last day is the day before; one that hadn't begun never was. The role ends with it."""
    network, organisation = row.network.anchor, row.organisation.anchor
    day = (on - timedelta(days=1)).isoformat()
    data = {"person": person.name, "organisation": organisation.name, "network": network.name, "day": day}
    record(code="provider_contact.ended", subject=row, by=by, office=row.network.office_id, data=data)
    if row.valid_from >= on:
        row.delete()
    else:
        row.valid_to = on - timedelta(days=1)
        row.save(update_fields=["valid_to"])
    roles = RoleAssignment.objects.select_for_update(of=("self",)).filter(
        living(clock.today()), user=person, role=Role.PROVIDER_CONTACT, anchor=network, held_for=organisation
    )
    for role in roles.select_related("user", "anchor", "held_for", "office__anchor"):
        finish(role, by=by, last_day=on - timedelta(days=1))


class NamePart(Part):
    """The name the office has written as contact person of an organisation."""

    code = "contact_name"

    def items(self, person: User, *, office: Office | None, on: date, by: Actor) -> list[Item]:
        rows = OfficeOrganisation.objects.filter(contact_name__iexact=person.name).select_related(
            "organisation__anchor", "office"
        )
        if office is not None:
            rows = rows.filter(office=office)
        return [
            Item(
                self.code,
                row.pk,
                _("Contact person in the register"),
                row.organisation.anchor.name,
                note=_("Is changed at once, whatever day you choose."),
            )
            for row in rows.order_by("organisation__sort_key", "pk")
            if authz.allowed(by, "networks.keep_registers", row.office)
        ]

    def move(
        self, rows: Mapping[int, User | None], *, person: User, office: Office | None, on: date, by: Actor
    ) -> None:
        found = OfficeOrganisation.objects.select_for_update(of=("self",)).filter(pk__in=rows)
        for row in found.select_related("organisation__anchor").order_by("pk"):
            successor = rows[row.pk]
            row.contact_name = successor.name if successor is not None else ""
            row.version += 1
            row.save(update_fields=["contact_name", "version"])
            data = {"name": row.organisation.anchor.name}
            record(code="contact.changed", subject=row, by=by, office=row.office_id, data=data)
