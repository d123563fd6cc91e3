"""The register of networks: list, tree, table, each network, and what a network is."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import URLPattern, path
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from core import authz, clock, spreadsheets
from core.dates import format_date, interface_form
from core.files import file_response
from core.paging import asked_for
from core.requests import OfficeRequest, person_behind
from core.requirements import StaleVersion
from core.views.conflict import choose
from networks import pages
from networks.forms.networks import LastDayForm, NetworkForm
from networks.selectors import membership_table, network_tree, networks
from networks.services.networks import obstacles_to_ending


@require_safe
def network_list(request: OfficeRequest, office: str) -> HttpResponse:
    """The networks one may see."""
    found = networks.rows(request.actor, request.office, asked_for(request.GET))
    staff = authz.allowed(request.actor, "core.see_office", request.office)
    if not found and not staff:
        raise Http404
    may_keep = authz.allowed(request.actor, "networks.keep_registers", request.office)
    return render(request, "networks/networks.html", {"rows": found, "staff": staff, "may_keep": may_keep})


@require_safe
def tree(request: OfficeRequest, office: str) -> HttpResponse:
    """Who belongs where: networks, those within them, and the members of each per sector."""
    authz.require_visible(request.actor, "core.see_office", request.office)
    leaf = network_tree.tree(request.office, asked_for(request.GET))
    nowhere = membership_table.owners_without_network(request.office).count()
    return render(request, "networks/tree.html", {"leaf": leaf, "nowhere": nowhere})


@require_safe
def table(request: OfficeRequest, office: str) -> HttpResponse:
    """Who belongs where: owner × network × sector, and the owners that belong nowhere."""
    authz.require_visible(request.actor, "core.see_office", request.office)
    found = membership_table.table(request.office, request.GET)
    query = f"?{request.GET.urlencode()}" if request.GET else ""
    return render(request, "networks/table.html", {"table": found, "query": query})


@require_safe
def table_file(request: OfficeRequest, office: str) -> HttpResponse:
    """The table as a spreadsheet, as it was asked for."""
    authz.require_visible(request.actor, "core.see_office", request.office)
    heads, rows = membership_table.export(request.office, request.GET)
    content = spreadsheets.workbook([(_("Members of networks"), heads, rows)])
    name = _("networks %(day)s.xlsx") % {"day": clock.today().isoformat()}
    return file_response(content=content, name=name, media_type=spreadsheets.XLSX)


@require_safe
def network(request: OfficeRequest, office: str, pk: int) -> HttpResponse:
    """One network: members, host, coordinator, contacts."""
    row = networks.row(request.actor, request.office, pk)
    staff = authz.allowed(request.actor, "core.see_office", request.office)
    context = {
        "row": row,
        "staff": staff,
        "may_keep": authz.allowed(request.actor, "networks.keep_registers", row.network),
        "parts": networks.parts_of(row.network),
        "hosts": networks.hosts_of(row.network),
        "past": networks.past_members(row.network),
        "schemes": networks.schemes_of(row.network),
        "links": pages.links_for(request.actor, row.network),
        "sees_list": staff or authz.allowed(request.actor, "accounts.see_list", row.network.anchor),
    }
    return render(request, "networks/network.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def network_new(request: OfficeRequest, office: str) -> HttpResponse:
    """A new network."""
    authz.require_visible(request.actor, "core.see_office", request.office)
    authz.require(request.actor, "networks.keep_registers", request.office)
    form = NetworkForm(request.POST or None, office=request.office)
    if request.method == "POST" and form.is_valid() and (made := form.save(by=person_behind(request))):
        messages.success(request, _("The network is registered. Add its members and its host."))
        return redirect("networks:network", office=office, pk=made.pk)
    return render(request, "networks/network_form.html", {"form": form, "network": None})


@require_http_methods(["GET", "HEAD", "POST"])
def network_edit(request: OfficeRequest, office: str, pk: int) -> HttpResponse:
    """Change what a network is."""
    found = networks.row(request.actor, request.office, pk).network
    authz.require(request.actor, "networks.keep_registers", found)
    form = NetworkForm(request.POST or None, office=request.office, network=found)
    try:
        saved = request.method == "POST" and form.is_valid() and form.save(by=person_behind(request))
    except StaleVersion as stale:
        fresh = NetworkForm(office=request.office, network=networks.row(request.actor, request.office, pk).network)
        return choose(request, stale, fresh, version=stale.current)
    if saved:
        messages.success(request, _("The network is saved."))
        return redirect("networks:network", office=office, pk=pk)
    return render(request, "networks/network_form.html", {"form": form, "network": found})


@require_http_methods(["GET", "HEAD", "POST"])
def network_end(request: OfficeRequest, office: str, pk: int) -> HttpResponse:
    """The last day of a network, with what stands in the way."""
    row = networks.row(request.actor, request.office, pk)
    authz.require(request.actor, "networks.keep_registers", row.network)
    initial = {"version": row.network.version, "last_day": row.network.last_day}
    form = LastDayForm(request.POST or None, initial=initial)
    try:
        ended = request.method == "POST" and form.is_valid() and form.end(row.network, by=person_behind(request))
    except StaleVersion as stale:
        return choose(request, stale, LastDayForm(initial=initial), version=stale.current)
    if ended:
        day = format_date(form.cleaned_data["last_day"], interface_form())
        messages.success(request, _("%(name)s ends on %(day)s.") % {"name": row.network.anchor.name, "day": day})
        return redirect("networks:networks", office=office)
    context = {"form": form, "row": row, "obstacles": obstacles_to_ending(row.network)}
    return render(request, "networks/network_end.html", context)


urlpatterns: list[URLPattern] = [
    path("<slug:office>/nettverk/", network_list, name="networks"),
    path("<slug:office>/nettverk/tre/", tree, name="tree"),
    path("<slug:office>/nettverk/tabell/", table, name="table"),
    path("<slug:office>/nettverk/tabell.xlsx", table_file, name="table_file"),
    path("<slug:office>/nettverk/nytt/", network_new, name="network_new"),
    path("<slug:office>/nettverk/<int:pk>/", network, name="network"),
    path("<slug:office>/nettverk/<int:pk>/rediger/", network_edit, name="network_edit"),
    path("<slug:office>/nettverk/<int:pk>/slutt/", network_end, name="network_end"),
]
