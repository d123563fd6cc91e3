"""The register of organisations: who may change what all offices share, names and successions with days, bad input."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.models import User
from accounts.services.roles import grant_role
from core import audit, clock
from core.authz import NotAllowed
from core.enums import Role
from core.identifiers import synthetic_orgnr
from core.models import Event
from core.requirements import StaleVersion, StepRefused
from networks.enums import FormDecision
from networks.models import OfficeOrganisation, Organisation, Successor
from networks.numbers import UnreadableMunicipality, normalise_municipality_number
from networks.rules import counties_of
from networks.selectors import organisations
from networks.selectors.organisations import Wish
from networks.selectors.standing import why_not_party, why_not_payee
from networks.services import register
from networks.services.accounts import enter_account
from networks.services.organisations import NameRow, OrganisationRow, register_organisations
from networks.services.register import Facts
from tests.choosing import answered, asked
from tests.grants.rounds_world import SETUP, TODAY, Rounds, actor, build, make_network, owner, person

pytestmark = pytest.mark.django_db

NUMBER, SECOND = synthetic_orgnr(900), synthetic_orgnr(901)


@pytest.fixture
def world(rounds: Rounds) -> Rounds:
    return rounds


def signed_in(user: User) -> Client:
    client = Client(HTTP_ACCEPT_LANGUAGE="nb")
    client.force_login(user)
    return client


def add(world: Rounds, name: str = "Bakkekroken barnehage AS", **more: Any) -> Organisation:
    facts = Facts(**{"name": name, "kind": "private_kindergarten", "orgnr": NUMBER} | more)
    return register.add_organisation(office=world.office, facts=facts, by=actor(world.officer))


def codes(refused: pytest.ExceptionInfo[StepRefused]) -> list[str]:
    return [obstacle.code for obstacle in refused.value.obstacles]


# --- who may change what all share -----------------------------------------------------------------------------------


def test_the_office_that_adds_an_organisation_keeps_it_and_works_with_it(world: Rounds) -> None:
    made = add(world)
    assert (made.kept_by, made.is_synthetic, made.anchor.name) == (world.office, True, "Bakkekroken barnehage AS")
    assert OfficeOrganisation.objects.filter(organisation=made).values_list("office__slug", flat=True)[0] == "innlandet"
    assert list(Event.objects.filter(code="organisation.registered").values_list("by_user", flat=True))[-1] == (
        world.officer.pk
    )


def test_another_office_may_not_change_it(world: Rounds) -> None:
    made = add(world)
    with pytest.raises(NotAllowed) as refused:
        register.edit_organisation(
            organisation=made, facts=Facts(name="Et annet navn", kind="private_owner"), by=actor(world.stranger)
        )
    assert "Only the office that added it" in str(refused.value) or "Bare den som la det inn" in str(refused.value)
    made.refresh_from_db()
    assert made.anchor.name == "Bakkekroken barnehage AS"


@pytest.mark.parametrize(("county", "may"), [("34", True), ("46", False), ("", False)])
def test_what_no_office_keeps_is_changed_by_the_one_whose_county_it_lies_in(
    world: Rounds, county: str, may: bool
) -> None:
    world.office.county_number = "34"
    world.office.save()
    [row] = register_organisations(
        rows=[OrganisationRow(name="Prøve kommune", kind="municipality", county_number=county)], by=SETUP
    )
    facts = Facts(name="Prøve kommune", kind="municipality", orgnr=NUMBER, county_number=county)
    if may:
        assert register.edit_organisation(organisation=row, facts=facts, by=actor(world.officer)).orgnr == NUMBER
    else:
        with pytest.raises(NotAllowed):
            register.edit_organisation(organisation=row, facts=facts, by=actor(world.officer))


def test_one_of_the_ten_offices_has_the_counties_of_the_reference_data() -> None:
    assert counties_of("974761319") == ("31", "32", "33", "03")
    assert counties_of(NUMBER) == ()


def test_any_office_may_take_it_into_use_and_write_of_it_unseen(world: Rounds) -> None:
    made = add(world)
    register.take_into_use(office=world.other, organisation=made, by=actor(world.stranger))
    OfficeOrganisation.objects.filter(office=world.other, organisation=made).update(contact_name="Hemmelig Hansen")
    page = signed_in(world.officer).get(f"/innlandet/organisasjon/{made.pk}/").content.decode()
    assert "Hemmelig Hansen" not in page
    theirs = signed_in(world.stranger).get(f"/nordland/organisasjon/{made.pk}/").content.decode()
    assert "Hemmelig Hansen" in theirs


def test_roles_in_another_offices_networks_are_not_seen(world: Rounds) -> None:
    host = owner(world.other, "Fjern kommune", "municipality", 700)
    theirs = make_network(world.other, "F1", "Fjernnett", host, [host])
    far, near = person("Fjern Kontakt"), person("Nær Kontakt")
    grant_role(user=far, role=Role.PROVIDER_CONTACT, anchor=theirs.anchor, held_for=world.university.anchor, by=SETUP)
    grant_role(user=near, role=Role.LETTER_READER, anchor=world.university.anchor, by=SETUP)
    found = [(one.name, one.place) for one in organisations.people_of(world.university, world.office)]
    assert found == [("Nær Kontakt", ""), ("Per Vik", "Lågendalen")]
    found = [(one.name, one.place) for one in organisations.people_of(world.university, world.other)]
    assert found == [("Fjern Kontakt", "Fjernnett"), ("Nær Kontakt", "")]


# --- names, written form, succession ---------------------------------------------------------------------------------


def test_a_new_name_keeps_the_old_one_for_what_was_written(world: Rounds) -> None:
    made = add(world, "Høgskolen i Prøve", kind="university")
    row = register.give_new_name(
        organisation=made,
        name="Universitetet i Prøve",
        valid_from=date(2026, 9, 1),
        by=actor(world.officer),
        seen_version=made.version,
    )
    fresh = Organisation.objects.prefetch_related("names").get(pk=row.pk)
    assert fresh.name_in("nb", date(2026, 8, 31)) == "Høgskolen i Prøve"
    assert fresh.name_in("nn", date(2026, 9, 1)) == "Universitetet i Prøve"
    wish = Wish(text="hogskolen", which="all")
    assert [one.organisation.pk for one in organisations.leaf(wish, world.office, 1)] == []
    wish = Wish(text="HØGSKOLEN I PRØVE", which="all")
    assert [one.organisation.pk for one in organisations.leaf(wish, world.office, 1)] == [row.pk]


@pytest.mark.parametrize(("day", "code"), [(date(2026, 11, 17), "not_yet"), (date(2026, 9, 1), "name_overlaps")])
def test_a_name_of_a_day_that_cant_be_is_refused(world: Rounds, day: date, code: str) -> None:
    made = add(world)
    by = actor(world.officer)
    register.give_new_name(organisation=made, name="Nytt", valid_from=date(2026, 9, 1), by=by)
    with pytest.raises(StepRefused) as refused:
        register.give_new_name(organisation=made, name="Nyere", valid_from=day, by=by)
    assert codes(refused) == [code]


def test_a_name_is_corrected_where_it_stands(world: Rounds) -> None:
    made = add(world)
    facts = Facts(name="Bakkekroken barnehage SA", kind="private_kindergarten", orgnr=NUMBER)
    row = register.edit_organisation(organisation=made, facts=facts, by=actor(world.officer), seen_version=1)
    fresh = Organisation.objects.select_related("anchor").prefetch_related("names").get(pk=row.pk)
    assert [name.name for name in fresh.names.all()] == ["Bakkekroken barnehage SA"]
    assert (fresh.anchor.name, fresh.version) == ("Bakkekroken barnehage SA", 2)
    again = register.edit_organisation(organisation=made, facts=facts, by=actor(world.officer))
    assert (again.version, Event.objects.filter(code="organisation.changed").count()) == (2, 1)
    with pytest.raises(StaleVersion):
        register.edit_organisation(organisation=made, facts=facts, by=actor(world.officer), seen_version=1)


def test_a_private_one_gets_the_form_it_asked_any_office_for(world: Rounds) -> None:
    made = add(world)
    row = register.choose_written_form(
        office=world.other,
        organisation=made,
        form="nn",
        source_text="Brev 3. mai 2026",
        by=actor(world.stranger),
        valid_from=TODAY,
    )
    assert (row.source, row.form) == ("own_choice", "nn")
    fresh = organisations.organisation_at(made.pk)
    form, reason = organisations.letter_choice(fresh, world.office, "nb")
    assert (form, reason) == (
        str(FormDecision.NYNORSK.label), "Mottakeren har selv skrevet eller bedt om nynorsk (språklova § 15)."
    )  # fmt: skip


def test_a_new_decision_ends_the_old_one(world: Rounds) -> None:
    made = add(world, "Prøve kommune", kind="municipality", municipality_number="9901")
    by = actor(world.officer)
    for form, day in (("nb", date(2026, 1, 1)), ("nn", date(2026, 6, 1))):
        register.choose_written_form(
            office=world.office, organisation=made, form=form, source_text="Vedtak", by=by, valid_from=day
        )
    assert list(made.written_forms.order_by("pk").values_list("form", "valid_from", "valid_to")) == [
        ("nb", date(2026, 1, 1), date(2026, 5, 31)),
        ("nn", date(2026, 6, 1), None),
    ]
    with pytest.raises(NotAllowed):
        register.choose_written_form(
            office=world.other,
            organisation=made,
            form="nb",
            source_text="x",
            by=actor(world.stranger),
            valid_from=TODAY,
        )


def merged(world: Rounds) -> tuple[Organisation, Organisation]:
    """Odda went into Ullensvang."""
    odda = add(world, "Odda kommune", kind="municipality", municipality_number="9901")
    ullensvang = add(world, "Ullensvang kommune", kind="municipality", municipality_number="9902", orgnr=SECOND)
    register.end_organisation(
        organisation=odda,
        ended_on=date(2025, 12, 31),
        kind="merger",
        successors=[ullensvang],
        by=actor(world.officer),
        seen_version=1,
    )
    return Organisation.objects.select_related("anchor").get(pk=odda.pk), ullensvang


def test_an_ended_one_is_refused_and_its_successor_named(world: Rounds) -> None:
    odda, ullensvang = merged(world)
    row = Successor.objects.get()
    assert (row.ended, row.successor, row.valid_from, row.kind) == (odda, ullensvang, date(2026, 1, 1), "merger")
    for why in (why_not_party, why_not_payee):
        [obstacle] = why(odda, on=TODAY)
        assert (obstacle.code, "Ullensvang kommune" in str(obstacle.text)) == ("organisation_ended", True)
        assert why(odda, on=date(2025, 12, 31)) == []
    with pytest.raises(StepRefused) as refused:
        enter_account(office=world.office, organisation=odda, number="12345678903", by=actor(world.officer))
    assert codes(refused) == ["organisation_ended"]
    with pytest.raises(StepRefused) as refused:
        register.take_into_use(office=world.other, organisation=odda, by=actor(world.stranger))
    assert codes(refused) == ["organisation_ended"]
    event = Event.objects.get(code="organisation.ended_into")
    assert "Ullensvang kommune" in audit.sentence(event.code, event.data)


def test_an_ending_is_taken_back(world: Rounds) -> None:
    odda, _ = merged(world)
    row = register.reopen_organisation(organisation=odda, by=actor(world.officer), seen_version=odda.version)
    assert (row.ended_on, Successor.objects.count()) == (None, 0)


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"ended_on": date(2019, 1, 1)}, "ends_before_it_began"),
        ({"kind": ""}, "kind_missing"),
        ({"itself": True}, "its_own_successor"),
        ({"gone": True}, "organisation_ended"),
    ],
)
def test_an_ending_that_cant_be_is_refused(world: Rounds, change: dict[str, Any], code: str) -> None:
    odda, after = merged(world)
    by = actor(world.officer)
    new = add(world, "Tredje kommune", kind="municipality", municipality_number="9903", orgnr=synthetic_orgnr(903))
    Organisation.objects.filter(pk=new.pk).update(exists_from=date(2020, 1, 1))
    chosen = [new] if change.pop("itself", False) else [odda] if change.pop("gone", False) else [after]
    values: dict[str, Any] = {"ended_on": date(2026, 12, 31), "kind": "merger"} | change
    with pytest.raises(StepRefused) as refused:
        register.end_organisation(organisation=new, successors=chosen, by=by, **values)
    assert codes(refused) == [code]


def test_a_coordinator_that_owns_nothing_is_never_paid(world: Rounds) -> None:
    rkk = add(world, "RKK Prøve", kind="coordinator")
    centre = add(world, "Lesesenteret i Prøve", kind="other_provider", orgnr="", owner=world.university)
    assert [one.code for one in why_not_payee(rkk, on=TODAY)] == ["never_paid"]
    assert [one.code for one in why_not_payee(centre, on=TODAY)] == ["part_of_another"]
    kindergarten = add(world, orgnr=SECOND, owner=world.hosts[0])
    assert (kindergarten.owner, why_not_payee(kindergarten, on=TODAY)) == (world.hosts[0], [])


# --- bad input -------------------------------------------------------------------------------------------------------


def test_a_number_somebody_has_is_refused_with_a_link_to_who(world: Rounds) -> None:
    made = add(world)
    sent = {"name": "En til", "kind": "private_owner", "orgnr": NUMBER, "version": ""}
    page = signed_in(world.officer).post("/innlandet/organisasjon/ny/", sent)
    text = page.content.decode()
    assert (page.status_code, list(page.context["form"].errors)) == (200, ["orgnr"])
    assert f'href="/innlandet/organisasjon/{made.pk}/"' in text
    assert 'value="En til"' in text
    municipality = Facts(name="Prøve kommune", kind="municipality", municipality_number="9901")
    register.add_organisation(office=world.office, facts=municipality, by=actor(world.officer))
    with pytest.raises(StepRefused) as refused:
        register.add_organisation(office=world.office, facts=municipality, by=actor(world.officer))
    assert codes(refused) == ["municipality_taken"]


@pytest.mark.parametrize(
    ("sent", "fields"),
    [
        ({"orgnr": "123456789"}, ["orgnr"]),
        ({"municipality_number": "1201"}, ["municipality_number"]),
        ({"municipality_number": "x"}, ["municipality_number"]),
        ({"kind": "municipality"}, ["municipality_number"]),
        ({"kind": "county_council"}, ["county_number"]),
        ({"owner": "Høgskolen Gloma"}, ["owner"]),
        ({"owner": "999999999"}, ["owner"]),
        ({"name": ""}, ["name"]),
    ],
)
def test_bad_input_is_shown_again_with_a_sentence(world: Rounds, sent: dict[str, str], fields: list[str]) -> None:
    typed = {"name": "Bakkekroken barnehage AS", "kind": "private_kindergarten", "version": ""} | sent
    page = signed_in(world.officer).post("/innlandet/organisasjon/ny/", typed)
    assert (page.status_code, list(page.context["form"].errors)) == (200, fields)
    if "owner" in sent and not sent["owner"].isdigit():
        assert "Mente du «Høgskolen Glomma»?" in page.content.decode()
    if sent.get("municipality_number") == "1201":
        assert "Bruk 4601, Bergen kommune." in page.content.decode()


def test_a_lost_zero_is_put_back_and_a_merged_number_says_which_counts_now() -> None:
    assert [normalise_municipality_number(typed) for typed in ("301", "0301", " 4601 ")] == ["0301", "0301", "4601"]
    with pytest.raises(UnreadableMunicipality) as merged_number:
        normalise_municipality_number("1201")
    assert (merged_number.value.code, merged_number.value.params["now"]) == ("merged", "4601")
    with pytest.raises(UnreadableMunicipality):
        normalise_municipality_number("٤٦٠١")


def test_nothing_belongs_under_itself(world: Rounds) -> None:
    top = add(world, "Toppen barnehage AS")
    under = add(world, "Bunnen barnehage AS", orgnr=SECOND, owner=top)
    facts = Facts(name="Toppen barnehage AS", kind="private_kindergarten", orgnr=NUMBER, owner=under)
    with pytest.raises(StepRefused) as refused:
        register.edit_organisation(organisation=top, facts=facts, by=actor(world.officer))
    assert codes(refused) == ["owner_loop"]


# --- pages -----------------------------------------------------------------------------------------------------------


def test_the_pages_change_name_form_and_last_day(world: Rounds) -> None:
    made = add(world)
    client, base = signed_in(world.officer), f"/innlandet/organisasjon/{made.pk}/"
    renamed = client.post(f"{base}skifte/", {"name": "Nye Bakkekroken", "valid_from": "1.9.2026", "version": 1})
    form = client.post(f"{base}malform/", {"form": "nn", "source_text": "Brev", "valid_from": "16.11.2026"})
    bad = client.post(f"{base}slutt/", {"ended_on": "31.12.2025", "kind": "merger", "version": 2})
    assert (renamed.status_code, form.status_code, list(bad.context["form"].errors)) == (302, 302, ["successor1"])
    ended = client.post(
        f"{base}slutt/",
        {"ended_on": "31.12.2025", "kind": "taken_over", "successor1": "Hamre", "version": 2},
    )
    assert ended.status_code == 302
    page = client.get(base).content.decode()
    assert ("Nye Bakkekroken" in page, "Hamre kommune" in page, "Nynorsk" in page) == (True, True, True)
    stale = client.post(f"{base}slutt/", {"reopen": "yes", "version": 2})
    assert stale.status_code == 409
    assert client.post(f"{base}slutt/", {"reopen": "yes", "version": 3}).status_code == 302
    assert client.get(f"{base}slutt/").status_code == 200


def test_after_anothers_saving_one_chooses(world: Rounds) -> None:
    made = add(world)
    url = f"/innlandet/organisasjon/{made.pk}/endre/"
    typed = {"name": "Først", "kind": "private_kindergarten", "orgnr": NUMBER, "version": 1}
    assert signed_in(world.colleague).post(url, typed).status_code == 302
    stale = signed_in(world.officer).post(url, typed | {"name": "Sist"})
    assert asked(stale) == {"Navn": ("Sist", "Først")}
    assert signed_in(world.officer).post(url, answered(stale, "Navn")).status_code == 302
    made.anchor.refresh_from_db()
    assert made.anchor.name == "Først"


def test_search_finds_names_numbers_and_every_letter(world: Rounds) -> None:
    by = actor(world.officer)
    for place, name in enumerate(("Ås kommune", "Ørland kommune", "Væle barnehage")):
        add(world, name, orgnr=synthetic_orgnr(910 + place))
    found = {
        text: [one.organisation.anchor.name for one in organisations.leaf(Wish(text=text), world.office, 1)]
        for text in ("aas", "ÅS", "ørl", "væl", synthetic_orgnr(911), "ørland kom", "finst ikkje")
    }
    assert by.user == world.officer
    assert found == {
        "aas": ["Ås kommune"],
        "ÅS": ["Ås kommune"],
        "ørl": ["Ørland kommune"],
        "væl": ["Væle barnehage"],
        synthetic_orgnr(911): ["Ørland kommune"],
        "ørland kom": ["Ørland kommune"],
        "finst ikkje": [],
    }


def test_filters_show_ours_all_and_the_ended(world: Rounds) -> None:
    odda, _after = merged(world)
    register_organisations(rows=[OrganisationRow(name="Fremmed skole", kind="private_school")], by=SETUP)

    def names(**wish: str) -> set[str]:
        return {one.organisation.anchor.name for one in organisations.leaf(Wish(**wish), world.office, 1)}

    assert "Fremmed skole" not in names()
    assert names(which="all", kind="private_school") == {"Fremmed skole"}
    assert names(which="ended") == {odda.anchor.name}
    client = signed_in(world.officer)
    for query in ("?vis=tull", "?slag=tull&side=9", "?q=%00", "?vis=ended", "?q=Mjølk&vis=all"):
        assert client.get(f"/innlandet/organisasjon/{query}").status_code == 200


@pytest.mark.parametrize("count", [1, 3])
def test_the_list_costs_the_same_at_one_and_at_three_rows(count: int) -> None:
    with clock.frozen(TODAY):
        world = build(networks=1)
        OfficeOrganisation.objects.all().delete()
        for place in range(count):
            add(world, f"Barnehage {place}", orgnr=synthetic_orgnr(920 + place))
        client = signed_in(world.officer)
        client.get("/innlandet/organisasjon/")
        with CaptureQueriesContext(connection) as caught:
            client.get("/innlandet/organisasjon/?vis=all&q=barnehage")
    assert len(caught) == 9


def test_a_page_costs_the_same_for_a_little_and_for_much(world: Rounds) -> None:
    client, counts = signed_in(world.officer), set()
    for organisation in (world.hosts[0], world.university):
        with CaptureQueriesContext(connection) as caught:
            client.get(f"/innlandet/organisasjon/{organisation.pk}/")
        counts.add(len(caught))
    assert max(counts) <= 24


def test_earlier_names_are_found(world: Rounds) -> None:
    register_organisations(
        rows=[
            OrganisationRow(
                name="Universitetet i Prøve",
                kind="university",
                name_from=date(2025, 1, 1),
                earlier_names=[NameRow("Høgskolen i Prøve", "Høgskulen i Prøve", None, date(2024, 12, 31))],
            )
        ],
        by=SETUP,
    )
    [row] = organisations.leaf(Wish(text="høgskolen i prøve", which="all"), world.office, 1)
    assert row.organisation.anchor.name == "Universitetet i Prøve"
