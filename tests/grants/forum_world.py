"""A small office at the point where its needs reports are assessed: what the tests of proposal and forum stand on."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import Any

from accounts.models import User
from accounts.services.people import register_person
from accounts.services.roles import grant_role
from core import clock
from core.actor import Actor
from core.enums import Role
from core.identifiers import synthetic_orgnr
from core.models import Office
from core.services.offices import register_office
from forums.models import Appointment, Forum, Seat, SeatGroup
from forums.services.forums import add_seat, add_seat_group, appoint, register_forum
from grants.models import BudgetLine, CoveredOwner, Measure, MeasureYear, NeedsReport, Round
from grants.services.rounds import open_round, set_frame
from networks.models import Network, Organisation
from networks.services.networks import register_network
from networks.services.organisations import register_organisation

SYSTEM = Actor.for_system("tests")
DAY = date(2027, 2, 24)
DEADLINES = {
    "needs": date(2027, 2, 1),
    "forum_papers": date(2027, 2, 24),
    "forum_answer": date(2027, 3, 8),
    "forum_meeting": date(2027, 3, 10),
    "recommendation": date(2027, 3, 15),
    "decision": date(2027, 4, 1),
    "payment": date(2027, 4, 15),
}
_numbers = iter(range(10_000, 99_999))


@dataclass
class World:
    """One office with a round, a forum and its people."""

    office: Office
    round: Round
    officer: User
    approver: User
    forum: Forum
    group: SeatGroup
    office_seat: Seat
    provider: Organisation
    members: list[Appointment] = field(default_factory=list)
    forums: list[Forum] = field(default_factory=list)

    @property
    def by(self) -> Actor:
        return actor(self.officer)

    @property
    def chair(self) -> Actor:
        return actor(self.members[0].user)


def actor(user: User) -> Actor:
    return Actor.for_user(user)


def person(name: str, form: str = "nb") -> User:
    return register_person(
        email=f"{name.lower().replace(' ', '.')}.{next(_numbers)}@example.org", name=name, by=SYSTEM, form=form,
        is_demo=True,
    )  # fmt: skip


def case_officer(world: World, name: str) -> User:
    """One more of the office's case officers."""
    user = person(name)
    grant_role(user=user, role=Role.CASE_OFFICER, anchor=world.office.anchor, by=SYSTEM, starts=date(2020, 1, 1))
    return user


def organisation(name: str, kind: str = "municipality") -> Organisation:
    return register_organisation(
        name=name, kind=kind, by=SYSTEM, orgnr=synthetic_orgnr(next(_numbers)), is_synthetic=True
    )


def make_world(
    slug: str = "fjelldal",
    *,
    rule_set: str = "REG2026",
    year: int = 2027,
    frames: dict[str, int] | None = None,
    form: str = "nb",
    joint: bool = True,
    members: int = 3,
) -> World:
    """An announced round with one forum of ``members`` voting seats (the first chairs) and one seat of the office's."""
    office = register_office(
        slug=slug,
        orgnr=synthetic_orgnr(next(_numbers)),
        names={"nb": f"Statsforvalteren i {slug.title()}", "nn": f"Statsforvaltaren i {slug.title()}"},
        default_form=form,
        is_demo=True,
        by=SYSTEM,
    )
    officer, approver = person("Anne Hov"), person("Bjarte Lid")
    grant_role(user=officer, role=Role.CASE_OFFICER, anchor=office.anchor, by=SYSTEM, starts=date(2020, 1, 1))
    grant_role(user=approver, role=Role.APPROVER, anchor=office.anchor, by=SYSTEM, starts=date(2020, 1, 1))
    shift = 2027 - year
    deadlines = {kind: day.replace(year=day.year - shift) for kind, day in DEADLINES.items()}
    round_ = open_round(
        office=office,
        year=year,
        rule_set=rule_set,
        profile={"joint_conclusion": joint},
        deadlines=deadlines,
        by=actor(officer),
    )
    for scheme, amount in (frames or {"kollektiv": 1_000_000}).items():
        set_frame(round=round_, scheme=scheme, amount=amount, by=actor(officer), reason="Rammen for året")
    Round.objects.filter(pk=round_.pk).update(state="announced", announced_at=clock.now())
    round_ = Round.objects.select_related("office__anchor", "rule_set", "profile", "case").get(pk=round_.pk)
    forum, group, office_seat, appointments = make_forum(office, "Samarbeidsforum", members=members)
    return World(
        office=office,
        round=round_,
        officer=officer,
        approver=approver,
        forum=forum,
        group=group,
        office_seat=office_seat,
        provider=organisation("Høgskolen Glomma", "university"),
        members=appointments,
        forums=[forum],
    )


def make_forum(
    office: Office, name: str, *, members: int = 3, upper_secondary: bool = False
) -> tuple[Forum, SeatGroup, Seat, list[Appointment]]:
    forum = register_forum(
        office=office, code=name[:8] + str(next(_numbers)), name=name, sectors="both", by=SYSTEM,
        upper_secondary=upper_secondary,
    )  # fmt: skip
    group = add_seat_group(
        forum=forum, code="owners", name_nb="Kommunale eiere", name_nn="Kommunale eigarar", min_seats=1, max_seats=20,
        by=SYSTEM,
    )  # fmt: skip
    own = add_seat_group(
        forum=forum, code="office", name_nb="Statsforvalteren", name_nn="Statsforvaltaren", min_seats=0, max_seats=2,
        by=SYSTEM, is_office=True, votes=False,
    )  # fmt: skip
    names = ["Nils Berg", "Liv Sand", "Ola Nes", "Ida Moen", "Per Vik"]
    appointments = [
        appoint(
            seat=add_seat(group=group, by=SYSTEM),
            user=person(names[number % 5]),
            organisation=organisation(f"Kommune {next(_numbers)}"),
            by=SYSTEM,
            chairs=number == 0,
            valid_from=date(2020, 1, 1),
        )
        for number in range(members)
    ]
    return forum, group, add_seat(group=own, by=SYSTEM), appointments


def make_report(
    world: World,
    reference: str = "",
    *,
    lead: Organisation | None = None,
    network: Network | None = None,
    **values: Any,
) -> NeedsReport:
    """An assessed needs report, in a network of its own unless there is none."""
    lead = lead or organisation(f"Kommune {next(_numbers)}")
    if network is None and values.pop("in_network", True):
        network = register_network(
            office=world.office, code=f"n{next(_numbers)}", name=f"Nettverk {reference or next(_numbers)}",
            kind="geographic", by=SYSTEM,
        )  # fmt: skip
    report = NeedsReport.objects.create(
        round=world.round,
        network=network,
        lead=lead,
        reference=reference or f"{world.round.year}-BM-{next(_numbers)}",
        sent_at=clock.now(),
        **{"state": "assessed", "assessed_at": clock.now(), **values},
    )
    CoveredOwner.objects.create(report=report, organisation=lead)
    return report


def make_measure(
    world: World,
    report: NeedsReport,
    title: str = "Leseløft",
    *,
    priority: int = 1,
    network: int = 0,
    provider: int = 0,
    scheme: str = "kollektiv",
    measure: Measure | None = None,
    **values: Any,
) -> MeasureYear:
    """An assessed measure with a line for the network's lead and one for the provider, in whole kroner."""
    year = world.round.year
    measure = measure or Measure.objects.create(
        office=world.office, lead=report.lead, network=report.network, first_year=year, title=title
    )
    row = MeasureYear.objects.create(
        measure=measure,
        round=world.round,
        report=report,
        title=title,
        scheme=scheme,
        sector="both",
        priority=priority,
        **{"state": "assessed", "need": "Elevene leser mindre.", "need_how": "Lærermøter i november.", **values},
    )
    for kind, payee, amount in (("network", report.lead, network), ("provider", world.provider, provider)):
        if amount:
            BudgetLine.objects.create(
                measure_year=row,
                measure=measure,
                budget_year=year,
                scheme=scheme,
                sector="both",
                kind=kind,
                payee=payee,
                beneficiary=report.lead if kind == "provider" else None,
                amount=amount,
            )
    return row
