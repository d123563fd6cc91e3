"""Networks and their ties, kept on screen: what is refused, with the sentence, and what each change leaves behind."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from io import BytesIO

import pytest

from accounts.models import RoleAssignment
from core import audit
from core.authz import NotAllowed
from core.models import Document, Event
from core.requirements import StaleVersion, StepRefused
from core.services.chain import audit_faults
from forums.services.forums import cover_network
from grants.services.announcing import announce
from networks.models import Host, Membership, Network, OfficeOrganisation, ProviderContact
from networks.services.hosts import SentUp, choose_host, end_host, read_mandate
from networks.services.memberships import add_member, end_membership
from networks.services.networks import change_network, end_network, register_network
from networks.services.organisations import change_organisation, register_organisation
from networks.services.provider_contacts import add_provider_contact, end_provider_contact
from tests.grants.rounds_world import SETUP, TODAY, Rounds, actor, opened

pytestmark = pytest.mark.django_db
YEAR_END = date(2026, 12, 31)


@pytest.fixture
def world(rounds: Rounds) -> Rounds:
    return rounds


def refusal(act: Callable[[], object]) -> list[tuple[str, str, str]]:
    """(code, sentence with plain spaces, where) of what a service says no to."""
    with pytest.raises(StepRefused) as refused:
        act()
    return [(one.code, str(one.text).replace("\u00a0", " "), one.anchor) for one in refused.value.obstacles]


def last_sentence() -> str:
    event = Event.objects.latest("pk")
    return audit.sentence(event.code, event.data).replace("\u00a0", " ")


def change(network: Network, world: Rounds, **values: object) -> bool:
    network.refresh_from_db()
    now = {
        "code": network.code,
        "name": network.anchor.name,
        "kind": network.kind,
        "parent": network.parent,
        "coordinator_organisation": network.coordinator_organisation,
    }
    return change_network(network=network, by=actor(world.officer), **now | values)  # type: ignore[arg-type]


# --- what a network is ------------------------------------------------------------------------------------------------


def test_a_change_says_what_was_changed(world: Rounds) -> None:
    first, second = world.networks
    rkk = register_organisation(name="RKK Dal", kind="coordinator", by=SETUP)
    assert change(second, world) is False
    assert change(
        second,
        world,
        name="Øvre Valdres",
        kind="sub_network",
        parent=first,
        coordinator_organisation=rkk,
        schemes=["x"],
    )
    second.refresh_from_db()
    assert (second.anchor.name, second.parent, second.version) == ("Øvre Valdres", first, 2)
    assert last_sentence() == (
        "endret nettverket Øvre Valdres: koordinerende organ, type, navn, hva det er en del av, ordninger"
    )
    assert change(second, world, schemes=["x"]) is False


def test_a_network_that_contains_itself(world: Rounds) -> None:
    first, second = world.networks
    third = register_network(
        office=world.office, code="N3", name="Innerst", kind="sub_network", parent=second, by=actor(world.officer)
    )
    change(second, world, parent=first)
    assert refusal(lambda: change(first, world, parent=first)) == [
        ("contains_itself", "Et nettverk kan ikke være en del av seg selv. Velg et annet.", "id_parent")
    ]
    assert refusal(lambda: change(first, world, parent=third)) == [
        (
            "contains_itself",
            "Innerst er selv en del av Lågendalen, så Lågendalen kan ikke være en del av det. Velg et annet nettverk.",
            "id_parent",
        )
    ]


def test_code_and_name_are_an_offices_own_once(world: Rounds) -> None:
    by = actor(world.officer)
    assert refusal(
        lambda: register_network(office=world.office, code="n1", name="LÅGENDALEN", kind="geographic", by=by)
    ) == [("code_taken", "Koden n1 er brukt av Lågendalen. Velg en annen.", "id_code")]
    assert refusal(
        lambda: register_network(office=world.office, code="N9", name="lågendalen", kind="geographic", by=by)
    ) == [
        (
            "name_taken",
            "Det finnes allerede et nettverk som heter Lågendalen, med koden N1. Velg et annet navn.",
            "id_name",
        )
    ]
    other = register_network(office=world.other, code="N1", name="Lågendalen", kind="geographic", by=SETUP)
    with pytest.raises(NotAllowed):
        change(world.networks[0], world, parent=other)


def test_two_who_change_a_network_at_once(world: Rounds) -> None:
    network = world.networks[0]
    change(network, world, name="Nytt navn")
    with pytest.raises(StaleVersion) as stale:
        change(network, world, name="Et annet", seen_version=1)
    assert (stale.value.saved_by, stale.value.current) == ("Anne Hov", 2)


# --- the end of a network ---------------------------------------------------------------------------------------------


def test_a_network_ends_with_all_its_ties(world: Rounds) -> None:
    network, by = world.networks[0], actor(world.officer)
    end_network(network=network, last_day=YEAR_END, by=by)
    network.refresh_from_db()
    assert (network.ended_on, network.last_day) == (date(2027, 1, 1), YEAR_END)
    for model in (Membership, Host, ProviderContact):
        ends = model._default_manager.filter(network=network).values_list("valid_to", flat=True)
        assert set(ends) == {YEAR_END}
    roles = RoleAssignment.objects.filter(anchor=network.anchor)
    assert set(roles.values_list("ends", "ended_at")) == {(YEAR_END, None)}
    assert list(Event.objects.order_by("pk").values_list("code", flat=True))[-5:] == [
        "network.ended", "membership.ended", "membership.ended", "host.ended", "provider_contact.ended",
    ]  # fmt: skip
    assert last_sentence() == (
        "satte 31. desember 2026 som siste dag Per Vik er kontakt for Høgskolen Glomma i Lågendalen"
    )


def test_a_day_that_has_passed_takes_the_roles_away(world: Rounds) -> None:
    end_network(network=world.networks[0], last_day=date(2026, 11, 1), by=actor(world.officer))
    live = RoleAssignment.objects.filter(anchor=world.networks[0].anchor, ended_at__isnull=True)
    assert list(live) == []


def test_a_network_something_depends_on_does_not_end(world: Rounds) -> None:
    first, second = world.networks
    by = actor(world.officer)
    change(second, world, parent=first)
    cover_network(forum=world.forum, network=first, by=by)
    announce(round=opened(world), by=by)
    assert [text for _code, text, _where in refusal(lambda: end_network(network=first, last_day=YEAR_END, by=by))] == [
        "Nettverket har en behovsmelding i runden 2027. Lukk runden først.",
        "Samarbeidsforum behandler nettverket. Endre det først.",
        "Valdres er en del av nettverket. Avslutt det først, eller flytt det til et annet nettverk.",
    ]


def test_a_network_does_not_end_before_its_ties_begin(world: Rounds) -> None:
    found = refusal(
        lambda: end_network(network=world.networks[1], last_day=date(2025, 12, 31), by=actor(world.officer))
    )
    assert found == [
        (
            "ties_begin_later",
            "Nettverket har medlemmer, vert eller kontakt fra 1. januar 2026. Velg en senere siste dag.",
            "id_last_day",
        )
    ]


def test_an_ended_network_gets_nothing_new(world: Rounds) -> None:
    network, by = world.networks[1], actor(world.officer)
    end_network(network=network, last_day=YEAR_END, by=by)
    network.refresh_from_db()
    later = {"network": network, "by": by, "valid_from": date(2027, 2, 1)}
    assert [
        refusal(lambda: add_member(organisation=world.hosts[0], sector="school", **later))[0][0],
        refusal(lambda: choose_host(organisation=world.hosts[0], **later))[0][0],
        refusal(lambda: add_provider_contact(organisation=world.university, user=world.member, **later))[0][0],
    ] == ["network_ended"] * 3


# --- members ----------------------------------------------------------------------------------------------------------


def test_periods_of_the_same_member_and_sector_do_not_overlap(world: Rounds) -> None:
    network, host, by = world.networks[0], world.hosts[0], actor(world.officer)
    member = Membership.objects.get(network=network, organisation=host)
    assert refusal(
        lambda: add_member(network=network, organisation=host, sector="school", by=by, valid_from=date(2026, 6, 1))
    ) == [
        (
            "membership_overlaps",
            "Hamre kommune er allerede med i Lågendalen (barnehage og skole) fra 1. januar 2026. "
            "Avslutt det først, eller velg andre dager.",
            "id_valid_from",
        )
    ]
    end_membership(membership=member, last_day=date(2026, 5, 31), by=by)
    for sector in ("school", "kindergarten"):
        add_member(network=network, organisation=host, sector=sector, by=by, valid_from=date(2026, 6, 1))
    assert refusal(lambda: end_membership(membership=member, last_day=date(2026, 7, 1), by=by)) == [
        (
            "membership_overlaps",
            "Det neste medlemskapet begynner før det: fra 1. juni 2026. Velg en tidligere dag.",
            "id_last_day",
        )
    ]


def test_an_owner_may_be_in_several_networks(world: Rounds) -> None:
    by = actor(world.officer)
    add_member(network=world.networks[1], organisation=world.hosts[0], sector="both", by=by, valid_from=TODAY)
    assert Membership.objects.filter(organisation=world.hosts[0]).count() == 2


def test_who_can_not_be_a_member(world: Rounds) -> None:
    by, network = actor(world.officer), world.networks[0]
    change_organisation(organisation=world.hosts[1], by=SETUP, ended_on=date(2026, 1, 31))
    ended = refusal(
        lambda: add_member(network=network, organisation=world.hosts[1], sector="both", by=by, valid_from=TODAY)
    )
    assert ended == [
        (
            "organisation_ended",
            "Fagerlund kommune ble avsluttet 31. januar 2026. Velg en annen, eller sett en siste dag før det.",
            "id_organisation",
        )
    ]
    before = {"valid_from": date(2025, 1, 1), "valid_to": date(2025, 12, 31)}
    row = add_member(network=network, organisation=world.hosts[1], sector="both", by=by, **before)
    assert row.valid_to == date(2025, 12, 31)
    assert [code for code, _text, _where in refusal(
        lambda: add_member(network=network, organisation=world.university, sector="both", by=by, valid_from=TODAY)
    )] == ["not_an_owner"]  # fmt: skip


def test_the_office_knows_who_joins(world: Rounds) -> None:
    new = register_organisation(name="Ny kommune", kind="municipality", by=SETUP)
    add_member(network=world.networks[0], organisation=new, sector="both", by=actor(world.officer), valid_from=TODAY)
    assert OfficeOrganisation.objects.filter(office=world.office, organisation=new).count() == 1


# --- hosts ------------------------------------------------------------------------------------------------------------


def test_who_never_receives_the_money(world: Rounds) -> None:
    rkk = register_organisation(name="RKK Dal", kind="coordinator", by=SETUP)
    union = register_organisation(name="Lærarlaget", kind="interest", by=SETUP)
    by, network = actor(world.officer), world.networks[0]
    for body in (rkk, union):
        found = refusal(lambda: choose_host(network=network, organisation=body, by=by, valid_from=date(2027, 1, 1)))  # noqa: B023
        assert found == [
            (
                "not_payable",
                f"{body.anchor.name} kan ikke få tilskudd uten å eie barnehager eller skoler. "
                "Velg en eier, for eksempel en kommune i nettverket.",
                "id_organisation",
            )
        ]
    change_organisation(organisation=world.hosts[1], by=SETUP, ended_on=date(2026, 10, 1))
    found = refusal(lambda: choose_host(network=network, organisation=world.hosts[1], by=by, valid_from=TODAY))
    assert [code for code, _text, _where in found] == ["organisation_ended"]


def test_the_days_of_hosts_do_not_overlap(world: Rounds) -> None:
    network, by = world.networks[0], actor(world.officer)
    end_host(host=network.hosts.get(), last_day=date(2026, 6, 30), by=by)
    choose_host(
        network=network, organisation=world.owners[1], by=by, valid_from=date(2026, 7, 1), valid_to=date(2026, 9, 30)
    )
    found = refusal(
        lambda: choose_host(network=network, organisation=world.hosts[0], by=by, valid_from=date(2026, 9, 1))
    )
    assert found == [
        (
            "host_overlaps",
            "Solvik barnehage 1 er vert fra 1. juli 2026 til 30. september 2026. "
            "Velg andre dager, eller avslutt det først.",
            "id_valid_from",
        )
    ]
    assert refusal(lambda: end_host(host=network.hosts.earliest("pk"), last_day=date(2026, 8, 1), by=by)) == [
        (
            "host_overlaps",
            "Solvik barnehage 1 er vert fra 1. juli 2026 til 30. september 2026. Velg en tidligere dag.",
            "id_last_day",
        )
    ]


def test_somebody_chose_another_host_meanwhile(world: Rounds) -> None:
    network, by = world.networks[0], actor(world.officer)
    seen = network.hosts.get().pk
    choose_host(network=network, organisation=world.owners[1], by=by, valid_from=TODAY, seen_host=seen)
    with pytest.raises(StaleVersion) as stale:
        choose_host(network=network, organisation=world.hosts[1], by=by, valid_from=date(2027, 1, 1), seen_host=seen)
    assert stale.value.saved_by == "Anne Hov"


def test_a_mandate_is_journaled_and_reading_it_is_logged(world: Rounds) -> None:
    network, by = world.networks[0], actor(world.officer)
    row = choose_host(
        network=network,
        organisation=world.owners[1],
        by=by,
        valid_from=TODAY,
        mandate_note="Sak 4",
        sent_up=SentUp("fullmakt.pdf", BytesIO(b"%PDF-1.7 x")),
    )
    document = Document.objects.get(pk=row.mandate_id)
    assert (document.kind, document.title, str(document.case)) == (
        "in", "Fullmakt: Solvik barnehage 1 tar imot tilskudd for Lågendalen", "2026/0001",
    )  # fmt: skip
    assert [party.name for party in document.parties.all()] == ["Solvik barnehage 1"]
    file = document.files.get()
    assert read_mandate(host=row, file=file, by=actor(world.coordinator)) == b"%PDF-1.7 x"
    assert last_sentence() == "leste fullmakten Solvik barnehage 1 har til å ta imot penger for Lågendalen"
    assert audit_faults() == []
    with pytest.raises(NotAllowed):
        read_mandate(host=row, file=file, by=actor(world.stranger))


def test_a_mandate_that_is_no_document_is_refused_and_nothing_is_saved(world: Rounds) -> None:
    network, before = world.networks[0], Host.objects.count()
    found = refusal(
        lambda: choose_host(
            network=network,
            organisation=world.owners[1],
            by=actor(world.officer),
            valid_from=TODAY,
            sent_up=SentUp("fullmakt.pdf", BytesIO(b"MZ not a document")),
        )
    )
    assert [(code, where) for code, _text, where in found] == [("upload_kind", "id_document")]
    assert (Host.objects.count(), network.hosts.get().valid_to, Document.objects.count()) == (before, None, 0)


# --- contacts ---------------------------------------------------------------------------------------------------------


def test_a_contact_ends_with_the_role(world: Rounds) -> None:
    contact, by = ProviderContact.objects.get(), actor(world.officer)
    end_provider_contact(contact=contact, last_day=YEAR_END, by=by)
    role = RoleAssignment.objects.get(user=world.provider_contact)
    assert (role.ends, role.ended_at) == (YEAR_END, None)
    end_provider_contact(contact=contact, last_day=date(2026, 11, 15), by=by)
    role.refresh_from_db()
    assert role.ended_at is not None
    assert refusal(lambda: end_provider_contact(contact=contact, last_day=date(2025, 1, 1), by=by)) == [
        ("ends_before_start", "Siste dag er før første dag, 1. januar 2026. Velg en senere dag.", "id_last_day")
    ]


def test_only_a_provider_has_a_contact(world: Rounds) -> None:
    found = refusal(
        lambda: add_provider_contact(
            network=world.networks[1],
            organisation=world.hosts[0],
            user=world.stranger,
            by=actor(world.officer),
            valid_from=TODAY,
        )
    )
    assert [code for code, _text, _where in found] == ["not_a_provider"]
