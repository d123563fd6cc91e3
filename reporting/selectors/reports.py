"""Reads annual reports: the one in an address, those of a round an actor sees, and their sums."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, NamedTuple

from django.contrib.contenttypes.models import ContentType
from django.db.models import Count, Prefetch, Q, QuerySet, Sum
from django.db.models.functions import Coalesce
from django.http import Http404

from core import authz, clock
from core.actor import Actor
from core.dates import interface_form
from core.enums import ConfirmationAnswer
from core.models import Confirmation, Office
from core.paging import Leaf, leaf_of
from grants.models import Measure, MeasureParty, Round
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


def with_parts() -> QuerySet[AnnualReport]:
    """Reports with what belongs to them, in small questions: PostgreSQL takes 30 ms to plan fifteen joins at once."""
    return AnnualReport.objects.select_related(
        "round__office__anchor", "round__case", "rule_set", "contact", "document__case", "snapshot", "measure_year"
    ).prefetch_related(
        Prefetch("measure", Measure.objects.select_related("network__anchor", "lead__anchor")),
        Prefetch("lines", ReportLine.objects.select_related("payee__anchor", "beneficiary__anchor")),
        Prefetch("measure_year__parties", MeasureParty.objects.select_related("organisation__anchor")),
    )


def get_report(office: Office, pk: int) -> AnnualReport:
    """The report in an address. Raises Http404 for another office's."""
    found = with_parts().prefetch_related("ratings").filter(round__office=office, pk=pk).first()
    if found is None:
        raise Http404
    return found


def fresh(report: AnnualReport) -> AnnualReport:
    """The report as it is in the database now, with all that belongs to it."""
    return with_parts().prefetch_related("ratings").get(pk=report.pk)


def sums(report: AnnualReport, said: Mapping[str, Any] | None = None) -> list[RecipientSum]:
    """Granted and used per recipient, in the order of the lines, as the report stands or with the lines of an earlier
    content (reporting.selectors.content). Uses prefetched lines."""
    by_payee: dict[int, list[tuple[Organisation, int, int | None]]] = defaultdict(list)
    for line in report.lines.all():
        used = line.used if said is None else said.get(str(line.pk), {}).get("used")
        by_payee[line.payee_id].append((line.payee, line.amount, used))
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


def days_late(report: AnnualReport | ReportKey, today: date) -> int:
    """Days past the deadline: until it was sent, or until today while it isn't."""
    until = clock.local(report.sent_at).date() if report.sent_at and report.state in SENT else today
    return max(0, (until - report.due).days)


def owner_name(report: AnnualReport) -> str:
    """The network, or the lead where there is none."""
    return str(report.measure.network or report.measure.lead)


class ReportKey(NamedTuple):
    """What decides a report's place in the list; read for all of them, so it is little."""

    pk: int
    state: str
    due: date
    sent_at: datetime | None
    owner: str
    amount: int
    used: int | None
    empty: int

    @property
    def left(self) -> int | None:
        """Unspent, once it is sent with every sum filled in; None until then."""
        return None if self.sent_at is None or self.empty else self.amount - (self.used or 0)


def keys_of(round: Round, actor: Actor | None) -> list[ReportKey]:
    """The round's reports that the actor may see, those that are late or wait the longest first."""
    found = AnnualReport.objects.filter(round=round)
    if not authz.allowed(actor, "core.see_office", round.office):
        own = with_parts().filter(round=round, pk__in=near(actor)) if actor else []
        found = found.filter(pk__in=[row.pk for row in own if authz.allowed(actor, "reporting.see_report", row)])
    today = clock.today()
    rows = (
        ReportKey(*row)
        for row in found.order_by()
        .annotate(
            owner=Coalesce("measure__network__anchor__name", "measure__lead__anchor__name"),
            amount=Sum("lines__amount", default=0),
            used=Sum("lines__used"),
            empty=Count("lines", filter=Q(lines__used__isnull=True)),
        )
        .values_list(*ReportKey._fields)
    )
    return sorted(rows, key=lambda row: (row.state == "approved", -days_late(row, today), row.owner, row.pk))


def near(actor: Actor) -> QuerySet[AnnualReport]:
    """Those that hang on an anchor at which the actor holds anything: the rest needn't be asked about."""
    anchors = {grant.anchor_id for grant in actor.counting()}
    parties = MeasureParty.objects.filter(organisation__anchor__in=anchors)
    return AnnualReport.objects.filter(
        Q(measure__network__anchor__in=anchors)
        | Q(measure__lead__anchor__in=anchors)
        | Q(measure_year__in=parties.values("measure_year"))
    )


def _rows(keys: Sequence[ReportKey], *, inside: bool) -> list[ReportRow]:
    """The reports as rows, in the order given. ``inside``: in the office's words. Four queries; the
    parties of fifty measures are a few organisations, each read once."""
    organisations = Organisation.objects.select_related("anchor")
    found = (
        AnnualReport.objects.select_related("rule_set", "measure__lead__anchor", "measure_year")
        .prefetch_related(Prefetch("measure_year__parties__organisation", organisations))
        .in_bulk([key.pk for key in keys])
    )
    answers: dict[int, dict[int, str]] = defaultdict(dict)
    live = Confirmation.objects.filter(
        subject_type=ContentType.objects.get_for_model(AnnualReport),
        subject_id__in=list(found),
        voided_at__isnull=True,
    )
    for subject_id, party_id, answer in live.values_list("subject_id", "party_id", "answer"):
        answers[subject_id][party_id] = _weaker(answers[subject_id].get(party_id), answer)
    today = clock.today()
    return [
        ReportRow(
            report=report,
            owner=key.owner,
            label=str(REPORT.state(report.state).shown(inside=inside)),
            shape=REPORT.state(report.state).shape,
            parties=[
                PartyState(str(party.organisation), answers[report.pk].get(party.organisation.anchor_id, ""))
                for party in required_parties(report)
            ],
            late=days_late(report, today),
            amount=key.amount,
            left=key.left,
        )
        for key, report in ((key, found[key.pk]) for key in keys)
    ]


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

    rows: Leaf[ReportRow]
    approved: int
    sent: int
    late: int
    amount: int
    left: int
    due: date | None


def matrix_page(round: Round, actor: Actor | None, *, inside: bool, number: int = 1) -> MatrixPage:
    """Fifty rows, and what all of them add up to. ``left`` counts only reports whose sums are filled in.

    The same number of queries however many there are.
    """
    keys = keys_of(round, actor)
    leaf = leaf_of(keys, number)
    today = clock.today()
    return MatrixPage(
        rows=leaf.with_rows(_rows(leaf.rows, inside=inside)),
        approved=sum(key.state == "approved" for key in keys),
        sent=sum(key.state in SENT for key in keys),
        late=sum(key.state not in SENT and days_late(key, today) > 0 for key in keys),
        amount=sum(key.amount for key in keys),
        left=sum(key.left or 0 for key in keys),
        due=min((key.due for key in keys), default=None),
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
