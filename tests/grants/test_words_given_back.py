"""What somebody wrote while a step closed, or another answered: given back, asked about, or kept; never dropped."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from accounts.models import User
from core import clock
from core.models import Comment, Stash
from core.services import stash
from forums.models import Appointment
from grants.models import NeedsReport, Recommendation, SeatAnswer
from grants.selectors.workbench import bench
from grants.services import announcing, continuing, decisions
from grants.services.proposals import make_first_proposal, put_forward
from grants.services.recommendations import conclude_forum
from tests.grants import decision_world as built
from tests.grants.forum_world import World, actor, make_measure, make_report, person
from tests.grants.rounds_world import Rounds
from tests.grants.test_openings_pages import brought_in, opened
from tests.grants.test_openings_pages import typed as measure_typed
from tests.grants.test_openings_pages import url as opening_url
from tests.grants.test_proposals_pages import URL as WORKBENCH
from tests.grants.test_proposals_pages import typed as sums
from tests.grants.test_recommendations_pages import before_forum, day, measures, recommendation, url, world  # noqa: F401

pytestmark = pytest.mark.django_db
WORDS = "Utdanningsforbundet dissenterer fordi tiltaket ikke er drøftet med de ansatte"


def signed_in(user: User) -> Client:
    client = Client(HTTP_ACCEPT_LANGUAGE="nb")
    client.force_login(user)
    return client


def given_back(page: Any) -> tuple[int, bool]:
    return page.status_code, WORDS in page.content.decode()


# --- The forum ---


def answering(member: Appointment, **more: str) -> dict[str, str]:
    return {"version": "1", "plass": str(member.seat_id), "vis": "alle", **more}


def test_a_dissent_when_the_forum_concludes_meanwhile(world: World, recommendation: Recommendation) -> None:  # noqa: F811
    member, (first, _second) = world.members[1], measures(recommendation)
    conclude_forum(recommendation=recommendation, forum=world.forum, by=world.chair, outcome="agreed")
    sent = answering(member, **{f"answer_{first}": "disagree", f"reason_{first}": WORDS})
    assert given_back(signed_in(member.user).post(url(recommendation, "svar/"), sent)) == (409, True)


def test_a_dissent_when_the_term_ends_meanwhile(world: World, recommendation: Recommendation) -> None:  # noqa: F811
    member, (first, _second) = world.members[1], measures(recommendation)
    Appointment.objects.filter(pk=member.pk).update(valid_to=clock.today() - timedelta(days=1))
    sent = answering(member, **{f"answer_{first}": "disagree", f"reason_{first}": WORDS})
    assert given_back(signed_in(member.user).post(url(recommendation, "svar/"), sent)) == (404, True)


def test_words_with_an_answer_that_takes_none(world: World, recommendation: Recommendation) -> None:  # noqa: F811
    member, (first, _second) = world.members[1], measures(recommendation)
    sent = answering(member, **{f"answer_{first}": "agree", f"reason_{first}": WORDS})
    page = signed_in(member.user).post(url(recommendation, "svar/"), sent)
    assert (given_back(page), SeatAnswer.objects.exists()) == ((200, True), False)


@pytest.mark.parametrize("when", ["before", "with"])
def test_words_about_a_measure_one_steps_back_from(
    world: World,  # noqa: F811
    recommendation: Recommendation,  # noqa: F811
    when: str,
) -> None:
    member, (first, _second) = world.members[1], measures(recommendation)
    client = signed_in(member.user)
    words = {f"answer_{first}": "disagree", f"reason_{first}": WORDS}
    if when == "before":
        client.post(url(recommendation, "svar/"), {"vis": "alle", "recuse": str(first)})
        page = client.post(url(recommendation, "svar/"), answering(member, **words))
    else:
        page = client.post(url(recommendation, "svar/"), {"vis": "alle", "recuse": str(first), **words})
    assert given_back(page) == (200, True)


@pytest.mark.parametrize("who", ["deputy", "oneself"])
def test_an_answer_given_for_the_seat_meanwhile_is_asked_about(
    world: World,  # noqa: F811
    recommendation: Recommendation,  # noqa: F811
    who: str,
) -> None:
    member, (first, _second) = world.members[1], measures(recommendation)
    deputy = person("Vara Vik")
    Appointment.objects.create(
        seat_id=member.seat_id, user=deputy, kind="deputy", valid_from=member.valid_from, valid_to=member.valid_to,
        organisation=member.organisation, **world.by.columns(),
    )  # fmt: skip
    page, late = url(recommendation, "svar/"), signed_in(deputy if who == "deputy" else member.user)
    opened_on = {f"seen_{first}": ""}
    sent = answering(member, **{f"answer_{first}": "disagree", f"reason_{first}": WORDS})
    assert signed_in(member.user).post(page, sent | opened_on).status_code == 302
    agree = answering(member, **{f"answer_{first}": "agree", f"reason_{first}": ""}) | opened_on
    asked = late.post(page, agree)
    assert (given_back(asked), set(SeatAnswer.objects.values_list("reason", flat=True))) == ((409, True), {WORDS})
    now = late.get(url(recommendation), {"vis": "alle"}).context["cards"][0].seen
    assert late.post(page, agree | {f"seen_{first}": now}).status_code == 302
    assert set(SeatAnswer.objects.values_list("answer", "reason")) == {("agree", "")}


def test_it_is_asked_about_whatever_the_page_shows(world: World, recommendation: Recommendation) -> None:  # noqa: F811
    """Of the measures that aren't answered, the one that is answered meanwhile is none."""
    member, (first, second) = world.members[1], measures(recommendation)
    page, client = url(recommendation, "svar/"), signed_in(member.user)
    opened_on = {"vis": "ikkje", f"seen_{first}": "", f"seen_{second}": ""}
    client.post(page, answering(member, **{f"answer_{first}": "disagree", f"reason_{first}": WORDS}) | opened_on)
    both = {f"answer_{first}": "agree", f"reason_{first}": "", f"answer_{second}": "agree"}
    assert given_back(client.post(page, answering(member, **both) | opened_on)) == (409, True)


def test_an_answer_is_never_taken_for_another_seat(world: World, recommendation: Recommendation) -> None:  # noqa: F811
    mine, other = world.members[1], world.members[2]
    first, _second = measures(recommendation)
    Appointment.objects.filter(pk=other.pk).update(user=mine.user)
    Appointment.objects.filter(pk=mine.pk).update(valid_to=clock.today() - timedelta(days=1))
    sent = answering(mine, **{f"answer_{first}": "disagree", f"reason_{first}": WORDS})
    page = signed_in(mine.user).post(url(recommendation, "svar/"), sent)
    assert (given_back(page), SeatAnswer.objects.count()) == ((409, True), 0)


def test_the_same_answer_twice_is_no_conflict(world: World, recommendation: Recommendation) -> None:  # noqa: F811
    member, (first, _second) = world.members[1], measures(recommendation)
    client = signed_in(member.user)
    sent = answering(member, **{f"answer_{first}": "disagree", f"reason_{first}": WORDS, f"seen_{first}": ""})
    assert [client.post(url(recommendation, "svar/"), sent).status_code for _n in range(2)] == [302, 302]


@pytest.mark.parametrize(("remark", "answer"), [("", (200, False)), (WORDS, (409, True))])
def test_a_remark_to_a_conclusion_that_is_made(
    world: World,  # noqa: F811
    recommendation: Recommendation,  # noqa: F811
    remark: str,
    answer: tuple[int, bool],
) -> None:
    client = signed_in(world.members[0].user)
    data = {"version": "1", "forum": str(world.forum.pk), "outcome": "agreed", "remark": ""}
    client.post(url(recommendation, "konkluder/"), data)
    assert given_back(client.post(url(recommendation, "konkluder/"), data | {"remark": remark}, follow=True)) == answer


def test_the_same_comment_twice_is_one(world: World, recommendation: Recommendation) -> None:  # noqa: F811
    first, second = measures(recommendation)
    client = signed_in(world.members[1].user)
    for measure in (first, first, second):
        client.post(url(recommendation, f"tiltak/{measure}/"), {"kind": "question", "text": "Hvor mange skoler?"})
    assert Comment.objects.count() == 2


def test_a_reply_by_one_who_may_not(world: World, recommendation: Recommendation) -> None:  # noqa: F811
    first, _second = measures(recommendation)
    client, page = signed_in(world.members[1].user), url(recommendation, f"tiltak/{first}/")
    client.post(page, {"kind": "question", "text": "Hvor mange skoler?"})
    asked = Comment.objects.get()
    assert given_back(client.post(page, {"reply_to": str(asked.pk), "text": WORDS})) == (403, True)


# --- The office ---


def test_a_reason_when_a_colleague_submits_the_decision(prepared_year: built.Year) -> None:
    decision, here = prepared_year.decision, prepared_year.world
    line = decision.lines.get(measure_year__title="Regnehjelp", kind="network")
    path = f"/{here.office.slug}/runde/{here.round.slug}/vedtak/{line.pk}/"
    sent = {"amount": "90000", "criterion": "partnership", "reason": WORDS, "version": str(decision.version)}
    with clock.frozen(built.DECIDED):
        kept = stash.keep(user_id=here.officer.pk, path=path, fields=list(sent.items()))
        decisions.submit(decision=decision, by=actor(here.officer))
        page = signed_in(here.officer).post(path, sent | {"kept": str(kept.pk)})
    assert (given_back(page), Stash.objects.filter(pk=kept.pk).exists()) == ((409, True), True)


def test_other_words_are_no_double_click(prepared_year: built.Year) -> None:
    decision, here = prepared_year.decision, prepared_year.world
    client, path = signed_in(here.approver), f"/{here.office.slug}/runde/{here.round.slug}/vedtak/"
    with clock.frozen(built.DECIDED):
        decisions.submit(decision=decision, by=actor(here.officer))
        decision.refresh_from_db()
        sent = {"step": "send_back", "comment": "Kort.", "version": str(decision.version)}
        answers = [client.post(path, sent).status_code for _n in range(2)]
        page = client.post(path, sent | {"comment": WORDS})
    assert (answers, given_back(page)) == ([302, 302], (409, True))


def test_a_reason_on_the_workbench_when_the_forum_concludes(world: World) -> None:  # noqa: F811
    make_measure(world, make_report(world, "2027-BM-001"), "Leseløft", network=100_000, provider=200_000)
    proposal = make_first_proposal(round=world.round, by=world.by)
    (made,) = put_forward(proposal=proposal, by=world.by)
    conclude_forum(recommendation=made, forum=world.forum, by=world.chair, outcome="agreed")
    sent = sums(proposal, network="77 123") | {f"reason_{bench(world.round).shown[0].key}": WORDS, "save": "1"}
    page = signed_in(world.officer).post(WORKBENCH, sent)
    assert (given_back(page), "77 123" in page.content.decode()) == ((409, True), True)


def test_a_reason_beside_a_sum_that_cant_be_read(world: World) -> None:  # noqa: F811
    make_measure(world, make_report(world, "2027-BM-001"), "Leseløft", network=100_000, provider=200_000)
    proposal = make_first_proposal(round=world.round, by=world.by)
    sent = sums(proposal, network="fem hundre") | {f"reason_{bench(world.round).shown[0].key}": WORDS, "save": "1"}
    assert given_back(signed_in(world.officer).post(WORKBENCH, sent)) == (200, True)


def test_a_measure_from_before_that_is_continued_meanwhile(rounds: Rounds) -> None:
    part, round_ = brought_in(rounds), opened(rounds)
    announcing.announce(round=round_, by=actor(rounds.officer))
    report = NeedsReport.objects.get(round=round_, network=rounds.networks[0])
    continuing.continue_measure(report=report, measure=part.measure, by=actor(rounds.coordinator))
    sent = measure_typed(rounds, goal=WORDS)
    page = signed_in(rounds.officer).post(opening_url("opening_measure", part.measure_id), sent)
    assert given_back(page) == (409, True)
