"""Pages of a measure: its four sections as forms, and the one page for all its years."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import path
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from core import authz
from core.actor import Actor
from core.requests import seen_version
from core.requirements import StaleVersion, StepRefused
from core.selectors.drafts import sections_of
from core.views.conflict import choose
from grants.forms.budgets import BudgetFormSet, budget_formset
from grants.forms.measures import AboutForm, AnswersForm, PartiesForm
from grants.models import MeasureYear, NeedsReport
from grants.rulesets import RuleSet
from grants.selectors.budget_checks import budget_checks
from grants.selectors.measure_page import measure_page
from grants.selectors.measures import (
    ABOUT,
    ANSWERS,
    BUDGET,
    PARTIES,
    SECTIONS,
    editable_measure,
    is_unread,
    section_heading,
    section_name,
    title_of,
)
from grants.selectors.needs import views_of
from grants.selectors.needs_pages import head_of, section_url
from grants.selectors.openings import before_of
from grants.selectors.rounds import rule_set_of
from grants.services import needs
from grants.views.needs import find_report

NOT_CONTENT = frozenset({"csrfmiddlewaretoken", "version", "on", "later", "calc", "more"})


@dataclass(frozen=True, slots=True)
class Subject:
    """A measure of a report on its way into a form."""

    report: NeedsReport
    measure_year: MeasureYear
    rule_set: RuleSet
    actor: Actor


@dataclass(frozen=True, slots=True)
class Editor:
    """A section: how its form is made and how it is saved."""

    name: str
    form: Callable[[Subject, QueryDict | None, bool], Any]
    save: Callable[[Subject, Any, int | None], object]
    template: str


def _about(subject: Subject, data: QueryDict | None, complete: bool) -> AboutForm:
    return AboutForm(
        data,
        measure_year=subject.measure_year,
        rule_set=subject.rule_set,
        profile=subject.report.round.profile,
        complete=complete,
    )


def _answers(subject: Subject, data: QueryDict | None, complete: bool) -> AnswersForm:
    return AnswersForm(data, measure_year=subject.measure_year, rule_set=subject.rule_set, complete=complete)


def _parties(subject: Subject, data: QueryDict | None, complete: bool) -> PartiesForm:
    return PartiesForm(
        data,
        measure_year=subject.measure_year,
        report=subject.report,
        rule_set=subject.rule_set,
        complete=complete,
    )


def _budget(subject: Subject, data: QueryDict | None, complete: bool) -> BudgetFormSet:
    more = 1 if data is not None and "more" in data else 0
    return budget_formset(
        data, measure_year=subject.measure_year, report=subject.report, rule_set=subject.rule_set, more=more
    )


EDITORS = {
    ABOUT: Editor(
        ABOUT,
        _about,
        lambda subject, form, seen: needs.save_measure(
            measure_year=subject.measure_year, fields=form.to_fields(), by=subject.actor, seen_version=seen
        ),
        "grants/measure_edit.html",
    ),
    ANSWERS: Editor(
        ANSWERS,
        _answers,
        lambda subject, form, seen: needs.save_answers(
            measure_year=subject.measure_year, answers=form.answers(), by=subject.actor, seen_version=seen
        ),
        "grants/measure_answers.html",
    ),
    PARTIES: Editor(
        PARTIES,
        _parties,
        lambda subject, form, seen: needs.set_parties(
            measure_year=subject.measure_year, parties=form.parties(), by=subject.actor, seen_version=seen
        ),
        "grants/measure_parties.html",
    ),
    BUDGET: Editor(
        BUDGET,
        _budget,
        lambda subject, form, seen: needs.set_budget(
            measure_year=subject.measure_year, lines=form.lines(), by=subject.actor, seen_version=seen
        ),
        "grants/measure_budget.html",
    ),
}


def _section_view(name: str) -> Callable[..., HttpResponse]:
    @require_http_methods(["GET", "HEAD", "POST"])
    def view(request: HttpRequest, office: str, pk: int, measure: int) -> HttpResponse:
        subject = find_subject(request, pk, measure)
        if request.method == "POST" and not {"calc", "more"} & request.POST.keys():
            return _save(request, subject, EDITORS[name])
        return _show(request, subject, EDITORS[name])

    view.__name__ = view.__qualname__ = f"measure_{name}"
    view.__doc__ = f"The section «{name}» of a measure."
    return view


def find_subject(request: HttpRequest, pk: int, measure: int) -> Subject:
    """The measure of the address; 404 for one that isn't the report's, 403 for one who may only read."""
    report = find_report(request, pk, "grants.see_needs_content")
    found = editable_measure(report, measure)
    if found is None:
        raise Http404
    actor: Actor = request.actor  # type: ignore[attr-defined]
    authz.require(actor, "grants.write_needs", report)
    return Subject(report, found, rule_set_of(report.round), actor)


def _show(request: HttpRequest, subject: Subject, editor: Editor) -> HttpResponse:
    """The section as it stands, or as it was typed: just now, or when it couldn't be read last time."""
    draft = sections_of(subject.measure_year).get(editor.name)
    kept = request.method == "GET" and is_unread(draft)
    typed = request.POST if request.method == "POST" else _as_typed(subject, editor)
    form = editor.form(subject, typed, request.method == "GET")
    version = seen_version(request) if request.method == "POST" else None
    version = version if version is not None else draft.version if draft else 0
    return _render(request, subject, editor, form, version, kept=kept)


def _save(request: HttpRequest, subject: Subject, editor: Editor) -> HttpResponse:
    """Save what can be read, keep what can't as typed, and go on; after another's saving, one chooses."""
    later, seen = "later" in request.POST, seen_version(request)
    form = editor.form(subject, request.POST, not later)
    whole = form.is_valid()
    readable = form if whole else editor.form(subject, request.POST, False)
    try:
        if readable.is_valid():
            editor.save(subject, readable, seen)
        else:
            needs.save_section(
                measure_year=subject.measure_year,
                name=editor.name,
                data=_typed(request.POST),
                by=subject.actor,
                seen_version=seen,
            )
    except StaleVersion as stale:
        return _choose(request, stale, subject, editor)
    except StepRefused as refused:
        return _render(request, subject, editor, form, seen or 0, refused=refused)
    return _saved(request, subject, editor, form, whole=whole, later=later)


def _choose(request: HttpRequest, stale: StaleVersion, subject: Subject, editor: Editor) -> HttpResponse:
    """The page that asks which text counts; read anew, for the other may have saved after this one was read."""
    now = find_subject(request, subject.report.pk, subject.measure_year.pk)
    saved = editor.form(now, _as_typed(now, editor), True)
    if isinstance(saved, PartiesForm):
        request.POST = saved.beside(request.POST)  # type: ignore[assignment]
    return choose(request, stale, saved, version=stale.current, label=section_name(editor.name))


def _saved(
    request: HttpRequest, subject: Subject, editor: Editor, form: Any, *, whole: bool, later: bool
) -> HttpResponse:
    if whole:
        messages.success(request, _("«%(section)s» is saved.") % {"section": section_name(editor.name)})
        return redirect(_next_url(subject, editor, later=later))
    if later:
        messages.warning(request, _("What you wrote is kept. Something in it must be mended before you can send."))
        return redirect("grants:needs_report", subject.report.round.office.slug, subject.report.pk)
    now = find_subject(request, subject.report.pk, subject.measure_year.pk)
    draft = sections_of(now.measure_year).get(editor.name)
    return _render(request, now, editor, form, draft.version if draft else 0, kept=True)


def _render(
    request: HttpRequest, subject: Subject, editor: Editor, form: Any, version: int, **more: Any
) -> HttpResponse:
    own, report = subject.measure_year, subject.report
    profile = report.round.profile
    view = views_of([own], rule_set=subject.rule_set, profile=profile)[0]
    context = {
        "forms" if editor.name == BUDGET else "form": [form] if editor.name == BUDGET else form,
        "rows": form if editor.name == BUDGET else None,
        "head": head_of(report, subject.actor, [own]),
        "measure_year": own,
        "title": title_of(own),
        "heading": section_heading(editor.name, title_of(own)),
        "trail": _trail(subject, editor, view.sections),
        "version": version,
        "previous": _previous_url(subject, editor),
        "before": before_of(own) if editor.name == BUDGET else None,
        "checks": budget_checks(form, subject.rule_set, profile, own) if editor.name == BUDGET else None,
        **more,
    }
    return render(request, editor.template, context)


def _trail(subject: Subject, editor: Editor, sections: Any) -> list[tuple[str, str, str]]:
    return [
        (
            section_name(one.name),
            section_url(subject.report, subject.measure_year, one.name),
            "current" if one.name == editor.name else "done" if one.state == "done" else "todo",
        )
        for one in sections
    ]


def _next_url(subject: Subject, editor: Editor, *, later: bool) -> str:
    report = subject.report
    after = SECTIONS.index(editor.name) + 1
    if later or after == len(SECTIONS):
        return str(redirect("grants:needs_report", report.round.office.slug, report.pk).url)
    return section_url(report, subject.measure_year, SECTIONS[after])


def _previous_url(subject: Subject, editor: Editor) -> str:
    before = SECTIONS.index(editor.name)
    return section_url(subject.report, subject.measure_year, SECTIONS[before - 1]) if before else ""


def _typed(data: QueryDict) -> dict[str, list[str]]:
    return {name: [str(value) for value in values] for name, values in data.lists() if name not in NOT_CONTENT}


def _as_typed(subject: Subject, editor: Editor) -> QueryDict | None:
    """The section as it was typed, where it couldn't be read; None where the rows hold it."""
    draft = sections_of(subject.measure_year).get(editor.name)
    return _retyped(draft.data["typed"]) if draft and is_unread(draft) else None


def _retyped(typed: dict[str, list[str]]) -> QueryDict:
    data = QueryDict(mutable=True)
    for name, values in typed.items():
        data.setlist(name, values)
    return data


@require_POST
def measure_remove(request: HttpRequest, office: str, pk: int, measure: int) -> HttpResponse:
    """Take a measure out of the report, as it was when the page was opened."""
    subject = find_subject(request, pk, measure)
    title = title_of(subject.measure_year)
    needs.remove_measure(measure_year=subject.measure_year, by=subject.actor, seen_version=seen_version(request))
    messages.success(request, _("«%(title)s» is taken out.") % {"title": title})
    return redirect("grants:needs_report", office, pk)


@require_safe
def measure(request: HttpRequest, office: str, pk: int) -> HttpResponse:
    """All years of a measure on one page."""
    page = measure_page(request.office, pk, request.actor)  # type: ignore[attr-defined]
    if page is None:
        raise Http404
    return render(request, "grants/measure.html", {"page": page})


_AT = "<slug:office>/behov/<int:pk>/tiltak/<int:measure>/"
urlpatterns = [
    path(_AT, _section_view(ABOUT), name="measure_edit"),
    path(f"{_AT}kriterium/", _section_view(ANSWERS), name="measure_answers"),
    path(f"{_AT}part/", _section_view(PARTIES), name="measure_parties"),
    path(f"{_AT}budsjett/", _section_view(BUDGET), name="measure_budget"),
    path(f"{_AT}slett/", measure_remove, name="measure_remove"),
    path("<slug:office>/tiltak/<int:pk>/", measure, name="measure"),
]
