"""Nothing written in a needs report is lost unseen, whatever somebody else did meanwhile."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from core.models import Section
from grants.models import MeasureYear
from grants.services import assessment, needs
from networks.models import Organisation
from tests.choosing import answered, asked
from tests.grants.needs_setup import World, actor, client_for, fill, organisation
from tests.grants.test_needs_pages import about, at, budget, section

pytestmark = pytest.mark.django_db

GOAL = "Hva skal tiltaket føre til?"


@pytest.fixture
def world(needs_phase: World) -> World:
    return needs_phase


def version_on(browser: Client, url: str) -> str:
    return str(browser.get(url).context["version"])


def sent_and_returned(world: World) -> None:
    needs.send(report=world.report, by=actor(world.colleague))
    world.report.refresh_from_db()
    assessment.return_report(report=world.report, by=actor(world.officer), comment="Skriv mer om behovet.")
    world.report.refresh_from_db()


def test_a_page_opened_before_sending_is_old_when_the_report_comes_back(world: World) -> None:
    row = fill(world, world.report, world.coordinator)
    url, kari, jon = section("edit", world, row), client_for(world.coordinator), client_for(world.colleague)
    words: dict[str, Any] = {"scheme": row.scheme, "sector": row.sector, "later": "1"}
    before = version_on(kari, url)
    sent_and_returned(world)
    assert jon.post(url, about(goal="Jons nye mål", version=version_on(jon, url), **words)).status_code == 302
    page = kari.post(url, about(goal="Karis gamle mål", version=before, **words))
    assert asked(page)[GOAL] == ("Karis gamle mål", "Jons nye mål")
    assert MeasureYear.objects.get(pk=row.pk).goal == "Jons nye mål"


def test_a_page_opened_before_sending_counts_when_nobody_wrote_since(world: World) -> None:
    row = fill(world, world.report, world.coordinator)
    url, kari = section("edit", world, row), client_for(world.coordinator)
    before = version_on(kari, url)
    sent_and_returned(world)
    typed = about(goal="Karis mål", version=before, scheme=row.scheme, sector=row.sector, later="1")
    assert kari.post(url, typed).status_code == 302
    assert MeasureYear.objects.get(pk=row.pk).goal == "Karis mål"


def test_sending_forgets_what_the_drafts_hold(world: World) -> None:
    row = fill(world, world.report, world.coordinator)
    needs.set_priorities(report=world.report, order={row.pk: 1}, by=actor(world.coordinator))
    versions = dict(Section.objects.values_list("name", "version"))
    needs.send(report=world.report, by=actor(world.coordinator))
    assert [one.data for one in Section.objects.all()] == [{}] * 5
    assert dict(Section.objects.values_list("name", "version")) == versions


# --- who takes part ---------------------------------------------------------------------------------------------------


def parties_on(browser: Client, url: str) -> dict[str, str]:
    """The form of the parties as a browser sends it back untouched."""
    page = browser.get(url)
    values = {bound.html_name: bound.value() for bound in page.context["form"]}
    boxes = {name: "on" if value is True else value for name, value in values.items() if value not in (None, False)}
    return {"version": str(page.context["version"]), **boxes}


def now_taking_part(row: MeasureYear) -> set[tuple[int, str, bool]]:
    return set(row.parties.values_list("organisation", "kind", "confirms"))


def with_new_partner(world: World, row: MeasureYear) -> tuple[Organisation, dict[str, str]]:
    """A partner Jon adds after Kari has opened the page; and what Kari's page sends."""
    added = organisation("Høgskulen på Vestlandet", "university")
    sent = parties_on(client_for(world.coordinator), section("parties", world, row))
    parties = [*now_taking_part(row), (added.pk, "provider", True)]
    needs.set_parties(measure_year=row, parties=parties, by=actor(world.colleague))
    return added, sent


@pytest.mark.parametrize("picked", ["mine", "theirs"])
def test_a_partner_a_colleague_added_is_asked_about(world: World, picked: str) -> None:
    row = fill(world, world.report, world.coordinator)
    before = now_taking_part(row)
    added, sent = with_new_partner(world, row)
    name, browser, url = str(added), client_for(world.coordinator), section("parties", world, row)
    sent[f"role_{world.member.pk}"] = "participant"
    page = browser.post(url, sent)
    assert asked(page) == {
        str(world.member): ("Deltaker", ""),
        name: ("", f"Partner · {name} bekrefter"),
    }
    answer = browser.post(url, answered(page, *([name] if picked == "theirs" else [])))
    wanted = before | {(world.member.pk, "participant", False)}
    wanted |= {(added.pk, "provider", True)} if picked == "theirs" else set()
    assert (answer.status_code, now_taking_part(row)) == (302, wanted)


def test_a_partner_both_added_is_no_conflict(world: World) -> None:
    row = fill(world, world.report, world.coordinator)
    added, sent = with_new_partner(world, row)
    browser, url = client_for(world.coordinator), section("parties", world, row)
    sent |= {"other": str(added.pk), f"role_{world.member.pk}": "participant"}
    page = browser.post(url, sent)
    assert asked(page) == {str(world.member): ("Deltaker", "")}
    browser.post(url, answered(page))
    assert {(added.pk, "provider", True), (world.member.pk, "participant", False)} <= now_taking_part(row)


# --- taking a measure out ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "words", [{"goal": "Jons mål"}, {"goal": "Jons mål", "year_no": "mange"}], ids=["read", "kept"]
)
def test_a_measure_a_colleague_has_written_in_is_not_taken_out(world: World, words: dict[str, str]) -> None:
    row = needs.add_measure(report=world.report, by=actor(world.coordinator), title="Lesing")
    kari = client_for(world.coordinator)
    seen = kari.get(section("edit", world, row)).context["measure_year"].version
    client_for(world.colleague).post(section("edit", world, row), about(later="1", **words))
    answer = kari.post(at("measure_remove", world, world.report.pk, row.pk), {"version": str(seen)})
    assert (answer.status_code, "Jon Aas" in answer.content.decode()) == (409, True)
    assert client_for(world.coordinator).get(section("edit", world, row)).context["form"]["goal"].value() == "Jons mål"


def test_a_measure_is_taken_out_as_it_was_seen(world: World) -> None:
    row = fill(world, world.report, world.coordinator)
    kari = client_for(world.coordinator)
    page = kari.get(section("edit", world, row))
    seen = page.context["measure_year"].version
    assert f'name="version" value="{seen}"' in page.content.decode().partition("<details")[2]
    assert kari.post(at("measure_remove", world, world.report.pk, row.pk), {"version": str(seen)}).status_code == 302
    assert MeasureYear.objects.count() == 0


# --- the budget -------------------------------------------------------------------------------------------------------


def budget_page(world: World, row: MeasureYear, line: dict[str, str]) -> Any:
    """What comes of a budget of two lines, of which the second has no sum."""
    typed = budget("500 000", "", payee=world.host.pk) | {f"form-1-{name}": value for name, value in line.items()}
    return client_for(world.coordinator).post(section("budget", world, row), typed)


def test_a_line_with_words_and_no_sum_is_kept_as_typed_and_asked_about(world: World) -> None:
    row = needs.add_measure(report=world.report, by=actor(world.coordinator), title="Lesing")
    for line in ({"description": "Vikar for tre lærere"}, {"beneficiary": str(world.member.pk)}):
        page = budget_page(world, row, line)
        wanted = {"y2027": ["Skriv beløpet, eller tøm hele posten."]}
        assert [dict(form.errors) for form in page.context["rows"]] == [{}, wanted]
        again = client_for(world.coordinator).get(section("budget", world, row)).context["rows"]
        [(name, value)] = line.items()
        assert again.forms[1][name].value() == value
        Section.objects.all().delete()


def test_a_line_without_words_or_sum_is_left_out(world: World) -> None:
    row = needs.add_measure(report=world.report, by=actor(world.coordinator), title="Lesing")
    assert budget_page(world, row, {}).status_code == 302
    assert [line.amount for line in row.budget_lines.all()] == [500_000]


def test_words_with_a_sum_that_cant_be_read_have_one_error(world: World) -> None:
    row = needs.add_measure(report=world.report, by=actor(world.coordinator), title="Lesing")
    page = budget_page(world, row, {"description": "Vikar", "y2027": "mange"})
    assert [{name: len(found) for name, found in form.errors.items()} for form in page.context["rows"]] == [
        {},
        {"y2027": 1},
    ]


# --- the assessment ---------------------------------------------------------------------------------------------------


def sent_for_assessment(world: World) -> MeasureYear:
    row = fill(world, world.report, world.coordinator)
    needs.send(report=world.report, by=actor(world.coordinator))
    world.report.refresh_from_db()
    return row


def test_a_judgement_of_a_measure_that_is_gone_is_given_back_with_the_reason(world: World) -> None:
    row = sent_for_assessment(world)
    assessment.return_report(report=world.report, by=actor(world.second_officer), comment="Skriv mer om behovet.")
    needs.remove_measure(measure_year=row, by=actor(world.coordinator))
    typed = {f"m{row.pk}-partnership_result": "partly", f"m{row.pk}-partnership_reason": "Samarbeidet er lite omtalt."}
    page = client_for(world.officer).post(at("assess", world, world.report.pk), {"measure": str(row.pk), **typed})
    assert (page.status_code, [one.code for one in page.context["obstacles"]]) == (409, ["measure_gone"])
    assert page.context["texts"] == ["Samarbeidet er lite omtalt."]


def shown_stamps(page: Any, row: MeasureYear) -> dict[str, str]:
    """The hidden stamps of a measure's form, as the page sends them back."""
    [form] = [form for _text, form in page.context["pairs"] if form.prefix == f"m{row.pk}"]
    return {bound.html_name: str(bound.value() or "") for bound in form if bound.is_hidden}


def test_mending_the_rest_of_an_assessment_is_no_conflict_with_oneself(world: World) -> None:
    row = sent_for_assessment(world)
    browser, url, prefix = client_for(world.officer), at("assess", world, world.report.pk), f"m{row.pk}"
    first = {"measure": str(row.pk), f"{prefix}-sami_result": "partly", f"{prefix}-partnership_result": "partly"}
    first[f"{prefix}-partnership_reason"] = "Lite omtalt."
    page = browser.post(url, first | shown_stamps(browser.get(url), row))
    assert [one.criterion for one in row.assessments.all()] == ["partnership"]
    mended = {f"{prefix}-sami_reason": "Mangler.", f"{prefix}-partnership_reason": "Lite omtalt, men nok."}
    assert browser.post(url, first | shown_stamps(page, row) | mended).status_code == 302
    reasons = dict(row.assessments.values_list("criterion", "reason"))
    assert reasons == {"partnership": "Lite omtalt, men nok.", "sami": "Mangler."}


def test_anothers_judgement_is_still_a_conflict_after_ones_own(world: World) -> None:
    row = sent_for_assessment(world)
    browser, url, prefix = client_for(world.officer), at("assess", world, world.report.pk), f"m{row.pk}"
    first = {"measure": str(row.pk), f"{prefix}-sami_result": "partly", f"{prefix}-partnership_result": "met"}
    page = browser.post(url, first | shown_stamps(browser.get(url), row))
    judged = {"criterion": "sami", "result": "not_met", "reason": "Mangler."}
    assessment.assess_criterion(measure_year=row, by=actor(world.second_officer), **judged)
    late = first | shown_stamps(page, row) | {f"{prefix}-sami_reason": "Delvis omtalt."}
    assert asked(browser.post(url, late))["Begrunnelse"] == ("Delvis omtalt.", "Mangler.")


# --- pressed twice ----------------------------------------------------------------------------------------------------


def test_a_new_measure_asked_for_twice_is_made_once(world: World) -> None:
    browser, url = client_for(world.coordinator), at("measure_new", world, world.report.pk)
    pages = [browser.post(url).headers["Location"] for _click in range(2)]
    [row] = MeasureYear.objects.filter(report=world.report)
    assert pages == [section("edit", world, row)] * 2


@pytest.mark.parametrize("words", [{"goal": "Et mål"}, {"year_no": "mange"}], ids=["read", "kept"])
def test_a_measure_somebody_has_written_in_is_not_given_out_as_new(world: World, words: dict[str, str]) -> None:
    browser, url = client_for(world.coordinator), at("measure_new", world, world.report.pk)
    browser.post(url)
    row = MeasureYear.objects.get(report=world.report)
    browser.post(section("edit", world, row), {"version": "0", "later": "1", **words})
    browser.post(url)
    assert MeasureYear.objects.filter(report=world.report).count() == 2


def test_each_person_has_a_new_measure_of_their_own(world: World) -> None:
    url = at("measure_new", world, world.report.pk)
    for user in (world.coordinator, world.colleague):
        client_for(user).post(url)
    assert MeasureYear.objects.filter(report=world.report).count() == 2
