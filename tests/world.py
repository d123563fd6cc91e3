"""Two offices in which everything exists twice: a leak test needs data that could leak.

Office A («Fjellfylket», bokmål) has two networks and two forums, a year that went all the way under GUIDE2021 (2024)
and one in the needs phase under REG2026 (2027). Office B («Kystfylket», nynorsk) has no networks and one forum, with a
round that lies before it. A university works with both. All is made by the right people through the services, on the
right days; :mod:`tests.stage` keeps the rows, so that it is built once a run.
"""

from __future__ import annotations

from datetime import date
from typing import Any

from django.db import models

from accounts.models import User
from accounts.services import questions
from core import clock
from core.actor import Actor
from core.enums import Role
from core.services.imports.opening import Source, open_source
from core.services.imports.starting import start
from core.services.outbox import run_due
from grants.models import Letter, Round
from grants.selectors.opening_values import MoneyLine, RunningMeasure
from grants.services import (
    announcing,
    decisions,
    letters,
    needs,
    openings,
    proposals,
    rounds,
)
from reporting.models import AnnualReport
from reporting.rules import rule_set_of as report_rules
from reporting.services import reports
from reporting.services.writing import ReportFields
from tests.builder import Builder, report_of
from tests.importing import PLACES

TODAY = date(2027, 2, 25)
"""The day it is in the world: A's needs reports are due next week, B's recommendation lies before its forum."""


class World:
    """Everything by name («a», «b_round», «north_coordinator»), read when first asked for."""

    def __init__(self, index: dict[str, tuple[type[models.Model], int]]) -> None:
        self._index = index
        self._read: dict[str, Any] = {}

    def __getattr__(self, name: str) -> Any:
        if name.startswith("_") or name not in self._index:
            raise AttributeError(name)
        if name not in self._read:
            model, pk = self._index[name]
            self._read[name] = model._base_manager.get(pk=pk)
        return self._read[name]

    def actor(self, name: str) -> Actor:
        """The person as one who acts today."""
        return Actor.for_user(getattr(self, name))

    def people(self) -> list[str]:
        """The names of all people."""
        return [name for name, (model, _pk) in self._index.items() if model is User]


def build() -> dict[str, tuple[type[models.Model], int]]:
    """Make everything in the current transaction; returns the names."""
    w = Builder()
    with clock.frozen(date(2023, 10, 2)):
        _places(w)
    _year_that_went_all_the_way(w)
    _before_the_program(w)
    _needs_phase(w)
    _before_the_forum(w)
    _imports(w)
    return w.index


def _places(w: Builder) -> None:
    w.office("a", "fjellfylket", "Fjellfylket", "nb")
    w.office("b", "kystfylket", "Kystfylket", "nn")
    w.person("stranger")
    w.organisation("university", "Universitetet i Midten", "university", name_nn="Universitetet i Midten")
    w.role(w.person("university_contact"), Role.PROVIDER_CONTACT, w.university.anchor)
    for office in (w.a, w.b):
        w.known(office, w.university)
    for key, name in (("nordli", "Nordli"), ("norddal", "Norddal"), ("sorli", "Sørli")):
        w.owner(key, name, w.a)
    for key, name in (("havnes", "Havnes"), ("fjordvik", "Fjordvik")):
        w.owner(key, name, w.b)
    w.put("nordli_school", w.unit("Nordli skole", w.nordli, w.a))
    w.network("north", "Nettverk Nord", w.nordli, [w.nordli, w.norddal])
    w.network("south", "Nettverk Sør", w.sorli, [w.sorli])
    w.forum("kindergarten", w.a, "Samarbeidsforum barnehage", [w.nordli, w.sorli])
    w.forum("school", w.a, "Samarbeidsforum skole", [w.norddal, w.sorli])
    w.forum("coast", w.b, "Samarbeidsforum Kystfylket", [w.havnes, w.fjordvik])
    for prefix, office, payees in (
        ("", w.a, [w.nordli, w.sorli, w.university]),
        ("b_", w.b, [w.havnes, w.fjordvik, w.university]),
    ):
        for payee in payees:
            w.account(prefix, office, payee)


def _year_that_went_all_the_way(w: Builder) -> None:
    """A's 2024 round: the north gets two measures, the south gets nothing and a refusal."""
    frames = {"regional": 300_000, "desentralisert": 500_000, "kompetanseloftet": 200_000}
    with clock.frozen(date(2023, 11, 1)):
        past = w.open_round("past_round", w.a, 2024, "GUIDE2021", frames)
        announcing.announce(round=past, by=w.by("officer"))
    north = w.put("past_north_report", report_of(past, network=w.north))
    south = w.put("past_south_report", report_of(past, network=w.south))
    with clock.frozen(date(2024, 1, 25)):
        coordinators = ("north_coordinator", "south_coordinator")
        w.measure("reading", north, coordinators[0], "Leseløft", "desentralisert", own=100_000, provider=150_000)
        w.measure("play", north, coordinators[0], "Lek og språk", "regional", own=60_000, provider=90_000)
        w.measure("counting", south, coordinators[1], "Regnehjelp", "desentralisert", own=120_000, provider=180_000)
        for report, coordinator in zip((north, south), coordinators, strict=True):
            needs.send(report=report, by=w.by(coordinator))
    with clock.frozen(date(2024, 2, 14)):
        for report in (north, south):
            w.assess(report, "officer")
        proposal = proposals.make_first_proposal(round=past, by=w.by("officer"))
        none_left = {line.pk: 0 for line in proposal.lines.filter(measure_year=w.counting)}
        proposal = proposals.set_amounts(
            proposal=proposal,
            amounts=none_left,
            reasons=dict.fromkeys(
                none_left, "Rammen rakk ikke til dette tiltaket. Tiltak med høyere prioritet går foran."
            ),
            by=w.by("officer"),
        )
        [recommendation] = proposals.put_forward(proposal=proposal, by=w.by("officer"))
    with clock.frozen(date(2024, 3, 11)):
        w.conclude(recommendation, ["kindergarten", "school"])
    w.put("past_proposal", proposal)
    w.put("past_recommendation", recommendation)
    with clock.frozen(date(2024, 4, 4)):
        decision = decisions.prepare(round=past, by=w.by("officer"))
        decisions.submit(decision=decision, by=w.by("officer"))
        decisions.approve(decision=decision, by=w.by("approver"))
    w.put("past_decision", decision)
    _letters(w, past)
    _annual_reports(w)


def _letters(w: Builder, past: Round) -> None:
    """The letters leave, and the lead of the north opens its own."""
    with clock.frozen(date(2024, 4, 10)):
        letters.dispatch(decision=w.past_decision, by=w.by("officer"))
        while run_due():
            pass
    for key, payee in (("nordli_letter", w.nordli), ("university_letter", w.university), ("refusal_letter", w.sorli)):
        w.put(key, Letter.objects.get(round=past, recipient=payee))
    with clock.frozen(date(2024, 4, 12)):
        letters.open_letter(letter=w.nordli_letter, by=w.by("nordli_owner"))
        letters.download(letter=w.nordli_letter, by=w.by("nordli_owner"))


def _annual_reports(w: Builder) -> None:
    """The report on reading waits for the parties; the one on play is being written."""
    for key, measure in (("reading_report", w.reading), ("play_report", w.play)):
        w.put(key, AnnualReport.objects.get(measure_year=measure))
    report = w.reading_report
    with clock.frozen(date(2025, 1, 20)):
        report = reports.save_report(
            report=report,
            fields=ReportFields(
                progress="finished",
                activities="Fire samlinger ble holdt.",
                units=6,
                participants=78,
                used={line.pk: line.amount for line in report.lines.all()},
                learnt="Samlingene virket best når hele laget var med.",
                ratings={
                    sign.code: (4, "Lærerne sier det selv.")
                    for sign in report_rules(report).signs_for(w.reading.scheme)
                },
            ),
            by=w.by("north_coordinator"),
        )
        reports.send(report=report, by=w.by("north_coordinator"))


def _before_the_program(w: Builder) -> None:
    """What A brought with it to 2027: a measure of Norddal's own, and money left."""
    line = MoneyLine(kind="network", payee=w.norddal, awarded=60_000, unspent=9_000, promised={2027: 50_000})
    told = RunningMeasure(
        title="Ute hele året", network=None, lead=w.norddal, scheme="kollektiv", sector="kindergarten",
        first_year=2026, year_no=1, year_count=2, lines=[line],
    )  # fmt: skip
    with clock.frozen(date(2026, 11, 1)):
        openings.begin(office=w.a, first_year=2027, by=w.by("officer"))
        [part] = openings.bring_in(office=w.a, measures=[told], by=w.by("officer"))
    w.put("before_measure", part)


def _needs_phase(w: Builder) -> None:
    """A's 2027 round: the north writes, the south has sent."""
    with clock.frozen(date(2026, 11, 2)):
        now = w.open_round("a_round", w.a, 2027, "REG2026", {"kollektiv": 900_000})
        announcing.announce(round=now, by=w.by("officer"))
    north = w.put("north_report", report_of(now, network=w.north))
    south = w.put("south_report", report_of(now, network=w.south))
    with clock.frozen(date(2027, 2, 8)):
        w.measure("draft_measure", north, "north_coordinator", "Leseløft", "kollektiv", own=100_000, provider=150_000)
        w.measure("sent_measure", south, "south_coordinator", "Regnehjelp", "kollektiv", own=80_000, provider=120_000)
        needs.send(report=south, by=w.by("south_coordinator"))
        asked = w.put("south_question", w.question(south, "south_coordinator", "Når blir meldingen lest?"))
    with clock.frozen(date(2027, 2, 9)):
        questions.answer(question=asked, text="I uke 8.", by=w.by("officer"))


def _before_the_forum(w: Builder) -> None:
    """B's 2027 round: two leads, assessed, proposed, and before the forum."""
    with clock.frozen(date(2026, 11, 3)):
        now = w.open_round("b_round", w.b, 2027, "REG2026", {}, joint=False)
        rounds.set_frame(
            round=now, scheme="kollektiv", amount=400_000, by=w.by("b_officer"), reason="Ramma for året", forum=w.coast
        )
        for lead in (w.havnes, w.fjordvik):
            rounds.set_participation(round=now, organisation=lead, opted_out=False, by=w.by("b_officer"), forum=w.coast)
        announcing.announce(round=now, by=w.by("b_officer"))
    for lead, key in ((w.havnes, "havnes"), (w.fjordvik, "fjordvik")):
        report = w.put(f"{key}_report", report_of(now, lead=lead))
        with clock.frozen(date(2027, 1, 20)):
            w.measure(f"{key}_measure", report, f"{key}_owner", "Språkløft", "kollektiv", own=90_000, provider=140_000)
            needs.send(report=report, by=w.by(f"{key}_owner"))
        with clock.frozen(date(2027, 2, 10)):
            w.assess(report, "b_officer")
    with clock.frozen(date(2027, 2, 11)):
        w.put("havnes_question", w.question(w.havnes_report, "havnes_owner", "Kva skjer no?"))
    with clock.frozen(date(2027, 2, 24)):
        proposal = proposals.make_first_proposal(round=now, by=w.by("b_officer"))
        [recommendation] = proposals.put_forward(proposal=proposal, by=w.by("b_officer"))
    w.put("b_proposal", proposal)
    w.put("b_recommendation", recommendation)


def _imports(w: Builder) -> None:
    """In each office a pasted table that is being looked through, with a row that is new and one with a fault."""
    for key, officer in (("a", "officer"), ("b", "b_officer")):
        with clock.frozen(TODAY):
            office, source = getattr(w, key), Source(pasted="Nummer\tNavn\tLærested\n1\tVardø\tUiB\n2\tVadsø\tHVLL\n")
            opened = open_source(source, office=office, importer=PLACES)
            w.put(f"{key}_import", start(office=office, importer=PLACES, opened=opened, by=w.by(officer)))
