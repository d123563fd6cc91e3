"""The pages of what was before the program: chosen, brought in, changed, refused, taken out."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import translation

from accounts.models import User
from accounts.services.roles import grant_role
from core import clock
from core.enums import Role
from core.ui import registers
from grants.models import LedgerEntry, MeasureYear, NeedsReport, Round
from grants.selectors.openings import opening_round, unspent_of_schemes
from grants.services import announcing, continuing
from grants.services.openings import begin, change_brought_in, set_unspent
from tests.grants.opening_world import brought_in, running
from tests.grants.rounds_world import SETUP, TODAY, YEAR, Rounds, actor, opened

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def today() -> Iterator[None]:
    with clock.frozen(TODAY):
        yield


@pytest.fixture
def world(rounds: Rounds) -> Rounds:
    return rounds


def signed_in(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


@pytest.fixture
def client(world: Rounds) -> Client:
    return signed_in(world.officer)


def url(name: str, *args: Any) -> str:
    return reverse(f"grants:{name}", args=["innlandet", *args])


def typed(world: Rounds, **more: Any) -> dict[str, Any]:
    """The form as one fills it in."""
    return {
        "title": "Lesing",
        "network": str(world.networks[0].pk),
        "scheme": "kollektiv",
        "sector": "school",
        "first_year": "2026",
        "year_no": "1",
        "year_count": "3",
        "rows": "4",
        "lines-0-kind": "network",
        "lines-0-payee": "Hamre kommune",
        "lines-0-awarded": "300 000",
        "lines-0-promised-2027": "200.000",
        "lines-0-unspent": "kr 40 000,-",
        "lines-1-kind": "provider",
        "lines-1-payee": "Høgskolen Glomma",
        "lines-1-beneficiary": "Hamre kommune",
        "lines-1-awarded": "500000",
        **more,
    }


def test_the_year_is_chosen_then_measures_are_brought_in(world: Rounds, client: Client) -> None:
    page = client.get(url("opening"))
    assert [value for value, _text in page.context["form"].fields["first_year"].choices] == [2026, 2027]
    assert client.get(url("opening_new")).status_code == 302
    assert client.get(url("opening_unspent")).status_code == 302
    assert client.post(url("opening"), {"first_year": "2027"}).status_code == 302
    assert opening_round(world.office).year == 2026  # type: ignore[union-attr]
    assert client.get(url("opening_new")).status_code == 200
    answer = client.post(url("opening_new"), typed(world))
    assert (answer.status_code, answer["Location"]) == (302, url("opening"))
    page = client.get(url("opening"))
    [one] = page.context["page"].leaf
    assert (one.part.title, one.awarded, one.promised, one.unspent, page.context["form"]) == (
        "Lesing", 800_000, [200_000, 0, 0], 40_000, None,
    )  # fmt: skip
    assert one.part.measure.lead == world.hosts[0]
    assert sorted(one.part.parties.values_list("organisation", "kind")) == sorted(
        [(world.hosts[0].pk, "owner"), (world.university.pk, "provider")]
    )
    assert client.post(url("opening_new"), typed(world, title="B", another="1"))["Location"] == url("opening_new")


def test_what_cannot_be_read_stays_as_it_was_typed_with_the_mend_beside_it(world: Rounds, client: Client) -> None:
    begin(office=world.office, first_year=YEAR, by=actor(world.officer))
    wrong = {
        "title": "",
        "year_no": "to",
        "owners": "Hamre komune\nSolvik barnehage 1",
        "lines-0-awarded": "fem hundre tusen",
        "lines-1-payee": "Høgskulen Gloma",
        "lines-2-awarded": "-5",
        "lines-3-unspent": "70 000",
    }
    page = client.post(url("opening_new"), typed(world, **wrong))
    form = page.context["form"]
    assert sorted(form.errors) == [
        "lines-0-awarded", "lines-1-payee", "lines-2-awarded", "lines-3-payee", "owners", "title", "year_no",
    ]  # fmt: skip
    assert [form[name].value() for name in ("year_no", "lines-0-awarded", "lines-2-awarded")] == [
        "to", "fem hundre tusen", "-5",
    ]  # fmt: skip
    assert "Hamre kommune" in form.errors["owners"][0]
    assert MeasureYear.objects.count() == 0


def test_a_refusal_stands_at_the_line_it_is_about(world: Rounds, client: Client) -> None:
    begin(office=world.office, first_year=YEAR, by=actor(world.officer))
    moved = {"lines-1-payee": "", "lines-1-awarded": "", "lines-1-beneficiary": ""}
    more = {"lines-3-payee": "Innlandet fylkeskommune", "lines-3-awarded": "5", "lines-0-unspent": "400 000"}
    page = client.post(url("opening_new"), typed(world, **moved, **more))
    assert sorted(page.context["form"].errors) == ["lines-0-unspent", "lines-3-payee"]
    assert client.post(url("opening_new"), typed(world, reason="Fra 2025 òg.")).status_code == 302
    page = client.post(url("opening_new"), typed(world))
    assert list(page.context["form"].errors) == ["title"]


def test_a_lead_is_asked_for_where_there_is_no_host(world: Rounds, client: Client) -> None:
    begin(office=world.office, first_year=YEAR, by=actor(world.officer))
    page = client.post(url("opening_new"), typed(world, network=""))
    assert list(page.context["form"].errors) == ["lead"]
    assert client.post(url("opening_new"), typed(world, network="", lead="Solvik barnehage 1")).status_code == 302
    assert MeasureYear.objects.get().measure.lead == world.owners[1]


def test_more_lines_are_added_without_judging_what_is_typed(world: Rounds, client: Client) -> None:
    begin(office=world.office, first_year=YEAR, by=actor(world.officer))
    page = client.post(url("opening_new"), typed(world, title="", more="1"))
    form = page.context["form"]
    assert (form.rows, dict(form.errors), form["lines-0-payee"].value()) == (6, {}, "Hamre kommune")


def test_it_is_changed_and_taken_out(world: Rounds, client: Client) -> None:
    part = brought_in(world)
    at = url("opening_measure", part.measure_id)
    form = client.get(at).context["form"]
    sent = {bound.html_name: bound.value() or "" for bound in form}
    assert client.post(at, {**sent, "lines-0-awarded": "310 000"}).status_code == 302
    found = LedgerEntry.objects.filter(entry="awarded").order_by("pk").values_list("amount", flat=True)
    assert list(found) == [300_000, 500_000, -300_000, 310_000]
    version = MeasureYear.objects.get().version
    stale = client.post(url("opening_remove", part.measure_id), {"version": str(version - 1)})
    assert (stale.status_code, MeasureYear.objects.count()) == (409, 1)
    assert client.post(url("opening_remove", part.measure_id), {"version": str(version)}).status_code == 302
    assert MeasureYear.objects.count() == 0
    assert client.get(at).status_code == 404


def test_two_at_once_choose_and_lose_no_line(world: Rounds, client: Client) -> None:
    part = brought_in(world)
    at = url("opening_measure", part.measure_id)
    form = client.get(at).context["form"]
    sent = {bound.html_name: bound.value() or "" for bound in form}
    change_brought_in(measure_year=part, measure=running(world, title="Deres"), by=actor(world.colleague))
    page = client.post(at, {**sent, "goal": "Mitt mål"})
    assert page.status_code == 409
    assert [(one.mine, one.theirs) for one in page.context["choices"]] == [
        ("Begynneropplæring", "Deres"), ("Mitt mål", "Elevene leser mer."),
    ]  # fmt: skip
    carried = dict(page.context["sent"])
    assert (carried["version"], carried["rows"]) == (str(MeasureYear.objects.get().version), str(form.rows))


def test_what_a_later_round_continues_says_so_and_refuses(world: Rounds, client: Client) -> None:
    part = brought_in(world)
    round = opened(world)
    announcing.announce(round=round, by=actor(world.officer))
    report = NeedsReport.objects.get(round=round, network=world.networks[0])
    continuing.continue_measure(report=report, measure=part.measure, by=actor(world.coordinator))
    at = url("opening_measure", part.measure_id)
    page = client.get(at)
    assert "Lågendalen" in page.context["closed"]
    assert client.post(at, typed(world)).status_code == 409
    answer = client.post(url("opening_remove", part.measure_id), {"version": "2"})
    assert (answer.status_code, answer["Location"], MeasureYear.objects.count()) == (302, at, 2)
    assert [one.continued_in for one in client.get(url("opening")).context["page"].leaf] == ["2027"]


def test_what_is_left_of_a_scheme_is_entered_by_itself(world: Rounds, client: Client) -> None:
    round = begin(office=world.office, first_year=YEAR, by=actor(world.officer))
    page = client.post(url("opening_unspent"), {"version": "1", "regional": "mye", "kollektiv": "5 000"})
    assert list(page.context["form"].errors) == ["regional"]
    sent = {"version": "1", "regional": "90 000", "kollektiv": ""}
    assert client.post(url("opening_unspent"), sent).status_code == 302
    assert unspent_of_schemes(round) == {"regional": 90_000}
    set_unspent(office=world.office, amounts={"regional": 80_000}, by=actor(world.colleague))
    assert client.post(url("opening_unspent"), {**sent, "version": "2"}).status_code == 409


def test_the_writers_see_last_years_sums_beside_the_offer_and_the_budget(world: Rounds) -> None:
    part = brought_in(world)
    round = opened(world)
    announcing.announce(round=round, by=actor(world.officer))
    report = NeedsReport.objects.get(round=round, network=world.networks[0])
    writer = signed_in(world.coordinator)
    page = writer.get(reverse("grants:needs_report", args=["innlandet", report.pk]))
    [offer] = page.context["page"].offers
    with translation.override("nn"):
        words = offer.hint.replace("\xa0", " ")
    assert words == "År 2 av 3 · lova: 700 000 kr · tildelt i fjor: 800 000 kr · ikkje brukt: 40 000 kr"
    row = continuing.continue_measure(report=report, measure=part.measure, by=actor(world.coordinator))
    page = writer.get(reverse("grants:measure_budget", args=["innlandet", report.pk, row.pk]))
    before = page.context["before"]
    assert (before.awarded, before.unspent, len(before.rows)) == (800_000, 40_000, 2)
    page = writer.get(reverse("grants:measure", args=["innlandet", part.measure_id]))
    years = [(one.year, one.awarded, one.left, one.promised) for one in page.context["page"].years]
    assert years == [(2026, 800_000, 40_000, None), (2027, None, 0, 700_000), (2028, None, 0, 150_000)]


def test_the_approver_reads_and_others_find_nothing(world: Rounds) -> None:
    part = brought_in(world)
    grant_role(user=world.member, role=Role.APPROVER, anchor=world.office.anchor, by=SETUP)
    reader = signed_in(world.member)
    assert reader.get(url("opening")).status_code == 200
    assert reader.post(url("opening"), {"first_year": "2027"}).status_code == 403
    assert reader.get(url("opening_measure", part.measure_id)).status_code == 403
    assert signed_in(world.coordinator).get(url("opening")).status_code == 404
    labels = [address for _label, address, _here in registers.links_for(actor(world.member), world.office, "")]
    assert labels.count(url("opening")) == 1


@pytest.mark.parametrize("name", ["opening", "needs_report"])
def test_a_list_asks_as_many_questions_for_three_as_for_one(world: Rounds, name: str) -> None:
    brought_in(world)
    round = opened(world)
    announcing.announce(round=round, by=actor(world.officer))
    report = NeedsReport.objects.get(round=round, network=world.networks[0])
    client = signed_in(world.officer if name == "opening" else world.coordinator)
    at = url("opening") if name == "opening" else url("needs_report", report.pk)
    counts = []
    for more in (0, 2):
        for number in range(more):
            brought_in(world, title=f"Tiltak {number}")
        client.get(at)
        with CaptureQueriesContext(connection) as counted:
            assert client.get(at).status_code == 200
        counts.append(len(counted))
    assert counts == [counts[0]] * 2
    if name == "opening":
        assert counts[0] <= 12
    assert Round.objects.filter(kind="opening").count() == 1
