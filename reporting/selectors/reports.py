"""Reads annual reports: the one in an address, those of a round an actor sees, and their sums."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import date

from django.contrib.contenttypes.models import ContentType
from django.db.models import Prefetch, QuerySet
from django.http import Http404

from core import authz, clock
from core.actor import Actor
from core.dates import interface_form
from core.enums import ConfirmationAnswer
from core.models import Confirmation, Office
from grants.models import MeasureParty, Round
from networks.models import Organisation
from reporting.models import AnnualReport, ReportLine
from reporting.rules import required_parties, rule_set_of
from reporting.workflow import REPORT

SENT = frozenset({"to_confirm", "confirmed", "approved"})


@dataclass(frozen=True, slots=True)
class RecipientSum:
    """What one recipient was granted and has used, in whole kroner. ``used`` is None until it is filled in."""

    recipient: Organisation
    amount: int
    used: int | None

    @property
    def left(self) -> int | None:
        """Unspent; negative where more was used than granted."""
        return None if self.used is None else self.amount - self.used


@dataclass(frozen=True, slots=True)
class PartyState:
    """How far one party's confirmation has come."""

    name: str
    answer: str
    """«confirmed», «change_wanted», «asked» or empty."""


@dataclass(frozen=True, slots=True)
class ReportRow:
    """A report in the matrix. ``late``: days past the deadline, 0 in time. ``left``: unspent kroner.

    ``left`` is None while it is unknown or the report isn't sent.
    """

    report: AnnualReport
    owner: str
    label: str
    shape: str
    parties: list[PartyState]
    late: int
    amount: int
    left: int | None


def _reports() -> QuerySet[AnnualReport]:
    return AnnualReport.objects.select_related(
        "round__office__anchor",
        "round__case",
        "rule_set",
        "contact",
        "document__case",
        "snapshot",
        "measure__network__anchor",
        "measure__lead__anchor",
        "measure_year",
    ).prefetch_related(
        Prefetch("lines", ReportLine.objects.select_related("payee__anchor", "beneficiary__anchor")),
        Prefetch("measure_year__parties", MeasureParty.objects.select_related("organisation__anchor")),
    )


def get_report(office: Office, pk: int) -> AnnualReport:
    """The report in an address. Raises Http404 for another office's."""
    found = _reports().prefetch_related("ratings").filter(round__office=office, pk=pk).first()
    if found is None:
        raise Http404
    return found


def fresh(report: AnnualReport) -> AnnualReport:
    """The report as it is in the database now, with all that belongs to it."""
    return _reports().prefetch_related("ratings").get(pk=report.pk)


def sums(report: AnnualReport) -> list[RecipientSum]:
    """Granted and used per recipient, in the order of the lines. Uses prefetched lines."""
    by_payee: dict[int, list[tuple[Organisation, int, int | None]]] = defaultdict(list)
    for line in report.lines.all():
        by_payee[line.payee_id].append((line.payee, line.amount, line.used))
    return [
        RecipientSum(
            recipient=rows[0][0],
            amount=sum(amount for _payee, amount, _used in rows),
            used=None
            if any(used is None for _payee, _amount, used in rows)
            else sum(used or 0 for _payee, _amount, used in rows),
        )
        for rows in by_payee.values()
    ]


def left_of(report: AnnualReport) -> int | None:
    """Unspent in all, None until every sum is filled in."""
    parts = [one.left for one in sums(report)]
    return None if None in parts else sum(part or 0 for part in parts)


def days_late(report: AnnualReport, today: date) -> int:
    """Days past the deadline: until it was sent, or until today while it isn't."""
    until = clock.local(report.sent_at).date() if report.sent_at and report.state in SENT else today
    return max(0, (until - report.due).days)


def owner_name(report: AnnualReport) -> str:
    """The network, or the lead where there is none."""
    return str(report.measure.network or report.measure.lead)


def reports_of(round: Round, actor: Actor | None) -> list[AnnualReport]:
    """The round's reports that the actor may see. The same number of queries however many there are."""
    return [row for row in _reports().filter(round=round) if authz.allowed(actor, "reporting.see_report", row)]


def matrix(round: Round, actor: Actor | None, *, inside: bool) -> list[ReportRow]:
    """The round's reports as rows, those that are late or wait the longest first. ``inside``: in the office's words."""
    found = reports_of(round, actor)
    answers: dict[int, dict[int, str]] = defaultdict(dict)
    live = Confirmation.objects.filter(
        subject_type=ContentType.objects.get_for_model(AnnualReport),
        subject_id__in=[report.pk for report in found],
        voided_at__isnull=True,
    )
    for subject_id, party_id, answer in live.values_list("subject_id", "party_id", "answer"):
        answers[subject_id][party_id] = _weaker(answers[subject_id].get(party_id), answer)
    today = clock.today()
    rows = [
        ReportRow(
            report=report,
            owner=owner_name(report),
            label=str(REPORT.state(report.state).shown(inside=inside)),
            shape=REPORT.state(report.state).shape,
            parties=[
                PartyState(str(party.organisation), answers[report.pk].get(party.organisation.anchor_id, ""))
                for party in required_parties(report)
            ],
            late=days_late(report, today),
            amount=sum(line.amount for line in report.lines.all()),
            left=left_of(report) if report.sent_at else None,
        )
        for report in found
    ]
    return sorted(rows, key=lambda row: (row.report.state == "approved", -row.late, row.owner, row.report.pk))


def _weaker(known: str | None, answer: str) -> str:
    """Of a party's parts the one that holds it up: a wish, then what isn't answered, then confirmed."""
    order = [ConfirmationAnswer.CHANGE_WANTED.value, "asked", ConfirmationAnswer.CONFIRMED.value]
    given = answer or "asked"
    return given if known is None else min(known, given, key=order.index)


def round_to_report_on(office: Office) -> Round | None:
    """The round whose reports people mean when they say no year: the oldest with a report that isn't approved, else
    the newest with any."""
    rounds = Round.objects.filter(office=office, annual_reports__isnull=False).distinct()
    unfinished = rounds.exclude(annual_reports__state="approved").order_by("year", "number").first()
    return unfinished or rounds.order_by("-year", "-number").first()


@dataclass(frozen=True, slots=True)
class MatrixPage:
    """The matrix with its sums. Whole kroner."""

    rows: list[ReportRow]
    approved: int
    sent: int
    late: int
    amount: int
    left: int
    due: date | None


def matrix_page(round: Round, actor: Actor | None, *, inside: bool) -> MatrixPage:
    """The rows and what they add up to. ``left`` counts only reports whose sums are filled in."""
    rows = matrix(round, actor, inside=inside)
    return MatrixPage(
        rows=rows,
        approved=sum(row.report.state == "approved" for row in rows),
        sent=sum(row.report.state in SENT for row in rows),
        late=sum(row.late > 0 and row.report.state not in SENT for row in rows),
        amount=sum(row.amount for row in rows),
        left=sum(row.left or 0 for row in rows),
        due=min((row.report.due for row in rows), default=None),
    )


def party_names(report: AnnualReport) -> list[str]:
    """Who must confirm, by name."""
    return [str(party.organisation) for party in required_parties(report)]


def days_left(report: AnnualReport) -> int:
    """Days until the deadline; negative when it has passed."""
    return (report.due - clock.today()).days


def control_law(report: AnnualReport) -> str:
    """Where the office's control stands in the award's law: «§ 17»."""
    law = rule_set_of(report)
    return law.citation(law.report.control_paragraph, interface_form())
