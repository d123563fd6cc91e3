"""«Import»: send a table, say what its columns are, look through it, use it, undo it."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import URLPattern, path
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from core import authz
from core.dates import interface_form
from core.files import file_response
from core.forms.imports import MatchForm, RowsForm, StartForm, left_out, typed_cells
from core.imports import Change, Importer
from core.paging import asked_for, leaf_of_query
from core.requests import OfficeRequest, person_behind, seen_version
from core.selectors.imports import (
    FILTERS,
    RunView,
    kind_for,
    kinds_for,
    row_leaf,
    run_for,
    runs,
    untaken_heads,
    untaken_rows,
    view_of,
)
from core.services.imports import applying, mending
from core.services.imports.judging import reworded
from core.spreadsheets import XLSX, workbook


@require_safe
def imports(request: OfficeRequest, office: str) -> HttpResponse:
    """What can be imported, and what has been."""
    authz.require_visible(request.actor, "core.see_office", request.office)
    kinds = kinds_for(request.actor, request.office)
    by_code = {one.code: one for one in kinds}
    leaf = leaf_of_query(runs(request.office, kinds), asked_for(request.GET))
    rows = leaf.with_rows([RunView(run, by_code[run.kind]) for run in leaf])
    return render(request, "core/imports.html", {"kinds": kinds, "leaf": rows})


@require_http_methods(["GET", "HEAD", "POST"])
def import_new(request: OfficeRequest, office: str, kind: str) -> HttpResponse:
    """Step 1: a file, or a pasted table."""
    found = _kind(request, kind)
    sent = (request.POST, request.FILES) if request.method == "POST" else ()
    form = StartForm(*sent, office=request.office, importer=found)
    if request.method == "POST" and form.is_valid():
        run = form.save(by=person_behind(request))
        return redirect("core:import_rows" if run.matched_at else "core:import_columns", office, run.pk)
    return render(request, "core/import_new.html", {"form": form, "kind": found})


@require_safe
def import_template(request: OfficeRequest, office: str, kind: str) -> HttpResponse:
    """A workbook to fill in: headings in the reader's form, and an example."""
    found = _kind(request, kind)
    heads = [str(column.label) for column in found.columns]
    content = workbook([(str(found.label), heads, [[column.example for column in found.columns]])])
    return file_response(content=content, name=f"{found.label}.xlsx", media_type=XLSX)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def import_columns(request: OfficeRequest, office: str, pk: int) -> HttpResponse:
    """Step 2: which column is which."""
    view = _run(request, pk)
    if view.run.applied_at or view.run.emptied_at:
        return redirect("core:import_rows", office, pk)
    form = MatchForm(request.POST if request.method == "POST" else None, run=view.run, importer=view.importer)
    if request.method == "POST" and form.is_valid():
        done = form.save(by=person_behind(request))
        if not done:
            messages.info(request, _("These are the headings we found there. Look through what the columns are."))
        return redirect("core:import_rows" if done else "core:import_columns", office, pk)
    return render(request, "core/import_columns.html", {"form": form, "view": view})


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def import_rows(request: OfficeRequest, office: str, pk: int) -> HttpResponse:
    """Step 3: what each row would do; afterwards what it did."""
    view = _run(request, pk)
    if request.method == "POST":
        return _act(request, view)
    if not (view.run.matched_at or view.run.emptied_at):
        return redirect("core:import_columns", office, pk)
    shown = _shown(request, view)
    leaf = row_leaf(view.run, shown, asked_for(request.GET))
    changing = not (view.run.applied_at or view.run.emptied_at)
    if changing and view.run.form != interface_form():
        reworded(view.importer, view.run, leaf.rows, by=person_behind(request))
    rows = [view_of(view.run, view.importer, row) for row in leaf]
    context = {
        "view": view,
        "leaf": leaf,
        "shown": shown,
        "filters": [(word, view.counts.get(change, view.total)) for word, change in FILTERS.items()],
        "form_of_rows": RowsForm(rows, importer=view.importer),
        "changing": changing,
    }
    return render(request, "core/import_rows.html", context)


def _shown(request: OfficeRequest, view: RunView) -> str:
    """Which rows: those asked for, or the faulty ones while there are any."""
    asked = request.GET.get("vis", "")
    if asked in FILTERS:
        return asked
    return "feil" if view.counts[Change.FAULTY] and not view.run.applied_at else "alle"


def _act(request: OfficeRequest, view: RunView) -> HttpResponse:
    run, by, seen = view.run, person_behind(request), seen_version(request) or 0
    action = request.POST.get("action", "")
    if action == "undo":
        applying.undo(run=run, by=by, seen_version=seen)
        messages.success(request, _("The import is undone. Everything is as it was before it."))
        return redirect("core:import_rows", run.office.slug, run.pk)
    before = run.counts
    mended = _mend(request, view)
    if action != "apply":
        messages.info(request, _checked(run.counts.get(Change.FAULTY, 0), before.get(Change.FAULTY, 0)))
    elif mended:
        messages.info(request, _("What you changed is kept and checked. Look it through, and press the button again."))
    elif applying.apply(run=run, by=by, seen_version=seen):
        messages.success(request, _("The rows are saved."))
    else:
        messages.warning(
            request, _("The registers were changed after you looked, so nothing is saved. Look it through once more.")
        )
    return redirect(request.get_full_path() if not run.applied_at else f"{request.path}?vis=alle")


def _mend(request: OfficeRequest, view: RunView) -> bool:
    """Keep what was changed on the page, and judge all rows anew; whether something was."""
    cells, out = typed_cells(request.POST), left_out(request.POST)
    rows = {row.number: row for row in view.run.rows.filter(number__in=[*cells, *out])}
    same = all(
        row.left_out == out.get(number, row.left_out)
        and all(row.texts.get(name, "") == text.strip() for name, text in cells.get(number, {}).items())
        for number, row in rows.items()
    )
    pressed_check = request.POST.get("action") != "apply"
    if same and not pressed_check:
        return False
    # Pressed twice, or nothing typed: nobody's work is overwritten, so an older page is no hindrance.
    seen = None if same else seen_version(request) or 0
    mending.mend(run=view.run, texts=cells, left_out=out, by=person_behind(request), seen_version=seen)
    return not same


def _checked(now: int, before: int) -> str:
    if not now:
        return _("All rows are checked. None of them has faults.")
    words = ngettext("%(now)s row can’t be used yet.", "%(now)s rows can’t be used yet.", now) % {"now": now}
    return words if now != before else f"{_('The rows are checked again.')} {words}"


@require_safe
def import_faults(request: OfficeRequest, office: str, pk: int) -> HttpResponse:
    """The rows that can't be used or are left out, as a workbook with why in the last column."""
    view = _run(request, pk)
    content = workbook([(str(view.importer.label), untaken_heads(view), untaken_rows(view))])
    return file_response(content=content, name=_("Rows not used.xlsx"), media_type=XLSX)


def _kind(request: OfficeRequest, code: str) -> Importer:
    """What is imported; 404 for what nobody registers, or the actor may not."""
    found = kind_for(request.actor, request.office, code)
    if found is None:
        raise Http404
    return found


def _run(request: OfficeRequest, pk: int) -> RunView:
    """The office's run with its importer; 404 for what the actor may not import."""
    run = run_for(request.actor, request.office, pk)
    if run is None:
        raise Http404
    return RunView(run, _kind(request, run.kind))


urlpatterns: list[URLPattern] = [
    path("<slug:office>/import/", imports, name="imports"),
    path("<slug:office>/import/<int:pk>/", import_rows, name="import_rows"),
    path("<slug:office>/import/<int:pk>/kolonner/", import_columns, name="import_columns"),
    path("<slug:office>/import/<int:pk>/feil/", import_faults, name="import_faults"),
    path("<slug:office>/import/<slug:kind>/", import_new, name="import_new"),
    path("<slug:office>/import/<slug:kind>/mal/", import_template, name="import_template"),
]
