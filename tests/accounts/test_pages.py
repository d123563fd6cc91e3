"""The demo, the profile, the language switch and the plain texts."""

from __future__ import annotations

import pytest
from django.conf import settings
from django.test import Client, override_settings

from accounts.models import User
from accounts.services.notices import notify
from accounts.services.people import ProfileFields, change_profile, register_person
from core.actor import Actor
from core.authz import NotAllowed
from core.models import Event
from core.requirements import StaleVersion
from tests.accounts.conftest import SYSTEM, Small
from tests.choosing import answered, asked

PROFILE = {"name": "Anne B. Hov", "phone": "400 00 000", "title_nb": "rådgiver", "title_nn": "rådgivar", "form": "nn"}


@pytest.fixture
def demo() -> object:
    with override_settings(DEMO=True):
        yield


def test_registering_twice_is_once(small: Small) -> None:
    again = register_person(email=" ANNE@example.no ", name="Somebody Else", by=SYSTEM)
    assert (again, again.name) == (small.anne, "Anne Hov")
    assert Event.objects.filter(code="person.registered").count() == 4


# --- the demo ---------------------------------------------------------------------------------------------------------


@pytest.mark.usefixtures("demo")
def test_the_demo_signs_in_as_a_real_account(small: Small, client: Client) -> None:
    groups = client.get("/demo/").context["groups"]
    assert [(card.user.name, card.waiting) for card in groups[0].cards] == [
        ("Anne Hov", 0),
        ("Berit Lie", 0),
        ("Kari Moe", 0),
    ]
    assert client.post("/demo/", {"person": small.kari.pk})["Location"] == "/"
    assert client.session["_auth_user_id"] == str(small.kari.pk)
    assert Event.objects.get(code="person.signed_in").data == {"way": "demo"}
    client.post("/demo/", {"person": small.anne.pk})
    assert client.session["_auth_user_id"] == str(small.anne.pk)


@pytest.mark.usefixtures("demo")
@pytest.mark.parametrize("what", ["", "x", "0", "999999999999999999999999", "real"])
def test_the_demo_signs_in_as_nobody_real(small: Small, client: Client, what: str) -> None:
    real = User.objects.create_user("real@example.no", name="Real")
    assert client.post("/demo/", {"person": real.pk if what == "real" else what}).status_code == 404
    assert "_auth_user_id" not in client.session


@override_settings(DEMO=False)
def test_without_the_demo_there_is_no_demo(small: Small, client: Client) -> None:
    assert client.get("/demo/").status_code == 404
    assert client.post("/demo/", {"person": small.kari.pk}).status_code == 404
    assert client.get("/demo/epost/").status_code == 404
    assert client.get("/ui/").status_code == 404


@pytest.mark.usefixtures("demo")
def test_the_mails_stand_newest_first_with_links_that_work(small: Small, client: Client) -> None:
    for number, user in enumerate((small.kari, small.anne)):
        notify(
            users=[user],
            code="x",
            key=f"k{number}",
            subject=small.office,
            office=small.office,
            texts=lambda person, _form: (f"Til {person.name}", "<b>Les</b>"),
            url="/hjelp/",
        )
    page = client.get("/demo/epost/")
    assert [mail.subject for mail in page.context["mails"]] == ["Til Anne Hov", "Til Kari Moe"]
    text = page.content.decode()
    assert f'href="{settings.BASE_URL}/hjelp/"' in text
    assert "&lt;b&gt;Les&lt;/b&gt;" in text
    only = client.get(f"/demo/epost/?til={small.kari.pk}").context["mails"]
    assert [mail.subject for mail in only] == ["Til Kari Moe"]


# --- the profile ------------------------------------------------------------------------------------------------------


def test_the_profile_is_kept(small: Small, client: Client) -> None:
    client.force_login(small.anne)
    response = client.post("/profil/", {**PROFILE, "version": 1})
    assert (response.status_code, response["Location"], response.cookies["form"].value) == (302, "/profil/", "nn")
    anne = User.objects.get(pk=small.anne.pk)
    assert (anne.name, anne.phone, anne.title_in("nn"), anne.form, anne.version) == (
        "Anne B. Hov",
        "400 00 000",
        "rådgivar",
        "nn",
        2,
    )
    event = Event.objects.get(code="profile.changed")
    assert event.data == {"fields": ["name", "phone", "title_nb", "title_nn", "form"]}


def test_a_stale_profile_keeps_what_was_typed(small: Small, client: Client) -> None:
    client.force_login(small.anne)
    client.post("/profil/", {**PROFILE, "version": 1})
    page = client.post("/profil/", {**PROFILE, "name": "Anne C. Hov", "version": 1})
    assert page.status_code == 409
    assert asked(page) == {"Namn": ("Anne C. Hov", "Anne B. Hov")}
    assert User.objects.get(pk=small.anne.pk).name == "Anne B. Hov"
    client.post("/profil/", answered(page))
    assert User.objects.get(pk=small.anne.pk).name == "Anne C. Hov"


def test_a_profile_with_errors_keeps_every_keystroke(small: Small, client: Client) -> None:
    client.force_login(small.anne)
    page = client.post("/profil/", {"name": "", "phone": "4", "form": "xx", "version": 1})
    assert page.status_code == 200
    assert sorted(page.context["form"].errors) == ["form", "name"]
    text = page.content.decode()
    assert 'value="4"' in text
    assert "ds-error-summary" in text


def test_the_same_profile_again_changes_nothing(small: Small) -> None:
    fields = ProfileFields(name="Anne Hov")
    assert change_profile(user=small.anne, fields=fields, by=Actor.for_user(small.anne), seen_version=1).version == 1
    assert Event.objects.filter(code="profile.changed").count() == 0


def test_nobody_changes_another_persons_profile(small: Small) -> None:
    with pytest.raises(NotAllowed):
        change_profile(user=small.anne, fields=ProfileFields(name="X"), by=Actor.for_user(small.berit))
    with pytest.raises(StaleVersion):
        change_profile(user=small.anne, fields=ProfileFields(name="X"), by=Actor.for_user(small.anne), seen_version=0)


# --- the language -----------------------------------------------------------------------------------------------------


def test_a_strangers_choice_is_a_cookie(client: Client, db: None) -> None:
    response = client.get("/sprak/nn/?next=/hjelp/")
    assert (response["Location"], response.cookies["form"].value) == ("/hjelp/", "nn")
    assert client.get("/hjelp/")["Content-Language"] == "nn"


def test_a_persons_choice_is_kept_on_the_profile(small: Small, client: Client) -> None:
    client.force_login(small.kari)
    assert client.get("/hjelp/")["Content-Language"] == "nn"
    client.get("/sprak/nb/?next=/profil/")
    assert User.objects.get(pk=small.kari.pk).form == "nb"
    assert client.get("/hjelp/")["Content-Language"] == "nb"


@pytest.mark.parametrize("target", ["https://evil.example/", "//evil.example", "javascript:alert(1)", ""])
def test_the_switch_leads_to_no_stranger(client: Client, db: None, target: str) -> None:
    assert client.get("/sprak/nb/", {"next": target})["Location"] == "/"


@pytest.mark.parametrize(
    "headers", [{"sec-fetch-site": "cross-site"}, {"sec-purpose": "prefetch"}, {"purpose": "prefetch"}]
)
def test_the_switch_obeys_only_us(small: Small, client: Client, headers: dict[str, str]) -> None:
    client.force_login(small.kari)
    response = client.get("/sprak/nb/", headers=headers)
    assert "form" not in response.cookies
    assert User.objects.get(pk=small.kari.pk).form == "nn"


def test_there_are_two_forms(client: Client, db: None) -> None:
    assert client.get("/sprak/en/").status_code == 404


# --- the texts --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("path", ["/hjelp/", "/tilgjengelighet/", "/personvern/"])
def test_the_texts_are_public_and_stand_in_both_forms(small: Small, path: str) -> None:
    pages = [Client(headers={"accept-language": form}).get(path) for form in ("nb", "nn")]
    assert [page.status_code for page in pages] == [200, 200]
    assert [page["Content-Language"] for page in pages] == ["nb", "nn"]
    assert "Statsforvalteren i Lia" in pages[0].content.decode()
    assert "Statsforvaltaren i Lia" in pages[1].content.decode()
    assert "post@lia.example.no" in pages[1].content.decode()


def test_privacy_names_the_legal_basis(client: Client, db: None) -> None:
    assert "artikkel 6 nr. 1 bokstav e" in client.get("/personvern/").content.decode()


def test_the_help_page_names_who_answers_in_the_office(small: Small, client: Client) -> None:
    found = client.get("/hjelp/").content.decode()
    assert "Anne" in found
    assert "mailto:post@lia.example.no" in found


def test_a_page_of_no_office_keeps_the_menu_of_the_one_office_a_person_has(small: Small, client: Client) -> None:
    client.force_login(small.anne)
    page = client.get("/finnes-ikke/")
    assert (page.status_code, page.context["this_office"]) == (404, small.office)
