"""How far an office's set-up has come: each task with what is there, what is missing, and where to do it."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import Count, Exists, OuterRef, Q
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.models import RoleAssignment
from accounts.selectors.holders import in_force
from core import clock
from core.enums import Role
from core.models import Office
from forums.models import Forum
from forums.selectors.seats import voting_seats
from grants.enums import RoundKind
from grants.models import MeasureYear, Round
from grants.selectors.profiles import profile_for
from grants.selectors.rounds import next_year, rounds_of
from networks.models import Account, Host, Network, OfficeOrganisation

DONE, GOING, NONE, OPTIONAL = "done", "going", "none", "off"


@dataclass(frozen=True, slots=True)
class SetupTask:
    """``shape`` is how the status is drawn, ``state`` what it says; ``hint`` what is missing, or what it is for."""

    label: str
    url: str
    hint: str
    shape: str
    state: str

    @property
    def needed(self) -> bool:
        """Must it be done before a round can be opened?"""
        return self.shape in {GOING, NONE}


@dataclass(frozen=True, slots=True)
class Setup:
    """The tasks in order, and the round they lead to."""

    tasks: list[SetupTask]
    round: Round | None

    @property
    def done(self) -> int:
        return sum(task.shape == DONE for task in self.tasks)

    @property
    def next(self) -> SetupTask | None:
        """The first that must be done."""
        return next((task for task in self.tasks if task.needed), None)


def setup(office: Office) -> Setup:
    """Twelve queries at most, however large the office."""
    rounds = [one for one in rounds_of(office) if one.kind == RoundKind.MAIN]
    return Setup(
        [
            _details(office),
            _colleagues(office),
            _organisations(office),
            *_networks(office),
            _forums(office),
            _choices(office, rounds),
            _before(office),
            _round(office, rounds),
        ],
        rounds[0] if rounds else None,
    )


def _url(name: str, office: Office) -> str:
    return reverse(name, kwargs={"office": office.slug})


def _task(label: str, url: str, hint: str, shape: str) -> SetupTask:
    states = {DONE: _("Done"), GOING: _("Begun"), NONE: _("Not begun"), OPTIONAL: _("When you need it")}
    return SetupTask(label, url, hint, shape, states[shape])


def _details(office: Office) -> SetupTask:
    lacking = [
        words
        for value, words in (
            (office.postal_address, _("postal address")),
            (office.phone, _("telephone")),
            (office.email, _("e-mail address")),
        )
        if not value
    ]
    hint = _("Missing: %(what)s.") % {"what": ", ".join(lacking)} if lacking else f"{office.email} · {office.phone}"
    shape = DONE if not lacking else NONE if len(lacking) == 3 else GOING
    return _task(_("Write the office's address and telephone"), _url("grants:setup_office", office), hint, shape)


def _colleagues(office: Office) -> SetupTask:
    """The one who approves a decision must be another than the one who prepared it."""
    held: dict[str, set[int]] = {}
    roles = RoleAssignment.objects.filter(in_force(clock.today()), anchor=office.anchor_id, user__is_active=True)
    for role, person in roles.values_list("role", "user_id"):
        held.setdefault(role, set()).add(person)
    officers, approvers = held.get(Role.CASE_OFFICER, set()), held.get(Role.APPROVER, set())
    pairs = {(one, other) for one in officers for other in approvers if one != other}
    if pairs:
        hint = _("%(officers)s case officers, %(approvers)s approvers.") % {
            "officers": len(officers),
            "approvers": len(approvers),
        }
    elif not officers:
        hint = _("Invite at least one case officer.")
    else:
        hint = _("Invite an approver who isn't the case officer: two people stand behind each decision.")
    shape = DONE if pairs else GOING if officers or approvers else NONE
    return _task(_("Let your colleagues in"), _url("accounts:invite", office), hint, shape)


def _organisations(office: Office) -> SetupTask:
    count = OfficeOrganisation.objects.filter(office=office).count()
    text = ngettext("%(count)d organisation is in the register.", "%(count)d organisations are in the register.", count)
    hint = (
        text % {"count": count}
        if count
        else _("The municipalities are here already. Add private owners, or take them in from a spreadsheet.")
    )
    url = _url("networks:organisations", office)
    return _task(_("Look through the organisations"), url, hint, DONE if count else OPTIONAL)


def _networks(office: Office) -> list[SetupTask]:
    today = clock.today()
    now = Q(valid_to__isnull=True) | Q(valid_to__gte=today)
    account = Account.objects.filter(
        office=office, organisation=OuterRef("organisation"), confirmed_at__isnull=False, ended_at__isnull=True
    )
    hosts = Host.objects.filter(now, network=OuterRef("pk"))
    coordinators = RoleAssignment.objects.filter(in_force(today), anchor=OuterRef("anchor"), role=Role.COORDINATOR)
    alive = Network.objects.filter(Q(ended_on__isnull=True) | Q(ended_on__gt=today), office=office)
    # One that only holds others together needs neither host nor coordinator of its own.
    found = alive.exclude(Exists(alive.filter(parent=OuterRef("pk")))).aggregate(
        all=Count("pk"),
        hosted=Count("pk", filter=Exists(hosts)),
        coordinated=Count("pk", filter=Exists(coordinators)),
    )
    unpaid = Host.objects.filter(now, ~Exists(account), network__office=office)
    payees = unpaid.values("organisation").distinct().count()
    total = found["all"]
    if not total:
        return [
            _task(
                _("Make the networks and their members"),
                _url("networks:networks", office),
                _("Without networks each owner writes a needs report of its own."),
                OPTIONAL,
            )
        ]
    without = total - found["hosted"]
    unled = total - found["coordinated"]
    return [
        _task(
            _("Make the networks and their members"),
            _url("networks:networks", office),
            _("%(count)s networks, %(without)s without a host that can receive money.")
            % {"count": total, "without": without}
            if without
            else _("%(count)s networks, all with a host.") % {"count": total},
            GOING if without else DONE,
        ),
        _task(
            _("Invite coordinators and contacts"),
            _url("accounts:invite", office),
            _("%(count)s networks have no coordinator.") % {"count": unled}
            if unled
            else _("Every network has a coordinator."),
            NONE if unled == total else GOING if unled else DONE,
        ),
        _task(
            _("Enter account numbers"),
            _url("networks:accounts", office),
            _("%(count)s hosts lack a confirmed account number. It can wait until the letters.") % {"count": payees}
            if payees
            else _("Every host has a confirmed account number."),
            OPTIONAL if payees else DONE,
        ),
    ]


def _forums(office: Office) -> SetupTask:
    today = clock.today()
    forums = list(Forum.objects.filter(Q(ended_on__isnull=True) | Q(ended_on__gt=today), office=office))
    seated = {seat.group.forum_id for seat in voting_seats(forums, today)} if forums else set()
    empty = [forum for forum in forums if forum.pk not in seated]
    if not forums:
        hint = _("The law asks for a forum in every county (section 8).")
    elif empty:
        hint = _("%(count)s forums have no member with a vote.") % {"count": len(empty)}
    else:
        hint = _("%(count)s forums with members.") % {"count": len(forums)}
    shape = NONE if not forums else GOING if empty else DONE
    return _task(_("Set up the collaboration forum"), _url("forums:forums", office), hint, shape)


def _choices(office: Office, rounds: list[Round]) -> SetupTask:
    year = rounds[0].year if rounds else next_year(rounds)
    found = profile_for(office, year)
    if found is not None:
        hint = _("The choices of %(year)s count.") % {"year": found.year}
    else:
        hint = _("Limits, own contribution, and whether the forums conclude together.")
    return _task(
        _("Make the office's own choices"), _url("grants:setup_profile", office), hint, DONE if found else NONE
    )


def _before(office: Office) -> SetupTask:
    count = MeasureYear.objects.filter(round__office=office, round__kind=RoundKind.OPENING).count()
    hint = (
        ngettext("%(count)d running measure is brought in.", "%(count)d running measures are brought in.", count)
        % {"count": count}
        if count
        else _("Measures that run over several years, promises, and unspent money, so that the first year isn't empty.")
    )
    url = _url("grants:opening", office)
    return _task(_("Bring in what was before the program"), url, hint, DONE if count else OPTIONAL)


def _round(office: Office, rounds: list[Round]) -> SetupTask:
    if not rounds:
        url = _url("grants:round_new", office)
        return _task(_("Open the round"), url, _("You see it alone until you announce it."), NONE)
    newest = rounds[0]
    url = reverse("grants:round", kwargs={"office": office.slug, "year": newest.slug})
    if newest.state == "draft":
        hint = _("The %(year)s round is a draft. Announce it when everything is right.") % {"year": newest.slug}
        return _task(_("Open the round"), url, hint, GOING)
    return _task(_("Open the round"), url, _("The %(year)s round is announced.") % {"year": newest.slug}, DONE)
