"""«Mottaker og konto»: entered by one, confirmed by another, masked, and every look logged (domain.md § 2.4)."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.models import User
from core import clock
from core.authz import NotAllowed
from core.identifiers import UnreadableIdentifier, synthetic_account
from core.models import Event
from core.requirements import StepRefused
from grants.services.rounds import announce
from networks.models import Account, OfficeOrganisation
from networks.selectors.accounts import account_in_use
from networks.services.accounts import confirm_account, enter_account, reject_account, reveal_account
from tests.choosing import answered, asked
from tests.grants.rounds_world import SETUP, TODAY, Rounds, actor, build, opened

pytestmark = pytest.mark.django_db

FIRST, SECOND = synthetic_account(1), synthetic_account(2)


@pytest.fixture
def world(rounds: Rounds) -> Rounds:
    return rounds


def signed_in(user: User) -> Client:
    client = Client(HTTP_ACCEPT_LANGUAGE="nb")
    client.force_login(user)
    return client


def enter(world: Rounds, number: str = FIRST) -> Account:
    return enter_account(office=world.office, organisation=world.hosts[0], number=number, by=actor(world.officer))


def test_a_number_counts_when_another_has_confirmed_it(world: Rounds) -> None:
    account = enter(world, f"{FIRST[:4]} {FIRST[4:6]} {FIRST[6:]}")
    assert (account.number, account_in_use(world.office, world.hosts[0])) == (FIRST, None)
    with pytest.raises(StepRefused) as refused:
        confirm_account(account=account, by=actor(world.officer), note="Ringte")
    assert [obstacle.code for obstacle in refused.value.obstacles] == ["same_person"]
    confirm_account(account=account, by=actor(world.colleague), note="Ringte økonomisjefen")
    assert account_in_use(world.office, world.hosts[0]) == account
    again = confirm_account(account=account, by=actor(world.colleague), note="Ringte økonomisjefen")
    assert (again.pk, Event.objects.filter(code="account.confirmed").count()) == (account.pk, 1)


def test_a_new_number_replaces_the_old_when_confirmed(world: Rounds) -> None:
    old = confirm_account(account=enter(world), by=actor(world.colleague), note="Ringte")
    new = enter(world, SECOND)
    assert account_in_use(world.office, world.hosts[0]) == old
    confirm_account(account=new, by=actor(world.colleague), note="Ringte", seen_number_tail=SECOND[-4:])
    assert account_in_use(world.office, world.hosts[0]) == new
    assert Account.objects.get(pk=old.pk).ended_at is not None
    with pytest.raises(StepRefused) as refused:
        enter(world, SECOND)
    assert [obstacle.code for obstacle in refused.value.obstacles] == ["account_in_use"]


def test_confirming_needs_a_note_and_the_number_one_saw(world: Rounds) -> None:
    account = enter(world)
    for note, tail, code in ((" ", "", "note_missing"), ("Ringte", "0000", "account_changed")):
        with pytest.raises(StepRefused) as refused:
            confirm_account(account=account, by=actor(world.colleague), note=note, seen_number_tail=tail)
        assert [obstacle.code for obstacle in refused.value.obstacles] == [code]


def test_a_rejected_number_is_gone(world: Rounds) -> None:
    account = enter(world)
    with pytest.raises(StepRefused):
        reject_account(account=account, by=actor(world.colleague), note="")
    reject_account(account=account, by=actor(world.colleague), note="Feil mottaker")
    with pytest.raises(StepRefused) as refused:
        confirm_account(account=account, by=actor(world.colleague), note="Ringte")
    assert [obstacle.code for obstacle in refused.value.obstacles] == ["account_changed"]


def test_who_may_enter_and_look(world: Rounds) -> None:
    with pytest.raises(NotAllowed):
        enter_account(office=world.office, organisation=world.hosts[0], number=FIRST, by=actor(world.coordinator))
    with pytest.raises(NotAllowed):
        enter_account(office=world.office, organisation=world.hosts[0], number=FIRST, by=SETUP)
    with pytest.raises(UnreadableIdentifier):
        enter(world, "12345678901")
    account = enter(world)
    assert reveal_account(account=account, by=actor(world.colleague)) == FIRST
    assert Event.objects.filter(code="account.seen").count() == 1
    with pytest.raises(NotAllowed):
        reveal_account(account=account, by=actor(world.stranger))


def test_the_page_takes_a_number_from_one_and_a_confirmation_from_another(world: Rounds) -> None:
    url = f"/innlandet/konto/{world.hosts[0].pk}/"
    wrong = signed_in(world.officer).post(url, {"action": "enter", "number": "1234 56 78901"})
    assert wrong.status_code == 200
    assert 'value="1234 56 78901"' in wrong.content.decode()
    assert "ds-error-summary" in wrong.content.decode()
    first = signed_in(world.officer).post(url, {"action": "enter", "number": FIRST})
    second = signed_in(world.officer).post(url, {"action": "enter", "number": FIRST})
    assert (first.status_code, second.status_code, Account.objects.count()) == (302, 302, 1)
    account = Account.objects.get()
    typed = {"account": account.pk, "tail": account.number[-4:], "note": "Ringte økonomisjefen 16. november"}
    own = signed_in(world.officer).post(url, typed | {"action": "confirm"})
    assert (own.status_code, "Ringte økonomisjefen" in own.content.decode()) == (200, False)
    empty = signed_in(world.colleague).post(url, typed | {"action": "confirm", "note": ""})
    assert list(empty.context["page"].confirm.errors) == ["note"]
    done = signed_in(world.colleague).post(url, typed | {"action": "confirm"})
    assert (done.status_code, account_in_use(world.office, world.hosts[0])) == (302, account)


def test_the_number_is_masked_until_asked_for(world: Rounds) -> None:
    confirm_account(account=enter(world), by=actor(world.colleague), note="Ringte")
    client, url = signed_in(world.officer), f"/innlandet/konto/{world.hosts[0].pk}/"
    whole = f"{FIRST[:4]}\N{NO-BREAK SPACE}{FIRST[4:6]}\N{NO-BREAK SPACE}{FIRST[6:]}"
    assert whole not in client.get(url).content.decode()
    assert whole not in client.get("/innlandet/konto/").content.decode()
    assert Event.objects.filter(code="account.seen").count() == 0
    assert whole in client.post(url, {"action": "reveal"}).content.decode()
    assert Event.objects.filter(code="account.seen").count() == 1


def test_after_anothers_saving_one_chooses_the_address(world: Rounds) -> None:
    url = f"/innlandet/konto/{world.hosts[0].pk}/"
    details = OfficeOrganisation.objects.get(organisation=world.hosts[0])
    typed = {
        "action": "details",
        "version": details.version,
        "postal_address": "Gata 2",
        "notice_email": "a@example.no",
    }
    assert signed_in(world.colleague).post(url, typed).status_code == 302
    stale = signed_in(world.officer).post(url, typed | {"postal_address": "Gata 3\r\n2 Hamar", "contact_name": "Kari"})
    assert asked(stale) == {"Postadresse": ("Gata 3\n2 Hamar", "Gata 2"), "Kontaktperson": ("Kari", "")}
    assert "Jon Aas" in stale.content.decode()
    assert OfficeOrganisation.objects.get(pk=details.pk).postal_address == "Gata 2"
    assert signed_in(world.officer).post(url, answered(stale, "Kontaktperson")).status_code == 302
    row = OfficeOrganisation.objects.get(pk=details.pk)
    assert (row.postal_address, row.contact_name) == ("Gata 3\n2 Hamar", "")


@pytest.mark.parametrize(("who", "status"), [("officer", 200), ("stranger", 404), ("coordinator", 404)])
def test_only_the_offices_own_people_see_accounts(world: Rounds, who: str, status: int) -> None:
    client = signed_in(getattr(world, who))
    assert client.get("/innlandet/konto/").status_code == status
    assert client.get(f"/innlandet/konto/{world.hosts[0].pk}/").status_code == status


@pytest.mark.parametrize("networks", [1, 3])
@pytest.mark.parametrize("path", ["konto/", "nettverk/"])
def test_a_list_costs_the_same_at_one_and_at_three_rows(path: str, networks: int) -> None:
    with clock.frozen(TODAY):
        world = build(networks=networks)
        announce(round=opened(world), by=actor(world.officer))
        client = signed_in(world.officer)
        client.get(f"/innlandet/{path}")
        with CaptureQueriesContext(connection) as caught:
            client.get(f"/innlandet/{path}")
    assert len(caught) == {"konto/": 9, "nettverk/": 10}[path]


def test_the_page_of_one_organisation_confirms_no_others_number(world: Rounds) -> None:
    account = enter(world)
    form = {"action": "confirm", "account": account.pk, "tail": account.number[-4:], "note": "Ringte"}
    client = signed_in(world.colleague)
    found = []
    for host in (world.hosts[1], world.hosts[0]):
        client.post(f"/innlandet/konto/{host.pk}/", form)
        account.refresh_from_db()
        found.append(account.confirmed_at is None)
    assert found == [True, False]


def test_a_note_is_given_back_when_a_colleague_has_rejected_the_number(world: Rounds) -> None:
    note = "Ringte økonomiavdelingen på sentralbordet 3. mai og fikk nummeret lest opp"
    account = enter(world)
    reject_account(account=account, by=actor(world.officer), note="Feil nummer")
    sent = {"action": "confirm", "account": account.pk, "tail": account.number[-4:], "note": note}
    page = signed_in(world.colleague).post(f"/innlandet/konto/{account.organisation_id}/", sent)
    assert (page.status_code, note in page.content.decode()) == (409, True)
