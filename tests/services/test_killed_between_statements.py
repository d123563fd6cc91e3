"""A process killed after any statement of any service leaves nothing half done (see :mod:`tests.services.killing`).

Each test is a stretch of the walk in the world of the tests, on PostgreSQL and committed: every service in it is killed
at every point and then carried through, so that the next one follows on what it left.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from io import BytesIO
from pathlib import Path
from typing import Any, TypeVar

import pytest
from django.conf import settings
from django.db import connection, models

from accounts.models import ListConfirmation, RoleAssignment, User
from accounts.services import handovers, invitations, lists, notices, people, questions, reminders, roles, sessions
from accounts.services.invitations import Invited
from accounts.services.people import ProfileFields
from core import clock
from core.actor import Actor
from core.enums import CommentKind, JobState, Role
from core.identifiers import synthetic_account, synthetic_orgnr
from core.jobs import waker
from core.models import AccessLink, Document, DocumentFile, ImportRun, Job, Message, Question
from core.services import comments, links, offices, stash
from core.services.chain import audit_faults
from core.services.imports import applying, cleaning, drafting, matching, mending, opening, starting
from core.services.outbox import LEASE, run_due
from forums.models import Forum
from forums.seat_templates import templates
from forums.services import forums, seats, terms
from grants.enums import CriterionResult
from grants.letters.compose import Letter as Composed
from grants.letters.document import letter_html, letter_pdf
from grants.models import (
    Decision,
    Delivery,
    Letter,
    MeasureYear,
    NeedsReport,
    ProposalVersion,
    Recommendation,
    Round,
)
from grants.selectors.measures import asked_criteria
from grants.selectors.opening_values import MoneyLine, RunningMeasure
from grants.selectors.rounds import rule_set_of
from grants.selectors.setup_file import setup_of
from grants.services import (
    announcing,
    assessment,
    continuing,
    decisions,
    deliveries,
    letters,
    measures,
    needs,
    openings,
    participation,
    profiles,
    proposals,
    recommendations,
    rounds,
    setup_files,
)
from grants.services.decisions import LineChange
from grants.services.measures import BudgetInput, MeasureFields
from networks.models import Account, Network, Organisation, Unit
from networks.services import (
    accounts,
    hosts,
    memberships,
    networks,
    organisations,
    provider_contacts,
    public_registers,
    register,
    units,
)
from networks.services.hosts import SentUp
from networks.services.memberships import MemberRow
from reporting.models import AnnualReport
from reporting.selectors.reports import fresh
from reporting.services import reports
from tests import importing, stage
from tests.grants.forum_world import make_measure, make_report, make_world
from tests.reporting.acts import filled_in, seen
from tests.services.killing import Killer, difference, digest, files, run_and_die
from tests.world import World

pytestmark = pytest.mark.skipif(connection.vendor != "postgresql", reason="needs the database `make test` brings")

M = TypeVar("M", bound=models.Model)
JOBS = frozenset({"core_job"})
Kill = Callable[[str, Callable[[], object]], None]
SYSTEM = Actor.for_system("tests")


@pytest.fixture
def world(transactional_db: None, kept_world: stage.Kept) -> Iterator[World]:
    """The world of the tests, committed, and nobody to carry its jobs."""
    stage.put_back(kept_world)
    with waker.silent():
        yield World(kept_world.made)


@pytest.fixture
def kill(world: World, record_property: Callable[[str, object], None]) -> Iterator[Kill]:
    killer = Killer()
    yield killer.through
    record_property("kills", killer.services)


@contextmanager
def on(day: date) -> Iterator[None]:
    with clock.frozen(day):
        yield


def again(row: M) -> M:
    """The row as it is now."""
    return type(row)._base_manager.get(pk=row.pk)


# --- the round and the needs ------------------------------------------------------------------------------------------


def test_a_round_is_opened_and_announced(world: World, kill: Kill) -> None:
    by = world.actor("officer")

    def opened() -> Round:
        return Round.objects.select_related("office").get(office=world.a, year=2028)

    with on(date(2027, 10, 1)):
        kill(
            "rounds.open_round",
            lambda: rounds.open_round(
                office=world.a, year=2028, rule_set="REG2026", profile={"joint_conclusion": True},
                deadlines={"needs": date(2028, 2, 1), "decision": date(2028, 4, 4)}, by=by,
            ),
        )  # fmt: skip
        kill(
            "rounds.set_frame",
            lambda: rounds.set_frame(round=opened(), scheme="kollektiv", amount=900_000, by=by, reason="Rammen"),
        )
        kill("rounds.edit_round", lambda: rounds.edit_round(round=opened(), conditions_nb="Skriv kort.", by=by))
        kill(
            "rounds.set_deadlines",
            lambda: rounds.set_deadlines(
                round=opened(),
                deadlines={
                    "needs": date(2028, 2, 2),
                    "recommendation": date(2028, 3, 22),
                    "decision": date(2028, 4, 4),
                    "payment": date(2028, 4, 15),
                    "report": date(2029, 2, 1),
                },
                by=by,
            ),
        )
        kill(
            "rounds.set_participation",
            lambda: rounds.set_participation(round=opened(), organisation=world.sorli, opted_out=True, by=by),
        )
        kill("announcing.announce", lambda: announcing.announce(round=opened(), by=by))
    assert opened().state == "announced"


def test_a_needs_report_is_written_sent_and_assessed(world: World, kill: Kill) -> None:
    by, officer = world.actor("north_coordinator"), world.actor("officer")
    north, south = world.north_report, world.south_report

    def measure() -> MeasureYear:
        return north.measures.order_by("-pk")[0]

    with on(date(2027, 2, 25)):
        kill("measures.add_measure", lambda: measures.add_measure(report=north, by=by, title="Skriveløft"))
        fields = MeasureFields(
            title="Skriveløft", scheme="kollektiv", sector="school", need="Elevene skriver lite.",
            need_how="Lærerne svarte på en undersøkelse.", goal="Elevene skriver i alle fag.",
            work_plan="Fire samlinger.", own_effort="Én ressurslærer per skole.", units_planned=3,
            participants_planned=30,
        )  # fmt: skip
        kill(
            "measures.save_section",
            lambda: measures.save_section(name="about", data={"title": "Skri"}, measure_year=measure(), by=by),
        )
        kill("measures.save_measure", lambda: measures.save_measure(measure_year=measure(), fields=fields, by=by))
        asked = [one.code for one in asked_criteria(rule_set_of(north.round), "kollektiv")]
        kill(
            "measures.save_answers",
            lambda: measures.save_answers(measure_year=measure(), answers=dict.fromkeys(asked, "Slik."), by=by),
        )
        parties = [(north.lead_id, "owner", True), (world.university.pk, "provider", True)]
        kill(
            "measures.set_parties",
            lambda: measures.set_parties(
                measure_year=measure(), parties=parties,
                by=by,
            ),
        )  # fmt: skip
        kill(
            "measures.set_budget",
            lambda: measures.set_budget(
                measure_year=measure(), by=by,
                lines=[BudgetInput(kind="provider", amount=90_000, budget_year=2027, payee_id=world.university.pk)],
            ),
        )  # fmt: skip
        order = {row.pk: place for place, row in enumerate(north.measures.order_by("-pk"), start=1)}
        kill("needs.set_priorities", lambda: needs.set_priorities(report=again(north), order=order, by=by))
        MeasureYear.objects.filter(pk=world.reading.pk).update(year_count=5)
        kill(
            "continuing.continue_measure",
            lambda: continuing.continue_measure(report=again(north), measure=world.reading.measure, by=by),
        )
        kill("measures.remove_measure", lambda: measures.remove_measure(measure_year=measure(), by=by))
        kill("needs.send", lambda: needs.send(report=again(north), by=by))
        kill(
            "assessment.return_report",
            lambda: assessment.return_report(report=again(north), by=officer, comment="Skriv hvem som leder."),
        )
        needs.send(report=again(north), by=by)
    with on(date(2027, 3, 5)):
        _assess(north, south, officer, kill)
        kill(
            "proposals.make_first_proposal",
            lambda: proposals.make_first_proposal(round=again(world.a_round), by=officer),
        )

        def proposal() -> ProposalVersion:
            return ProposalVersion.objects.filter(round=world.a_round).latest("pk")

        line = proposal().lines.order_by("pk")[0]
        kill(
            "proposals.set_amounts",
            lambda: proposals.set_amounts(
                proposal=proposal(), amounts={line.pk: 50_000}, reasons={line.pk: "Tiltaket rekker med mindre."},
                by=officer,
            ),
        )  # fmt: skip
        kill("proposals.put_forward", lambda: proposals.put_forward(proposal=proposal(), by=officer))
    assert again(north).state == "assessed"
    assert Recommendation.objects.get(round=world.a_round).state == "with_forum"


def _assess(north: NeedsReport, south: NeedsReport, officer: Actor, kill: Kill) -> None:
    """One criterion is judged by hand, the north's others and all of the south's at once."""
    judged = {
        report.pk: [
            assessment.Judged(row.pk, one.code, CriterionResult.MET, "Ja.")
            for row in report.measures.order_by("pk")
            for one in rule_set_of(report.round).criteria_for(row.scheme)
        ]
        for report in (north, south)
    }
    first, *others = judged[north.pk]
    kill(
        "assessment.assess_criterion",
        lambda: assessment.assess_criterion(
            measure_year=MeasureYear.objects.get(pk=first.measure_year_id), criterion=first.criterion,
            result=first.result, reason=first.reason, by=officer,
        ),
    )  # fmt: skip
    assessment.assess_measures(report=north, judged=others, by=officer)
    kill(
        "assessment.assess_measures",
        lambda: assessment.assess_measures(report=south, judged=judged[south.pk], by=officer),
    )
    kill("assessment.finish_assessment", lambda: assessment.finish_assessment(report=again(north), by=officer))
    assessment.finish_assessment(report=again(south), by=officer)


# --- the forum, the decision and the letters --------------------------------------------------------------------------


def test_the_forum_concludes_and_the_office_decides(world: World, kill: Kill) -> None:
    recommendation = world.b_recommendation
    lines = list(recommendation.lines.filter(live=True))
    officer = world.actor("b_officer")
    with on(date(2027, 2, 25)):
        for who in ("chair", "member"):
            kill(
                "recommendations.answer",
                lambda who=who: recommendations.answer(  # type: ignore[misc]
                    recommendation=recommendation, seat=getattr(world, f"coast_{who}_seat"),
                    answers={line.pk: ("agree", "") for line in lines}, by=world.actor(f"coast_{who}"),
                ),
            )  # fmt: skip
        kill(
            "recommendations.step_back",
            lambda: recommendations.step_back(
                recommendation=recommendation, measure_year=world.fjordvik_measure, seat=world.coast_member_seat,
                by=world.actor("coast_member"), reason="Søskenbarn",
            ),
        )  # fmt: skip
    with on(date(2027, 3, 11)):
        kill(
            "recommendations.conclude_forum",
            lambda: recommendations.conclude_forum(
                recommendation=recommendation, forum=world.coast, by=world.actor("coast_chair"), outcome="agreed"
            ),
        )
    with on(date(2027, 4, 2)):
        _decide(world, kill)
        kill("letters.dispatch", lambda: letters.dispatch(decision=_decision(world), by=officer))
    assert _decision(world).state == "dispatched"
    asked = {f"make_letter:{row.pk}" for row in Letter.objects.filter(round=world.b_round)}
    assert set(Job.objects.filter(name="grants.make_letter", state="waiting").values_list("key", flat=True)) == asked
    assert audit_faults() == []


def _decision(world: World) -> Decision:
    return Decision.objects.get(round=world.b_round)


def _decide(world: World, kill: Kill) -> None:
    officer, approver = world.actor("b_officer"), world.actor("b_approver")
    kill("decisions.prepare", lambda: decisions.prepare(round=world.b_round, by=officer))
    line = _decision(world).lines.filter(measure_year=world.havnes_measure).order_by("pk")[0]
    change = {line.pk: LineChange(line.amount - 10_000, "Tiltaket rekker med mindre.")}
    kill(
        "decisions.change_lines",
        lambda: decisions.change_lines(decision=_decision(world), changes=change, by=officer),
    )
    kill("decisions.submit", lambda: decisions.submit(decision=_decision(world), by=officer))
    kill(
        "decisions.send_back",
        lambda: decisions.send_back(decision=_decision(world), by=approver, comment="Se på summen."),
    )
    kill("decisions.submit", lambda: decisions.submit(decision=_decision(world), by=officer))
    kill("decisions.approve", lambda: decisions.approve(decision=_decision(world), by=approver))


@pytest.mark.parametrize("word", ["changed", "upheld"])
def test_the_forum_has_the_last_word_under_the_older_rules(world: World, kill: Kill, word: str) -> None:
    with on(date(2022, 2, 24)):
        older = make_world("eldre", rule_set="GUIDE2021", year=2022, frames={"desentralisert": 300_000})
        for code in ("A", "B"):
            report = make_report(older, f"2022-BM-{code}")
            make_measure(older, report, code, network=100_000, provider=50_000, scheme="desentralisert")
        first = proposals.make_first_proposal(round=older.round, by=older.by)
        [row] = proposals.put_forward(proposal=first, by=older.by)
        lines = list(row.lines.filter(live=True).order_by("pk"))
        for member in older.members:
            recommendations.answer(
                recommendation=row, seat=member.seat, answers={line.pk: ("agree", "") for line in lines},
                by=Actor.for_user(member.user),
            )  # fmt: skip
        recommendations.conclude_forum(recommendation=row, forum=older.forum, by=older.chair, outcome="agreed")
        refusals = {line.pk: ("local_need", "Behovet mangler.") for line in lines[:2]}
        kill(
            "recommendations.refuse_parts",
            lambda: recommendations.refuse_parts(recommendation=again(row), refusals=refusals, by=older.by),
        )
        if word == "changed":
            amounts = {lines[0].pk: 10_000}
            kill(
                "recommendations.change",
                lambda: recommendations.change(recommendation=again(row), amounts=amounts, by=older.chair),
            )
        else:
            kill("recommendations.uphold", lambda: recommendations.uphold(recommendation=again(row), by=older.chair))
    assert again(row).state == word
    assert audit_faults() == []


# --- the annual report ------------------------------------------------------------------------------------------------


def test_an_annual_report_is_confirmed_returned_and_approved(world: World, kill: Kill) -> None:
    report, play = world.reading_report, world.play_report
    owner, provider = world.nordli.anchor, world.university.anchor

    def confirm(party: Any, who: str) -> None:
        now = fresh(report)
        reports.confirm(report=now, party=party, by=world.actor(who), seen=seen(now, party))

    with on(date(2025, 1, 22)):
        writer = world.actor("north_coordinator")
        kill(
            "reports.save_report",
            lambda: reports.save_report(report=fresh(play), fields=filled_in(fresh(play)), by=writer),
        )
        kill("reports.send", lambda: reports.send(report=fresh(play), by=writer))
        kill("reports.mark_read", lambda: reports.mark_read(report=fresh(report), by=world.actor("nordli_owner")))
        kill("reports.confirm", lambda: confirm(owner, "nordli_owner"))
        kill(
            "reports.ask_for_change",
            lambda: reports.ask_for_change(
                report=fresh(report), party=provider, by=world.actor("north_provider"), comment="Rett antallet.",
                seen=seen(fresh(report), provider),
            ),
        )  # fmt: skip
        corrected = filled_in(fresh(report), units=7)
        kill("reports.save_report", lambda: reports.save_report(report=fresh(report), fields=corrected, by=writer))
        reports.send(report=fresh(report), by=writer)
        confirm(owner, "nordli_owner")
        kill("reports.confirm", lambda: confirm(provider, "north_provider"))  # the last one, which takes the step
        officer = world.actor("officer")
        kill(
            "reports.return_report",
            lambda: reports.return_report(report=fresh(report), by=officer, comment="Forklar forbruket."),
        )
        reports.send(report=fresh(report), by=writer)
        for party, who in ((owner, "nordli_owner"), (provider, "north_provider")):
            if fresh(report).state == "to_confirm" and seen(fresh(report), party):
                confirm(party, who)
        kill("reports.approve", lambda: reports.approve(report=fresh(report), by=officer))
        kill("rounds.close_round", lambda: rounds.close_round(round=again(world.past_round), by=officer, open_work=0))
    assert fresh(report).state == "approved"
    assert audit_faults() == []


# --- people, networks, forums, accounts -------------------------------------------------------------------------------


def test_people_come_and_go(world: World, kill: Kill) -> None:
    by = world.actor("administrator")
    tokens: list[str] = []
    with on(date(2027, 2, 25)):

        def invite(email: str) -> str:
            _row, token = invitations.invite(
                email=email, name="Nina Ny", role=Role.CASE_OFFICER, anchor=world.a.anchor, by=by
            )
            return token

        kill("invitations.invite", lambda: invite("killed@example.org"))
        tokens.append(invite("nina@example.org"))
        kill("invitations.accept", lambda: invitations.accept(token=tokens[0], name="Nina Ny"))
        waiting = invitations.invite(
            email="ola@example.org", name="Ola", role=Role.CASE_OFFICER, anchor=world.a.anchor, by=by
        )[0]
        kill("invitations.revoke", lambda: invitations.revoke(invitation=again(waiting), by=by))
        kill(
            "people.register_person",
            lambda: people.register_person(email="pia@example.org", name="Pia Moe", by=SYSTEM, is_demo=True),
        )
        kill(
            "roles.grant_role",
            lambda: roles.grant_role(user=world.stranger, role=Role.CASE_OFFICER, anchor=world.a.anchor, by=by),
        )
        kill(
            "roles.end_role",
            lambda: roles.end_role(assignment=RoleAssignment.objects.latest("pk"), by=by),
        )
        person = world.actor("north_coordinator")
        kill(
            "people.change_profile",
            lambda: people.change_profile(
                user=again(world.north_coordinator), fields=ProfileFields(name="Nora Nord", phone="99 99 99 99"),
                by=person,
            ),
        )  # fmt: skip
        kill(
            "people.choose_form", lambda: people.choose_form(user=again(world.north_coordinator), form="nn", by=person)
        )
        kill(
            "sessions.mail_code", lambda: sessions.mail_code(user=world.nordli_owner, code="123456", form="nb")
        )  # fmt: skip
        kill(
            "links.issue",
            lambda: links.issue(subject=world.north_report, purpose="task", user=world.north_coordinator, url="/"),
        )
        kill("sessions.use_link", lambda: sessions.use_link(link=AccessLink.objects.latest("pk")))
        kill(
            "stash.keep",
            lambda: stash.keep(user_id=world.nordli_owner.pk, path="/fjellfylket/", fields=[("text", "Halvferdig")]),
        )
        kill(
            "questions.ask",
            lambda: questions.ask(subject=again(world.north_report), office=world.a, text="Hvem leder?", by=person),
        )
        officer = world.actor("officer")
        kill(
            "questions.answer",
            lambda: questions.answer(question=Question.objects.latest("pk"), text="Verten.", by=officer),
        )
        notice_owner = world.nordli_owner
        kill(
            "notices.notify",
            lambda: notices.notify(
                users=[notice_owner], code="report.asked", key="killed", subject=world.reading_report, office=world.a,
                texts=lambda _user, _form: ("Tittel", "Tekst"), url="/", data={},
            ),
        )  # fmt: skip
        kill("notices.mark_read", lambda: notices.mark_read(user=notice_owner))
    with on(date(2027, 3, 2)):
        kill("reminders.send_reminders", reminders.send_reminders)


def test_people_move_on(world: World, kill: Kill) -> None:
    """Invited together, confirmed, handed over, merged, asked about their list."""
    admin, officer, coordinator = (world.actor(who) for who in ("administrator", "officer", "north_coordinator"))
    with on(date(2027, 2, 25)):

        def invited(email: str) -> Invited:
            return Invited(email=email, name="Nina Ny", role=Role.NETWORK_READER, anchor=world.north.anchor)

        waiting = invitations.invite_many(rows=[invited("a@example.org")], by=coordinator, office=world.a)[0]
        kill(
            "invitations.invite_many",
            lambda: invitations.invite_many(
                rows=[invited("b@example.org"), invited("c@example.org")], by=coordinator, office=world.a
            ),
        )
        kill(
            "invitations.mail_waiting",
            lambda: invitations.mail_waiting(first=waiting.pk, last=waiting.pk + 50),
        )
        kill("invitations.send_again", lambda: invitations.send_again(invitation=again(waiting), by=coordinator))
        waits = roles.grant_role(
            user=world.stranger, role=Role.NETWORK_READER, anchor=world.north.anchor, by=coordinator, confirmed=False
        )
        kill("roles.confirm_role", lambda: roles.confirm_role(assignment=waits, by=officer))
        kill(
            "roles.change_dates",
            lambda: roles.change_dates(
                assignment=waits, starts=date(2027, 3, 1), ends=date(2027, 12, 31), by=officer
            ),
        )  # fmt: skip
        kill("lists.ask", lambda: lists.ask(office=world.a, due=date(2027, 4, 1), by=officer))
        asked = ListConfirmation.objects.get(anchor=world.north.anchor)
        seen = RoleAssignment.objects.filter(anchor=world.north.anchor, ended_at=None)
        kill(
            "lists.confirm",
            lambda: lists.confirm(
                confirmation=asked, by=coordinator, seen=[row.pk for row in seen], gone=[waits.pk], wish="Sørli er ny."
            ),
        )  # fmt: skip
        other = ListConfirmation.objects.get(anchor=world.south.anchor)
        kill("lists.withdraw", lambda: lists.withdraw(confirmation=other, by=officer))
        kill(
            "people.change_person",
            lambda: people.change_person(
                user=again(world.norddal_owner), name="Nils", email="nils@example.org", office=world.a, by=officer
            ),
        )
        person = world.kindergarten_chair
        estate = handovers.estate_of(person, office=world.a, on=date(2027, 3, 1), by=admin)
        kill(
            "handovers.hand_over",
            lambda: handovers.hand_over(
                person=again(person), office=world.a, on=date(2027, 3, 1), by=admin,
                choices={item.key: again(world.stranger) for item in estate.moves},
            ),
        )  # fmt: skip
        kill(
            "handovers.merge",
            lambda: handovers.merge(
                gone=again(world.north_provider), kept=again(world.south_provider), office=world.a, by=admin
            ),
        )


def test_registers_are_kept(world: World, kill: Kill) -> None:
    by = world.actor("officer")
    with on(date(2027, 2, 25)):
        kill(
            "accounts.enter_account",
            lambda: accounts.enter_account(
                office=world.a, organisation=world.norddal, number=synthetic_account(77_001), by=by
            ),
        )

        def account() -> Account:
            return Account.objects.get(organisation=world.norddal)

        other = world.actor("officer2")
        kill("accounts.confirm_account", lambda: accounts.confirm_account(account=account(), by=other, note="Ringte."))
        kill("accounts.reveal_account", lambda: accounts.reveal_account(account=account(), by=by))
        new = accounts.enter_account(office=world.a, organisation=world.sorli, number=synthetic_account(77_002), by=by)
        kill("accounts.reject_account", lambda: accounts.reject_account(account=again(new), by=other, note="Feil."))
        _register(world, kill, by)
        _networks(world, kill, by)
        _ties(world, kill, by)
        _forums(world, kill)


def test_a_table_is_imported_and_undone(world: World, kill: Kill) -> None:
    by = world.actor("officer")

    def opened(*rows: list[str], heads: list[str]) -> opening.Opened:
        source = opening.Source("steder.xlsx", importing.book(*rows, heads=heads))
        return opening.open_source(source, office=world.a, importer=importing.PLACES)

    def run() -> ImportRun:
        return ImportRun.objects.latest("pk")

    with on(date(2027, 2, 25)):
        unknown = opened(["0301", "Oslo"], ["x", "Bergen"], heads=["Kode", "Sted"])
        kill("starting.start", lambda: starting.start(office=world.a, importer=importing.PLACES, opened=unknown, by=by))
        sheet, match = opening.heads_at(run(), importing.PLACES, sheet="", line=1)
        kill(
            "matching.choose_sheet",
            lambda: matching.choose_sheet(run=run(), sheet=sheet, match=match, by=by, seen_version=1),
        )
        columns = ["number", "name"]
        made = drafting.drafts(unknown.source.book().sheet(sheet), head_line=1, columns=columns)
        kill(
            "matching.match_columns",
            lambda: matching.match_columns(run=run(), columns=columns, drafts=made, by=by, seen_version=2),
        )
        kill(
            "mending.mend",
            lambda: mending.mend(run=run(), texts={3: {"number": "4601"}}, left_out={2: True}, by=by, seen_version=3),
        )
        kill("applying.apply", lambda: applying.apply(run=run(), by=by, seen_version=4))
        kill("applying.undo", lambda: applying.undo(run=run(), by=by, seen_version=5))
        known = opened(["0301", "Oslo"], heads=["Nummer", "Navn"])
        kill("starting.start", lambda: starting.start(office=world.a, importer=importing.PLACES, opened=known, by=by))
    with on(date(2027, 4, 1)):
        kill("cleaning.empty_unused", cleaning.empty_unused)
    assert [row.undone_at is not None for row in ImportRun.objects.filter(emptied_at=None)] == [True]


def _register(world: World, kill: Kill, by: Actor) -> None:
    """An organisation is added, corrected, renamed, ended and taken up again."""
    facts = register.Facts(name="Bakkekroken barnehage AS", kind="private_kindergarten", orgnr=synthetic_orgnr(77_100))
    kill("register.add_organisation", lambda: register.add_organisation(office=world.a, facts=facts, by=by))

    def made() -> Organisation:
        return Organisation.objects.select_related("anchor").get(orgnr=facts.orgnr)

    changed = replace(facts, name="Bakkekroken barnehage SA")
    kill(
        "register.edit_organisation",
        lambda: register.edit_organisation(organisation=made(), facts=changed, by=by),
    )
    kill(
        "register.give_new_name",
        lambda: register.give_new_name(
            organisation=made(), name="Nye Bakkekroken SA", valid_from=clock.today(), by=by, seen_version=2
        ),
    )
    kill(
        "register.choose_written_form",
        lambda: register.choose_written_form(
            office=world.a, organisation=made(), form="nn", source_text="Brev", by=by, valid_from=clock.today()
        ),
    )
    kill(
        "register.end_organisation",
        lambda: register.end_organisation(
            organisation=made(), ended_on=date(2026, 12, 31), kind="taken_over", successors=[world.nordli], by=by
        ),
    )
    kill("register.reopen_organisation", lambda: register.reopen_organisation(organisation=made(), by=by))
    taken = public_registers.Taken(postal_address="Bakken 1", written_form="nn")
    kill(
        "public_registers.take_over",
        lambda: public_registers.take_over(office=world.a, organisation=made(), taken=taken, by=by),
    )
    school = units.UnitFacts(owner=world.nordli, name="Ny skole", sector="school")
    kill("units.add_unit", lambda: units.add_unit(office=world.a, facts=school, by=by))
    kill(
        "units.edit_unit",
        lambda: units.edit_unit(
            unit=Unit.objects.get(name="Ny skole"), facts=replace(school, ended_on=date(2027, 1, 1)), by=by
        ),
    )


def _networks(world: World, kill: Kill, by: Actor) -> None:
    kill(
        "organisations.register_organisation",
        lambda: organisations.register_organisation(name="Ny kommune", kind="municipality", is_synthetic=True, by=by),
    )
    kill(
        "organisations.rename_organisation",
        lambda: organisations.rename_organisation(organisation=world.sorli, name="Søre kommune", by=by),
    )
    kill(
        "organisations.set_office_details",
        lambda: organisations.set_office_details(
            office=world.a, organisation=world.sorli, notice_email="post@sore.example.org", by=by
        ),
    )
    kill(
        "organisations.change_organisation",
        lambda: organisations.change_organisation(organisation=world.sorli, by=by, certainty="medium"),
    )
    kill(
        "comments.write",
        lambda: comments.write(subject=world.past_round, office=world.a, kind=CommentKind.REMARK, text="Ja.", by=by),
    )
    kill(
        "offices.register_office",
        lambda: offices.register_office(
            slug="midtfylket", orgnr=synthetic_orgnr(77_003), default_form="nb", by=SYSTEM,
            names={"nb": "Statsforvalteren i Midtfylket", "nn": "Statsforvaltaren i Midtfylket"},
        ),
    )  # fmt: skip
    kill(
        "offices.describe_office",
        lambda: offices.describe_office(office=again(world.a), by=by, is_demo=True, phone="11 11 11 11"),
    )


def _ties(world: World, kill: Kill, by: Actor) -> None:
    """A network, who belongs to it, who is paid for it, who works with it; and the end of each."""
    today, later = clock.today(), clock.today() + timedelta(days=30)

    def west() -> Network:
        return Network.objects.select_related("anchor").get(code="west")

    kill(
        "networks.register_network",
        lambda: networks.register_network(
            office=world.a, code="west", name="Vest", kind="geographic", schemes=["kollektiv"], by=by
        ),
    )
    kill(
        "networks.change_network",
        lambda: networks.change_network(
            network=west(), code="west", name="Vestre", kind="thematic", parent=world.south, schemes=["regional"],
            coordinator_organisation=world.norddal, by=by,
        ),
    )  # fmt: skip
    kill(
        "memberships.add_member",
        lambda: memberships.add_member(
            network=west(), organisation=world.norddal, sector="school", by=by, valid_from=today
        ),
    )
    kill(
        "memberships.add_members",
        lambda: memberships.add_members(
            rows=[MemberRow(west(), one, "both", today) for one in (world.nordli, world.sorli, world.havnes)],
            office=world.a, by=by,
        ),
    )  # fmt: skip
    kill(
        "memberships.take_back_member",
        lambda: memberships.take_back_member(membership=west().memberships.get(organisation=world.nordli), by=by),
    )
    kill(
        "memberships.take_back_members",
        lambda: memberships.take_back_members(
            memberships=list(west().memberships.filter(organisation__in=[world.sorli, world.havnes])),
            office=world.a, by=by,
        ),
    )  # fmt: skip
    kill(
        "memberships.end_membership",
        lambda: memberships.end_membership(
            membership=west().memberships.get(organisation=world.norddal), last_day=later, by=by
        ),
    )
    _hosts(world, kill, by, west)
    kill(
        "provider_contacts.add_provider_contact",
        lambda: provider_contacts.add_provider_contact(
            network=west(), organisation=world.university, user=world.university_contact, by=by, valid_from=today
        ),
    )
    kill(
        "provider_contacts.end_provider_contact",
        lambda: provider_contacts.end_provider_contact(contact=west().provider_contacts.get(), last_day=later, by=by),
    )
    kill(
        "networks.end_network", lambda: networks.end_network(network=west(), last_day=today + timedelta(days=60), by=by)
    )
    networks.register_network(office=world.a, code="east", name="Øst", kind="geographic", by=by)
    kill(
        "networks.take_back_network",
        lambda: networks.take_back_network(network=Network.objects.get(code="east"), by=by),
    )
    kill(
        "participation.opt_out",
        lambda: participation.opt_out(round=world.a_round, organisation=world.norddal, note="E-post", by=by),
    )
    kill(
        "participation.opt_in",
        lambda: participation.opt_in(round=world.a_round, organisation=world.norddal, by=by),
    )


def _hosts(world: World, kill: Kill, by: Actor, west: Callable[[], Network]) -> None:
    today, later = clock.today(), clock.today() + timedelta(days=30)
    kill(
        "hosts.choose_host",
        lambda: hosts.choose_host(
            network=west(), organisation=world.norddal, by=by, valid_from=today,
            sent_up=SentUp("fullmakt.pdf", BytesIO(b"%PDF-1.7 mandate")),
        ),
    )  # fmt: skip
    first = west().hosts.get()
    kill(
        "hosts.read_mandate",
        lambda: hosts.read_mandate(host=again(first), file=DocumentFile.objects.get(document=first.mandate), by=by),
    )
    hosts.choose_host(network=west(), organisation=world.nordli, by=by, valid_from=later)
    kill(
        "hosts.take_back_hosts",
        lambda: hosts.take_back_hosts(hosts=[west().hosts.latest("pk")], office=world.a, by=by),
    )
    kill("hosts.set_back_host", lambda: hosts.set_back_host(host=again(first), last_day=None, by=by))
    kill("hosts.end_host", lambda: hosts.end_host(host=again(first), last_day=later, by=by))


def _forums(world: World, kill: Kill) -> None:
    by, today = world.actor("administrator"), clock.today()
    kill(
        "forums.register_forum",
        lambda: forums.register_forum(office=world.a, code="vgo", name="Videregående", sectors="school", by=by),
    )
    kill("forums.cover_network", lambda: forums.cover_network(forum=world.school, network=world.south, by=by))
    kill(
        "forums.add_seat_group",
        lambda: forums.add_seat_group(
            forum=world.school, code="unions", name_nb="Organisasjoner", name_nn="Organisasjonar", min_seats=0,
            max_seats=2, by=by,
        ),
    )  # fmt: skip
    group = world.school_chair_seat.group
    kill("forums.add_seat", lambda: forums.add_seat(group=group, by=by))
    kill(
        "forums.appoint",
        lambda: forums.appoint(
            seat=group.seats.latest("pk"), user=world.stranger, organisation=world.norddal, by=by, valid_from=today
        ),
    )
    kill(
        "forums.end_appointment",
        lambda: forums.end_appointment(
            appointment=world.stranger.appointments.latest("pk"), by=by, last_day=today + timedelta(days=9)
        ),
    )
    _seats(world, kill)
    _terms(world, kill)
    made = Forum.objects.get(code="vgo", office=world.a)
    kill(
        "forums.change_forum",
        lambda: forums.change_forum(
            forum=made, name="Vgo", code="vgo", sectors="school", upper_secondary=True, networks=[world.south], by=by
        ),
    )
    kill("forums.end_forum", lambda: forums.end_forum(forum=made, last_day=today, by=by))
    kill("forums.reopen_forum", lambda: forums.reopen_forum(forum=made, by=by))


def _seats(world: World, kill: Kill) -> None:
    by, made = world.actor("administrator"), Forum.objects.get(code="vgo", office=world.a)
    kill(
        "seats.use_template",
        lambda: seats.use_template(forum=made, groups=templates()[0].groups[:2], regions=(), by=by),
    )
    first, second = made.seat_groups.order_by("pk")
    kill(
        "seats.change_seat_group",
        lambda: seats.change_seat_group(
            group=first, name_nb="Eiere", name_nn="Eigarar", min_seats=1, max_seats=4, votes=True, order=1, by=by
        ),
    )
    kill("seats.remove_seat", lambda: seats.remove_seat(seat=first.seats.get(), by=by))
    kill("seats.remove_seat_group", lambda: seats.remove_seat_group(group=second, by=by))


def _terms(world: World, kill: Kill) -> None:
    by, today = world.actor("administrator"), clock.today()
    made = Forum.objects.get(code="vgo", office=world.a)
    seat = forums.add_seat(group=made.seat_groups.get(), by=by)
    kill(
        "terms.seat_person",
        lambda: terms.seat_person(
            seat=seat, email="ny@example.org", name="Ny Testesen", organisation=world.norddal, by=by,
            valid_from=today, valid_to=today + timedelta(days=99),
        ),
    )  # fmt: skip
    term = seat.appointments.get()
    kill(
        "terms.change_term",
        lambda: terms.change_term(
            appointment=term, organisation=None, chairs=True, valid_from=today, valid_to=today + timedelta(days=50),
            by=by,
        ),
    )  # fmt: skip
    kill("terms.renew_terms", lambda: terms.renew_terms(appointments=[term], valid_to=None, by=by))
    kill("terms.take_back", lambda: terms.take_back(appointment=seat.appointments.latest("valid_from"), by=by))


def test_what_was_before_the_program_is_brought_in(world: World, kill: Kill) -> None:
    by = world.actor("b_officer")
    line = MoneyLine(kind="network", payee=world.havnes, awarded=60_000, unspent=9_000, promised={2027: 50_000})
    told = RunningMeasure(
        title="Lek", network=None, lead=world.havnes, scheme="kollektiv", sector="kindergarten", first_year=2026,
        year_no=1, year_count=2, lines=[line],
    )  # fmt: skip

    def part() -> MeasureYear:
        rows = MeasureYear.objects.select_related("round__office", "measure")
        return rows.get(round__kind="opening", round__office=world.b)

    kill("openings.begin", lambda: openings.begin(office=world.b, first_year=2027, by=by))
    kill("openings.bring_in", lambda: openings.bring_in(office=world.b, measures=[told], by=by))
    changed = replace(told, lines=[replace(line, awarded=70_000, promised={2027: 45_000})])
    kill(
        "openings.change_brought_in",
        lambda: openings.change_brought_in(measure_year=part(), measure=changed, by=by, seen_version=part().version),
    )
    kill("openings.set_unspent", lambda: openings.set_unspent(office=world.b, amounts={"kollektiv": 5_000}, by=by))
    kill("openings.take_out", lambda: openings.take_out(measure_year=part(), by=by))
    openings.bring_in(office=world.b, measures=[told], by=by)
    kill(
        "openings.take_out_many",
        lambda: openings.take_out_many(office=world.b, measure_years=[part()], by=by),
    )
    assert audit_faults() == []


# --- jobs: several transactions on purpose ----------------------------------------------------------------------------


def test_letters_are_made_once_however_often_the_worker_dies(
    world: World, kill: Kill, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A letter is several transactions: claimed, made, noticed, done. Killed at each point of each, it goes on."""
    day = date(2027, 4, 5)
    stored = files()
    _until_the_letters_are_dispatched(world, day)
    made = Letter.objects.filter(round=world.b_round)
    with on(day):
        monkeypatch.setattr(letters, "letter_pdf", _drawn_once(letters.selector.full(made)))
    _die_until_done(day)
    ids = set(made.values_list("pk", flat=True))
    assert [row.state for row in made] == ["noticed"] * 3
    assert set(Delivery.objects.filter(letter__round=world.b_round).values_list("letter_id", flat=True)) == ids
    documents = Document.objects.filter(case=world.b_round.case, kind="out")
    assert set(documents.values_list("pk", flat=True)) == set(made.values_list("document_id", flat=True))
    told = Message.objects.filter(key__startswith="letter:", decided_at__date=day)
    assert {int(message.key.split(":")[1]) for message in told} == ids
    assert set(Message.objects.values_list("state", flat=True)) == {"sent"}
    assert AnnualReport.objects.filter(round=world.b_round).count() == 2
    assert set(Job.objects.values_list("state", flat=True)) == {JobState.DONE}
    assert files() - stored <= set(DocumentFile.objects.values_list("file", flat=True)), "what was begun was taken up"
    assert audit_faults() == []
    with on(date(2027, 4, 6)):
        letter = made.get(recipient=world.havnes)
        reader = world.actor("havnes_reader")
        kill("letters.open_letter", lambda: letters.open_letter(letter=again(letter), by=reader))
        kill("letters.download", lambda: letters.download(letter=again(letter), by=reader))
    with on(date(2027, 4, 20)):
        unread = made.get(recipient=world.fjordvik)
        kill("deliveries.tell_again", lambda: deliveries.tell_again(letter_id=unread.pk))
        late = Message.objects.filter(key__startswith=f"letter:{unread.pk}:").earliest("pk")
        Message.objects.filter(pk=late.pk).update(sent_at=clock.now())
        kill("deliveries.move_last_days", deliveries.move_last_days)


def _until_the_letters_are_dispatched(world: World, day: date) -> None:
    recommendation = world.b_recommendation
    answers = {line.pk: ("agree", "") for line in recommendation.lines.filter(live=True)}
    with on(date(2027, 3, 11)):
        for who in ("chair", "member"):
            recommendations.answer(
                recommendation=recommendation, seat=getattr(world, f"coast_{who}_seat"), answers=answers,
                by=world.actor(f"coast_{who}"),
            )  # fmt: skip
        recommendations.conclude_forum(
            recommendation=recommendation, forum=world.coast, by=world.actor("coast_chair"), outcome="agreed"
        )
    officer = world.actor("b_officer")
    with on(day):
        decision = decisions.prepare(round=world.b_round, by=officer)
        decisions.submit(decision=decision, by=officer)
        decisions.approve(decision=decision, by=world.actor("b_approver"))
        run_due()  # mails and the like; what follows is the letters' own
        letters.dispatch(decision=decision, by=officer)


def _drawn_once(rows: Iterable[Letter]) -> Callable[[Composed], bytes]:
    """The real PDFs, drawn here: setting a page takes a second, and a child that is killed again and again has none."""
    known = {letter_html(words): letter_pdf(words) for words in map(letters.selector.composed, rows)}
    return lambda words: known[letter_html(words)]


def _die_until_done(day: date) -> None:
    """Kill the carrier at its first point, its second …; when it got something done before it died, from the first."""
    began = datetime.combine(day, time(9), tzinfo=clock.OSLO)
    at, left = 1, digest(without=JOBS)
    for turn in range(10_000):
        with clock.frozen(began + turn * (LEASE + timedelta(seconds=1))):
            end = run_and_die(run_due, at)
        now = digest(without=JOBS)
        if end.point == "done":
            return
        assert end.point in {"alone", "commit"} or now == left, f"{end} left {difference(left, now)}"
        at = at + 1 if now == left else 1
        left = now
        Job.objects.filter(state=JobState.RUNNING).update(attempts=1)  # the twelfth death in a row would be its last


# --- an office is set up ----------------------------------------------------------------------------------------------


def test_an_office_is_made_and_set_up(world: World, kill: Kill) -> None:
    by = world.actor("administrator")
    kill(
        "people.make_operator",
        lambda: people.make_operator(email="drift@example.org", name="Dag Rift", by=SYSTEM),
    )
    operator = Actor.for_user(User.objects.get(email="drift@example.org"))
    kill(
        "offices.found_office",
        lambda: offices.found_office(
            slug="nyfylket", orgnr=synthetic_orgnr(950), names={"nb": "Nyfylket", "nn": "Nyfylket"}, default_form="nb",
            by=operator,
        ),
    )  # fmt: skip
    details = offices.OfficeDetails(default_form="nb", phone="11 22 33 44")
    kill("offices.change_office", lambda: offices.change_office(office=world.a, details=details, by=by))
    choices = {"network_cap_pct": 30, "joint_conclusion": False}
    kill("profiles.save_profile", lambda: profiles.save_profile(office=world.a, year=2028, choices=choices, by=by))
    setup = setup_of(world.a)
    officer = world.actor("b_officer")
    kill(
        "setup_files.bring_in",
        lambda: setup_files.bring_in(
            office=world.b, setup=setup, parts=["choices", "networks", "forums", "dates"], by=officer
        ),
    )


# --- none is forgotten ------------------------------------------------------------------------------------------------

ONLY_INSIDE = {
    "archive.open_case", "archive.register", "archive.store", "batches.edit_organisations", "batches.edit_units",
    "batches.remove_organisations", "batches.remove_units", "drafts.save_section", "mail.decide",
    "performing.perform", "performing.perform_many", "projection.project", "projection.withdraw", "recusals.declare",
    "signing.answer", "signing.ask", "signing.take_snapshot", "signing.void_changed", "uploads.keep",
}  # fmt: skip
"""Called by services that are killed here, in their transaction."""
AS_JOBS = {"creating.create_reports", "deliveries.notice_letter"}
"""Killed as jobs."""
OF_COMMANDS = {
    "measure_batches.write_measures",
    "organisations.register_organisations",
    "public_registers.load_code_changes",
    "public_registers.load_codes",
    "public_registers.load_entities",
    "public_registers.load_units",
    "reference.load_reference",
    "units.register_units",
}
"""Fill an installation from files or lists; done again, they change nothing."""
UNUSED = {"uploads.take_in"}
"""A document is journaled at once, tables come in through `uploads.keep`."""


def test_every_service_with_a_transaction_is_killed() -> None:
    """A new service belongs in one of the stretches above, or in a set just above that says why not."""
    killed = set(re.findall(r'"([a-z_]+\.[a-z_]+)"', Path(__file__).read_text(encoding="utf-8")))
    found = {
        f"{path.stem}.{node.name}"
        for path in Path(settings.BASE_DIR).glob("*/services/**/*.py")
        for node in ast.parse(path.read_text(encoding="utf-8")).body
        if isinstance(node, ast.FunctionDef) and node.name[0] != "_"
        if any(ast.unparse(one).startswith("transaction.atomic") for one in node.decorator_list)
    }
    assert sorted(found - killed) == []
