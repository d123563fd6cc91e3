"""Who may open what: a row per address. A new address without a row fails (tests/architecture/test_access.py).

A row says with which words the address is built for something of office A's (``own``), for the same thing of office B's
(``other``), and what each person gets. Who isn't named gets 404: what one may not see doesn't exist for one. Everybody
of office B is asked for A's addresses too, and A's people for B's; the university works with both.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from io import BytesIO
from typing import Any

from accounts.models import RoleAssignment, User
from core.actor import Actor
from core.models import Stash
from core.services import stash
from networks.services.hosts import SentUp, choose_host
from tests.world import World

Words = Callable[[World], dict[str, Any]]

STAFF = ("officer", "approver", "administrator")
KEEPERS = ("officer", "administrator")
NORTH = ("north_coordinator", "north_network_reader", "north_provider")
WRITERS = ("north_coordinator", "nordli_owner")
SOUTH = ("south_coordinator", "sorli_owner")
OWNERS = ("nordli_owner", "norddal_owner", "sorli_owner")
READERS = ("nordli_reader",)
UNIVERSITY = ("university_contact",)
SEATS = ("kindergarten_chair", "kindergarten_member", "kindergarten_deputy", "school_member")
CHAIRS = ("kindergarten_chair",)
SECRETARIES = ("kindergarten_secretary",)
A_PEOPLE = (
    *STAFF, *NORTH, *WRITERS[1:], "south_coordinator", "norddal_owner", "sorli_owner", *READERS, *UNIVERSITY, *SEATS,
    *SECRETARIES,
)  # fmt: skip
B_PEOPLE = ("b_officer", "b_approver", "havnes_owner", "havnes_reader", "coast_chair")
EVERYBODY = (*A_PEOPLE, *B_PEOPLE, "stranger")
TRAVELLERS = ("officer", "approver", "north_coordinator", "nordli_owner", "kindergarten_chair", *UNIVERSITY)
"""Those of A's people who are sent to B's addresses."""
MIXERS = ("officer", "b_officer", "nordli_owner", "havnes_owner", "coast_chair", *UNIVERSITY)
"""Those who ask for B's things under A's name."""


@dataclass(frozen=True)
class Row:
    """``gets``: {(people): status of GET} for ``own``; ``abroad``: the same for ``other``, of those who work across
    offices. ``anonymous``: what someone gets who isn't signed in; 302 is the way to sign in.
    """

    own: Words = lambda _w: {}
    other: Words | None = None
    gets: Mapping[tuple[str, ...], int] = field(default_factory=dict)
    abroad: Mapping[tuple[str, ...], int] = field(default_factory=dict)
    anonymous: int = 302
    borrowed: bool = False
    """B has nothing of this kind: ``other`` asks for A's thing under B's name, and there is nothing to mix up."""

    def status(self, person: str) -> int:
        return next((status for people, status in self.gets.items() if person in people), 404)

    def status_abroad(self, person: str) -> int:
        return next((status for people, status in self.abroad.items() if person in people), 404)


def public(own: Words = lambda _w: {}, *, status: int = 200) -> Row:
    """A page for everybody, signed in or not."""
    return Row(own=own, gets={EVERYBODY: status}, anonymous=status)


def of_person(status: int = 200) -> Row:
    """A page about the one who is signed in."""
    return Row(gets={EVERYBODY: status})


def posts(own: Words, other: Words) -> Row:
    """An address that only takes a POST; its tests stand with its page."""
    return Row(own, other, {EVERYBODY: 405}, {EVERYBODY: 405})


def a(_w: World) -> dict[str, Any]:
    return {"office": "fjellfylket"}


def b(_w: World) -> dict[str, Any]:
    return {"office": "kystfylket"}


def a_now(_w: World) -> dict[str, Any]:
    """A's 2027 round."""
    return {"office": "fjellfylket", "year": "2027"}


def a_past(_w: World) -> dict[str, Any]:
    """A's 2024 round, of which everything is there."""
    return {"office": "fjellfylket", "year": "2024"}


def b_now(_w: World) -> dict[str, Any]:
    return {"office": "kystfylket", "year": "2027"}


def of_a(name: str, **more: Callable[[World], Any]) -> Words:
    """A's address of the thing called ``name`` in the world."""
    return lambda w: {"office": "fjellfylket", "pk": getattr(w, name).pk, **{k: v(w) for k, v in more.items()}}


def of_b(name: str, **more: Callable[[World], Any]) -> Words:
    return lambda w: {"office": "kystfylket", "pk": getattr(w, name).pk, **{k: v(w) for k, v in more.items()}}


def a_kind(_w: World) -> dict[str, Any]:
    """What the tests' own importer takes in (tests/importing.py)."""
    return {"office": "fjellfylket", "kind": "places"}


def b_kind(_w: World) -> dict[str, Any]:
    return {"office": "kystfylket", "kind": "places"}


def main_file(w: World) -> int:
    """The letter's own PDF among its files."""
    return w.nordli_letter.document.files.order_by("pk")[0].pk


def kept_form(w: World) -> dict[str, Any]:
    """What A's officer wrote when the session had ended: nobody else's."""
    row = Stash.objects.filter(user=w.officer).first()
    return {"pk": (row or stash.keep(user_id=w.officer.pk, path="/x/", fields=[("text", "kept text")])).pk}


def first_member(w: World) -> int:
    return w.north.memberships.order_by("pk")[0].pk


def first_host(w: World) -> int:
    return w.north.hosts.order_by("pk")[0].pk


def first_contact(w: World) -> int:
    return w.north.provider_contacts.order_by("pk")[0].pk


def mandate(w: World) -> dict[str, Any]:
    """A host of the north that has ended, with its mandate on paper."""
    row = w.north.hosts.filter(mandate__isnull=False).first() or choose_host(
        network=w.north,
        organisation=w.norddal,
        by=Actor.for_user(w.officer),
        valid_from=date(1999, 1, 1),
        valid_to=date(1999, 12, 31),
        sent_up=SentUp("fullmakt.pdf", BytesIO(b"%PDF-1.7 mandate")),
    )
    return {"tie": row.pk, "file": row.mandate.files.get().pk}


def kept_by_office(own: Words, other: Words) -> Row:
    """A form of a network's page: case officers and administrators fill it in, the network's own people only read."""
    return Row(own, other, {KEEPERS: 200, (*STAFF, *NORTH): 403}, borrowed=True)


def role_of(person: User) -> int:
    """The person's one role."""
    return RoleAssignment.objects.get(user=person).pk


A_MEASURE = of_a("north_report", measure=lambda w: w.draft_measure.pk)
B_MEASURE = of_b("havnes_report", measure=lambda w: w.havnes_measure.pk)
OF_NORTH = (*STAFF, *NORTH, "nordli_owner", "norddal_owner", *UNIVERSITY)
READ_NORTH = ("north_network_reader", "north_provider", "norddal_owner", *UNIVERSITY)
READ_PAST = ("nordli_owner", "north_provider", *UNIVERSITY)

MATRIX: dict[str, Row] = {
    # --- core and accounts: nothing here belongs to an office
    "core:set_language": public(lambda _w: {"form": "nn"}, status=302),
    "core:alive": public(),
    "core:ready": public(),
    "core:jobs": public(status=503),  # nobody carries jobs in the world
    "core:try_jobs_again": posts(a, b),
    "core:ui": public(),
    "core:help": public(),
    "core:accessibility": public(),
    "core:privacy": public(),
    "core:imports": Row(a, b, {STAFF: 200}),
    "core:import_new": Row(a_kind, b_kind, {KEEPERS: 200}, borrowed=True),
    "core:import_template": Row(a_kind, b_kind, {KEEPERS: 200}, borrowed=True),
    "core:import_columns": Row(of_a("a_import"), of_b("b_import"), {KEEPERS: 200}),
    "core:import_rows": Row(of_a("a_import"), of_b("b_import"), {KEEPERS: 200}),
    "core:import_faults": Row(of_a("a_import"), of_b("b_import"), {KEEPERS: 200}),
    "core:kept": of_person(),
    "core:kept_form": Row(kept_form, gets={("officer",): 200}),
    "accounts:home": of_person(),
    "accounts:demo": public(),
    "accounts:demo_mail": public(),
    "accounts:link": public(lambda _w: {"token": "not-a-token"}, status=410),
    "accounts:invitation": public(lambda _w: {"token": "not-a-token"}, status=410),
    "accounts:profile": of_person(),
    "accounts:notices": of_person(),
    "accounts:ask_choose": Row(gets={UNIVERSITY: 200, EVERYBODY: 302}),
    "accounts:ask": Row(a, b, {STAFF: 403, A_PEOPLE: 200}, {UNIVERSITY: 200}),
    "accounts:questions": Row(a, b, {A_PEOPLE: 200}, {UNIVERSITY: 200}),
    "accounts:question": Row(of_a("south_question"), of_b("havnes_question"), {(*STAFF, "south_coordinator"): 200}),
    # nobody of the world runs the installation: tests/accounts/test_installation.py
    "accounts:offices": Row(),
    "accounts:office_new": Row(),
    "accounts:first_administrator": Row(lambda _w: {"slug": "fjellfylket"}),
    "account_request_login_code": Row(gets={EVERYBODY: 302}, anonymous=200),
    "account_login": Row(gets={EVERYBODY: 302}, anonymous=200),
    "account_confirm_login_code": Row(gets={EVERYBODY: 302}, anonymous=302),
    "account_inactive": public(),
    "account_logout": of_person(),
    # --- registers
    "networks:organisations": Row(a, b, {STAFF: 200}),
    "networks:organisation_new": Row(a, b, {KEEPERS: 200, STAFF: 403}),
    # all offices share the organisations: the same one under the other office's name
    "networks:organisation": Row(of_a("nordli"), of_b("nordli"), {STAFF: 200}, borrowed=True),
    "networks:organisation_edit": Row(of_a("nordli"), of_b("nordli"), {KEEPERS: 200, STAFF: 403}, borrowed=True),
    "networks:organisation_name": Row(of_a("nordli"), of_b("nordli"), {KEEPERS: 200, STAFF: 403}, borrowed=True),
    "networks:organisation_form": Row(of_a("nordli"), of_b("nordli"), {KEEPERS: 200, STAFF: 403}, borrowed=True),
    "networks:organisation_end": Row(of_a("nordli"), of_b("nordli"), {KEEPERS: 200, STAFF: 403}, borrowed=True),
    "networks:organisation_lookup": Row(of_a("nordli"), of_b("nordli"), {KEEPERS: 200, STAFF: 403}, borrowed=True),
    "networks:units": Row(a, b, {STAFF: 200}),
    "networks:unit_new": Row(a, b, {KEEPERS: 200, STAFF: 403}),
    "networks:unit": Row(of_a("nordli_school"), of_b("nordli_school"), {KEEPERS: 200, STAFF: 403}, borrowed=True),
    "networks:networks": Row(a, b, {(*STAFF, *NORTH, "south_coordinator"): 200}),
    "networks:network": Row(of_a("north"), of_b("north"), {(*STAFF, *NORTH): 200}, borrowed=True),
    "networks:tree": Row(a, b, {STAFF: 200}),
    "networks:table": Row(a, b, {STAFF: 200}),
    "networks:table_file": Row(a, b, {STAFF: 200}),
    "networks:network_new": Row(a, b, {KEEPERS: 200, STAFF: 403}),
    "networks:network_edit": kept_by_office(of_a("north"), of_b("north")),
    "networks:network_end": kept_by_office(of_a("north"), of_b("north")),
    "networks:members": kept_by_office(of_a("north"), of_b("north")),
    "networks:host": kept_by_office(of_a("north"), of_b("north")),
    "networks:contact": kept_by_office(of_a("north"), of_b("north")),
    "networks:member_end": kept_by_office(of_a("north", tie=first_member), of_b("north", tie=first_member)),
    "networks:host_end": kept_by_office(of_a("north", tie=first_host), of_b("north", tie=first_host)),
    "networks:contact_end": kept_by_office(of_a("north", tie=first_contact), of_b("north", tie=first_contact)),
    "networks:mandate": Row(
        lambda w: {**of_a("north")(w), **mandate(w)},
        lambda w: {**of_b("north")(w), **mandate(w)},
        {(*STAFF, *NORTH): 200},
        borrowed=True,
    ),
    "accounts:people": Row(a, b, {STAFF: 200}),
    "accounts:person": Row(of_a("north_coordinator"), of_b("coast_chair"), {STAFF: 200}),
    "accounts:person_sees": Row(of_a("north_coordinator"), of_b("coast_chair"), {STAFF: 200}),
    "accounts:person_edit": Row(of_a("north_coordinator"), of_b("coast_chair"), {KEEPERS: 200, STAFF: 403}),
    "accounts:role": Row(
        of_a("north_coordinator", role_pk=lambda w: role_of(w.north_coordinator)),
        of_b("havnes_owner", role_pk=lambda w: role_of(w.havnes_owner)),
        {STAFF: 200},
    ),
    "accounts:invite": Row(a, b, {KEEPERS: 200, STAFF: 403}),
    "accounts:invitation_act": posts(lambda w: {**a(w), "pk": 1}, lambda w: {**b(w), "pk": 1}),
    "accounts:hand_over": Row(of_a("north_coordinator"), of_b("coast_chair"), {KEEPERS: 200, STAFF: 403}),
    "accounts:merge": Row(of_a("north_coordinator"), of_b("coast_chair"), {KEEPERS: 200, STAFF: 403}),
    "accounts:lists": Row(a, b, {STAFF: 200}),
    "accounts:list": Row(
        lambda w: {**a(w), "anchor": w.north.anchor_id},
        lambda w: {**b(w), "anchor": w.havnes.anchor_id},
        {(*STAFF, "north_coordinator"): 200},
    ),
    "networks:accounts": Row(a, b, {STAFF: 200}),
    "networks:account": Row(of_a("nordli"), of_b("havnes"), {STAFF: 200}),
    "forums:forums": Row(a, b, {(*STAFF, *SEATS, *SECRETARIES): 200}),
    "forums:forum": Row(of_a("kindergarten"), of_b("coast"), {(*STAFF, *SEATS[:3], *SECRETARIES): 200}),
    "forums:members": Row(of_a("kindergarten"), of_b("coast"), {(*STAFF, *SEATS[:3], *SECRETARIES): 200}),
    "forums:members_file": Row(of_a("kindergarten"), of_b("coast"), {(*STAFF, *SECRETARIES): 200, SEATS[:3]: 403}),
    "forums:forum_new": Row(a, b, {KEEPERS: 200, STAFF: 403}),
    "forums:forum_edit": Row(of_a("kindergarten"), of_b("coast"), {KEEPERS: 200, STAFF: 403}),
    "forums:forum_end": Row(of_a("kindergarten"), of_b("coast"), {KEEPERS: 200, STAFF: 403}),
    "forums:template": Row(of_a("kindergarten"), of_b("coast"), {KEEPERS: 200, STAFF: 403}),
    "forums:group_new": Row(of_a("kindergarten"), of_b("coast"), {KEEPERS: 200, STAFF: 403}),
    "forums:group": Row(
        of_a("kindergarten", group=lambda w: w.kindergarten_chair_seat.group_id),
        of_b("coast", group=lambda w: w.coast_chair_seat.group_id),
        {KEEPERS: 200, STAFF: 403},
    ),
    "forums:seat": Row(
        of_a("kindergarten", seat=lambda w: w.kindergarten_chair_seat.pk),
        of_b("coast", seat=lambda w: w.coast_chair_seat.pk),
        {KEEPERS: 200, STAFF: 403},
    ),
    "forums:term": Row(
        of_a("kindergarten", term=lambda w: w.kindergarten_chair.appointments.earliest("pk").pk),
        of_b("coast", term=lambda w: w.coast_chair.appointments.earliest("pk").pk),
        {KEEPERS: 200, STAFF: 403},
    ),
    "forums:terms": Row(a, b, {STAFF: 200}),
    # --- the round
    "grants:rounds": Row(a, b, {A_PEOPLE: 200}, {UNIVERSITY: 200}),
    "grants:round_new": Row(a, b, {KEEPERS: 200, STAFF: 403}),
    "grants:round": Row(a_now, b_now, {A_PEOPLE: 200}, {UNIVERSITY: 200}),
    "grants:round_edit": Row(a_now, b_now, {KEEPERS: 200, STAFF: 403}),
    "grants:round_announce": Row(a_now, b_now, {KEEPERS: 200, STAFF: 403}),
    "grants:announcement": Row(a_now, b_now, {EVERYBODY: 200}, {A_PEOPLE: 200}, anonymous=200),
    "grants:status": Row(a_now, b_now, {STAFF: 200}),
    # --- the office's set-up
    "grants:setup": Row(a, b, {STAFF: 200}),
    "grants:setup_office": Row(a, b, {("administrator",): 200, STAFF: 403}),
    "grants:setup_profile": Row(a, b, {KEEPERS: 200, STAFF: 403}),
    "grants:setup_file": Row(a, b, {KEEPERS: 200, STAFF: 403}),
    "grants:setup_file_out": Row(a, b, {STAFF: 200}),
    "grants:opted_out": Row(a_now, b_now, {STAFF: 200}),
    "grants:opening": Row(a, b, {STAFF: 200}),
    "grants:opening_new": Row(a, b, {KEEPERS: 200, STAFF: 403}),
    "grants:opening_unspent": Row(a, b, {KEEPERS: 200, STAFF: 403}),
    "grants:opening_measure": Row(
        lambda w: {**a(w), "pk": w.before_measure.measure_id},
        lambda w: {**b(w), "pk": w.before_measure.measure_id},
        {KEEPERS: 200, STAFF: 403},
        borrowed=True,
    ),
    "grants:opening_remove": Row(
        lambda w: {**a(w), "pk": w.before_measure.measure_id},
        lambda w: {**b(w), "pk": w.before_measure.measure_id},
        {EVERYBODY: 405},
        {EVERYBODY: 405},
        borrowed=True,
    ),
    # --- the needs report: the north writes, the south has sent
    "grants:my_needs": Row(
        a,
        b,
        {(*NORTH, *OWNERS, "south_coordinator"): 302, (*UNIVERSITY, *STAFF, *SEATS, *SECRETARIES): 200},
        {UNIVERSITY: 200},
    ),
    "grants:needs_report": Row(of_a("north_report"), of_b("havnes_report"), {OF_NORTH: 200}, {UNIVERSITY: 200}),
    "grants:measure_new": posts(of_a("north_report"), of_b("havnes_report")),
    "grants:measure_continue": posts(
        of_a("north_report", measure=lambda w: w.reading.measure_id),
        of_b("havnes_report", measure=lambda w: w.havnes_measure.measure_id),
    ),
    "grants:needs_order": Row(
        of_a("north_report"), of_b("havnes_report"), {WRITERS: 200, READ_NORTH: 403}, {UNIVERSITY: 403}
    ),
    "grants:needs_check": Row(
        of_a("north_report"), of_b("havnes_report"), {(*WRITERS, *READ_NORTH): 200}, {UNIVERSITY: 302}
    ),
    "grants:needs_receipt": Row(
        of_a("south_report"), of_b("havnes_report"), {(*STAFF, *SOUTH, *UNIVERSITY): 200}, {UNIVERSITY: 200}
    ),
    "grants:measure_edit": Row(A_MEASURE, B_MEASURE, {WRITERS: 200, READ_NORTH: 403}, {UNIVERSITY: 403}),
    "grants:measure_answers": Row(A_MEASURE, B_MEASURE, {WRITERS: 200, READ_NORTH: 403}, {UNIVERSITY: 403}),
    "grants:measure_parties": Row(A_MEASURE, B_MEASURE, {WRITERS: 200, READ_NORTH: 403}, {UNIVERSITY: 403}),
    "grants:measure_budget": Row(A_MEASURE, B_MEASURE, {WRITERS: 200, READ_NORTH: 403}, {UNIVERSITY: 403}),
    "grants:measure_remove": posts(A_MEASURE, B_MEASURE),
    "grants:measure": Row(
        lambda w: {**a(w), "pk": w.reading.measure_id},
        lambda w: {**b(w), "pk": w.havnes_measure.measure_id},
        {(*OF_NORTH, *SEATS, *SECRETARIES): 200},
        {UNIVERSITY: 200},
    ),
    "grants:assess": Row(
        of_a("south_report"),
        of_b("havnes_report"),
        {("officer",): 200, (*STAFF, *SOUTH, *UNIVERSITY): 403},
        {UNIVERSITY: 403},
    ),
    # --- proposal and forum
    "grants:workbench": Row(a_now, b_now, {STAFF: 200}),
    "grants:workbench_first": posts(a_now, b_now),
    "grants:workbench_send": posts(a_now, b_now),
    "grants:recommendations": Row(a, b, {(*STAFF, *SEATS, *SECRETARIES): 302}),
    "grants:recommendation": Row(
        of_a("past_recommendation"), of_b("b_recommendation"), {(*STAFF, *SEATS, *SECRETARIES): 200}
    ),
    "grants:recommendation_answer": Row(
        of_a("past_recommendation"), of_b("b_recommendation"), {(*STAFF, *SEATS, *SECRETARIES): 200}
    ),
    "grants:recommendation_measure": Row(
        of_a("past_recommendation", measure_pk=lambda w: w.reading.pk),
        of_b("b_recommendation", measure_pk=lambda w: w.havnes_measure.pk),
        {(*STAFF, *SEATS, *SECRETARIES): 200},
    ),
    "grants:recommendation_conclude": Row(
        of_a("past_recommendation"),
        of_b("b_recommendation"),
        {CHAIRS: 302, (*STAFF, *SEATS, *SECRETARIES): 403},
    ),
    "grants:recommendation_refuse": Row(
        of_a("past_recommendation"),
        of_b("b_recommendation"),
        {("officer",): 200, STAFF: 403},
    ),
    "grants:recommendation_refused": Row(
        of_a("past_recommendation"),
        of_b("b_recommendation"),
        {CHAIRS: 302, (*STAFF, *SEATS, *SECRETARIES): 403},
    ),
    "grants:recommendation_minutes": Row(
        of_a("past_recommendation", forum_pk=lambda w: w.kindergarten.pk),
        of_b("b_recommendation", forum_pk=lambda w: w.coast.pk),
        {(*STAFF, *SEATS, *SECRETARIES): 200},
    ),
    # --- decision and letters
    "grants:decision": Row(a_past, b_now, {STAFF: 200}),
    "grants:decision_line": Row(
        lambda w: {**a_past(w), "pk": w.past_decision.lines.order_by("pk")[0].pk},
        lambda w: {**b_now(w), "pk": w.past_decision.lines.order_by("pk")[0].pk},
        {("officer",): 302, STAFF: 403},  # the letters are sent: the line leads back to the decision
        borrowed=True,
    ),
    "grants:letters": Row(a_past, b_now, {A_PEOPLE: 200}, {UNIVERSITY: 200}),
    "grants:letters_send": Row(a_past, b_now, {("officer",): 302, STAFF: 403}),
    "grants:letter_draft": Row(
        lambda w: {**a_past(w), "key": "no-such-letter"}, lambda w: {**b_now(w), "key": "no-such-letter"}, borrowed=True
    ),
    "grants:letter": Row(
        of_a("nordli_letter"), of_b("nordli_letter"), {(*STAFF, "nordli_owner", "nordli_reader"): 200}, borrowed=True
    ),
    "grants:letter_pdf": Row(
        of_a("nordli_letter"), of_b("nordli_letter"), {(*STAFF, "nordli_owner", "nordli_reader"): 200}, borrowed=True
    ),
    "grants:letter_attachment": Row(
        of_a("nordli_letter", file=main_file),
        of_b("nordli_letter", file=main_file),
        {(*STAFF, "nordli_owner", "nordli_reader"): 200},
        borrowed=True,
    ),
    # --- reports
    "reporting:here": Row(a, b, {A_PEOPLE: 302}),
    "reporting:reports": Row(a_past, b_now, {A_PEOPLE: 200}, {UNIVERSITY: 200}),
    "reporting:report": Row(
        of_a("reading_report"), of_b("reading_report"), {(*STAFF, "north_coordinator", *READ_PAST): 200}, borrowed=True
    ),
    "reporting:edit": Row(
        of_a("play_report"),
        of_b("play_report"),
        {WRITERS: 200, (*STAFF, "north_provider", *UNIVERSITY): 403},
        borrowed=True,
    ),
    "reporting:receipt": Row(
        of_a("reading_report"), of_b("reading_report"), {(*STAFF, "north_coordinator", *READ_PAST): 200}, borrowed=True
    ),
    "reporting:confirm": Row(
        of_a("reading_report"),
        of_b("reading_report"),
        {READ_PAST: 200, (*STAFF, "north_coordinator"): 403},
        borrowed=True,
    ),
    "reporting:approve": Row(
        of_a("reading_report"),
        of_b("reading_report"),
        {("officer",): 200, (*STAFF, "north_coordinator", *READ_PAST): 403},
        borrowed=True,
    ),
}
