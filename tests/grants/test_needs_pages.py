"""The pages of the needs report, walked as a browser without JavaScript does."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from core.models import Event, Section
from core.validators import strip_control
from grants.models import MeasureYear, NeedsReport
from grants.selectors import assessment as assessment_page
from grants.selectors import needs_pages
from grants.services import assessment, needs
from grants.services.measures import TEXT_LIMIT
from tests.choosing import answered, asked
from tests.grants.needs_setup import FIELDS, World, actor, client_for, fill

pytestmark = pytest.mark.django_db


@pytest.fixture
def world(needs_phase: World) -> World:
    return needs_phase


def at(name: str, world: World, *args: int, office: str = "innlandet") -> str:
    return reverse(f"grants:{name}", args=[office, *args])


def section(name: str, world: World, row: MeasureYear) -> str:
    return at(f"measure_{name}", world, world.report.pk, row.pk)


def about(**changes: Any) -> dict[str, Any]:
    return {
        **FIELDS,
        "title": "Lesing",
        "sector": "both",
        "year_no": "1",
        "year_count": "2",
        "units_planned": "",
        "participants_planned": "",
        "version": "0",
        **changes,
    }


def budget(*amounts: str, payee: int | str = "", **more: str) -> dict[str, str]:
    data = {"form-TOTAL_FORMS": str(len(amounts)), "form-INITIAL_FORMS": "0", "version": "0", **more}
    kinds = ("network", "provider", "other")
    for number, amount in enumerate(amounts):
        data |= {
            f"form-{number}-kind": kinds[number],
            f"form-{number}-payee": str(payee),
            f"form-{number}-y2027": amount,
        }
    return data


def test_a_whole_report_is_written_and_sent(world: World) -> None:
    browser = client_for(world.coordinator)
    answer = browser.post(at("measure_new", world, world.report.pk))
    row = MeasureYear.objects.get(report=world.report)
    assert (answer.status_code, answer.headers["Location"]) == (302, section("edit", world, row))
    answer = browser.post(section("edit", world, row), about())
    assert answer.headers["Location"] == section("answers", world, row)
    criteria = ("learning_community", "partnership", "teacher_education", "sami", "cross_professional")
    answer = browser.post(section("answers", world, row), dict.fromkeys(criteria, "Slik gjør vi det."))
    assert answer.headers["Location"] == section("parties", world, row)
    parties = {
        f"role_{world.host.pk}": "owner",
        f"confirms_{world.host.pk}": "on",
        f"role_{world.university.pk}": "provider",
        f"confirms_{world.university.pk}": "on",
    }
    answer = browser.post(section("parties", world, row), parties)
    assert answer.headers["Location"] == section("budget", world, row)
    answer = browser.post(section("budget", world, row), budget("kr 500 000", "500.000,-", payee=world.host.pk))
    assert answer.headers["Location"] == at("needs_report", world, world.report.pk)
    assert [line.amount for line in row.budget_lines.all()] == [500000, 500000]
    answer = browser.post(at("needs_check", world, world.report.pk), {"version": "1", "step": "send"})
    assert answer.headers["Location"] == at("needs_receipt", world, world.report.pk)
    assert "2027-BM-001" in browser.get(answer.headers["Location"]).content.decode()


def test_an_amount_in_words_is_kept_and_said_how_to_write(world: World) -> None:
    browser = client_for(world.coordinator)
    row = needs.add_measure(report=world.report, by=actor(world.coordinator), title="Lesing")
    url = section("budget", world, row)
    page = browser.post(url, budget("fem hundre", payee=world.host.pk)).content.decode()
    assert re.search(r"<title>\s*\S+:", page)
    assert 'href="#id_form-0-y2027"' in page
    again = browser.get(url).content.decode()
    assert 'value="fem hundre"' in again
    assert row.budget_lines.count() == 0


def test_a_thousand_is_a_thousand_however_it_is_written(world: World) -> None:
    browser = client_for(world.coordinator)
    row = needs.add_measure(report=world.report, by=actor(world.coordinator), title="Lesing")
    browser.post(section("edit", world, row), about(participants_planned="1.000", units_planned="1 200"))
    row.refresh_from_db()
    assert (row.participants_planned, row.units_planned) == (1000, 1200)


def test_adding_up_and_adding_a_line_save_nothing(world: World) -> None:
    browser = client_for(world.coordinator)
    row = needs.add_measure(report=world.report, by=actor(world.coordinator), title="Lesing")
    page = browser.post(section("budget", world, row), budget("1000", "2000", calc="1")).content.decode()
    assert "3\N{NO-BREAK SPACE}000" in page
    page = browser.post(section("budget", world, row), budget("1000", "2000", more="1")).content.decode()
    assert 'name="form-2-y2027"' in page
    assert row.budget_lines.count() == 0


def test_what_is_missing_is_said_and_what_is_there_is_saved(world: World) -> None:
    browser = client_for(world.coordinator)
    row = needs.add_measure(report=world.report, by=actor(world.coordinator))
    page = browser.post(section("edit", world, row), about(goal="", need_how="Ja")).content.decode()
    assert 'href="#id_goal"' in page
    assert 'href="#id_need_how"' in page
    row.refresh_from_db()
    assert (row.title, row.need_how, row.goal) == ("Lesing", "Ja", "")
    assert 'name="version" value="1"' in page


def test_save_and_go_on_later_asks_for_nothing(world: World) -> None:
    browser = client_for(world.coordinator)
    row = needs.add_measure(report=world.report, by=actor(world.coordinator))
    answer = browser.post(section("edit", world, row), {"title": "Lesing", "version": "0", "later": "1"})
    assert answer.headers["Location"] == at("needs_report", world, world.report.pk)
    assert MeasureYear.objects.get(pk=row.pk).title == "Lesing"


@pytest.mark.parametrize(
    "text",
    [
        "x\0y",
        "\u202eabc\u2066\u200f",
        "čđŋšŧž ČĐŊŠŦŽ",
        "😀👩‍🏫",
        "<script>alert(1)</script>",
        "{{ 7|add:7 }}",
        "æ" * 100_000,
    ],
    ids=["NUL", "direction", "sami", "emoji", "script", "template", "long"],
)
def test_odd_text_in_a_half_filled_section_is_stored_or_refused_with_the_text_kept(world: World, text: str) -> None:
    """Control characters are no part of a text (core.validators); what is too long is kept as typed."""
    browser = client_for(world.coordinator)
    row = needs.add_measure(report=world.report, by=actor(world.coordinator))
    browser.post(section("edit", world, row), {"goal": text, "version": "0", "later": "1"})
    row.refresh_from_db()
    if len(text) > TEXT_LIMIT:
        assert row.goal == ""
        assert browser.get(section("edit", world, row)).context["form"]["goal"].value() == text
    else:
        assert row.goal == strip_control(text)


def test_after_anothers_saving_one_chooses_text_by_text(world: World) -> None:
    row = needs.add_measure(report=world.report, by=actor(world.coordinator))
    client_for(world.coordinator).post(section("edit", world, row), about(goal="Karis mål"))
    typed = about(goal="Jons mål", need="Jons behov, funnet i mai.", sector="school")
    page = client_for(world.colleague).post(section("edit", world, row), typed)
    goal, need, whom = "Hva skal tiltaket føre til?", "Hvilket behov har dere funnet?", "Hvem er tiltaket for?"
    assert asked(page) == {
        goal: ("Jons mål", "Karis mål"),
        need: ("Jons behov, funnet i mai.", FIELDS["need"]),
        whom: ("Skole", "Barnehage og skole"),
    }
    assert "Kari Moe" in page.content.decode()
    assert MeasureYear.objects.get(pk=row.pk).goal == "Karis mål"
    answer = client_for(world.colleague).post(section("edit", world, row), answered(page, need, whom))
    now = MeasureYear.objects.get(pk=row.pk)
    assert (answer.status_code, now.goal, now.need, now.sector) == (302, "Jons mål", FIELDS["need"], "both")


def test_a_third_saving_meanwhile_is_a_conflict_anew(world: World) -> None:
    row = needs.add_measure(report=world.report, by=actor(world.coordinator))
    kari, jon = client_for(world.coordinator), client_for(world.colleague)
    kari.post(section("edit", world, row), about(goal="Karis mål"))
    page = jon.post(section("edit", world, row), about(goal="Jons mål"))
    kari.post(section("edit", world, row), about(goal="Karis andre mål", version="1"))
    again = jon.post(section("edit", world, row), answered(page))
    assert asked(again) == {"Hva skal tiltaket føre til?": ("Jons mål", "Karis andre mål")}


def test_what_the_other_couldnt_finish_is_chosen_among_too(world: World) -> None:
    """Kari's section is only kept as typed: her year can't be read."""
    row = needs.add_measure(report=world.report, by=actor(world.coordinator))
    client_for(world.coordinator).post(section("edit", world, row), about(year_no="mange", goal="Karis mål"))
    page = client_for(world.colleague).post(section("edit", world, row), about(goal="Jons mål"))
    assert asked(page)["Hva skal tiltaket føre til?"] == ("Jons mål", "Karis mål")
    assert ("1", "mange") in asked(page).values()


def test_a_budget_is_chosen_whole(world: World) -> None:
    row = needs.add_measure(report=world.report, by=actor(world.coordinator))
    kari, jon, at_budget = client_for(world.coordinator), client_for(world.colleague), section("budget", world, row)
    year, lead = world.report.round.year, str(world.report.lead_id)
    typed = {"form-TOTAL_FORMS": "1", "form-INITIAL_FORMS": "0", "form-0-kind": "network", "form-0-payee": lead}
    assert kari.post(at_budget, typed | {"version": "0", f"form-0-y{year}": "100 000"}).status_code == 302
    page = jon.post(at_budget, typed | {"version": "0", f"form-0-y{year}": "200 000", "form-0-description": "Frikjøp"})
    [(mine, theirs)] = asked(page).values()
    assert ("200 000" in mine, "Frikjøp" in mine, "100\N{NO-BREAK SPACE}000" in theirs) == (True, True, True)
    [label] = asked(page)
    assert jon.post(at_budget, answered(page, label)).status_code == 302
    assert [line.amount for line in row.budget_lines.all()] == [100_000]
    assert jon.post(at_budget, answered(page) | {"version": "2"}).status_code == 302
    assert [line.amount for line in row.budget_lines.all()] == [200_000]


def test_the_same_form_twice_saves_once(world: World) -> None:
    browser = client_for(world.coordinator)
    row = needs.add_measure(report=world.report, by=actor(world.coordinator))
    for _time in range(2):
        assert browser.post(section("edit", world, row), about()).status_code == 302
    assert MeasureYear.objects.get(pk=row.pk).goal == FIELDS["goal"]


def test_sending_twice_sends_once(world: World) -> None:
    fill(world, world.report, world.coordinator)
    browser = client_for(world.coordinator)
    url = at("needs_check", world, world.report.pk)
    for _time in range(2):
        assert browser.post(url, {"version": "1"}).status_code == 302
    assert Event.objects.filter(code="needs_report.send").count() == 1


def test_a_report_that_isnt_ready_says_why_with_links(world: World) -> None:
    row = needs.add_measure(report=world.report, by=actor(world.coordinator), title="Lesing")
    page = (
        client_for(world.coordinator).post(at("needs_check", world, world.report.pk), {"version": "1"}).content.decode()
    )
    assert f'href="{section("edit", world, row)}#id_need"' in page
    assert f'href="{section("budget", world, row)}#lines"' in page


@pytest.mark.parametrize("name", ["needs_report", "needs_check", "needs_order"])
def test_who_gets_in(world: World, name: str) -> None:
    url = at(name, world, world.report.pk)
    assert client_for(world.coordinator).get(url).status_code == 200
    assert client_for(world.stranger).get(url).status_code == 404
    assert client_for(world.lone_contact).get(url).status_code == 404
    foreign = at(name, world, world.report.pk, office="moreogromsdal")
    assert client_for(world.coordinator).get(foreign).status_code == 404


def test_readers_read_and_dont_write(world: World) -> None:
    row = fill(world, world.report, world.coordinator)
    for user in (world.owner_contact, world.provider_contact):
        assert client_for(user).get(at("needs_report", world, world.report.pk)).status_code == 200
        assert client_for(user).get(section("edit", world, row)).status_code == 403
    officer = client_for(world.officer)
    assert officer.get(section("edit", world, row)).status_code == 404
    page = officer.get(at("needs_report", world, world.report.pk)).content.decode()
    assert "tre teammøter" not in page


def test_the_order(world: World) -> None:
    by = actor(world.coordinator)
    first, second = (needs.add_measure(report=world.report, by=by, title=title) for title in ("Én", "To"))
    browser, url = client_for(world.coordinator), at("needs_order", world, world.report.pk)
    places = {f"place_{first.pk}": "1", f"place_{second.pk}": "2", "version": "0"}
    assert browser.post(url, {**places, "up": str(second.pk)}).status_code == 302
    assert [one.title for one in world.report.measures.order_by("priority")] == ["To", "Én"]
    page = browser.post(url, {f"place_{first.pk}": "1", f"place_{second.pk}": "1", "version": "1"})
    assert page.status_code == 200
    assert (
        f'href="#id_place_{second.pk}"' in page.content.decode()
        or f'href="#id_place_{first.pk}"' in page.content.decode()
    )


def test_a_measure_is_taken_out(world: World) -> None:
    row = fill(world, world.report, world.coordinator)
    answer = client_for(world.coordinator).post(at("measure_remove", world, world.report.pk, row.pk))
    assert answer.headers["Location"] == at("needs_report", world, world.report.pk)
    assert Section.objects.count() == 0


def test_the_way_to_ones_report(world: World) -> None:
    answer = client_for(world.coordinator).get(reverse("grants:my_needs", args=["innlandet"]))
    assert answer.headers["Location"] == at("needs_report", world, world.report.pk)
    assert client_for(world.stranger).get(reverse("grants:my_needs", args=["innlandet"])).status_code == 404


def sent(world: World) -> MeasureYear:
    row = fill(world, world.report, world.coordinator)
    needs.send(report=world.report, by=actor(world.coordinator))
    return MeasureYear.objects.get(pk=row.pk)


def test_the_assessment(world: World) -> None:
    row = sent(world)
    browser, url = client_for(world.officer), at("assess", world, world.report.pk)
    prefix = f"m{row.pk}"
    data = {"measure": str(row.pk), f"{prefix}-sami_result": "partly", f"{prefix}-partnership_result": "met"}
    page = browser.post(url, data).content.decode()
    assert f'href="#id_{prefix}-sami_reason"' in page
    assert [one.criterion for one in row.assessments.all()] == ["partnership"]
    assert browser.post(url, {"step": "assess", "version": "2"}).status_code == 200
    assert NeedsReport.objects.get(pk=world.report.pk).state == "sent"
    codes = ("learning_community", "local_need", "partnership", "teacher_education", "sami")
    everything = {f"{prefix}-{code}_result": "met" for code in codes}
    stamps = {f"{prefix}-partnership_seen": assessment.stamp(row.assessments.get())}
    assert browser.post(url, {"measure": str(row.pk), **everything, **stamps}).status_code == 302
    assert browser.post(url, {"step": "assess", "version": "2"}).status_code == 302
    assert NeedsReport.objects.get(pk=world.report.pk).state == "assessed"


def test_returning_with_a_comment(world: World) -> None:
    sent(world)
    browser, url = client_for(world.officer), at("assess", world, world.report.pk)
    page = browser.post(url, {"step": "return", "comment": "", "version": "2"}).content.decode()
    assert 'href="#id_comment"' in page
    assert browser.post(url, {"step": "return", "comment": "Skriv mer om behovet.", "version": "2"}).status_code == 302
    page = client_for(world.coordinator).get(at("needs_report", world, world.report.pk)).content.decode()
    assert "Skriv mer om behovet." in page


def test_two_officers_at_once_are_told(world: World) -> None:
    row = sent(world)
    url, prefix = at("assess", world, world.report.pk), f"m{row.pk}"
    data = {"measure": str(row.pk), f"{prefix}-sami_result": "met", f"{prefix}-sami_seen": ""}
    client_for(world.officer).post(url, data)
    late = {**data, f"{prefix}-sami_result": "not_met", f"{prefix}-sami_reason": "Mangler."}
    page = client_for(world.second_officer).post(url, late)
    assert asked(page) == {"Er kriteriet oppfylt?": ("Ikke oppfylt", "Oppfylt"), "Begrunnelse": ("Mangler.", "")}
    assert "Anne Hov" in page.content.decode()
    assert client_for(world.second_officer).post(url, answered(page)).status_code == 302
    assert [(one.result, one.reason) for one in row.assessments.all()] == [("not_met", "Mangler.")]


def test_who_assesses(world: World) -> None:
    sent(world)
    url = at("assess", world, world.report.pk)
    assert client_for(world.coordinator).get(url).status_code == 403
    assert client_for(world.stranger).get(url).status_code == 404


def queries(user: Any, url: str) -> int:
    browser = client_for(user)
    browser.get(url)
    with CaptureQueriesContext(connection) as caught:
        assert browser.get(url).status_code == 200
    return len(caught)


def test_the_measures_page_takes_few_queries(world: World) -> None:
    row = sent(world)
    url = at("measure", world, row.measure_id)
    for user in (world.officer, world.coordinator, world.owner_contact):
        assert queries(user, url) <= 15
    assert client_for(world.stranger).get(url).status_code == 404


def test_the_task_list_takes_as_many_queries_for_three_measures_as_for_one(world: World) -> None:
    fill(world, world.report, world.coordinator)
    url = at("needs_report", world, world.report.pk)
    one = queries(world.coordinator, url)
    for title in ("To", "Tre"):
        fill(world, world.report, world.coordinator, title=title)
    assert queries(world.coordinator, url) == one


def test_a_report_is_read_with_as_many_queries_for_three_measures_as_for_one(world: World) -> None:
    for title in ("Én", "To", "Tre"):
        fill(world, world.report, world.coordinator, title=title)
    needs.send(report=world.report, by=actor(world.coordinator))
    fill(world, world.lone_report, world.lone_contact)
    needs.send(report=world.lone_report, by=actor(world.lone_contact))
    counts = [queries(world.officer, at("needs_report", world, pk)) for pk in (world.report.pk, world.lone_report.pk)]
    assert counts[0] == counts[1]
    assert counts[0] <= 12


def test_the_assessment_takes_as_many_queries_for_three_measures_as_for_one(world: World) -> None:
    for title in ("Én", "To", "Tre"):
        fill(world, world.report, world.coordinator, title=title)
    needs.send(report=world.report, by=actor(world.coordinator))
    fill(world, world.lone_report, world.lone_contact)
    needs.send(report=world.lone_report, by=actor(world.lone_contact))
    counts = [queries(world.officer, at("assess", world, pk)) for pk in (world.report.pk, world.lone_report.pk)]
    assert counts[0] - counts[1] <= 2


def test_a_long_report_is_read_and_assessed_some_measures_at_a_time(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(needs_pages, "MEASURES", 1)
    monkeypatch.setattr(assessment_page, "MEASURES", 1)
    for title in ("Én", "To"):
        fill(world, world.report, world.coordinator, title=title)
    needs.send(report=world.report, by=actor(world.coordinator))
    browser, url = client_for(world.officer), at("assess", world, world.report.pk)
    read = browser.get(at("needs_report", world, world.report.pk) + "?side=2").content.decode()
    assert ("2. To" in read, "1. Én" in read) == (True, False)
    page = browser.get(f"{url}?side=2").context["page"]
    assert ([text.title for text in page.measures], page.total) == (["To"], 10)
    pk = page.measures.rows[0].measure_year.pk
    saved = browser.post(f"{url}?side=2", {"measure": str(pk), f"m{pk}-partnership_result": "met"})
    assert saved["Location"] == f"{url}?side=2#measure-{pk}"
