"""The ties of a network: members, host with its mandate, the provider's contacts; and the last day of each."""

from __future__ import annotations

from typing import TypeVar

from django.contrib import messages
from django.db import models
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import URLPattern, path
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods

from core import authz
from core.files import file_response
from core.models import DocumentFile
from core.requests import OfficeRequest, person_behind
from core.requirements import StaleVersion
from core.views.conflict import choose, say_stale
from networks.dependents import sentences_about_member
from networks.forms.ties import ContactForm, EndForm, HostForm, MembersForm, Tie, opened
from networks.models import Host, Membership, ProviderContact
from networks.selectors import networks
from networks.selectors.networks import NetworkRow
from networks.services.hosts import read_mandate
from networks.services.memberships import take_back_member

T = TypeVar("T", bound=models.Model)


def _network(request: OfficeRequest, pk: int) -> NetworkRow:
    """The network, for one who keeps the registers."""
    row = networks.row(request.actor, request.office, pk)
    authz.require(request.actor, "networks.keep_registers", row.network)
    return row


@require_http_methods(["GET", "HEAD", "POST"])
def members(request: OfficeRequest, office: str, pk: int) -> HttpResponse:
    """Add members, several at once."""
    row = _network(request, pk)
    form = MembersForm(request.POST or None, network=row.network)
    if request.method == "POST" and form.is_valid() and (count := form.save(by=person_behind(request))):
        text = ngettext("%(count)s member is added.", "%(count)s members are added.", count)
        messages.success(request, text % {"count": count})
        return redirect("networks:network", office=office, pk=pk)
    return render(request, "networks/members.html", {"form": form, "row": row})


@require_http_methods(["GET", "HEAD", "POST"])
def host(request: OfficeRequest, office: str, pk: int) -> HttpResponse:
    """Choose who receives the network's money, with the mandate; the history below."""
    row = _network(request, pk)
    form = HostForm(request.POST or None, request.FILES or None, network=row.network)
    try:
        saved = form.save(by=person_behind(request)) if request.method == "POST" and form.is_valid() else None
    except StaleVersion as stale:
        return say_stale(request, stale, back=request.path)
    if saved:
        words = {"host": saved.organisation.anchor.name, "network": row.network.anchor.name}
        messages.success(request, _("%(host)s receives the money for %(network)s.") % words)
        return redirect("networks:network", office=office, pk=pk)
    context = {"form": form, "row": row, "hosts": networks.hosts_of(row.network)}
    return render(request, "networks/host.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def contact(request: OfficeRequest, office: str, pk: int) -> HttpResponse:
    """Choose somebody at a university who works with the network."""
    row = _network(request, pk)
    form = ContactForm(request.POST or None, network=row.network)
    if request.method == "POST" and form.is_valid() and (chosen := form.save(by=person_behind(request))):
        words = {"person": chosen.user.name, "network": row.network.anchor.name}
        messages.success(request, _("%(person)s works with %(network)s now.") % words)
        return redirect("networks:network", office=office, pk=pk)
    return render(request, "networks/contact.html", {"form": form, "row": row})


@require_http_methods(["GET", "HEAD", "POST"])
def member_end(request: OfficeRequest, office: str, pk: int, tie: int) -> HttpResponse:
    """The last day of a membership; or away with it, when it was a mistake and nothing rests on it."""
    row = _network(request, pk)
    membership = _tie(Membership, row, tie)
    if request.POST.get("action") == "take_away":
        take_back_member(membership=membership, by=person_behind(request))
        words = {"member": membership.organisation.anchor.name, "network": row.network.anchor.name}
        messages.success(request, _("We have taken %(member)s out of %(network)s.") % words)
        return redirect("networks:network", office=office, pk=pk)
    return _end(request, row, membership, unused=not sentences_about_member(membership))


@require_http_methods(["GET", "HEAD", "POST"])
def host_end(request: OfficeRequest, office: str, pk: int, tie: int) -> HttpResponse:
    """The last day of a host."""
    row = _network(request, pk)
    return _end(request, row, _tie(Host, row, tie))


@require_http_methods(["GET", "HEAD", "POST"])
def contact_end(request: OfficeRequest, office: str, pk: int, tie: int) -> HttpResponse:
    """The last day of a provider's contact."""
    row = _network(request, pk)
    return _end(request, row, _tie(ProviderContact, row, tie))


def _tie(model: type[T], row: NetworkRow, pk: int) -> T:
    found = model._default_manager.filter(network=row.network).select_related("organisation__anchor")
    return get_object_or_404(found, pk=pk)


def _end(request: OfficeRequest, row: NetworkRow, tie: Tie, *, unused: bool = False) -> HttpResponse:
    form = EndForm(request.POST) if request.method == "POST" else opened(tie)
    try:
        ended = request.method == "POST" and form.is_valid() and form.save(tie, by=person_behind(request))
    except StaleVersion as stale:
        tie.refresh_from_db()
        return choose(request, stale, opened(tie), version=stale.current)
    if ended:
        messages.success(request, _("The last day is saved."))
        return redirect("networks:network", office=request.office.slug, pk=row.network.pk)
    context = {"form": form, "row": row, "tie": tie, "kind": type(tie).__name__, "unused": unused}
    return render(request, "networks/tie_end.html", context)


@never_cache
@require_GET
def mandate(request: OfficeRequest, office: str, pk: int, tie: int, file: int) -> HttpResponse:
    """The journaled mandate of a host; that it is read is logged."""
    row = networks.row(request.actor, request.office, pk)
    found = _tie(Host, row, tie)
    wanted = get_object_or_404(DocumentFile, pk=file, document=found.mandate_id or 0)
    content = read_mandate(host=found, file=wanted, by=person_behind(request))
    return file_response(content=content, name=wanted.name, media_type=wanted.media_type, show=True)


urlpatterns: list[URLPattern] = [
    path("<slug:office>/nettverk/<int:pk>/medlem/", members, name="members"),
    path("<slug:office>/nettverk/<int:pk>/medlem/<int:tie>/", member_end, name="member_end"),
    path("<slug:office>/nettverk/<int:pk>/vert/", host, name="host"),
    path("<slug:office>/nettverk/<int:pk>/vert/<int:tie>/", host_end, name="host_end"),
    path("<slug:office>/nettverk/<int:pk>/vert/<int:tie>/<int:file>/", mandate, name="mandate"),
    path("<slug:office>/nettverk/<int:pk>/kontakt/", contact, name="contact"),
    path("<slug:office>/nettverk/<int:pk>/kontakt/<int:tie>/", contact_end, name="contact_end"),
]
