"""What a rehearsal came to, in integers."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet, Sum

from core.enums import DocumentKind
from core.models import Confirmation, Document, Event, Message
from core.models.subjects import subject_key
from core.services.chain import audit
from grants.enums import LetterKind
from grants.models import (
    BudgetLine,
    DecisionLine,
    Letter,
    MeasureYear,
    NeedsReport,
    PotEntry,
    RecommendationForum,
    Round,
    SeatAnswer,
)
from reporting.models import AnnualReport


def outcome(round_: Round) -> dict[str, int]:
    """Counts and sums (whole kroner) of one round."""
    letters = Letter.objects.filter(round=round_)
    decided = DecisionLine.objects.filter(round=round_, live=True)
    reports = AnnualReport.objects.filter(round=round_)
    measures = MeasureYear.objects.filter(round=round_)
    audited = audit(round_.office)
    return {
        "frame": _sum(PotEntry.objects.filter(pot__round=round_)),
        "needs_reports": NeedsReport.objects.filter(round=round_).exclude(state="draft").count(),
        "needs_reports_expected": NeedsReport.objects.filter(round=round_).count(),
        "measures": measures.exclude(state="draft").count(),
        "sought": _sum(
            BudgetLine.objects.filter(measure_year__in=measures.exclude(state="draft"), budget_year=round_.year)
        ),
        "forums_concluded": RecommendationForum.objects.filter(recommendation__round=round_)
        .exclude(outcome="")
        .count(),
        "forums_asked": RecommendationForum.objects.filter(recommendation__round=round_).count(),
        "seat_answers": SeatAnswer.objects.filter(line__round=round_).count(),
        "decision_lines": decided.count(),
        "awarded": _sum(decided),
        "letters": letters.filter(kind=LetterKind.AWARD).count(),
        "letters_nn": letters.filter(kind=LetterKind.AWARD, form="nn").count(),
        "letters_opened": letters.filter(state="opened").count(),
        "letters_sum": letters.filter(kind=LetterKind.AWARD).aggregate(total=Sum("total"))["total"] or 0,
        "payees": decided.filter(amount__gt=0).values("payee").distinct().count(),
        "refusals": letters.filter(kind=LetterKind.REFUSAL).count(),
        "reports": reports.count(),
        "reports_approved": reports.filter(state="approved").count(),
        "confirmations": sum(
            Confirmation.objects.filter(answer="confirmed", voided_at__isnull=True, **subject_key(report)).count()
            for report in reports
        ),
        "documents": Document.objects.filter(case=round_.case).exclude(kind=DocumentKind.INTERNAL).count(),
        "mails": Message.objects.filter(office=round_.office).count(),
        "links": sum(chain.length for chain in audited.chains),
        "audit_faults": len(audited.faults),
        "events": Event.objects.filter(office=round_.office).count(),
    }


def _sum(lines: QuerySet[Any]) -> int:
    return int(lines.aggregate(total=Sum("amount"))["total"] or 0)
