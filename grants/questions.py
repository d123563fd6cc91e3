"""What of the grant year one may ask the office about, and on which pages."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _

from core.questions import Askable, Page, Words, register_page
from core.questions import register as register_askable
from grants.enums import RoundKind
from grants.models import Letter, MeasureYear, NeedsReport, Recommendation, RecommendationLine, Round
from grants.selectors.measures import title_of
from grants.selectors.needs import name_of


def round_of(words: Words) -> QuerySet[Round]:
    """The round of an address: «2027», an extra round «2027-2»."""
    year, dash, number = str(words["year"]).partition("-")
    if not (year.isdecimal() and len(year) == 4 and (number.isdecimal() and len(number) < 4 if dash else True)):
        return Round.objects.none()
    found = Round.objects.filter(office__slug=words["office"], year=year)
    return found.filter(kind=RoundKind.EXTRA, number=number) if dash else found.filter(kind=RoundKind.MAIN)


def _needs_report(words: Words) -> QuerySet[NeedsReport]:
    return NeedsReport.objects.filter(round__office__slug=words["office"], pk=words["pk"])


def _measures_of_report(words: Words) -> QuerySet[MeasureYear]:
    return MeasureYear.objects.filter(report__in=_needs_report(words))


def _measure_of_report(words: Words) -> QuerySet[MeasureYear]:
    return _measures_of_report(words).filter(pk=words["measure"])


def _years_of_measure(words: Words) -> QuerySet[MeasureYear]:
    """The newest first: one asks about the year one sees on top."""
    found = MeasureYear.objects.filter(measure__office__slug=words["office"], measure=words["pk"])
    return found.order_by("-round__year", "-pk")


def _recommendation(words: Words) -> QuerySet[Recommendation]:
    return Recommendation.objects.filter(round__office__slug=words["office"], pk=words["pk"])


def _lines_of_recommendation(words: Words) -> QuerySet[RecommendationLine]:
    return RecommendationLine.objects.filter(recommendation__in=_recommendation(words))


def _lines_of_measure(words: Words) -> QuerySet[RecommendationLine]:
    return _lines_of_recommendation(words).filter(measure_year=words["measure_pk"])


def _letter(words: Words) -> QuerySet[Letter]:
    return Letter.objects.filter(round__office__slug=words["office"], pk=words["pk"])


def _at(name: str, office: Any, **words: Any) -> str:
    return reverse(f"grants:{name}", kwargs={"office": office.slug, **words})


ASKABLES = (
    Askable(
        model=Round,
        perm="grants.see_announcement",
        about=lambda row: _("the round for %(year)s") % {"year": row.slug},
        url=lambda row: _at("announcement", row.office, year=row.slug),
        related=("office",),
    ),
    Askable(
        model=NeedsReport,
        perm="grants.see_needs",
        about=lambda row: _("the needs report from %(name)s") % {"name": name_of(row)},
        url=lambda row: _at("needs_report", row.round.office, pk=row.pk),
        related=("round__office", "network__anchor", "lead__anchor", "forum"),
    ),
    Askable(
        model=MeasureYear,
        perm="grants.see_measure",
        about=lambda row: _("the measure «%(title)s»") % {"title": title_of(row)},
        url=lambda row: (
            _at("needs_report", row.round.office, pk=row.report_id)
            if row.report_id
            else _at("measure", row.round.office, pk=row.measure_id)
        ),
        related=("round__office", "report__round", "report__network", "report__lead", "measure__lead"),
    ),
    Askable(
        model=Recommendation,
        perm="grants.see_recommendation",
        about=lambda row: _("the forum’s case for %(year)s") % {"year": row.round.slug},
        url=lambda row: _at("recommendation", row.round.office, pk=row.pk),
        related=("round__office",),
    ),
    Askable(
        model=RecommendationLine,
        perm="grants.see_recommendation",
        about=lambda row: _("the measure «%(title)s»") % {"title": title_of(row.measure_year)},
        url=lambda row: _at(
            "recommendation_measure", row.round.office, pk=row.recommendation_id, measure_pk=row.measure_year_id
        ),
        related=("round__office", "recommendation", "measure_year"),
    ),
    Askable(
        model=Letter,
        perm="grants.see_letter",
        about=lambda row: _("the letter to %(name)s") % {"name": row.recipient},
        url=lambda row: _at("letter", row.round.office, pk=row.pk),
        related=("round__office", "recipient__anchor"),
    ),
)


def register() -> None:
    """Fill core's registry."""
    for one in ASKABLES:
        register_askable(one)
    register_page(Page(round_of, (round_of,)), "grants:round", "grants:announcement")
    register_page(Page(round_of), "grants:letters", "grants:status")
    register_page(Page(_needs_report, (_needs_report, _measures_of_report)), "grants:needs_report", "grants:assess")
    register_page(Page(_needs_report), "grants:needs_order", "grants:needs_check", "grants:needs_receipt")
    sections = ("measure_edit", "measure_answers", "measure_parties", "measure_budget")
    register_page(Page(_measure_of_report, (_measure_of_report,)), *(f"grants:{name}" for name in sections))
    register_page(Page(_years_of_measure, (_years_of_measure,)), "grants:measure")
    register_page(
        Page(_recommendation, (_recommendation, _lines_of_recommendation)),
        "grants:recommendation",
        "grants:recommendation_answer",
        "grants:recommendation_conclude",
    )
    register_page(Page(_lines_of_measure, (_lines_of_measure,)), "grants:recommendation_measure")
    register_page(Page(_letter, (_letter,)), "grants:letter")
