"""The pages of annual reports."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from core.middleware import LINK_SESSION_KEY
from core.services import links
from reporting.models import AnnualReport
from reporting.selectors.reports import fresh
from reporting.services import reports
from tests.choosing import answered, asked
from tests.reporting.acts import award, confirm_both, filled_in, seen, write_and_send
from tests.world import World


@pytest.fixture
def as_(client: Client, world: World) -> Callable[[str], Client]:
    """A browser in which the person is signed in."""

    def sign_in(name: str) -> Client:
        client.force_login(getattr(world, name), backend="accounts.adapter.PersonBackend")
        return client

    return sign_in


def url(name: str, report: AnnualReport) -> str:
    return reverse(f"reporting:{name}", kwargs={"office": report.round.office.slug, "pk": report.pk})


def list_url(report: AnnualReport) -> str:
    return reverse("reporting:reports", kwargs={"office": report.round.office.slug, "year": report.round.slug})


def posted(report: AnnualReport, **changes: str) -> dict[str, str]:
    """The filled-in form as a browser sends it."""
    fields = filled_in(report)
    data = {
        "version": str(report.version),
        "step": "save",
        "progress": fields.progress,
        "activities": fields.activities,
        "units": str(fields.units),
        "participants": str(fields.participants),
        "unspent_why": "",
        "learnt": fields.learnt,
    }
    data |= {f"used_{pk}": f"{used},-" for pk, used in fields.used.items()}
    for sign, (rating, text) in fields.ratings.items():
        data |= {f"sign_{sign}": str(rating), f"sign_{sign}_text": text}
    return data | changes


def errors(response: Any) -> dict[str, list[str]]:
    return {name: [str(one) for one in found] for name, found in response.context["form"].errors.items()}


# --- who gets where ---------------------------------------------------------------------------------------------------

PAGES = ("report", "edit", "receipt", "confirm", "approve")


def test_nobody_else_finds_a_report(as_: Callable[[str], Client], old: AnnualReport, world: World) -> None:
    sent = write_and_send(old, world.actor("north_coordinator"))
    others = ("stranger", "south_coordinator", "b_officer", "havnes_owner", "kindergarten_chair")
    found = {(who, page): as_(who).get(url(page, sent)).status_code for who in others for page in PAGES}
    assert {pair: got for pair, got in found.items() if got != 404} == {}


@pytest.mark.parametrize("page", PAGES)
def test_a_report_is_not_found_under_another_office(as_: Callable[[str], Client], old: AnnualReport, page: str) -> None:
    address = reverse(f"reporting:{page}", kwargs={"office": "kystfylket", "pk": old.pk})
    assert as_("officer").get(address).status_code == 404


def test_the_right_page_for_each(as_: Callable[[str], Client], old: AnnualReport, world: World) -> None:
    sent = write_and_send(old, world.actor("north_coordinator"))
    wanted = {
        ("officer", "report"): 200,
        ("officer", "edit"): 403,
        ("officer", "confirm"): 403,
        ("officer", "approve"): 200,
        ("approver", "approve"): 403,
        ("north_coordinator", "report"): 200,
        ("north_coordinator", "edit"): 200,
        ("north_coordinator", "receipt"): 200,
        ("north_coordinator", "confirm"): 403,
        ("nordli_owner", "confirm"): 200,
        ("north_provider", "confirm"): 200,
        ("north_provider", "edit"): 403,
        ("north_provider", "approve"): 403,
    }
    assert {pair: as_(pair[0]).get(url(pair[1], sent)).status_code for pair in wanted} == wanted


def test_the_matrix_shows_the_office_all_and_others_their_own(
    as_: Callable[[str], Client], old: AnnualReport, world: World
) -> None:
    def rows(who: str) -> int:
        return len(as_(who).get(list_url(old)).context["page"].rows)

    assert {who: rows(who) for who in ("officer", "north_coordinator", "north_provider", "south_coordinator")} == {
        "officer": 2,
        "north_coordinator": 2,
        "north_provider": 2,
        "south_coordinator": 0,
    }
    assert as_("stranger").get(list_url(old)).status_code == 404
    assert as_("b_officer").get(list_url(old)).status_code == 404


def test_the_menu_leads_to_the_year_that_is_written(as_: Callable[[str], Client], old: AnnualReport) -> None:
    response = as_("officer").get("/fjellfylket/rapport/")
    assert response["Location"] == list_url(old)


# --- queries ----------------------------------------------------------------------------------------------------------

MATRIX_QUERIES = 10


@pytest.mark.parametrize("rows", [1, 3])
def test_the_matrix_asks_the_same_at_one_and_three_rows(
    as_: Callable[[str], Client], old: AnnualReport, world: World, rows: int
) -> None:
    write_and_send(old, world.actor("north_coordinator"))
    if rows == 1:
        AnnualReport.objects.exclude(pk=old.pk).delete()
    else:
        award(world.counting, prepared_by=world.officer)
        reports.create_reports(round=world.past_round)
    browser = as_("officer")
    browser.get(list_url(old))
    with CaptureQueriesContext(
        connection,
    ) as queries:
        response = browser.get(list_url(old))
    assert len(response.context["page"].rows) == rows
    assert len(queries) == MATRIX_QUERIES, "\n".join(one["sql"][:150] for one in queries)


@pytest.mark.parametrize(
    ("page", "who"),
    [("report", "north_coordinator"), ("report", "officer"), ("confirm", "north_provider"), ("approve", "officer")],
)
def test_a_reports_pages_ask_little(
    as_: Callable[[str], Client], old: AnnualReport, world: World, page: str, who: str
) -> None:
    done = confirm_both(write_and_send(old, world.actor("north_coordinator")), world)
    browser = as_(who)
    browser.get(url(page, done))
    with CaptureQueriesContext(connection) as queries:
        assert browser.get(url(page, done)).status_code == 200
    assert len(queries) <= 15, "\n".join(one["sql"][:150] for one in queries)


# --- writing ----------------------------------------------------------------------------------------------------------


def test_written_as_people_write_and_sent(as_: Callable[[str], Client], old: AnnualReport) -> None:
    response = as_("north_coordinator").post(url("report", old), posted(old, step="send"))
    assert response.status_code == 302
    assert response["Location"] == url("receipt", old)
    now = fresh(old)
    assert now.state == "to_confirm"
    assert [line.used for line in now.lines.all()] == [60_000, 90_000]


def test_saved_half_done(as_: Callable[[str], Client], old: AnnualReport) -> None:
    sign = "sign_anchored"
    response = as_("north_coordinator").post(
        url("report", old), {"version": "1", "step": "save", "activities": "Begynt", f"{sign}_text": "Vi har en plan."}
    )
    assert response["Location"] == url("report", old)
    now = fresh(old)
    assert (now.state, now.activities) == ("open", "Begynt")
    assert [(row.sign, row.rating, row.text) for row in now.ratings.all()] == [("anchored", None, "Vi har en plan.")]


def test_what_is_missing_is_said_on_top_and_the_text_is_kept(as_: Callable[[str], Client], old: AnnualReport) -> None:
    data = posted(old, step="send", progress="", sign_sami="", learnt="Dette skal stå.")
    response = as_("north_coordinator").post(url("report", old), data)
    assert response.status_code == 200
    assert sorted(errors(response)) == ["progress", "sign_sami"]
    page = response.content.decode()
    assert "<title>Feil: " in page or "<title>Error: " in page
    assert 'href="#id_sign_sami_0"' in page
    assert "Dette skal stå." in page
    assert fresh(old).state == "open"


def test_an_amount_in_words_is_refused_with_how(as_: Callable[[str], Client], old: AnnualReport) -> None:
    name = f"used_{old.lines.all()[0].pk}"
    response = as_("north_coordinator").post(url("report", old), posted(old, **{name: "fem hundre"}))
    assert list(errors(response)) == [name]
    assert 'value="fem hundre"' in response.content.decode()


def test_a_thousand_is_a_thousand_however_it_is_written(as_: Callable[[str], Client], old: AnnualReport) -> None:
    as_("north_coordinator").post(url("report", old), posted(old, participants="1.000", units="1 200"))
    saved = AnnualReport.objects.get(pk=old.pk)
    assert (saved.participants, saved.units) == (1000, 1200)


def test_working_out_saves_nothing(as_: Callable[[str], Client], old: AnnualReport) -> None:
    name = f"used_{old.lines.all()[0].pk}"
    response = as_("north_coordinator").post(url("report", old), posted(old, step="count", **{name: "50 000"}))
    assert [row.left for row in response.context["form"].money()] == [10_000, 0]
    assert response.context["form"].left() == 10_000
    assert fresh(old).activities == ""


def test_after_anothers_saving_one_chooses_answer_by_answer(
    as_: Callable[[str], Client], old: AnnualReport, world: World
) -> None:
    reports.save_report(report=old, fields=filled_in(old), by=world.actor("nordli_owner"))
    response = as_("north_coordinator").post(url("report", old), posted(old, version="1", learnt="Mitt."))
    learnt = "Hva har dere lært til neste år?"
    assert asked(response)[learnt] == ("Mitt.", "Start med lederne.")
    assert world.nordli_owner.name in response.content.decode()
    assert fresh(old).learnt == "Start med lederne."
    others = [label for label in asked(response) if label != learnt]
    saved = as_("north_coordinator").post(url("report", old), answered(response, *others))
    now = fresh(old)
    assert (saved.status_code, now.learnt, now.version) == (302, "Mitt.", 3)
    assert now.activities == "Elleve fagdager er holdt."


def test_choosing_after_a_conflict_saves_and_sends_nothing(
    as_: Callable[[str], Client], old: AnnualReport, world: World
) -> None:
    reports.save_report(report=old, fields=filled_in(old), by=world.actor("nordli_owner"))
    browser = as_("north_coordinator")
    page = browser.post(url("report", old), posted(old, version="1", learnt="Mitt.", step="send"))
    browser.post(url("report", old), answered(page))
    assert (fresh(old).learnt, fresh(old).state) == ("Mitt.", "open")


def test_a_double_click_on_send_sends_once(as_: Callable[[str], Client], old: AnnualReport) -> None:
    browser, data = as_("north_coordinator"), posted(old, step="send")
    first, second = browser.post(url("report", old), data), browser.post(url("report", old), data)
    assert [first["Location"], second["Location"]] == [url("receipt", old)] * 2
    assert fresh(old).version == 3


def test_an_edit_while_the_parties_have_it(as_: Callable[[str], Client], old: AnnualReport, world: World) -> None:
    sent = write_and_send(old, world.actor("north_coordinator"))
    response = as_("north_coordinator").post(url("report", sent), posted(sent, participants="80"))
    assert response["Location"] == url("receipt", sent)
    assert (fresh(sent).state, fresh(sent).participants) == ("to_confirm", 80)


def test_asking_for_the_head_changes_nothing(as_: Callable[[str], Client], old: AnnualReport, world: World) -> None:
    reports.save_report(report=old, fields=filled_in(old), by=world.actor("north_coordinator"))
    browser = as_("north_coordinator")
    assert [browser.head(url(page, old)).status_code for page in ("report", "edit")] == [200, 200]
    assert (fresh(old).version, fresh(old).activities) == (2, "Elleve fagdager er holdt.")
    sent = reports.send(report=old, by=world.actor("north_coordinator"))
    as_("north_provider").head(url("confirm", sent))
    assert sent.readings.count() == 0


# --- confirming -------------------------------------------------------------------------------------------------------


def answer(report: AnnualReport, world: World, **more: str) -> dict[str, str]:
    anchor = world.university.anchor
    hashes = {f"seen_{part}": value for part, value in seen(report, anchor).items()}
    return {"party": str(anchor.pk), "answer": "confirm", **hashes, **more}


def test_confirmed_on_the_page(as_: Callable[[str], Client], old: AnnualReport, world: World) -> None:
    sent = write_and_send(old, world.actor("north_coordinator"))
    browser = as_("north_provider")
    page = browser.get(url("confirm", sent)).content.decode()
    for part, value in seen(sent, world.university.anchor).items():
        assert f'name="seen_{part}" value="{value}"' in page
    response = browser.post(url("confirm", sent), answer(sent, world))
    assert response["Location"] == url("confirm", sent)
    [line] = [one for one in browser.get(url("confirm", sent)).context["confirming"].lines if one.is_mine]
    assert line.status == "confirmed"


def test_a_double_click_confirms_once(as_: Callable[[str], Client], old: AnnualReport, world: World) -> None:
    sent = write_and_send(old, world.actor("north_coordinator"))
    browser, data = as_("north_provider"), answer(sent, world)
    assert [browser.post(url("confirm", sent), data).status_code for _click in range(2)] == [302, 302]


def test_a_wish_without_words_is_refused(as_: Callable[[str], Client], old: AnnualReport, world: World) -> None:
    sent = write_and_send(old, world.actor("north_coordinator"))
    response = as_("north_provider").post(url("confirm", sent), answer(sent, world, answer="change", comment=" "))
    assert list(errors(response)) == ["comment"]
    assert fresh(sent).state == "to_confirm"


def test_a_wish_opens_the_report_for_the_writer(as_: Callable[[str], Client], old: AnnualReport, world: World) -> None:
    sent = write_and_send(old, world.actor("north_coordinator"))
    as_("north_provider").post(url("confirm", sent), answer(sent, world, answer="change", comment="Vi brukte mer."))
    assert fresh(sent).state == "open"
    assert "Vi brukte mer." in as_("north_coordinator").get(url("report", sent)).content.decode()


def test_changed_since_one_read(as_: Callable[[str], Client], old: AnnualReport, world: World) -> None:
    writer = world.actor("north_coordinator")
    sent = write_and_send(old, writer)
    browser = as_("north_provider")
    browser.get(url("confirm", sent))
    stale = answer(sent, world)
    now = reports.save_report(report=sent, fields=filled_in(sent, participants=80), by=writer)
    response = browser.post(url("confirm", sent), stale)
    assert response.status_code == 200
    assert [one.code for one in response.context["refused"].obstacles] == ["changed_since_seen"]
    shown = browser.get(url("confirm", now)).context["confirming"]
    assert [(one.key, one.before, one.after) for one in shown.changes] == [("participants", "75", "80")]


def test_nobody_answers_for_another_on_the_page(as_: Callable[[str], Client], old: AnnualReport, world: World) -> None:
    sent = write_and_send(old, world.actor("north_coordinator"))
    assert as_("nordli_owner").post(url("confirm", sent), answer(sent, world)).status_code == 403


# --- by personal link -------------------------------------------------------------------------------------------------


def with_link(client: Client, report: AnnualReport, user: Any) -> Client:
    link, _token = links.issue(subject=report, purpose="report_confirmation", user=user, url=url("confirm", report))
    session = client.session
    session[LINK_SESSION_KEY] = link.pk
    session.save()
    return client


def test_confirmed_by_personal_link_without_signing_in(client: Client, old: AnnualReport, world: World) -> None:
    sent = write_and_send(old, world.actor("north_coordinator"))
    browser = with_link(client, sent, world.north_provider)
    assert browser.get(url("confirm", sent)).status_code == 200
    assert browser.post(url("confirm", sent), answer(sent, world)).status_code == 302
    [line] = [one for one in browser.get(url("confirm", sent)).context["confirming"].lines if one.is_mine]
    assert (line.status, line.people) == ("confirmed", world.north_provider.name)


@pytest.mark.parametrize("page", PAGES)
def test_a_link_for_one_report_opens_no_other(client: Client, old: AnnualReport, world: World, page: str) -> None:
    sent = write_and_send(old, world.actor("north_coordinator"))
    browser = with_link(client, sent, world.north_provider)
    other = fresh(world.reading_report)
    assert browser.get(url("confirm", sent)).status_code == 200
    for elsewhere in (url(page, other), list_url(sent)):
        assert browser.get(elsewhere)["Location"].startswith("/logg-inn/")


# --- the office -------------------------------------------------------------------------------------------------------


def test_approved_after_both_checks(as_: Callable[[str], Client], old: AnnualReport, world: World) -> None:
    done = confirm_both(write_and_send(old, world.actor("north_coordinator")), world)
    browser, data = as_("officer"), {"version": str(done.version), "step": "approve", "formal": "on"}
    assert list(errors(browser.post(url("approve", done), data))) == ["reasonable"]
    assert fresh(done).state == "confirmed"
    response = browser.post(url("approve", done), data | {"reasonable": "on", "note": "Greit."})
    assert response["Location"] == list_url(done)
    assert fresh(done).state == "approved"
    assert browser.post(url("approve", done), data | {"reasonable": "on", "note": "Greit."}).status_code == 302


def test_sent_back_with_a_comment(as_: Callable[[str], Client], old: AnnualReport, world: World) -> None:
    done = confirm_both(write_and_send(old, world.actor("north_coordinator")), world)
    browser, data = as_("officer"), {"version": str(done.version), "step": "return", "comment": ""}
    assert list(errors(browser.post(url("approve", done), data))) == ["comment"]
    browser.post(url("approve", done), data | {"comment": "Hvem var med?"})
    assert (fresh(done).state, fresh(done).return_comment) == ("returned", "Hvem var med?")


def test_an_unconfirmed_report_can_not_be_approved(
    as_: Callable[[str], Client], old: AnnualReport, world: World
) -> None:
    sent = write_and_send(old, world.actor("north_coordinator"))
    data = {"version": str(sent.version), "step": "approve", "formal": "on", "reasonable": "on"}
    response = as_("officer").post(url("approve", sent), data)
    assert response.status_code == 200
    assert list(errors(response)) == ["__all__"]
    assert fresh(sent).state == "to_confirm"


def test_what_was_never_sent_is_read_by_its_writers_only(
    as_: Callable[[str], Client], old: AnnualReport, world: World
) -> None:
    reports.save_report(
        report=old, fields=filled_in(old, activities="Halvskrevet."), by=world.actor("north_coordinator")
    )
    pages = {who: as_(who).get(url("report", old)).content.decode() for who in ("officer", "north_provider")}
    assert {who: "Halvskrevet." in page for who, page in pages.items()} == {"officer": False, "north_provider": False}
    assert "Halvskrevet." in as_("north_coordinator").get(url("report", old)).content.decode()
    [row] = [one for one in as_("officer").get(list_url(old)).context["page"].rows if one.report.pk == old.pk]
    assert row.left is None


# --- what was written while the report moved on -----------------------------------------------------------------------


WORDS = "Vi brukte mer enn det som står."


@pytest.mark.parametrize("button", ["change", "confirm"])
def test_a_wish_is_given_back_when_the_report_was_opened_meanwhile(
    as_: Callable[[str], Client], old: AnnualReport, world: World, button: str
) -> None:
    sent = write_and_send(old, world.actor("north_coordinator"))
    data = answer(sent, world, answer=button, comment=WORDS)
    AnnualReport.objects.filter(pk=sent.pk).update(state="open")
    page = as_("north_provider").post(url("confirm", sent), data)
    assert page.context["texts"] == [WORDS]
    assert WORDS in page.content.decode()


@pytest.mark.parametrize(
    "data",
    [
        {"step": "return", "comment": WORDS},
        {"step": "approve", "note": WORDS},
        {"step": "approve", "note": WORDS, "formal": "on", "reasonable": "on"},
    ],
    ids=["comment", "unchecked", "note"],
)
@pytest.mark.parametrize("state", ["open", "approved"])
def test_the_offices_words_are_given_back_when_the_report_has_moved_on(
    as_: Callable[[str], Client], old: AnnualReport, world: World, data: dict[str, str], state: str
) -> None:
    sent = write_and_send(old, world.actor("north_coordinator"))
    AnnualReport.objects.filter(pk=sent.pk).update(state=state)
    page = as_("officer").post(url("approve", sent), {**data, "version": str(fresh(sent).version)})
    assert page.context["texts"] == [WORDS]
    assert WORDS in page.content.decode()


def test_a_form_that_stands_gives_nothing_back_twice(
    as_: Callable[[str], Client], old: AnnualReport, world: World
) -> None:
    done = confirm_both(write_and_send(old, world.actor("north_coordinator")), world)
    data = {"step": "approve", "note": WORDS, "version": str(done.version)}
    page = as_("officer").post(url("approve", done), data)
    assert (page.context["texts"], page.content.decode().count(WORDS)) == ([], 1)
