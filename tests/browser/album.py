"""Which pages are photographed, at which moment, by whom. `make screenshots` takes the pictures (screenshots.py).

Every address stands here or among those that show no page of their own; ``tests/architecture/test_album.py`` holds
that against the URLconf.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Exists, OuterRef
from django.urls import reverse
from playwright.sync_api import Page

from accounts.models import ListConfirmation, RoleAssignment, User
from accounts.services import questions
from accounts.services.invitations import invite
from accounts.services.lists import ask as ask_lists
from accounts.services.roles import grant_role
from core.actor import Actor
from core.enums import LinkPurpose, Role
from core.models import ImportRun, Office
from core.services import stash
from core.services.imports.opening import Source, open_source
from core.services.imports.starting import start
from core.services.links import issue
from forums.models import Appointment, Forum, Seat, SeatGroup
from forums.services.forums import register_forum
from grants import setup_file
from grants.models import DecisionLine, Letter, Measure, MeasureYear, NeedsReport, Recommendation, Round
from grants.selectors.setup_file import setup_of
from networks.models import Network, Organisation, Unit
from networks.services.units import UnitFacts, register_units
from reporting.models import AnnualReport
from tests.browser.moments import DEMO, NOW, OTHER, PAST
from tests.importing import PLACES, book

Words = dict[str, Any]

NO_PAGE = {
    "core:set_language": "leads back to the page one came from",
    "core:alive": "one word for a machine",
    "core:ready": "one word for a machine",
    "core:jobs": "one word for a machine",
    "account_login": "the same page as account_request_login_code",
    "core:try_jobs_again": "takes a POST only",
    "core:import_template": "a workbook",
    "core:import_faults": "a workbook",
    "accounts:invitation_act": "takes a POST only",
    "grants:measure_new": "takes a POST only",
    "grants:measure_continue": "takes a POST only",
    "grants:measure_remove": "takes a POST only",
    "grants:opening_remove": "takes a POST only",
    "grants:workbench_first": "takes a POST only",
    "grants:workbench_send": "takes a POST only",
    "grants:recommendations": "leads to the newest one",
    "grants:recommendation_minutes": "a text file",
    "grants:setup_file_out": "a file",
    "forums:members_file": "a spreadsheet",
    "grants:letter_pdf": "a PDF",
    "grants:letter_attachment": "a PDF",
    "networks:table_file": "a spreadsheet",
    "networks:mandate": "a PDF",
    "reporting:here": "leads to the newest round's list",
}


@dataclass(frozen=True)
class Shot:
    """One picture: ``who`` is a part of the rehearsal («coordinator:IN-1») or nobody; ``does`` acts on the page before
    the picture is taken; ``status`` is what the address answers.
    """

    who: str = ""
    words: Callable[[], Words] = dict
    at: str = DEMO
    of: str = NOW
    note: str = ""
    query: str = ""
    does: Callable[[Page], None] | None = None
    status: int = 200
    path: str = ""
    """An address that isn't in the URLconf (an error page)."""
    template: str = ""
    """A page the server writes without a request of its own, drawn as it stands."""


# --- Words of addresses, asked of the moment's database ---------------------------------------------------------------


def office() -> Words:
    return {"office": "innlandet"}


def round_of(year: int = 0) -> Callable[[], Words]:
    """The round of a year; the newest one by default."""

    def words() -> Words:
        rounds = Round.objects.filter(office__slug="innlandet", **({"year": year} if year else {}))
        return office() | {"year": str(rounds.exclude(state="draft").latest("year").year)}

    return words


def other_round() -> Words:
    return {
        "office": "moreogromsdal",
        "year": str(Round.objects.filter(office__slug="moreogromsdal").latest("year").year),
    }


def report(code: str, **more: Callable[[NeedsReport], Any]) -> Callable[[], Words]:
    """A network's newest needs report, with what else the address asks for."""

    def words() -> Words:
        found = NeedsReport.objects.filter(network__code=code, network__office__slug="innlandet").latest("round__year")
        return office() | {"pk": found.pk} | {name: value(found) for name, value in more.items()}

    return words


def first_measure(found: NeedsReport) -> int:
    return int(found.measures.order_by("priority", "pk")[0].pk)


def last_measure(found: NeedsReport) -> int:
    return int(found.measures.order_by("-priority", "-pk")[0].pk)


def measure() -> Words:
    return office() | {"pk": Measure.objects.filter(network__code="IN-1").earliest("pk").pk}


def brought_in(*, continued: bool) -> Callable[[], Words]:
    """A measure from before the program, one that a later round continues or one that none does."""

    def words() -> Words:
        later = MeasureYear.objects.filter(measure=OuterRef("measure")).exclude(round__kind="opening")
        found = MeasureYear.objects.filter(Exists(later) if continued else ~Exists(later), kind="opening")
        return office() | {"pk": found.earliest("pk").measure_id}

    return words


def recommendation(slug: str = "innlandet", **more: Callable[[Recommendation], Any]) -> Callable[[], Words]:
    def words() -> Words:
        found = Recommendation.objects.filter(round__office__slug=slug).latest("pk")
        return {"office": slug, "pk": found.pk} | {name: value(found) for name, value in more.items()}

    return words


def judged_measure(found: Recommendation) -> int:
    return int(found.lines.filter(live=True).order_by("pk")[0].measure_year_id)


def letter(kind: str, code: str = "") -> Callable[[], Words]:
    def words() -> Words:
        found = Letter.objects.filter(kind=kind, round__year=2022)
        if code:
            found = found.filter(recipient__municipality_number=code)
        return office() | {"pk": found.order_by("-total", "pk")[0].pk}

    return words


def question(answer: str) -> Callable[[], Words]:
    """What the network's coordinator asked about its newest needs report; answered where there is an answer."""

    def words() -> Words:
        reports = NeedsReport.objects.filter(network__code="IN-1", network__office__slug="innlandet")
        found = reports.latest("round__year")
        by = Actor.for_user(User.objects.filter(roles__anchor=found.network.anchor_id).earliest("pk"))
        text = "Kan vi melde ett tiltak over tre år?" if answer else "Må alle eierne ha vært med på møtet?"
        asked = questions.ask(subject=found, office=found.round.office, text=text, by=by)
        if answer and asked.answered_at is None:
            officer = Actor.for_user(_case())
            questions.answer(question=asked, text=answer, by=officer)
        return office() | {"pk": asked.pk}

    return words


def decision_line() -> Words:
    line = DecisionLine.objects.filter(source_line__upheld=True).order_by("pk")[0]
    return round_of(2022)() | {"pk": line.pk}


def draft_key() -> Words:
    """The first letter of the list."""
    host = Organisation.objects.get(municipality_number="3401", kind="municipality")
    return round_of(2022)() | {"key": f"award-{host.pk}"}


def annual_report(code: str = "IN-1") -> Callable[[], Words]:
    return lambda: (
        office() | {"pk": AnnualReport.objects.filter(measure__network__code=code, round__year=2022).earliest("pk").pk}
    )


def organisation(number: str) -> Callable[[], Words]:
    return lambda: office() | {"pk": Organisation.objects.get(municipality_number=number, kind="municipality").pk}


def unpaid() -> Words:
    """Somebody whose account nobody has entered."""
    found = Organisation.objects.filter(kind="municipality", accounts__isnull=True, memberships__isnull=False)
    return office() | {"pk": found.order_by("pk")[0].pk}


FAULTY = (
    ("301", "Oslo kommune", "UiB", "1.1.2027"),
    ("4601", "Bergen kommune", "HVLL"),
    ("x", "", "NTNU", "snart"),
    ("5001", "Trondheim kommune", "NTNU"),
    ("5001", "Trondheim", "NTNU"),
    ("301", "Oslo kommune", "UiB", "1.1.2027"),
)
UNKNOWN = "Kode\tSted\tFylke\n0301\tOslo\tOslo\n4601\tBergen\tVestland\n"


def kind() -> Words:
    """What the tests' own importer takes in."""
    return office() | {"kind": PLACES.code}


def imported(pasted: str = "") -> Callable[[], Words]:
    """A table the case officer has sent or pasted and not used yet; each file has a place no earlier one has."""

    def words() -> Words:
        where = Office.objects.get(slug="innlandet")
        fresh = (str(6000 + ImportRun.objects.count()), "Nytt sted", "NTNU")
        source = Source(pasted=pasted) if pasted else Source("steder.xlsx", book(*FAULTY, fresh))
        opened = open_source(source, office=where, importer=PLACES)
        return office() | {"pk": start(office=where, importer=PLACES, opened=opened, by=Actor.for_user(_case())).pk}

    return words


def with_imports() -> Words:
    imported()()
    return office()


def network() -> Words:
    return office() | {"pk": Network.objects.get(code="IN-1", office__slug="innlandet").pk}


def unit() -> Words:
    """A school of the host, which the office adds if there is none."""
    owner = Organisation.objects.select_related("anchor").get(municipality_number="3401", kind="municipality")
    found = Unit.objects.filter(owner=owner).first()
    facts = UnitFacts(owner=owner, name="Sentrum skole (oppdiktet)", sector="school")
    keeper = Office.objects.get(slug="innlandet")
    found = found or register_units(rows=[facts], office=keeper, by=Actor.for_system("tests"))[0]
    return office() | {"pk": found.pk}


def university() -> Words:
    return office() | {"pk": Organisation.objects.get(orgnr="918108467").pk}


def tie(name: str) -> Callable[[], Words]:
    """A member, host or contact of the network."""

    def words() -> Words:
        found = Network.objects.get(code="IN-1", office__slug="innlandet")
        return office() | {"pk": found.pk, "tie": getattr(found, name).earliest("pk").pk}

    return words


def forum() -> Words:
    return office() | {"pk": Forum.objects.get(code="bhg", office__slug="innlandet").pk}


def new_forum() -> Words:
    """A forum without seats yet."""
    found = Forum.objects.filter(code="ny", office__slug="innlandet").first()
    return office() | {"pk": (found or _made_forum()).pk}


def _made_forum() -> Forum:
    place = Office.objects.get(slug="innlandet")
    by = Actor.for_user(_case())
    return register_forum(office=place, code="ny", name="Samarbeidsforum for videregående", sectors="school", by=by)


def group() -> Words:
    found = SeatGroup.objects.get(forum__code="bhg", forum__office__slug="innlandet", code="kindergarten_authority")
    return {**forum(), "group": found.pk}


def seat() -> Words:
    found = Seat.objects.filter(group__forum__code="bhg", group__forum__office__slug="innlandet", group__code="ks")
    return {**forum(), "seat": found.earliest("pk").pk}


def term() -> Words:
    found = Appointment.objects.filter(seat_id=seat()["seat"])
    return {**forum(), "term": found.earliest("pk").pk}


def _anchor(code: str = "IN-1") -> int:
    return Network.objects.get(code=code, office__slug="innlandet").anchor_id


def _coordinates(code: str = "IN-1") -> User:
    return User.objects.filter(roles__anchor=_anchor(code), roles__role=Role.COORDINATOR).earliest("pk")


def coordinator() -> Words:
    return office() | {"pk": _coordinates().pk}


def chair() -> Words:
    seat = Appointment.objects.filter(chairs=True, seat__group__forum__office__slug="innlandet").earliest("pk")
    return office() | {"pk": seat.user_id}


def coordinators_role() -> Words:
    row = RoleAssignment.objects.get(user=_coordinates(), anchor=_anchor(), ended_at=None)
    return office() | {"pk": row.user_id, "role_pk": row.pk}


def role_of_the_office() -> Words:
    row = RoleAssignment.objects.filter(user=_officer(), anchor__of_office__slug="innlandet").earliest("pk")
    return office() | {"pk": row.user_id, "role_pk": row.pk}


def waiting_role() -> Words:
    """Somebody the coordinator let in, whom the office hasn't confirmed."""
    someone = _coordinates("IN-2")
    by = Actor.for_user(_coordinates())
    place = Network.objects.select_related("anchor__office").get(code="IN-1", office__slug="innlandet").anchor
    row = grant_role(user=someone, role=Role.NETWORK_READER, anchor=place, by=by, confirmed=False)
    return office() | {"pk": someone.pk, "role_pk": row.pk}


def asked_lists() -> Words:
    place = Network.objects.select_related("office").get(code="IN-1", office__slug="innlandet")
    if not ListConfirmation.objects.filter(office=place.office).exists():
        ask_lists(office=place.office, due=date(2027, 12, 1), by=Actor.for_user(User.objects.get(pk=_officer())))
    return office()


def asked_list() -> Words:
    asked_lists()
    return network_list()


def network_list() -> Words:
    return office() | {"anchor": _anchor()}


def invitation_token() -> Words:
    place = Network.objects.select_related("anchor").get(code="IN-4", office__slug="innlandet")
    by = Actor.for_user(User.objects.get(pk=_officer()))
    email, role = "ny.koordinator@hamar.example", Role.COORDINATOR
    return {"token": invite(email=email, name="", role=role, anchor=place.anchor, by=by)[1]}


def link_token() -> Words:
    found = NeedsReport.objects.filter(network__code="IN-1", network__office__slug="innlandet").latest("round__year")
    coordinator = User.objects.filter(roles__anchor=found.network.anchor_id).earliest("pk")
    url = reverse("grants:needs_report", args=["innlandet", found.pk])
    return {"token": issue(subject=found, purpose=LinkPurpose.TASK, url=url, user=coordinator)[1]}


def no_token() -> Words:
    return {"token": "no-such-token"}


def kept_form() -> Words:
    """What the case officer was writing when the session ended."""
    words = "Nettverket kan nå flere barnehager dersom lederne får tid til å delta.\nVi foreslår to samlinger til."
    fields = [
        ("title", "Språk i overgangen"),
        ("need", words),
        ("need_how", "Drøftet på ledermøtet i mai."),
        ("file", None),
    ]
    return {"pk": stash.keep(user_id=_case().pk, path="/innlandet/behov/1/tiltak/1/", fields=fields).pk}


def kept_forms() -> Words:
    kept_form()
    return {}


def _case() -> User:
    return User.objects.filter(roles__role=Role.CASE_OFFICER, roles__anchor__of_office__slug="innlandet").earliest("pk")


def _officer() -> int:
    return int(User.objects.filter(roles__role=Role.OFFICE_ADMINISTRATOR).earliest("pk").pk)


# --- Acts on a page ---------------------------------------------------------------------------------------------------


def presses(selector: str) -> Callable[[Page], None]:
    def act(page: Page) -> None:
        page.locator("main").locator(selector).first.click()
        page.wait_for_load_state()

    return act


FIRST = "form button[type=submit], form button:not([type])"
"""The first button of the first form."""


def fills_and_presses(values: dict[str, str], selector: str = "button[type=submit]") -> Callable[[Page], None]:
    def act(page: Page) -> None:
        for name, value in values.items():
            page.locator(f'main [name="{name}"]').first.fill(value)
        presses(selector)(page)

    return act


def sends_old_version(selector: str) -> Callable[[Page], None]:
    """As if somebody had saved since the page was opened."""

    def act(page: Page) -> None:
        page.evaluate("document.querySelectorAll('main [name=version]').forEach(one => one.value = '0')")
        presses(selector)(page)

    return act


def changes_name_with_old_version(page: Page) -> None:
    page.locator("main [name=name]").fill("Et annet navn")
    sends_old_version("button[type=submit]")(page)


def loses_token(page: Page) -> None:
    page.evaluate("document.querySelectorAll('main [name=csrfmiddlewaretoken]').forEach(one => one.value = 'x')")
    presses("button[type=submit]")(page)


def names_another(page: Page) -> None:
    fills_and_presses({"other": _coordinates("IN-2").email})(page)


def opens_menu(page: Page) -> None:
    if page.locator(".menu-button").is_visible():
        page.locator(".menu-button").click()


ASKS = fills_and_presses({"email": "ny.koordinator@hamar.example"})


def writes_wrong_code(page: Page) -> None:
    ASKS(page)
    fills_and_presses({"code": "AAAAAA"})(page)


def enters(number: str) -> Callable[[Page], None]:
    """An account's number."""
    return fills_and_presses({"number": number}, "[value=enter]")


def sends_a_setup(page: Page) -> None:
    """The set-up of another office, pasted."""
    found = setup_of(Office.objects.select_related("anchor").get(slug="innlandet"))
    page.fill("#id_text", setup_file.write(found))
    page.get_by_role("button").last.click()


BHG_CHAIR, MEMBER = "seat:bhg:kindergarten_authority:0", "seat:skole:teacher_organisation:0"

ALBUM: dict[str, tuple[Shot, ...]] = {
    "accounts:home": (
        Shot("case", note="case officer"),
        Shot("coordinator:IN-1", note="coordinator"),
        Shot("coordinator:IN-8", note="coordinator who writes nynorsk"),
        Shot("case", at="opened", of=PAST, note="case officer in December"),
        Shot("approver", at="decided", of=PAST, note="approver with a decision"),
        Shot("approver", note="approver with nothing to do"),
        Shot("provider:IN-1", note="contact of the university"),
        Shot("provider:IN-1", at="reported", of=PAST, note="contact of the university, reports to confirm"),
        Shot(BHG_CHAIR, at="answered", of=PAST, note="chair"),
        Shot(BHG_CHAIR, at="refused", of=PAST, note="chair after a refusal"),
        Shot(MEMBER, at="before_forum", of=PAST, note="member"),
        Shot("owner:3401", at="sent", of=PAST, note="owner contact with a letter"),
        Shot("admin", note="office administrator, menu open", does=opens_menu),
        Shot("case", of=OTHER, note="case officer of the other office"),
    ),
    "accounts:demo": (Shot(),),
    "accounts:demo_mail": (Shot(),),
    "accounts:link": (
        Shot(words=link_token),
        Shot("case", words=link_token, note="signed in as someone else"),
        Shot(words=no_token, note="unknown", status=410),
    ),
    "accounts:invitation": (
        Shot(words=invitation_token),
        Shot("case", words=invitation_token, note="signed in as someone else"),
        Shot(words=no_token, note="unknown", status=410),
    ),
    "accounts:offices": (Shot("operator"),),
    "accounts:office_new": (Shot("operator"),),
    "accounts:first_administrator": (Shot("operator", lambda: {"slug": "vestland"}),),
    "grants:setup": (Shot("admin", office),),
    "grants:setup_office": (Shot("admin", office),),
    "grants:setup_profile": (Shot("case", office),),
    "grants:setup_file": (
        Shot("case", office),
        Shot("case", lambda: {"office": "moreogromsdal"}, of=OTHER, note="what it would do", does=sends_a_setup),
    ),
    "accounts:profile": (Shot("coordinator:IN-1"), Shot("case", note="of the office")),
    "accounts:ask_choose": (Shot("provider:IN-1"),),
    "accounts:ask": (
        Shot("coordinator:IN-1", office),
        Shot("coordinator:IN-8", office, query="?side=/profil/", note="in nynorsk"),
    ),
    "accounts:questions": (Shot("case", office), Shot("coordinator:IN-1", office, note="one’s own")),
    "accounts:question": (
        Shot("coordinator:IN-1", question("")),
        Shot("case", question(""), note="to be answered"),
        Shot("coordinator:IN-1", question("Ja. Skriv hva dere vil gjøre hvert år."), note="answered"),
    ),
    "accounts:notices": (Shot("coordinator:IN-1"), Shot("approver", note="few or none")),
    "accounts:people": (
        Shot("admin", office),
        Shot("case", office, query="?q=hamar", note="found"),
        Shot("case", office, query="?q=finnesikke", note="nobody"),
    ),
    "accounts:person": (
        Shot("admin", coordinator),
        Shot("case", chair, note="with a seat"),
    ),
    "accounts:person_sees": (Shot("admin", coordinator),),
    "accounts:person_edit": (
        Shot("admin", coordinator),
        Shot(
            "admin",
            coordinator,
            note="with an error",
            does=fills_and_presses({"email": "kari"}, FIRST),
        ),
    ),
    "accounts:role": (
        Shot("admin", coordinators_role),
        Shot("case", waiting_role, note="waits to be confirmed"),
        Shot("case", role_of_the_office, note="of the office itself"),
    ),
    "accounts:invite": (
        Shot("admin", office),
        Shot(
            "admin",
            office,
            note="with errors",
            does=fills_and_presses({"people": "Kari Moe", "place": "Hamarr"}, FIRST),
        ),
    ),
    "accounts:hand_over": (
        Shot("admin", coordinator),
        Shot("admin", coordinator, note="what moves", query="?on=31.12.2027"),
    ),
    "accounts:merge": (
        Shot("admin", coordinator),
        Shot("admin", coordinator, note="both", does=names_another),
    ),
    "accounts:lists": (
        Shot("admin", office),
        Shot("admin", asked_lists, note="asked"),
    ),
    "accounts:list": (
        Shot("coordinator:IN-1", asked_list),
        Shot("admin", network_list, note="as the office sees it"),
    ),
    "account_request_login_code": (
        Shot(),
        Shot(note="with an error", does=fills_and_presses({"email": "kari"})),
    ),
    "account_confirm_login_code": (
        Shot(path="/logg-inn/", does=ASKS),
        Shot(
            path="/logg-inn/",
            note="wrong code",
            does=writes_wrong_code,
        ),
    ),
    "account_inactive": (Shot(),),
    "account_logout": (Shot("case"),),
    "core:ui": (Shot(),),
    "core:help": (Shot(), Shot("coordinator:IN-1", note="signed in")),
    "core:accessibility": (Shot(),),
    "core:privacy": (Shot(),),
    "core:kept": (Shot("case", kept_forms), Shot("coordinator:IN-1", note="nothing kept")),
    "core:kept_form": (Shot("case", kept_form),),
    "core:imports": (
        Shot("case", with_imports),
        Shot("approver", office, note="who may import nothing"),
    ),
    "core:import_new": (
        Shot("case", kind),
        Shot("case", kind, note="with an error", does=presses("button[type=submit]")),
    ),
    "core:import_columns": (
        Shot("case", imported(UNKNOWN)),
        Shot("case", imported(UNKNOWN), note="with errors", does=presses("button[type=submit]")),
    ),
    "core:import_rows": (
        Shot("case", imported(), note="rows at fault"),
        Shot("case", imported(), note="all rows", query="?vis=alle"),
        Shot("case2", imported(), note="receipt", query="?vis=alle", does=presses("[value=apply]")),
    ),
    "networks:organisations": (
        Shot("case", office),
        Shot("case", office, note="all", query="?vis=all&q=universitet"),
    ),
    "networks:organisation_new": (Shot("case", office),),
    "networks:organisation": (
        Shot("case", organisation("3401")),
        Shot("case", university, note="university"),
    ),
    "networks:organisation_edit": (Shot("case", organisation("3401")),),
    "networks:organisation_name": (Shot("case", organisation("3401")),),
    "networks:organisation_form": (Shot("case", organisation("3401")),),
    "networks:organisation_end": (Shot("case", organisation("3401")),),
    "networks:organisation_lookup": (Shot("case", organisation("3401")),),
    "networks:units": (Shot("case", office),),
    "networks:unit_new": (Shot("case", office),),
    "networks:unit": (Shot("case", unit),),
    "networks:networks": (Shot("case", office),),
    "networks:network": (Shot("case", network), Shot("coordinator:IN-1", network, note="coordinator")),
    "networks:tree": (Shot("case", office),),
    "networks:table": (
        Shot("case", office),
        Shot("case", office, query="?nettverk=0", note="owners without a network"),
        Shot("case", office, query="?q=finnes+ikke", note="nothing found"),
    ),
    "networks:network_new": (
        Shot("case", office),
        Shot("case", office, note="with errors", does=fills_and_presses({"name": "Nytt", "coordinator": "Hamr"})),
    ),
    "networks:network_edit": (
        Shot("case", network),
        Shot("case", network, note="someone saved meanwhile", does=changes_name_with_old_version),
    ),
    "networks:network_end": (
        Shot("case", network, note="something depends on it"),
        Shot("case", network, note="refused", does=fills_and_presses({"last_day": "31.12.2026"})),
    ),
    "networks:members": (
        Shot("case", network),
        Shot("case", network, note="with errors", does=fills_and_presses({"organisations": "Hamr\nUkjent"})),
    ),
    "networks:host": (
        Shot("case", network),
        Shot("case", network, note="refused", does=fills_and_presses({"organisation": "Ukjent kommune"})),
    ),
    "networks:contact": (Shot("case", network),),
    "networks:member_end": (
        Shot("case", tie("memberships")),
        Shot("case", tie("memberships"), note="before it began", does=fills_and_presses({"last_day": "1.1.2010"})),
    ),
    "networks:host_end": (Shot("case", tie("hosts")),),
    "networks:contact_end": (Shot("case", tie("provider_contacts")),),
    "networks:accounts": (Shot("case", office),),
    "networks:account": (
        Shot("case", organisation("3401")),
        Shot("case", unpaid, note="none entered"),
        Shot(
            "case",
            unpaid,
            note="wrong check digit",
            does=fills_and_presses({"number": "1234 56 78901"}, "[value=enter]"),
        ),
        Shot(
            "case2",
            unpaid,
            note="to be confirmed by another",
            does=fills_and_presses({"number": "1234 56 78903"}, "[value=enter]"),
        ),
    ),
    "forums:forums": (Shot("case", office),),
    "forums:forum": (
        Shot("case", forum),
        Shot("case", new_forum, note="without seats"),
        Shot(BHG_CHAIR, forum, of=PAST, note="chair"),
    ),
    "forums:members": (Shot("case", forum), Shot(BHG_CHAIR, forum, of=PAST, note="chair")),
    "forums:forum_new": (
        Shot("case", office),
        Shot("case", office, note="with errors", does=presses("button[type=submit]")),
    ),
    "forums:forum_edit": (Shot("case", forum),),
    "forums:forum_end": (Shot("case", forum), Shot("case", forum, of=PAST, note="decided")),
    "forums:template": (
        Shot("case", new_forum),
        Shot("case", new_forum, query="?mal=innlandet-barnehage", note="as in Innlandet"),
    ),
    "forums:group_new": (
        Shot("case", forum),
        Shot("case", forum, note="with errors", does=presses("button[type=submit]")),
    ),
    "forums:group": (Shot("case", group),),
    "forums:seat": (
        Shot("case", seat),
        Shot("case", seat, query="?q=a", note="people found"),
        Shot(
            "case",
            seat,
            note="taken",
            does=fills_and_presses(
                {"name": "Nina Ny", "email": "nina@hamar.example", "valid_from": "1.2.2027"}, "form[method=post] button"
            ),
        ),
    ),
    "forums:term": (Shot("case", term),),
    "forums:terms": (Shot("case", office, note="nobody"), Shot("case", office, of=PAST, query="?maaneder=12")),
    "grants:rounds": (Shot("case", office),),
    "grants:round_new": (
        Shot("case", office),
        Shot("case", office, note="with errors", does=fills_and_presses({"year": "i fjor", "date_needs": "snart"})),
    ),
    "grants:round": (
        Shot("case", round_of(), note="needs phase"),
        Shot("case", round_of(2022), note="decided"),
        Shot("coordinator:IN-1", round_of(), note="coordinator"),
    ),
    "grants:round_edit": (Shot("case", round_of()),),
    "grants:opted_out": (
        Shot("case", round_of()),
        Shot("case", round_of(), note="refused", does=fills_and_presses({"organisation": "Hamr"})),
        Shot("case", round_of(2022), note="decided"),
    ),
    "grants:opening": (Shot("case", office), Shot("approver", office, note="one who reads")),
    "grants:opening_new": (
        Shot("case", office),
        Shot(
            "case",
            office,
            note="with errors",
            does=fills_and_presses(
                {"title": "Lesing", "lines-0-payee": "Lom komune", "lines-0-awarded": "mye"},
                "button[type=submit]:not([name])",
            ),
        ),
    ),
    "grants:opening_measure": (
        Shot("case", brought_in(continued=False)),
        Shot("case", brought_in(continued=True), note="continued"),
    ),
    "grants:opening_unspent": (Shot("case", office),),
    "grants:round_announce": (Shot("case", round_of()),),
    "grants:announcement": (Shot(words=round_of()), Shot(words=round_of(2022), note="three schemes")),
    "grants:status": (Shot("case", round_of()), Shot("case", round_of(2022), note="all have sent")),
    "grants:my_needs": (Shot("case", office),),
    "grants:needs_report": (
        Shot("coordinator:IN-1", report("IN-1"), note="half written"),
        Shot("coordinator:IN-FRI", report("IN-FRI"), note="not begun"),
        Shot("coordinator:IN-6", report("IN-6"), note="returned"),
        Shot("case", report("IN-2"), note="assessed, seen by the office"),
    ),
    "grants:needs_order": (Shot("coordinator:IN-1", report("IN-1")),),
    "grants:needs_check": (
        Shot("coordinator:IN-1", report("IN-1"), note="not complete"),
        Shot("coordinator:IN-6", report("IN-6"), note="complete"),
    ),
    "grants:needs_receipt": (Shot("coordinator:IN-3", report("IN-3")),),
    "grants:measure_edit": (
        Shot("coordinator:IN-1", report("IN-1", measure=first_measure)),
        Shot("coordinator:IN-1", report("IN-1", measure=last_measure), note="not begun"),
    ),
    "grants:measure_answers": (Shot("coordinator:IN-1", report("IN-1", measure=first_measure)),),
    "grants:measure_parties": (Shot("coordinator:IN-1", report("IN-1", measure=first_measure)),),
    "grants:measure_budget": (
        Shot("coordinator:IN-1", report("IN-1", measure=first_measure)),
        Shot("coordinator:IN-1", report("IN-1", measure=last_measure), note="not begun"),
    ),
    "grants:measure": (Shot("case", measure), Shot("coordinator:IN-1", measure, note="coordinator")),
    "grants:assess": (
        Shot("case", report("IN-3")),
        Shot("case", report("IN-2"), note="done", status=200),
    ),
    "grants:workbench": (
        Shot("case", round_of(2022), at="proposed", of=PAST, note="at work"),
        Shot("case", other_round, of=OTHER, note="papers are out"),
        Shot("case", round_of(), note="not begun"),
        Shot("case", round_of(2022), note="concluded"),
    ),
    "grants:recommendation": (
        Shot(MEMBER, recommendation(), at="before_forum", of=PAST, note="member"),
        Shot(BHG_CHAIR, recommendation(), at="answered", of=PAST, note="chair"),
        Shot("case", recommendation("moreogromsdal"), of=OTHER, note="the office reads"),
        Shot(BHG_CHAIR, recommendation(), at="refused", of=PAST, note="chair after a refusal"),
        Shot("case", recommendation(), note="decided"),
    ),
    "grants:recommendation_answer": (Shot(MEMBER, recommendation(), at="answered", of=PAST),),
    "grants:recommendation_measure": (Shot(MEMBER, recommendation(measure_pk=judged_measure), at="answered", of=PAST),),
    "grants:recommendation_conclude": (Shot(BHG_CHAIR, recommendation(), at="answered", of=PAST),),
    "grants:recommendation_refuse": (Shot("case", recommendation(), at="concluded", of=PAST),),
    "grants:recommendation_refused": (Shot(BHG_CHAIR, recommendation(), at="refused", of=PAST),),
    "grants:decision": (
        Shot("case", round_of(2022), at="upheld", of=PAST, note="not begun"),
        Shot("approver", round_of(2022), at="decided", of=PAST, note="approver"),
        Shot("case", round_of(2022), note="sent"),
        Shot("case", round_of(), note="too early"),
        Shot("case", round_of(2022), at="upheld", of=PAST, note="draft", does=presses("[value=prepare]")),
    ),
    "grants:decision_line": (Shot("case", decision_line, at="upheld", of=PAST),),
    "grants:letters": (
        Shot("case", round_of(2022), at="approved", of=PAST, note="drafts"),
        Shot("case", round_of(2022), at="opened", of=PAST, note="opened"),
        Shot("owner:3401", round_of(2022), at="sent", of=PAST, note="recipient"),
        Shot("coordinator:IN-2", round_of(2022), note="coordinator"),
        Shot("case", round_of(), note="too early"),
    ),
    "grants:letters_send": (Shot("case", round_of(2022), at="approved", of=PAST),),
    "grants:letter_draft": (Shot("case", draft_key, at="approved", of=PAST),),
    "grants:letter": (
        Shot("owner:3401", letter("award", "3401"), at="sent", of=PAST, note="not opened yet"),
        Shot("owner:3401", letter("award", "3401"), at="opened", of=PAST, note="recipient"),
        Shot("case", letter("refusal"), at="opened", of=PAST, note="refusal, the office"),
    ),
    "reporting:reports": (
        Shot("case", round_of(2022), at="reported", of=PAST),
        Shot("coordinator:IN-1", round_of(2022), at="opened", of=PAST, note="coordinator"),
        Shot("case", round_of(), note="too early"),
    ),
    "reporting:report": (
        Shot("case", annual_report(), note="approved"),
        Shot("coordinator:IN-1", annual_report(), at="reported", of=PAST, note="coordinator waits"),
    ),
    "reporting:edit": (
        Shot("coordinator:IN-1", annual_report(), at="opened", of=PAST),
        Shot(
            "coordinator:IN-1",
            annual_report(),
            at="opened",
            of=PAST,
            note="with errors",
            does=presses("[name=step][value=send]"),
        ),
    ),
    "reporting:receipt": (Shot("coordinator:IN-1", annual_report(), at="reported", of=PAST),),
    "reporting:confirm": (Shot("provider:IN-1", annual_report(), at="reported", of=PAST),),
    "reporting:approve": (Shot("case", annual_report(), at="confirmed", of=PAST),),
}

ERRORS = (
    Shot(note="400", template="400.html", status=400),
    Shot("approver", path="/innlandet/runde/ny/", note="403", status=403),
    Shot("case", path="/innlandet/finnes-ikke/", note="404", status=404),
    Shot(path="/finnes-ikke/", note="404 when not signed in", status=404),
    Shot(
        "coordinator:IN-1", path="/profil/", note="409, saved by another", does=sends_old_version("button[type=submit]")
    ),
    Shot(path="/logg-inn/", note="the page was open too long", does=loses_token),
    Shot(note="500", template="500.html", status=500),
)
"""Pages that answer for any address."""
