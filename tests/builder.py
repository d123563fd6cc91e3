"""How the tests' world is made: who there is, and what they do, each thing through the service that does it."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from itertools import count
from typing import Any

from django.db import models

from accounts.models import User
from accounts.services import questions
from accounts.services.people import register_person
from accounts.services.roles import grant_role
from core.actor import Actor
from core.enums import Role
from core.identifiers import synthetic_account, synthetic_orgnr
from core.models import Office, Question
from core.rules import office_of
from core.services.offices import register_office
from forums.models import Forum
from forums.services.forums import add_seat, add_seat_group, appoint, register_forum
from grants.enums import CriterionResult
from grants.models import MeasureYear, NeedsReport, Round
from grants.selectors.measures import asked_criteria
from grants.selectors.rounds import rule_set_of
from grants.services import (
    assessment,
    measures,
    recommendations,
    rounds,
)
from grants.services.measures import BudgetInput, MeasureFields
from networks.models import Network, Organisation, Unit
from networks.services.accounts import confirm_account, enter_account
from networks.services.networks import add_member, add_provider_contact, choose_host, register_network
from networks.services.organisations import register_organisation, set_office_details
from networks.services.units import UnitFacts, register_units

SYSTEM = Actor.for_system("tests")
LONG_AGO = date(2020, 1, 1)

PEOPLE_OF_AN_OFFICE = {
    "officer": Role.CASE_OFFICER,
    "officer2": Role.CASE_OFFICER,
    "approver": Role.APPROVER,
    "administrator": Role.OFFICE_ADMINISTRATOR,
}


class Builder:
    """Makes the world; each thing is put on the list under the name the tests use."""

    def __init__(self) -> None:
        self.index: dict[str, tuple[type[models.Model], int]] = {}
        self._rows: dict[str, Any] = {}
        self._numbers = count(41_000)

    def put(self, name: str, row: Any) -> Any:
        if name in self.index:
            raise ValueError(f"{name} is made twice")
        self.index[name] = (type(row), row.pk)
        self._rows[name] = row
        return row

    def __getattr__(self, name: str) -> Any:
        try:
            return self.__dict__["_rows"][name]
        except KeyError:
            raise AttributeError(name) from None

    def by(self, name: str) -> Actor:
        return Actor.for_user(self._rows[name])

    def question(self, subject: Any, name: str, text: str) -> Question:
        """Someone asks the office about something."""
        office = Office.objects.get(pk=office_of(subject))
        return questions.ask(subject=subject, office=office, text=text, by=self.by(name))

    # --- who there is -------------------------------------------------------------------------------------------------

    def office(self, key: str, slug: str, county: str, form: str) -> Office:
        office = register_office(
            slug=slug,
            orgnr=synthetic_orgnr(next(self._numbers)),
            names={"nb": f"Statsforvalteren i {county}", "nn": f"Statsforvaltaren i {county}"},
            default_form=form,
            is_demo=True,
            unit_nb="Oppvekst- og barnehageavdelingen",
            unit_nn="Oppvekst- og barnehageavdelinga",
            postal_address="Postboks 1, 0001 Fjellby",
            phone="00 00 00 00",
            email=f"post@{slug}.example",
            website=f"www.{slug}.example",
            by=SYSTEM,
        )
        self.put(key, office)
        prefix = "" if key == "a" else f"{key}_"
        for name, role in PEOPLE_OF_AN_OFFICE.items():
            self.role(self.person(f"{prefix}{name}", form), role, office.anchor)
        return office

    def person(self, name: str, form: str = "nb") -> User:
        shown = name.replace("_", " ").title()
        return self.put(
            name,
            register_person(
                email=f"{name.replace('_', '.')}@example.org",
                name=f"{shown} Testesen",
                by=SYSTEM,
                form=form,
                title_nb="seniorrådgiver",
                title_nn="seniorrådgivar",
                phone="00 00 00 00",
                is_demo=True,
            ),
        )

    def role(self, user: User, role: Role, anchor: Any, held_for: Any = None) -> None:
        grant_role(user=user, role=role, anchor=anchor, by=SYSTEM, held_for=held_for, starts=LONG_AGO)

    def organisation(
        self, key: str, name: str, kind: str = "municipality", name_nn: str = "", kept_by: Office | None = None
    ) -> Organisation:
        return self.put(
            key,
            register_organisation(
                name=name,
                name_nn=name_nn,
                kind=kind,
                orgnr=synthetic_orgnr(next(self._numbers)),
                is_synthetic=True,
                kept_by=kept_by,
                by=SYSTEM,
            ),
        )

    def owner(self, key: str, name: str, office: Office) -> Organisation:
        """A municipality with its two people, known to the office, which keeps it."""
        form = office.default_form
        municipality = self.organisation(key, f"{name} kommune", name_nn=f"{name} kommune", kept_by=office)
        self.role(self.person(f"{key}_owner", form), Role.OWNER_CONTACT, municipality.anchor)
        self.role(self.person(f"{key}_reader", form), Role.LETTER_READER, municipality.anchor)
        self.known(office, municipality)
        return municipality

    def unit(self, name: str, owner: Organisation, office: Office) -> Unit:
        """A school of an owner, kept by the office."""
        return register_units(rows=[UnitFacts(owner=owner, name=name, sector="school")], office=office, by=SYSTEM)[0]

    def known(self, office: Office, organisation: Organisation) -> None:
        set_office_details(
            office=office,
            organisation=organisation,
            by=SYSTEM,
            notice_email=f"postmottak.{organisation.pk}@example.org",
            postal_address="Rådhusgata 1, 0001 Fjellby",
        )

    def account(self, prefix: str, office: Office, organisation: Organisation) -> None:
        number = synthetic_account(next(self._numbers))
        account = enter_account(office=office, organisation=organisation, number=number, by=self.by(f"{prefix}officer"))
        confirm_account(account=account, by=self.by(f"{prefix}officer2"), note="Ringte økonomiavdelingen")

    def network(self, key: str, name: str, host: Organisation, members: Iterable[Organisation]) -> Network:
        """A network of office A with its coordinator, its reader and its contact at the university."""
        network = self.put(key, register_network(office=self.a, code=key, name=name, kind="geographic", by=SYSTEM))
        for member in members:
            add_member(network=network, organisation=member, sector="both", by=SYSTEM, valid_from=LONG_AGO)
        choose_host(network=network, organisation=host, by=SYSTEM, valid_from=LONG_AGO)
        self.role(self.person(f"{key}_coordinator"), Role.COORDINATOR, network.anchor)
        self.role(self.person(f"{key}_network_reader"), Role.NETWORK_READER, network.anchor)
        add_provider_contact(
            network=network,
            organisation=self.university,
            user=self.person(f"{key}_provider"),
            by=SYSTEM,
            valid_from=LONG_AGO,
        )
        return network

    def forum(self, key: str, office: Office, name: str, seats: Iterable[Organisation]) -> Forum:
        """A forum with a chair, a member, the chair's deputy, a secretary, and a seat of the office's without vote."""
        forum = self.put(key, register_forum(office=office, code=key, name=name, sectors="both", by=SYSTEM))
        form = office.default_form
        owners = add_seat_group(
            forum=forum, code="owners", name_nb="Kommunale eiere", name_nn="Kommunale eigarar", min_seats=1,
            max_seats=9, by=SYSTEM,
        )  # fmt: skip
        own = add_seat_group(
            forum=forum, code="office", name_nb="Statsforvalteren", name_nn="Statsforvaltaren", min_seats=0,
            max_seats=1, by=SYSTEM, is_office=True, votes=False, order=1,
        )  # fmt: skip
        for place, (who, organisation) in enumerate(zip(("chair", "member"), seats, strict=True)):
            seat = self.put(f"{key}_{who}_seat", add_seat(group=owners, by=SYSTEM))
            appoint(
                seat=seat, user=self.person(f"{key}_{who}", form), organisation=organisation, by=SYSTEM,
                chairs=place == 0, valid_from=LONG_AGO,
            )  # fmt: skip
        appoint(
            seat=self._rows[f"{key}_chair_seat"], user=self.person(f"{key}_deputy", form), organisation=None,
            by=SYSTEM, kind="deputy", valid_from=LONG_AGO,
        )  # fmt: skip
        self.put(f"{key}_office_seat", add_seat(group=own, by=SYSTEM))
        self.role(self.person(f"{key}_secretary", form), Role.FORUM_SECRETARY, forum.anchor)
        return forum

    # --- what they do -------------------------------------------------------------------------------------------------

    def open_round(
        self, key: str, office: Office, year: int, rules: str, frames: dict[str, int], *, joint: bool = True
    ) -> Round:
        """A round in draft with dates from the year's spring and money in its pots."""
        by = self.by("officer" if office == self.a else "b_officer")
        late = key == "a_round"  # A's needs phase is still open when B's forum has got its papers
        round_ = rounds.open_round(
            office=office,
            year=year,
            rule_set=rules,
            profile={"joint_conclusion": joint},
            deadlines={
                "report": date(year + 1, 2, 1),
                "needs": date(year, 3, 4) if late else date(year, 2, 1),
                "forum_papers": date(year, 3, 10) if late else date(year, 2, 24),
                "forum_answer": date(year, 3, 17) if late else date(year, 3, 8),
                "forum_meeting": date(year, 3, 18) if late else date(year, 3, 11),
                "recommendation": date(year, 3, 22) if late else date(year, 3, 15),
                "decision": date(year, 4, 4),
                "payment": date(year, 4, 15),
            },
            by=by,
        )
        for scheme, amount in frames.items():
            rounds.set_frame(round=round_, scheme=scheme, amount=amount, by=by, reason="Rammen for året")
        return self.put(key, round_)

    def measure(
        self, key: str, report: NeedsReport, writer: str, title: str, scheme: str, *, own: int, provider: int
    ) -> MeasureYear:
        """A measure with all that is asked for; ``own`` and ``provider`` are whole kroner."""
        by, rules = self.by(writer), rule_set_of(report.round)
        row = measures.add_measure(report=report, by=by, title=title)
        sector = next(one.sectors for one in rules.schemes if one.code == scheme)[0]
        row = measures.save_measure(
            measure_year=row,
            by=by,
            fields=MeasureFields(
                title=title,
                scheme=scheme,
                sector=sector,
                need="Elevene leser mindre enn før.",
                need_how="Alle lærerne svarte på en undersøkelse i november.",
                goal="Lærerne underviser i lesing i alle fag.",
                work_plan="Fire samlinger med universitetet og arbeid i egne team.",
                own_effort="Kommunen frikjøper én ressurslærer per skole.",
                units_planned=6,
                participants_planned=80,
            ),
        )
        measures.save_answers(
            measure_year=row,
            by=by,
            answers={one.code: "Slik oppfyller vi dette." for one in asked_criteria(rules, scheme)},
        )
        measures.set_parties(
            measure_year=row,
            by=by,
            parties=[(report.lead_id, "owner", True), (self.university.pk, "provider", True)],
        )
        year = report.round.year
        measures.set_budget(
            measure_year=row,
            by=by,
            lines=[
                BudgetInput(
                    kind="network" if report.network else "staff_release",
                    amount=own,
                    budget_year=year,
                    payee_id=report.lead_id,
                ),
                BudgetInput(kind="provider", amount=provider, budget_year=year, payee_id=self.university.pk),
            ],
        )
        row.refresh_from_db()
        return self.put(key, row)

    def assess(self, report: NeedsReport, officer: str) -> None:
        by = self.by(officer)
        for row in report.measures.order_by("priority"):
            for criterion in rule_set_of(report.round).criteria_for(row.scheme):
                assessment.assess_criterion(
                    measure_year=row, criterion=criterion.code, result=CriterionResult.MET, by=by,
                    reason="Godt gjort rede for.",
                )  # fmt: skip
        assessment.finish_assessment(report=report, by=by)

    def conclude(self, recommendation: Any, forums: Iterable[str]) -> None:
        """Everyone agrees, and each chair concludes."""
        lines = recommendation.lines.filter(live=True)
        for forum in forums:
            for who in ("chair", "member"):
                recommendations.answer(
                    recommendation=recommendation,
                    seat=self._rows[f"{forum}_{who}_seat"],
                    answers={line.pk: ("agree", "") for line in lines},
                    by=self.by(f"{forum}_{who}"),
                )
        for forum in forums:
            recommendations.conclude_forum(
                recommendation=recommendation,
                forum=self._rows[forum],
                by=self.by(f"{forum}_chair"),
                outcome="agreed",
            )


def report_of(round_: Round, *, network: Network | None = None, lead: Organisation | None = None) -> NeedsReport:
    """The needs report of a network, or of a lead."""
    where = {"network": network} if network else {"lead": lead}
    return NeedsReport.objects.select_related("round", "network", "lead").get(round=round_, **where)
