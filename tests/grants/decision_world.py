"""A small office from assessed reports to letters: what the tests of decisions, letters and deliveries stand on."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date

from accounts.models import User
from accounts.services.roles import grant_role
from core import clock
from core.actor import Actor
from core.enums import DocumentKind, Role
from core.identifiers import synthetic_account
from core.models import Office
from core.services import archive
from core.services.outbox import run_due
from grants.models import Decision, Letter, MeasureYear, NeedsReport, Round
from grants.services import decisions, letters, proposals, recommendations
from networks.models import Account, Organisation, WrittenFormChoice
from networks.services.organisations import set_office_details
from tests.grants.forum_world import SYSTEM, World, actor, make_measure, make_report, make_world, organisation, person

CONCLUDED = date(2027, 3, 10)
DECIDED = date(2027, 3, 23)
SENT = date(2027, 3, 24)


def letter_world(slug: str = "fjelldal", **values: object) -> World:
    """The office with a letterhead, and people with titles."""
    world = make_world(slug, **{"members": 1, **values})  # type: ignore[arg-type]
    Office.objects.filter(pk=world.office.pk).update(
        unit_nb="Oppvekst og utdanning", unit_nn="Oppvekst og utdanning",
        postal_address="Postboks 000, 2604 Lillehammer",
        phone="00 00 00 00", email=f"post@{slug}.example", website=f"{slug}.example",
    )  # fmt: skip
    User.objects.filter(pk__in=[world.officer.pk, world.approver.pk]).update(
        title_nb="seniorrådgiver", title_nn="seniorrådgjevar", phone="00 00 00 01"
    )
    world.officer.refresh_from_db()
    world.round = Round.objects.select_related("office__anchor", "rule_set", "profile", "case").get(pk=world.round.pk)
    known(world, world.provider)
    return world


def owner(
    world: World, name: str, *, kind: str = "municipality", form: str = "", source: str = "regulation"
) -> Organisation:
    """An organisation that can be told and paid, with its contact."""
    made = organisation(name, kind)
    if form:
        WrittenFormChoice.objects.create(organisation=made, form=form, source=source)
    known(world, made)
    return made


def known(world: World, made: Organisation, *, account: bool = True) -> User:
    """Somebody reads its letters, and its account is entered by one and confirmed by another."""
    set_office_details(
        office=world.office, organisation=made, by=SYSTEM, notice_email=f"post{made.pk}@example.org",
        postal_address="Postboks 000\n2680 VÅGÅ",
    )  # fmt: skip
    role = Role.PROVIDER_CONTACT if made.kind == "university" else Role.OWNER_CONTACT
    reader = person(f"Kari Leser {made.pk}")
    grant_role(user=reader, role=role, anchor=made.anchor, by=SYSTEM, starts=date(2020, 1, 1))
    if account:
        Account.objects.create(
            office=world.office, organisation=made, number=synthetic_account(made.pk), entered_by=world.officer,
            entered_at=clock.now(), confirmed_by=world.approver, confirmed_at=clock.now(), confirm_note="Ringte",
        )  # fmt: skip
    return reader


def report(world: World, lead: Organisation, *, network: bool = True) -> NeedsReport:
    """An assessed needs report with the receipt that holds what was written."""
    made = make_report(world, lead=lead, in_network=network)
    made.receipt = archive.register(
        case=world.round.case, kind=DocumentKind.INCOMING, title="Behovsmelding", document_date=date(2027, 1, 28),
        parties=[], files=[archive.Bytes(f"{made.reference}.html", b"<p>Dette trenger vi.</p>", "text/html", "nb")],
        by=SYSTEM,
    )  # fmt: skip
    made.save(update_fields=["receipt"])
    return made


def measure(world: World, of: NeedsReport, title: str, **values: object) -> MeasureYear:
    """An assessed measure with the university as its partner."""
    made = make_measure(world, of, title, **values)  # type: ignore[arg-type]
    made.parties.create(organisation=world.provider, kind="provider", confirms=True)
    return made


def conclude(world: World) -> None:
    """The first proposal, agreed by everyone."""
    with clock.frozen(DAY_OF_PROPOSAL):
        proposal = proposals.make_first_proposal(round=world.round, by=actor(world.officer))
        found = proposals.put_forward(proposal=proposal, by=actor(world.officer))
    with clock.frozen(CONCLUDED):
        for recommendation in found:
            for member in world.members:
                recommendations.answer(
                    recommendation=recommendation,
                    seat=member.seat,
                    answers={line.pk: ("agree", "") for line in recommendation.lines.filter(live=True)},
                    by=actor(member.user),
                )
            recommendations.conclude_forum(
                recommendation=recommendation, forum=world.forum, by=world.chair, outcome="agreed"
            )


DAY_OF_PROPOSAL = date(2027, 2, 24)


def prepared(world: World) -> Decision:
    """The forum has concluded, and the officer has prepared the decision."""
    conclude(world)
    with clock.frozen(DECIDED):
        return decisions.prepare(round=world.round, by=actor(world.officer))


def approved(world: World) -> Decision:
    """Prepared by the officer, approved by the approver."""
    decision = prepared(world)
    with clock.frozen(DECIDED):
        decisions.submit(decision=decision, by=actor(world.officer))
        return decisions.approve(decision=decision, by=actor(world.approver))


def dispatched(world: World, decision: Decision, *, carried: bool = True) -> list[Letter]:
    """Sent; with ``carried`` the jobs have run the same day."""
    with clock.frozen(SENT):
        letters.dispatch(decision=decision, by=actor(world.officer))
        if carried:
            run_due()
    return list(
        Letter.objects.filter(decision=decision)
        .select_related("recipient__anchor", "round__office", "document", "delivery")
        .order_by("recipient__sort_key", "kind")
    )


def readers(letter: Letter) -> Iterable[Actor]:
    """Those who read letters for the recipient."""
    return [actor(row.user) for row in letter.recipient.anchor.roles.select_related("user")]


def small_year(slug: str = "fjelldal", **values: object) -> World:
    """Two leads under one frame of 500 000: the first priorities fit, the last gets the rest or nothing.

    Vågå (nynorsk by decision) leads a network; a kindergarten (nynorsk by own choice) has a report of its own, and
    gets nothing.
    """
    world = letter_world(slug, frames={"kollektiv": 500_000}, **values)
    vaga = owner(world, "Vågå kommune", form="nn")
    rosa = owner(world, "Fjellrosa barnehage SA", kind="private_kindergarten", form="nn", source="own_choice")
    north = report(world, vaga)
    measure(world, north, "Leseløft", priority=1, network=100_000, provider=200_000)
    measure(world, north, "Regnehjelp", priority=2, network=150_000, provider=150_000)
    own = report(world, rosa, network=False)
    measure(world, own, "Lekemiljø", priority=3, network=60_000)
    return world


@dataclass
class Year:
    """A small year as far as it has come."""

    world: World
    decision: Decision
    letters: list[Letter]


def prepared_year() -> Year:
    """The decision is a draft."""
    world = small_year()
    return Year(world, prepared(world), [])


def approved_year() -> Year:
    """The decision is approved, and nothing sent."""
    world = small_year()
    return Year(world, approved(world), [])


def sent_year(*, carried: bool = False) -> Year:
    """The letters are sent; with ``carried`` they are made, and everybody is told."""
    year = approved_year()
    return replace(year, letters=dispatched(year.world, year.decision, carried=carried))
