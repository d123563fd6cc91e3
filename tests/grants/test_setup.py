"""Setting an office up on screen: what is left, its details, its own choices, and a file to begin from."""

from __future__ import annotations

import tomllib

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.models import User
from accounts.services.people import register_person
from accounts.services.roles import grant_role
from core import authz, clock
from core.actor import Actor
from core.enums import Role
from core.identifiers import synthetic_orgnr
from core.models import Event, Office
from core.requirements import StaleVersion, StepRefused
from core.services.offices import OfficeDetails, change_office, register_office
from forums.models import Forum, SeatGroup
from grants import setup_file
from grants.enums import DeadlineKind
from grants.models import ProfileVersion, Round
from grants.selectors.profiles import choices_of, profile_for
from grants.selectors.setup import DONE, NONE, setup
from grants.selectors.setup_file import Part, arrival, setup_of
from grants.services.profiles import save_profile
from grants.services.setup_files import bring_in
from networks.models import Host, Membership, Network
from tests.grants.rounds_world import TODAY, Rounds, opened
from tests.world import World

pytestmark = pytest.mark.django_db
SETUP = Actor.for_system("tests")
CHOICES = {
    "network_cap_pct": 35,
    "coordinator_cap_pct": 20,
    "own_contribution_pct": None,
    "own_contribution_base": "none",
    "own_contribution_scheme": "",
    "joint_conclusion": False,
    "longest_measure_years": 3,
    "source": "Plan 2027",
}
DETAILS = OfficeDetails(
    default_form="nb", postal_address="Postboks 1, 2600 Lillehammer", phone="11 22 33 44", email="post@example.no"
)


def signed_in(user: User) -> Client:
    client = Client(HTTP_ACCEPT_LANGUAGE="nb")
    client.force_login(user)
    return client


@pytest.fixture
def small(rounds: Rounds) -> Rounds:
    return rounds


@pytest.fixture
def new(world: World) -> Office:
    """An office with an administrator and nothing else."""
    office = register_office(
        slug="nyfylket",
        orgnr=synthetic_orgnr(903),
        names={"nb": "Statsforvalteren i Nyfylket", "nn": "Statsforvaltaren i Nyfylket"},
        default_form="nb",
        by=SETUP,
    )
    admin = register_person(email="ny@example.no", name="Ny Rud", by=SETUP)
    grant_role(user=admin, role=Role.OFFICE_ADMINISTRATOR, anchor=office.anchor, by=SETUP)
    return office


# --- Details ----------------------------------------------------------------------------------------------------------


def test_the_administrator_changes_what_the_office_says_of_itself(world: World) -> None:
    changed = change_office(
        office=world.a, details=DETAILS, by=world.actor("administrator"), seen_version=world.a.version
    )
    assert (changed.phone, changed.postal_address, changed.version) == (
        DETAILS.phone,
        DETAILS.postal_address,
        world.a.version + 1,
    )
    assert Event.objects.order_by("-pk")[0].code == "office.changed"
    again = change_office(office=world.a, details=DETAILS, by=world.actor("administrator"))
    assert again.version == changed.version
    with pytest.raises(authz.NotAllowed):
        change_office(office=world.a, details=DETAILS, by=world.actor("officer"))
    with pytest.raises(StaleVersion):
        change_office(
            office=world.a,
            details=OfficeDetails(default_form="nn"),
            by=world.actor("administrator"),
            seen_version=world.a.version,
        )


def test_two_who_save_at_once_choose(world: World) -> None:
    client = signed_in(world.administrator)
    sent = {
        "version": world.a.version,
        "phone": "1",
        "email": "a@example.no",
        "postal_address": "B",
        "default_form": "nb",
    }
    assert client.post("/fjellfylket/oppsett/kontor/", sent).status_code == 302
    page = client.post("/fjellfylket/oppsett/kontor/", {**sent, "phone": "2"})
    assert page.status_code == 409
    page = client.post("/fjellfylket/oppsett/kontor/", {**sent, "phone": ""})
    assert "Skriv telefonnummeret til kontoret." in page.content.decode()


# --- Choices ----------------------------------------------------------------------------------------------------------


def test_choices_make_a_new_version_and_a_draft_follows(small: Rounds) -> None:
    with clock.frozen(TODAY):
        round = opened(small)
        by = Actor.for_user(small.officer)
        made = save_profile(office=small.office, year=round.year, choices=CHOICES, by=by)
        same = save_profile(office=small.office, year=round.year, choices=CHOICES, by=by)
    assert same == made
    fresh = Round.objects.get(pk=round.pk)
    assert (fresh.profile, fresh.version) == (made, round.version + 1)
    assert choices_of(made) == CHOICES
    assert Event.objects.filter(code="office_profile.saved").count() == 1


def test_an_announced_round_keeps_its_choices(world: World) -> None:
    before = world.a_round.profile_id
    save_profile(office=world.a, year=world.a_round.year, choices=CHOICES, by=world.actor("officer"))
    assert Round.objects.get(pk=world.a_round.pk).profile_id == before
    with pytest.raises(authz.NotAllowed):
        save_profile(office=world.a, year=2030, choices=CHOICES, by=world.actor("approver"))


def test_choices_a_colleague_saved_meanwhile_are_asked_about(world: World) -> None:
    officer, administrator = signed_in(world.officer), signed_in(world.administrator)
    url = "/fjellfylket/oppsett/profil/"
    form = officer.get(url).context["form"]
    sent = {bound.html_name: bound.value() for bound in form if bound.value() not in (None, False)}
    theirs = administrator.post(url, sent | {"source": "Langsiktig plan 2027, punkt 5.8"})
    mine = officer.post(url, sent | {"network_cap_pct": "40"})
    found = profile_for(world.a, 2028)
    assert found is not None
    assert (theirs.status_code, mine.status_code, found.source) == (302, 409, "Langsiktig plan 2027, punkt 5.8")
    assert administrator.post(url, sent | {"source": found.source}).status_code == 302  # the same again is no conflict


def test_the_page_of_choices_says_which_round_it_is_for(world: World) -> None:
    client = signed_in(world.officer)
    page = client.get("/fjellfylket/oppsett/profil/").content.decode()
    assert "Kontorets egne valg for 2028" in page
    assert "Runden for 2027 beholder det den ble kunngjort med" in page
    sent = {
        "network_cap_pct": "40 %",
        "coordinator_cap_pct": "",
        "own_contribution_base": "grant",
        "own_contribution_pct": "",
        "joint_conclusion": "no",
        "longest_measure_years": "4",
    }
    page = client.post("/fjellfylket/oppsett/profil/", sent).content.decode()
    assert "Skriv prosenten, for eksempel 30." in page
    page = client.post("/fjellfylket/oppsett/profil/", {**sent, "network_cap_pct": "førti"}).content.decode()
    assert "Skriv et helt tall fra 0 til 100, for eksempel 40." in page
    assert 'value="førti"' in page
    answer = client.post("/fjellfylket/oppsett/profil/", {**sent, "own_contribution_pct": "30"})
    assert answer.headers["Location"] == "/fjellfylket/oppsett/"
    found = profile_for(world.a, 2028)
    assert found is not None
    assert (found.year, found.network_cap_pct, found.own_contribution_pct, found.joint_conclusion) == (
        2028,
        40,
        30,
        False,
    )


# --- What is left -----------------------------------------------------------------------------------------------------


def test_a_new_office_sees_what_is_left(new: Office) -> None:
    tasks = {task.label: task for task in setup(new).tasks}
    assert [task.shape for task in tasks.values()].count(DONE) <= 2
    assert tasks["Åpne runden"].shape == NONE
    admin = User.objects.get(roles__anchor=new.anchor, roles__role=Role.OFFICE_ADMINISTRATOR)
    page = signed_in(admin).get("/").content.decode()
    assert "/nyfylket/oppsett/" in page
    page = signed_in(admin).get("/nyfylket/oppsett/").content.decode()
    assert "Forskriften krever et forum i hvert fylke (§ 8)." in page


@pytest.mark.parametrize("office", ["a", "b"])
def test_the_list_costs_the_same_however_much_there_is(world: World, office: str) -> None:
    with CaptureQueriesContext(
        connection,
    ) as queries:
        setup(getattr(world, office))
    assert len(queries) <= 12


# --- The file ---------------------------------------------------------------------------------------------------------


def test_a_set_up_goes_out_and_comes_back_the_same(world: World) -> None:
    found = setup_of(world.a)
    text = setup_file.write(found)
    assert setup_file.read(text) == found
    assert [row.code for row in found.networks] == [n.code for n in Network.objects.filter(office=world.a)]
    assert {row.kind for row in found.dates} == {row.kind for row in world.a_round.deadlines.all()}
    names = [user.name for user in User.objects.all()]
    assert [name for name in names if name in text] == []
    assert tomllib.loads(text)["format"] == 1


def test_another_office_begins_from_it(world: World, new: Office) -> None:
    setup_read = setup_file.read(setup_file.write(setup_of(world.a)))
    by = Actor.for_user(User.objects.get(roles__anchor=new.anchor, roles__role=Role.OFFICE_ADMINISTRATOR))
    bring_in(office=new, setup=setup_read, parts=[part.value for part in Part], by=by)
    assert setup_of(new).forums == setup_read.forums
    assert setup_of(new).networks == setup_read.networks
    made = Round.objects.get(office=new)
    assert (made.state, made.profile.office) == ("draft", new)
    assert (
        made.deadlines.get(kind=DeadlineKind.NEEDS).date.replace(year=2027)
        == world.a_round.deadlines.get(kind=DeadlineKind.NEEDS).date
    )
    assert Forum.objects.filter(office=new).count() == Forum.objects.filter(office=world.a).count()
    again = arrival(new, setup_read)
    assert (again.forums, again.networks, again.deadlines) == ((), (), ())
    assert Event.objects.filter(code="setup_file.brought_in", office=new).count() == 1


def test_only_what_is_chosen_comes(world: World, new: Office) -> None:
    setup_read = setup_of(world.a)
    by = Actor.for_user(User.objects.get(roles__anchor=new.anchor, roles__role=Role.OFFICE_ADMINISTRATOR))
    bring_in(office=new, setup=setup_read, parts=["forums"], by=by)
    assert (Network.objects.filter(office=new).count(), Round.objects.filter(office=new).count()) == (0, 0)
    assert SeatGroup.objects.filter(forum__office=new).count() == sum(len(f.groups) for f in setup_read.forums)
    with pytest.raises(StepRefused) as refused:
        bring_in(office=new, setup=setup_read, parts=[], by=by)
    assert [one.code for one in refused.value.obstacles] == ["nothing_chosen"]
    with pytest.raises(authz.NotAllowed):
        bring_in(office=new, setup=setup_read, parts=["forums"], by=world.actor("officer"))


HEAD = 'format = 1\noffice = "X"\n'


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("x = [", "Fila kan ikke leses som et oppsett"),
        ("format = 2\n", "Dette er ikke et oppsett som denne versjonen av programmet kan lese."),
        (
            HEAD + '[[networks]]\ncode = "1"\nname = "N"\nkind = "square"\n',
            "networks[1].kind må være en av geographic",
        ),
        (
            HEAD + "[choices]\nnetwork_cap_pct = 140\n",
            "choices.network_cap_pct må være et helt tall fra 0 til 100.",
        ),
        (
            HEAD + '[[dates]]\nkind = "needs"\nmonth = 2\nday = 30\n',
            "dates[1].day må være en dag som finnes i måneden hvert år.",
        ),
        (
            HEAD + '[[forums]]\ncode = "f"\nname = "F"\nsectors = "both"\n' * 2,
            "forums: «f» står der to ganger.",
        ),
    ],
)
def test_a_file_that_cannot_be_read_says_where(world: World, text: str, sentence: str) -> None:
    client = signed_in(world.officer)
    page = client.post("/fjellfylket/oppsett/fil/", {"text": text}).content.decode()
    assert sentence in page
    assert "<title>Feil:" in page


def test_the_file_is_shown_before_it_is_brought_in(world: World, new: Office) -> None:
    admin = User.objects.get(roles__anchor=new.anchor, roles__role=Role.OFFICE_ADMINISTRATOR)
    client = signed_in(admin)
    out = signed_in(world.officer).get("/fjellfylket/oppsett/fil.toml")
    assert out.headers["Content-Disposition"] == 'attachment; filename="oppsett-fjellfylket.toml"'
    upload = SimpleUploadedFile("oppsett-fjellfylket.toml", out.content)
    page = client.post("/nyfylket/oppsett/fil/", {"file": upload}).content.decode()
    assert "2 nye nettverk" in page
    assert Network.objects.filter(office=new).count() == 0
    text = out.content.decode()
    answer = client.post("/nyfylket/oppsett/fil/", {"text": text, "bring_in": "yes", "parts": ["networks"]})
    assert answer.headers["Location"] == "/nyfylket/oppsett/"
    assert (Network.objects.filter(office=new).count(), Forum.objects.filter(office=new).count()) == (2, 0)
    assert Membership.objects.filter(network__office=new).count() == 3
    assert Host.objects.filter(network__office=new).count() == 2
    page = client.post("/nyfylket/oppsett/fil/", {"text": text, "bring_in": "yes"}).content.decode()
    assert "Velg minst én del som skal hentes inn." in page


def test_a_picture_is_no_set_up(world: World) -> None:
    upload = SimpleUploadedFile("bilde.png", b"\x89PNG\r\n\x1a\n\xff\xfe")
    page = signed_in(world.officer).post("/fjellfylket/oppsett/fil/", {"file": upload}).content.decode()
    assert "Dette er ikke en tekstfil. Velg fila som slutter på .toml." in page
    page = signed_in(world.officer).post("/fjellfylket/oppsett/fil/", {}).content.decode()
    assert "Velg en fil, eller lim inn det som står i den." in page


def test_the_profile_of_the_time_before_the_program_is_nobodys_choice(world: World) -> None:
    assert {one.year for one in ProfileVersion.objects.filter(office=world.a)} == {2024, 2026, 2027}
    found = profile_for(world.a, 2026)
    assert found is not None and found.year == 2024
    assert profile_for(world.a, 2020) is None
