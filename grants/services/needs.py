"""Orders and sends the needs report (FOR-2026-01-12-23 § 11).

Its measures are written in :mod:`grants.services.measures`, whose services are named here too.
"""

from __future__ import annotations

from collections.abc import Mapping

from django.db import transaction
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.services.notices import notify
from core import clock
from core.actor import Actor
from core.dates import format_time, format_weekday_date
from core.enums import DocumentKind, LinkPurpose, PartyRole
from core.models import Document
from core.requirements import Obstacle, StepRefused
from core.services import archive, drafts, obligations
from core.services.events import record
from core.services.performing import lock, perform, perform_many
from grants.letters.filters import liste
from grants.models import MeasureYear, NeedsReport, Round
from grants.selectors.measure_texts import text_of
from grants.selectors.measures import title_of
from grants.selectors.needs import (
    covered_names,
    decision_day,
    is_late,
    measures_of,
    name_of,
    needs_facts,
    read_by,
    writers_of,
)
from grants.selectors.rounds import rule_set_of
from grants.services.measures import (
    BudgetInput,
    MeasureFields,
    add_measure,
    open_for_writing,
    remove_measure,
    save_answers,
    save_measure,
    save_section,
    set_budget,
    set_parties,
)
from grants.workflow import MEASURE, NEEDS_REPORT

__all__ = [
    "BudgetInput",
    "MeasureFields",
    "add_measure",
    "remove_measure",
    "save_answers",
    "save_measure",
    "save_section",
    "send",
    "set_budget",
    "set_parties",
    "set_priorities",
    "sync_reports",
]

OF_REPORT = ("report__round", "report__network", "report__lead")
"""What says who writes a measure (grants.rules)."""

ORDER = "order"
"""The section of a report that holds the order of its measures."""


@transaction.atomic
def set_priorities(
    *, report: NeedsReport, order: Mapping[int, int], by: Actor, seen_version: int | None = None
) -> NeedsReport:
    """Give each measure (id) its place, 1 first. Places must differ: StepRefused. Raises StaleVersion."""
    report = open_for_writing(report, by)
    known = set(report.measures.values_list("pk", flat=True))
    places = {pk: place for pk, place in order.items() if pk in known}
    if len(set(places.values())) != len(places):
        raise StepRefused(
            [Obstacle("same_priority", _("Two measures have the same place in the order. Give each its own."), "order")]
        )
    data = {"saved": {str(pk): place for pk, place in places.items()}}
    drafts.save_section(subject=report, name=ORDER, data=data, by=by, seen_version=seen_version)
    for pk, place in places.items():
        MeasureYear.objects.filter(pk=pk, report=report).update(priority=place)
    record(code="needs_report.ordered", subject=report, by=by, office=report.round.office_id)
    return report


@transaction.atomic
def send(*, report: NeedsReport, by: Actor, seen_version: int | None = None) -> NeedsReport:
    """Send the report: all measures at once, with a reference, a journaled receipt and a mail that confirms it
    (eForvaltningsforskriften § 6: at once, with reference and time). After the deadline it is sent and marked as late.

    Raises StepRefused with everything that is missing, StaleVersion, AlreadyDone, NotAllowed.
    """
    round_ = lock(report.round)
    report = _fresh(report)
    report.round = round_
    measures = measures_of(report)
    moment = clock.now()
    again = report.state == "returned"
    reference = report.reference or _next_reference(round_)
    perform(
        NEEDS_REPORT,
        "send",
        report,
        by=by,
        facts=needs_facts(report, measures),
        seen_version=seen_version,
        changes={"sent_at": moment, "sent_late": is_late(report, moment), "reference": reference},
        data={"reference": reference, "again": again},
        office_id=round_.office_id,
    )
    perform_many(
        MEASURE,
        "report",
        measures,
        by=by,
        related=OF_REPORT,
        data=lambda one: {"title": title_of(one)},
        office_id=round_.office_id,
    )
    drafts.empty_sections_of(measures)
    drafts.empty_sections_of([report])
    report.receipt = _journal(report, measures, by)
    report.save(update_fields=["receipt"])
    obligations.sync(round_)
    _confirm_by_mail(report, by)
    return report


def sync_reports(*, round: Round) -> None:
    """Bring what is owed because of a round's reports up to date; called when the round's dates or state change."""
    for report in round.needs_reports.select_related("round__office", "network", "lead"):
        obligations.sync(report)


def _fresh(report: NeedsReport) -> NeedsReport:
    return NeedsReport.objects.select_related("network__anchor", "lead__anchor").get(pk=report.pk)


def _next_reference(round_: Round) -> str:
    """«2027-BM-014»: the round and the running number of what it has received. The round is locked by the caller."""
    taken = [
        int(text.rpartition("-")[2])
        for text in round_.needs_reports.exclude(reference="").values_list("reference", flat=True)
    ]
    return f"{round_.slug}-BM-{max(taken, default=0) + 1:03d}"


def _journal(report: NeedsReport, measures: list[MeasureYear], by: Actor) -> Document:
    """The report as it was sent, journaled as received (arkivforskrifta §§ 14–15)."""
    office = report.round.office
    form = (by.person.form if by.person else "") or office.default_form
    today = clock.today()
    rule_set = rule_set_of(report.round)
    with translation.override(form):
        title = _("Needs report %(year)s for %(name)s") % {"year": report.round.year, "name": name_of(report)}
        page = render_to_string(
            "grants/needs_document.html",
            {
                "title": title,
                "report": report,
                "form": form,
                "office": office.name_in(form, today),
                "sender": by.person,
                "covered": covered_names(report),
                "measures": [text_of(one, rule_set) for one in measures],
                "rule_set": rule_set,
            },
        )
    parties = [
        archive.Party(PartyRole.SENDER, str(report.lead), report.lead.orgnr or "", report.lead.anchor),
        archive.Party(PartyRole.RECIPIENT, office.name_in(form, today), office.orgnr, office.anchor),
    ]
    return archive.register(
        case=report.round.case,
        kind=DocumentKind.INCOMING,
        title=title,
        document_date=today,
        parties=parties,
        files=[archive.Bytes(f"{report.reference}.html", page.encode(), "text/html", form)],
        by=by,
        replaces=report.receipt,
    )


def _confirm_by_mail(report: NeedsReport, by: Actor) -> None:
    office = report.round.office
    covered = covered_names(report)

    def texts(user: User, form: str) -> tuple[str, str]:
        values = {
            "name": name_of(report),
            "year": report.round.year,
            "reference": report.reference,
            "day": format_weekday_date(clock.local(report.sent_at).date(), form),  # type: ignore[arg-type]
            "time": format_time(report.sent_at),  # type: ignore[arg-type]
        }
        subject = _("We have received the needs report for %(name)s, reference %(reference)s") % values
        body = [
            _("The needs report for %(name)s was sent %(day)s at %(time)s. The reference is %(reference)s.") % values,
        ]
        if report.sent_late:
            body.append(_("It came after the deadline and is marked as late."))
        if covered:
            body.append(
                _("%(lead)s reports on behalf of %(owners)s.") % {"lead": str(report.lead), "owners": liste(covered)}
            )
        body.append(what_happens(report, form))
        return subject, "\n\n".join(body)

    people = {user.pk: user for user, _role in writers_of(report)}
    if by.person is not None:
        people[by.person.pk] = by.person
    notify(
        users=people.values(),
        code="needs_report.sent",
        key=f"needs-sent:{report.pk}:{report.version}",
        subject=report,
        office=office,
        texts=texts,
        url=reverse("grants:needs_receipt", args=[office.slug, report.pk]),
        purpose=LinkPurpose.NEEDS_REPORT,
        data={"reference": report.reference},
    )


def what_happens(report: NeedsReport, form: str) -> str:
    """When the report is read and when the decision comes, in whole sentences."""
    sentences = []
    if day := read_by(report):
        sentences.append(_("We read it by %(day)s.") % {"day": format_weekday_date(day, form)})
    if day := decision_day(report):
        sentences.append(_("The decision comes %(day)s.") % {"day": format_weekday_date(day, form)})
    return " ".join(sentences)
