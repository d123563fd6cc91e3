"""Letters: who gets one, in which form, what it says, and that a job run twice makes it once."""

from __future__ import annotations

from datetime import date

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.services.roles import confirm_role, grant_role
from core import clock
from core.authz import NotAllowed
from core.calendar import statutory_deadline
from core.enums import JobState, Role
from core.models import DocumentFile, Event, Job
from core.requirements import AlreadyDone, StepRefused
from core.services import archive
from core.services.outbox import run_due
from grants.enums import LetterKind
from grants.models import Decision, Letter
from grants.selectors.letters import letter_drafts, shown_words
from grants.services import decisions, letters
from tests.choosing import asked
from tests.grants import decision_world as built
from tests.grants.forum_world import SYSTEM, actor, person

pytestmark = pytest.mark.django_db


def refused(error: pytest.ExceptionInfo[StepRefused]) -> list[str]:
    return [obstacle.code for obstacle in error.value.obstacles]


def by_name(found: list[Letter]) -> dict[str, Letter]:
    return {str(letter.recipient): letter for letter in found}


def test_one_letter_per_payee_and_one_refusal_per_lead_with_nothing(delivered_year: built.Year) -> None:
    world = delivered_year.world
    found = delivered_year.letters
    assert [(str(one.recipient), one.kind, one.form, one.form_why, one.total, one.state) for one in found] == [
        ("Fjellrosa barnehage SA", LetterKind.REFUSAL, "nn", "own_choice", 0, "noticed"),
        ("Høgskolen Glomma", LetterKind.AWARD, "nb", "office", 300_000, "noticed"),
        ("Vågå kommune", LetterKind.AWARD, "nn", "decision", 200_000, "noticed"),
    ]
    world.round.refresh_from_db()
    assert (world.round.state, sum(one.total for one in found)) == ("decided", 500_000)


def test_what_the_letters_say(delivered_year: built.Year) -> None:
    found = by_name(delivered_year.letters)
    assert {name: shown_words(full(one))["title"].replace("\xa0", " ") for name, one in found.items()} == {
        "Fjellrosa barnehage SA": "Avslag: Fjellrosa barnehage SA får ikkje tilskot til kompetanseutvikling i 2027",
        "Høgskolen Glomma": "Tilskuddsbrev: Høgskolen Glomma får 300 000 kroner til kompetanseutvikling i 2027",
        "Vågå kommune": "Tilskotsbrev og delvis avslag: Vågå kommune får 200 000 av 250 000 kroner til "
        "kompetanseutvikling i 2027",
    }
    assert [file.name.rpartition(".")[2] for file in files(found["Vågå kommune"])] == ["pdf", "html"]
    assert [file.name.rpartition(".")[2] for file in files(found["Høgskolen Glomma"])] == ["pdf"]
    [letter_file, _copy] = files(found["Fjellrosa barnehage SA"])
    assert archive.read(letter_file).startswith(b"%PDF")
    assert "fjellrosa-barnehage-sa" in letter_file.name


def full(letter: Letter) -> Letter:
    return Letter.objects.select_related("snapshot").get(pk=letter.pk)


def files(letter: Letter) -> list[DocumentFile]:
    assert letter.document is not None
    return list(letter.document.files.order_by("id"))


def test_the_printed_day_is_three_weeks_after_the_letter_and_a_working_day(delivered_year: built.Year) -> None:
    for letter in delivered_year.letters:
        assert letter.letter_date == built.SENT
        assert letter.delivery.printed_last_day == letter.delivery.last_appeal_day == date(2027, 4, 14)
        assert statutory_deadline(built.SENT) == date(2027, 4, 14)


@pytest.mark.parametrize(
    ("name", "kind", "form", "source", "expected"),
    [
        ("Vågå kommune", "municipality", "nn", "regulation", ("nn", "decision")),
        ("Lillehammer kommune", "municipality", "nb", "regulation", ("nb", "decision")),
        ("Hamar kommune", "municipality", "neutral", "regulation", ("nb", "neutral")),
        ("Fjellrosa barnehage SA", "private_kindergarten", "nn", "own_choice", ("nn", "own_choice")),
        ("Steinrosa barnehage SA", "private_kindergarten", "nn", "register", ("nn", "register")),
        ("Blårosa barnehage SA", "private_kindergarten", "", "", ("nb", "office")),
    ],
)
def test_the_form_follows_the_law(name: str, kind: str, form: str, source: str, expected: tuple[str, str]) -> None:
    world = built.letter_world()
    lead = built.owner(world, name, kind=kind, form=form, source=source or "regulation")
    built.measure(world, built.report(world, lead, network=False), "Leseløft", network=100_000)
    [letter] = built.dispatched(world, built.approved(world), carried=False)
    assert (letter.form, letter.form_why) == expected


def test_guide2021_letters() -> None:
    world = built.letter_world(rule_set="GUIDE2021", year=2022, frames={"desentralisert": 400_000, "regional": 100_000})
    vaga = built.owner(world, "Vågå kommune", form="nn")
    north = built.report(world, vaga)
    built.measure(
        world, north, "Leseløft", network=100_000, provider=200_000, scheme="desentralisert", year_no=1, year_count=4
    )
    built.measure(world, north, "Språkmiljø", priority=2, network=80_000, scheme="regional")
    with clock.frozen(date(2022, 3, 1)):
        built.conclude(world)
    with clock.frozen(date(2022, 3, 23)):
        decision = decisions.prepare(round=world.round, by=actor(world.officer))
        decisions.submit(decision=decision, by=actor(world.officer))
        decisions.approve(decision=decision, by=actor(world.approver))
        letters.dispatch(decision=decision, by=actor(world.officer))
        run_due()
    found = by_name(list(Letter.objects.select_related("recipient__anchor", "snapshot")))
    words = shown_words(found["Vågå kommune"])
    assert words["title"].replace("\xa0", " ") == (
        "Tilsegnsbrev: Vågå kommune får 180 000 kroner til kompetanseutvikling i 2022"
    )
    assert [group["title"] for group in words["table"]["groups"] if group["title"]] != []
    assert found["Høgskolen Glomma"].total == 200_000


def test_a_missing_account_stops_the_dispatch_and_names_who(approved_year: built.Year) -> None:
    world = approved_year.world
    decision = approved_year.decision
    world.provider.accounts.update(ended_at=clock.now())
    with clock.frozen(built.SENT), pytest.raises(StepRefused) as error:
        letters.dispatch(decision=decision, by=actor(world.officer))
    assert refused(error) == ["account_missing"]
    assert "Høgskolen Glomma" in str(error.value)
    assert Letter.objects.count() == 0


def test_nobody_to_tell_stops_the_dispatch(approved_year: built.Year) -> None:
    world = approved_year.world
    decision = approved_year.decision
    world.provider.anchor.roles.update(ended_at=clock.now())
    world.provider.in_offices.update(notice_email="")
    with clock.frozen(built.SENT), pytest.raises(StepRefused) as error:
        letters.dispatch(decision=decision, by=actor(world.officer))
    assert refused(error) == ["letter_incomplete"]


def test_words_of_the_other_law_stop_the_dispatch() -> None:
    world = built.small_year()
    built.conclude(world)
    with clock.frozen(built.DECIDED):
        decision = decisions.prepare(round=world.round, by=actor(world.officer))
        line = decision.lines.get(measure_year__title="Lekemiljø")
        decisions.change_line(line=line, amount=0, by=actor(world.officer), reason="Vi følgjer innstillinga.")
        decisions.submit(decision=decision, by=actor(world.officer))
        decisions.approve(decision=decision, by=actor(world.approver))
        with pytest.raises(StepRefused) as error:
            letters.dispatch(decision=decision, by=actor(world.officer))
    assert refused(error) == ["letter_incomplete"]


def test_dispatched_twice_acts_once(approved_year: built.Year) -> None:
    world = approved_year.world
    decision = approved_year.decision
    seen = decision.version
    with clock.frozen(built.SENT):
        assert len(letters.dispatch(decision=decision, by=actor(world.officer), seen_version=seen)) == 3
        with pytest.raises(AlreadyDone):
            letters.dispatch(decision=decision, by=actor(world.officer), seen_version=seen)
        with pytest.raises(StepRefused):
            letters.dispatch(decision=decision, by=actor(world.officer))
    assert Letter.objects.count() == 3
    assert Event.objects.filter(code="decision.dispatch").count() == 1


def test_only_case_officers_dispatch(approved_year: built.Year) -> None:
    world = approved_year.world
    decision = approved_year.decision
    with pytest.raises(NotAllowed):
        letters.dispatch(decision=decision, by=actor(world.approver))


def test_the_annual_reports_are_asked_for(sent_year: built.Year) -> None:
    world = sent_year.world
    job = Job.objects.get(name="reporting.create_reports")
    assert job.args == {"round": world.round.pk}


def test_a_job_run_twice_makes_one_pdf(sent_year: built.Year) -> None:
    [first, *_rest] = sent_year.letters
    with clock.frozen(built.SENT):
        made = letters.make_letter(letter_id=first.pk)
        again = letters.make_letter(letter_id=first.pk)
    assert made.document_id == again.document_id
    assert Event.objects.filter(code="letter.make").count() == 1
    assert Job.objects.filter(name="grants.notice_letter").count() == 1


def test_killed_after_making_the_sweep_completes(sent_year: built.Year) -> None:
    [first, *_rest] = sent_year.letters
    with clock.frozen(built.SENT):
        Job.objects.filter(name="grants.make_letter").exclude(args__letter=first.pk).delete()
        letters.make_letter(letter_id=first.pk)  # and the process is killed: nobody woke the notice's job
        run_due()
    first.refresh_from_db()
    assert first.state == "noticed"
    assert not Job.objects.exclude(state=JobState.DONE).filter(name__startswith="grants.").exists()


def test_queries_do_not_grow_with_the_letters() -> None:
    """The drafts of one letter and of nine cost the same."""
    counts = []
    for number, leads in enumerate((1, 8)):
        world = built.letter_world(f"dal{number}", frames={"kollektiv": 9_000_000})
        for place in range(leads):
            lead = built.owner(world, f"Kommune {number}{place}", form="nn")
            built.measure(world, built.report(world, lead), "Leseløft", network=100_000, provider=50_000)
        decision = built.approved(world)
        decision = Decision.objects.select_related("round__office__anchor", "round__rule_set", "round__profile").get(
            pk=decision.pk
        )
        with CaptureQueriesContext(connection) as queries:
            assert len(letter_drafts(decision)) == leads + 1
        counts.append(len(queries))
    assert counts[0] == counts[1]
    assert counts[0] <= 30


# --- Pages -----------------------------------------------------------------------------------------------------------


def client_of(user: object) -> Client:
    client = Client()
    client.force_login(user)  # type: ignore[arg-type]
    return client


def test_the_recipient_opens_by_post_and_then_reads(delivered_year: built.Year) -> None:
    world = delivered_year.world
    letter = by_name(delivered_year.letters)["Vågå kommune"]
    reader = letter.recipient.anchor.roles.get().user
    client = client_of(reader)
    page = reverse("grants:letter", args=[world.office.slug, letter.pk])
    pdf = reverse("grants:letter_pdf", args=[world.office.slug, letter.pk])
    assert client.get(page).status_code == 200
    assert client.get(pdf).headers["Location"] == page
    letter.refresh_from_db()
    assert letter.state == "noticed"  # a GET opens nothing
    assert client.post(page).headers["Location"] == page
    assert client.post(page).status_code == 302  # pressed twice
    letter.refresh_from_db()
    delivery = letter.delivery
    delivery.refresh_from_db()
    assert (letter.state, delivery.opened_by) == ("opened", reader)
    assert Event.objects.filter(code="letter.open").count() == 1
    answer = client.get(pdf)
    assert (answer.status_code, answer.headers["Content-Type"]) == (200, "application/pdf")
    assert {"no-store", "private"} <= set(answer.headers["Cache-Control"].split(", "))
    assert answer.content.startswith(b"%PDF")
    client.get(pdf)
    assert Event.objects.filter(code="letter.downloaded").count() == 2
    assert client.get(reverse("grants:letters", args=[world.office.slug, "2027"])).status_code == 200


def test_a_letter_is_read_once_the_office_confirms_the_role(delivered_year: built.Year) -> None:
    letter = by_name(delivered_year.letters)["Vågå kommune"]
    nora = person("Nora Ny")
    role = grant_role(
        user=nora, role=Role.OWNER_CONTACT, anchor=letter.recipient.anchor, by=SYSTEM, starts=date(2020, 1, 1),
        office=delivered_year.world.office, confirmed=False,
    )  # fmt: skip
    address = reverse("grants:letter", args=[letter.round.office.slug, letter.pk])
    assert (client_of(nora).get(address).status_code, client_of(nora).post(address).status_code) == (404, 404)
    confirm_role(assignment=role, by=SYSTEM)
    assert (client_of(nora).get(address).status_code, client_of(nora).post(address).status_code) == (200, 302)


def test_the_office_reads_without_opening(delivered_year: built.Year) -> None:
    world = delivered_year.world
    letter = by_name(delivered_year.letters)["Vågå kommune"]
    client = client_of(world.officer)
    assert client.get(reverse("grants:letter_pdf", args=[world.office.slug, letter.pk])).status_code == 200
    assert client.post(reverse("grants:letter", args=[world.office.slug, letter.pk])).status_code == 403
    letter.refresh_from_db()
    assert letter.state == "noticed"


def test_others_get_404() -> None:
    world = built.small_year()
    other = built.small_year("kystdal")
    found = by_name(built.dispatched(world, built.approved(world)))
    letter = found["Vågå kommune"]
    attachment = files(letter)[1]
    addresses = [
        reverse("grants:letter", args=[world.office.slug, letter.pk]),
        reverse("grants:letter_pdf", args=[world.office.slug, letter.pk]),
        reverse("grants:letter_attachment", args=[world.office.slug, letter.pk, attachment.pk]),
        reverse("grants:letter", args=[other.office.slug, letter.pk]),
    ]
    neighbour = found["Fjellrosa barnehage SA"].recipient.anchor.roles.get().user
    for user in (person("Uvedkommende Person"), other.officer, neighbour):
        client = client_of(user)
        assert [client.get(address).status_code for address in addresses] == [404] * 4
        assert client.post(addresses[0]).status_code == 404
    pages = [
        reverse("grants:letters", args=[world.office.slug, "2027"]),
        reverse("grants:letters_send", args=[world.office.slug, "2027"]),
        reverse("grants:letter_draft", args=[world.office.slug, "2027", f"award-{letter.recipient_id}"]),
        reverse("grants:decision", args=[world.office.slug, "2027"]),
    ]
    assert [client_of(other.officer).get(page).status_code for page in pages] == [404] * 4
    assert [client_of(neighbour).get(page).status_code for page in pages[1:]] == [404] * 3


def test_the_wrong_attachment_is_404(delivered_year: built.Year) -> None:
    world = delivered_year.world
    found = by_name(delivered_year.letters)
    foreign = files(found["Fjellrosa barnehage SA"])[1]
    address = reverse("grants:letter_attachment", args=[world.office.slug, found["Vågå kommune"].pk, foreign.pk])
    assert client_of(world.officer).get(address).status_code == 404


def test_sending_from_the_page(approved_year: built.Year) -> None:
    world = approved_year.world
    decision = approved_year.decision
    client = client_of(world.officer)
    address = reverse("grants:letters_send", args=[world.office.slug, "2027"])
    with clock.frozen(built.SENT):
        assert client.get(address).status_code == 200
        stale = client.post(address, {"version": decision.version - 1})
        assert stale.status_code == 409
        assert client.post(address, {"version": decision.version}).status_code == 302
        client.post(address, {"version": decision.version})  # pressed twice
    assert Letter.objects.count() == 3


def test_a_refused_dispatch_says_why_on_the_page(approved_year: built.Year) -> None:
    world = approved_year.world
    decision = approved_year.decision
    world.provider.accounts.update(ended_at=clock.now())
    client = client_of(world.officer)
    address = reverse("grants:letters_send", args=[world.office.slug, "2027"])
    answer = client.post(address, {"version": decision.version})
    assert (answer.status_code, Letter.objects.count()) == (409, 0)
    assert "Høgskolen Glomma" in answer.content.decode()


def test_drafts_are_shown_before_anything_is_sent() -> None:
    world = built.small_year()
    decision = Decision.objects.get(pk=built.approved(world).pk)
    client = client_of(world.officer)
    for draft in letter_drafts(decision):
        address = reverse("grants:letter_draft", args=[world.office.slug, "2027", draft.plan.key])
        assert draft.letter is not None
        answer = client.get(address)
        assert answer.status_code == 200
        assert draft.letter.title.split(":")[0] in answer.content.decode()
    assert client.get(reverse("grants:letter_draft", args=[world.office.slug, "2027", "award-999"])).status_code == 404


def test_the_decision_page_walks_to_approval() -> None:
    world = built.small_year()
    built.conclude(world)
    address = reverse("grants:decision", args=[world.office.slug, "2027"])
    officer, approver = client_of(world.officer), client_of(world.approver)
    with clock.frozen(built.DECIDED):
        assert officer.get(address).status_code == 200
        assert officer.post(address, {"step": "prepare"}).status_code == 302
        decision = Decision.objects.get()
        line = decision.lines.get(measure_year__title="Regnehjelp", kind="network")
        change = reverse("grants:decision_line", args=[world.office.slug, "2027", line.pk])
        wrong = officer.post(change, {"version": 1, "amount": "fem hundre", "reason": "Kort", "criterion": ""})
        assert wrong.status_code == 200
        assert "fem hundre" in wrong.content.decode()
        kept = officer.post(change, {"version": 1, "amount": "90 000,-", "reason": "", "criterion": ""})
        assert "90 000,-" in kept.content.decode()
        assert (
            officer.post(change, {"version": 1, "amount": "90 000,-", "reason": "Kort.", "criterion": ""}).status_code
            == 302
        )
        stale = officer.post(change, {"version": 1, "amount": "80000", "reason": "Kort.", "criterion": ""})
        assert asked(stale) == {"Vedtatt, kr": ("80000", "90\N{NO-BREAK SPACE}000")}
        assert officer.post(address, {"step": "submit", "version": 2}).status_code == 302
        assert officer.post(address, {"step": "approve", "version": 3}).status_code == 403
        empty = approver.post(address, {"step": "send_back", "version": 3, "comment": ""})
        assert empty.status_code == 200
        assert approver.post(address, {"step": "approve", "version": 3}).status_code == 302
    decision.refresh_from_db()
    line.refresh_from_db()
    assert (decision.state, line.amount) == ("approved", 90_000)


AT_MOST = {
    "grants:decision": 12,
    "grants:letters": 12,
    "grants:letters_send": 22,  # no list: every letter is written out, to see what its words lack
}


@pytest.mark.parametrize("sent", [False, True])
def test_lists_cost_the_same_for_one_as_for_more(sent: bool) -> None:
    costs = []
    for number, leads in enumerate((1, 3)):
        world = built.letter_world(f"dal{number}", frames={"kollektiv": 9_000_000})
        for place in range(leads):
            lead = built.owner(world, f"Kommune {number}{place}", form="nn")
            built.measure(world, built.report(world, lead), "Leseløft", network=100_000, provider=50_000)
        decision = built.approved(world)
        if sent:
            built.dispatched(world, decision, carried=False)
        client, cost = client_of(world.officer), {}
        client.get("/")
        for name in ["grants:letters"] if sent else AT_MOST:
            with CaptureQueriesContext(connection) as queries:
                assert client.get(reverse(name, args=[world.office.slug, "2027"])).status_code == 200
            cost[name] = len(queries)
        costs.append(cost)
    assert costs[0] == costs[1]
    assert {name: cost for name, cost in costs[0].items() if cost > AT_MOST[name]} == {}
