"""Which pages are measured, as whom, in the first office of the database."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from django.urls import reverse

from accounts.models import RoleAssignment, User
from core.enums import Role
from core.models import Anchor
from forums.models import Appointment, Forum
from grants.models import Letter, MeasureYear, NeedsReport, Recommendation, Round
from networks.models import Account, Network
from reporting.models import AnnualReport

LIST, MEASURE, HOME, OTHER = "list", "measure", "home", "other"


@dataclass(frozen=True, slots=True)
class Page:
    """One address as one person sees it; ``kind`` says which bar it is held to."""

    name: str
    who: str
    user: User
    path: str
    kind: str = OTHER


def pages() -> Iterator[Page]:
    """Each page of a round before its forum and of the last one that was decided."""
    now = Round.objects.select_related("office__anchor").order_by("office_id", "-year").first()
    if now is None:
        raise LookupError("there is no round: fill the database first")
    office = now.office
    slug = office.slug
    before = Round.objects.filter(office=office, letters__isnull=False).order_by("-year").first()
    report = NeedsReport.objects.select_related("network__anchor").filter(round=now).order_by("id")[0]
    measure = MeasureYear.objects.filter(report=report).order_by("priority")[0]
    officer = _holder(Role.CASE_OFFICER, office.anchor)
    writer = _holder(Role.COORDINATOR, report.network.anchor) if report.network else officer
    recommendation = Recommendation.objects.get(round=now)
    member = Appointment.objects.filter(
        seat__group__forum__office=office, seat__group__votes=True, kind="member", chairs=False
    ).select_related("user")[0]

    def at(name: str, **words: object) -> str:
        return reverse(name, kwargs={"office": slug, **words})

    def by_officer(name: str, path: str, kind: str = OTHER) -> Page:
        return Page(name, "case officer", officer, path, kind)

    yield by_officer("home", reverse("accounts:home"), HOME)
    yield Page("home", "coordinator", writer, reverse("accounts:home"), HOME)
    yield Page("home", "forum member", member.user, reverse("accounts:home"), HOME)
    yield by_officer("rounds", at("grants:rounds"))
    yield by_officer("round", at("grants:round", year=now.slug))
    yield by_officer("status", at("grants:status", year=now.slug), LIST)
    yield Page("announcement", "coordinator", writer, at("grants:announcement", year=now.slug))
    yield Page("needs report", "coordinator", writer, at("grants:needs_report", pk=report.pk))
    yield by_officer("needs report", at("grants:needs_report", pk=report.pk))
    yield by_officer("assess", at("grants:assess", pk=report.pk))
    yield by_officer("measure", at("grants:measure", pk=measure.pk), MEASURE)
    yield Page("measure", "coordinator", writer, at("grants:measure", pk=measure.pk), MEASURE)
    yield by_officer("workbench", at("grants:workbench", year=now.slug), LIST)
    yield by_officer("recommendations", at("grants:recommendations"))
    yield Page("recommendation", "forum member", member.user, at("grants:recommendation", pk=recommendation.pk), LIST)
    yield Page(
        "recommendation, measure",
        "forum member",
        member.user,
        at("grants:recommendation_measure", pk=recommendation.pk, measure_pk=measure.pk),
        MEASURE,
    )
    if before is not None:
        yield from _decided(before, by_officer, at, writer)
    network = Network.objects.filter(office=office).order_by("id")[0]
    forum = Forum.objects.filter(office=office).order_by("id")[0]
    yield by_officer("networks", at("networks:networks"), LIST)
    yield by_officer("networks, tree", at("networks:tree"), LIST)
    yield by_officer("networks, table", at("networks:table"), LIST)
    yield by_officer("network", at("networks:network", pk=network.pk))
    yield by_officer("accounts", at("networks:accounts"), LIST)
    yield by_officer("account", at("networks:account", pk=Account.objects.filter(office=office)[0].organisation_id))
    yield by_officer("forums", at("forums:forums"))
    yield by_officer("forum", at("forums:forum", pk=forum.pk))
    yield Page("notices", "coordinator", writer, reverse("accounts:notices"), LIST)


def _decided(before: Round, by_officer, at, writer: User) -> Iterator[Page]:  # type: ignore[no-untyped-def]
    letter = Letter.objects.filter(round=before).exclude(state="ready").order_by("id")[0]
    report = AnnualReport.objects.filter(round=before, state="open").order_by("id")[0]
    approved = AnnualReport.objects.filter(round=before).exclude(state="open").order_by("id")[0]
    yield by_officer("decision", at("grants:decision", year=before.slug), LIST)
    yield by_officer("letters", at("grants:letters", year=before.slug), LIST)
    yield by_officer("letter", at("grants:letter", pk=letter.pk))
    yield by_officer("reports", at("reporting:reports", year=before.slug), LIST)
    yield by_officer("report, approved", at("reporting:report", pk=approved.pk))
    yield Page("report, to write", "coordinator", writer, at("reporting:report", pk=report.pk))


def _holder(role: Role, anchor: Anchor) -> User:
    row = RoleAssignment.objects.filter(role=role, anchor=anchor, ended_at__isnull=True).select_related("user")
    return row.order_by("id")[0].user
