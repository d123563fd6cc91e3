"""The register of forums, one forum, and the list of its members."""

from __future__ import annotations

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import URLPattern, path
from django.utils.text import slugify
from django.views.decorators.http import require_safe

from core import authz, clock
from core.requests import OfficeRequest
from core.spreadsheets import XLSX
from forums.exports import members_workbook
from forums.selectors import registers
from forums.selectors.completeness import completeness


@require_safe
def forum_list(request: OfficeRequest, office: str) -> HttpResponse:
    """The forums one may see."""
    found = registers.rows(request.actor, request.office)
    staff = authz.allowed(request.actor, "core.see_office", request.office)
    if not found and not staff:
        raise Http404
    return render(request, "forums/forums.html", {"rows": found, "staff": staff, "keeps": _keeps(request)})


@require_safe
def forum(request: OfficeRequest, office: str, pk: int) -> HttpResponse:
    """One forum: its seats, terms, vacancies, who votes, and who is missing."""
    row = registers.row(request.actor, request.office, pk)
    staff = authz.allowed(request.actor, "core.see_office", request.office)
    context = {"row": row, "staff": staff, "keeps": _keeps(request)}
    return render(request, "forums/forum.html", context | {"law": completeness(row) if staff else None})


@require_safe
def members(request: OfficeRequest, office: str, pk: int) -> HttpResponse:
    """The list of members, made to be printed. Only the office and the secretary see addresses."""
    row = registers.row(request.actor, request.office, pk)
    staff = authz.allowed(request.actor, "core.see_office", request.office)
    context = {"row": row, "staff": staff, "addresses": _sees_addresses(request, row), "today": clock.today()}
    return render(request, "forums/members.html", context)


@require_safe
def members_file(request: OfficeRequest, office: str, pk: int) -> HttpResponse:
    """The list as a spreadsheet, for those who see the addresses."""
    row = registers.row(request.actor, request.office, pk)
    authz.require(request.actor, "forums.see_addresses", row.forum)
    name = f"{slugify(row.forum.code) or 'forum'}-{clock.today().isoformat()}.xlsx"
    answer = HttpResponse(members_workbook(row), content_type=XLSX)
    answer["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer


def _keeps(request: OfficeRequest) -> bool:
    return authz.allowed(request.actor, "forums.run_forum", request.office)


def _sees_addresses(request: OfficeRequest, row: registers.ForumRow) -> bool:
    return authz.allowed(request.actor, "forums.see_addresses", row.forum)


urlpatterns: list[URLPattern] = [
    path("<slug:office>/forum/", forum_list, name="forums"),
    path("<slug:office>/forum/<int:pk>/", forum, name="forum"),
    path("<slug:office>/forum/<int:pk>/medlemmer/", members, name="members"),
    path("<slug:office>/forum/<int:pk>/medlemmer.xlsx", members_file, name="members_file"),
]
