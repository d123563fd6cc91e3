"""A forum is made, changed and ended; its seats come from a template and can be changed (FOR-2026-01-12-23 §§ 7, 8)."""

from __future__ import annotations

from datetime import date

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.models import AnchorPermission
from core import clock
from core.authz import NotAllowed
from core.models import Event, Message
from core.requirements import StaleVersion, StepRefused
from forums.models import Appointment, Forum, Seat, SeatGroup
from forums.seat_templates import template_with
from forums.selectors.completeness import completeness, in_sentence
from forums.selectors.registers import row
from forums.services.forums import (
    add_seat,
    add_seat_group,
    appoint,
    change_forum,
    end_forum,
    register_forum,
    reopen_forum,
)
from forums.services.seats import (
    change_seat_group,
    next_code,
    remove_seat,
    remove_seat_group,
    use_template,
)
from forums.services.terms import change_term, renew_terms, seat_person, take_back
from grants.models import SeatAnswer
from grants.services.rounds import announce
from tests.forums.pages import Browser
from tests.grants.rounds_world import SETUP, TODAY, Rounds, actor, opened, person

pytestmark = pytest.mark.django_db


@pytest.fixture
def world(rounds: Rounds) -> Rounds:
    return rounds


def codes(caught: pytest.ExceptionInfo[StepRefused]) -> list[str]:
    return [obstacle.code for obstacle in caught.value.obstacles]


def sentences(caught: pytest.ExceptionInfo[StepRefused]) -> list[str]:
    return [str(obstacle.text) for obstacle in caught.value.obstacles]


# --- the forum --------------------------------------------------------------------------------------------------------


def test_a_new_forum_gets_the_seats_of_the_law_in_one_form(world: Rounds) -> None:
    answer = Browser(world.officer).send(
        "ny/", name="Forum for barnehage", code="bhg", sectors="kindergarten", template="REG2026",
        networks=[str(world.networks[0].pk)],
    )  # fmt: skip
    made = Forum.objects.get(code="bhg")
    assert answer.url == f"/innlandet/forum/{made.pk}/"
    groups = made.seat_groups.order_by("order")
    assert [(one.code, one.min_seats, one.seats.count(), one.votes) for one in groups] == [
        ("municipal_owner", 1, 1, True),
        ("private_owner", 1, 1, True),
        ("kindergarten_authority", 1, 1, True),
        ("higher_education", 1, 1, True),
        ("teacher_organisation", 1, 1, True),
        ("office", 0, 1, False),
    ]
    assert [one.network for one in made.covered_networks.all()] == [world.networks[0]]


def test_a_taken_code_is_refused_and_what_was_typed_stays(world: Rounds) -> None:
    page = Browser(world.officer).send("ny/", name="Enda et", code="f1", sectors="both", template="none")
    text = page.content.decode()
    assert page.status_code == 200
    assert "Samarbeidsforum har allerede dette kortnavnet." in text
    assert 'value="Enda et"' in text
    assert Forum.objects.filter(office=world.office).count() == 1


def test_a_forum_is_changed_and_saving_the_same_changes_nothing(world: Rounds) -> None:
    by, words = actor(world.officer), {"code": "F1", "sectors": "school", "upper_secondary": False}
    changed = change_forum(forum=world.forum, name="Skoleforum", networks=world.networks, by=by, **words)
    again = change_forum(forum=world.forum, name="Skoleforum", networks=world.networks, by=by, **words)
    assert (changed.version, again.version, again.sectors) == (2, 2, "school")
    event = Event.objects.get(code="forum.changed")
    assert event.data == {"forum": "Skoleforum", "fields": ["sectors", "name", "networks"]}
    change_forum(forum=world.forum, name="Skoleforum", networks=world.networks[:1], by=by, **words)
    assert [one.network for one in world.forum.covered_networks.all()] == world.networks[:1]


def test_two_who_change_a_forum_at_once_choose_between_the_texts(world: Rounds) -> None:
    browser = Browser(world.officer)
    data = {"name": "Mitt", "code": "F1", "sectors": "both", "version": "1"}
    change_forum(
        forum=world.forum, name="Ditt", code="F1", sectors="both", upper_secondary=False, networks=(), by=SETUP
    )
    answer = browser.send(f"{world.forum.pk}/rediger/", **data)
    assert answer.status_code == 409
    assert "Mitt" in answer.content.decode()
    assert "Ditt" in answer.content.decode()
    world.forum.refresh_from_db()
    assert world.forum.anchor.name == "Ditt"


def test_a_forum_does_not_end_while_a_round_lies_before_it(world: Rounds) -> None:
    round_ = opened(world)
    end_and_back(world)
    announce(round=round_, by=actor(world.officer))
    with pytest.raises(StepRefused) as refused:
        end_forum(forum=world.forum, last_day=date(2026, 12, 31), by=actor(world.officer))
    assert sentences(refused) == [
        "2027-runden ligger foran forumet. Det kan avsluttes når det er gjort vedtak i runden."
    ]
    page = Browser(world.officer).page(f"{world.forum.pk}/avslutt/")
    assert "2027-runden ligger foran forumet" in page


def end_and_back(world: Rounds) -> None:
    """A round in draft lies before nobody."""
    by = actor(world.officer)
    ended = end_forum(forum=world.forum, last_day=date(2027, 1, 31), by=by)
    reopened = reopen_forum(forum=world.forum, by=by, seen_version=ended.version)
    assert (ended.ended_on, reopened.ended_on) == (date(2027, 1, 31), None)


def test_terms_end_with_the_forum(world: Rounds) -> None:
    end_forum(forum=world.forum, last_day=date(2026, 12, 31), by=actor(world.officer))
    ends = Appointment.objects.filter(seat__group__forum=world.forum).values_list("valid_to", flat=True)
    assert set(ends) == {date(2026, 12, 31)}
    assert set(AnchorPermission.objects.filter(source__startswith="appointment:").values_list("ends", flat=True)) == {
        date(2026, 12, 31)
    }
    seat = Seat.objects.get(group__code="owners", number=2)
    with pytest.raises(StepRefused) as refused:
        appoint(seat=seat, user=person("Ny"), organisation=None, by=SETUP, valid_from=TODAY, valid_to=None)
    assert codes(refused) == ["forum_ends"]
    with clock.frozen(date(2027, 1, 1)):
        assert "Avsluttet" in Browser(world.officer).page()


def test_a_term_that_begins_later_stops_the_ending(world: Rounds) -> None:
    seat = Seat.objects.get(group__code="owners", number=2)
    later = appoint(seat=seat, user=person("Senere"), organisation=None, by=SETUP, valid_from=date(2027, 6, 1))
    with pytest.raises(StepRefused) as refused:
        end_forum(forum=world.forum, last_day=date(2026, 12, 31), by=SETUP)
    assert codes(refused) == ["term_begins_later"]
    take_back(appointment=later, by=SETUP)
    assert end_forum(forum=world.forum, last_day=date(2026, 12, 31), by=SETUP).ended_on == date(2026, 12, 31)


# --- groups and seats -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("code", "groups", "seats"),
    [("innlandet-barnehage", 9, 3 + 3 + 2 + 5 + 2), ("innlandet-skole", 9, 2 + 1 + 2 + 5 + 2)],
)
def test_innlandets_forums_are_templates(world: Rounds, code: str, groups: int, seats: int) -> None:
    """Seed 003 chapter 5.4: 3 private, 3 municipal, one authority a region, …; a school owner a region, …"""
    template = template_with(code)
    assert template is not None
    forum = register_forum(office=world.office, code="ny", name="Nytt", sectors="both", by=SETUP)
    made = use_template(forum=forum, groups=template.groups, regions=world.networks, by=SETUP)
    assert (len(made), Seat.objects.filter(group__forum=forum).count()) == (groups, seats)
    assert use_template(forum=forum, groups=template.groups, regions=world.networks, by=SETUP) == []


def test_a_template_is_two_clicks_and_offers_those_who_may_sit(world: Rounds) -> None:
    forum = register_forum(office=world.office, code="ny", name="Nytt", sectors="both", by=SETUP)
    browser = Browser(world.officer)
    page = browser.page(f"{forum.pk}/mal/")
    assert page.count("checked") == 6
    browser.send(f"{forum.pk}/mal/", groups=["ks", "statped"])
    assert list(forum.seat_groups.values_list("code", "min_seats")) == [("ks", 0), ("statped", 0)]
    browser.post(f"/innlandet/forum/{forum.pk}/mal/?mal=GUIDE2021", {"groups": ["pbl"]})
    assert list(forum.seat_groups.values_list("code", "min_seats"))[-1] == ("pbl", 1)
    assert browser.get(f"/innlandet/forum/{forum.pk}/mal/?mal=nonsense").status_code == 404


def test_the_office_never_votes_on_screen_either(world: Rounds) -> None:
    data = {"speaks_for": "office", "name_nb": "SF", "name_nn": "SF", "min_seats": "0", "max_seats": "2", "order": "3"}
    browser = Browser(world.officer)
    page = browser.send(f"{world.forum.pk}/gruppe/ny/", is_office="on", votes="on", **data).content.decode()
    assert "Statsforvalterens egne folk har aldri stemmerett" in page
    made = browser.send(f"{world.forum.pk}/gruppe/ny/", is_office="on", **data)
    group = SeatGroup.objects.get(code="office-2")
    assert made.url == f"/innlandet/forum/{world.forum.pk}/gruppe/{group.pk}/"
    assert (group.votes, group.speaks_for) == (False, "office")
    with pytest.raises(StepRefused) as refused:
        change_seat_group(
            group=group, name_nb="SF", name_nn="SF", min_seats=0, max_seats=1, votes=True, order=1, by=SETUP
        )
    assert codes(refused) == ["office_votes"]


def test_a_group_is_changed_within_its_seats(world: Rounds) -> None:
    group = SeatGroup.objects.get(code="owners")
    words = {"name_nb": "Eiere", "name_nn": "Eigarar", "order": 2, "by": SETUP}
    with pytest.raises(StepRefused) as refused:
        change_seat_group(group=group, min_seats=1, max_seats=1, votes=True, **words)
    assert codes(refused) == ["more_seats_there"]
    with pytest.raises(StepRefused) as refused:
        change_seat_group(group=group, min_seats=4, max_seats=3, votes=True, **words)
    assert codes(refused) == ["max_below_min"]
    changed = change_seat_group(group=group, min_seats=1, max_seats=3, votes=True, seen_version=1, **words)
    assert (changed.name_nn, changed.max_seats, changed.version) == ("Eigarar", 3, 2)
    with pytest.raises(StaleVersion):
        change_seat_group(group=group, min_seats=1, max_seats=3, votes=False, seen_version=1, **words)
    announce(round=opened(world), by=actor(world.officer))
    with pytest.raises(StepRefused) as refused:
        change_seat_group(group=group, min_seats=1, max_seats=3, votes=False, **words)
    assert codes(refused) == ["vote_while_at_work"]


def test_only_what_nobody_has_sat_in_is_taken_away(world: Rounds) -> None:
    first, second = Seat.objects.filter(group__code="owners").order_by("number")
    with pytest.raises(StepRefused) as refused:
        remove_seat(seat=first, by=SETUP)
    assert codes(refused) == ["seat_has_history"]
    with pytest.raises(StepRefused):
        remove_seat_group(group=first.group, by=SETUP)
    remove_seat(seat=second, by=SETUP)
    assert list(first.group.seats.all()) == [first]
    empty = add_seat_group(
        forum=world.forum, code=next_code(world.forum, "owners"), name_nb="x", name_nn="x", min_seats=0, max_seats=2,
        by=SETUP,
    )  # fmt: skip
    add_seat(group=empty, by=SETUP)
    answer = Browser(world.officer).send(f"{world.forum.pk}/gruppe/{empty.pk}/", action="remove")
    assert answer.url == f"/innlandet/forum/{world.forum.pk}/"
    assert not SeatGroup.objects.filter(pk=empty.pk).exists()


def test_seats_are_added_on_the_groups_page_per_region(world: Rounds) -> None:
    group = add_seat_group(
        forum=world.forum, code="r", name_nb="Region", name_nn="Region", min_seats=1, max_seats=1, per_region=True,
        by=SETUP,
    )  # fmt: skip
    browser, path = Browser(world.officer), f"{world.forum.pk}/gruppe/{group.pk}/"
    region = str(world.networks[0].pk)
    assert "Velg hvilken region" in browser.send(path, action="add").content.decode()
    browser.send(path, action="add", region=region)
    assert "har alle plassene sine" in browser.send(path, action="add", region=region).content.decode()
    assert [seat.region for seat in group.seats.all()] == [world.networks[0]]
    browser.send(path, action="remove_seat", seat=str(group.seats.get().pk))
    assert group.seats.count() == 0
    assert row(actor(world.officer), world.office, world.forum.pk).groups[0].lacking == 0


def team(world: Rounds) -> tuple[SeatGroup, str]:
    """A group without seats, and its page."""
    group = add_seat_group(
        forum=world.forum, code="r", name_nb="Lag", name_nn="Lag", min_seats=1, max_seats=5, by=SETUP
    )
    return group, f"{world.forum.pk}/gruppe/{group.pk}/"


def test_a_seat_asked_for_twice_is_added_once(world: Rounds) -> None:
    group, path = team(world)
    browser = Browser(world.officer)
    assert '<input type="hidden" name="version" value="0">' in browser.page(path)
    answers = [browser.send(path, action="add", label="Nord", version="0").status_code for _click in range(2)]
    assert (answers, [seat.label for seat in group.seats.all()]) == ([302, 302], ["Nord"])
    assert "Dette var allerede gjort" in browser.page(path)
    browser.send(path, action="add", label="Nord", version="1")
    assert group.seats.count() == 2


def test_a_seat_is_not_added_to_others_than_were_seen(world: Rounds) -> None:
    group, path = team(world)
    browser = Browser(world.officer)
    added = add_seat(group=group, by=actor(world.colleague), label="Nord")
    page = browser.send(path, action="add", label="Plassen for nord", version="0")
    assert (page.status_code, world.colleague.name in page.content.decode()) == (409, True)
    assert (page.context["texts"], group.seats.count()) == (["Plassen for nord"], 1)
    again = dict(page.context["sent"])
    remove_seat(seat=added, by=SETUP)
    assert browser.send(path, **again).status_code == 409
    assert browser.send(path, **(again | {"version": "0"})).status_code == 302
    assert [seat.label for seat in group.seats.all()] == ["Plassen for nord"]


# --- who must sit -----------------------------------------------------------------------------------------------------


def test_who_is_missing_is_said_with_the_paragraph(world: Rounds) -> None:
    page = Browser(world.officer).page(f"{world.forum.pk}/").replace("\xa0", " ")
    assert "Mangler: kommuner som barnehagemyndighet, § 8." in page
    nynorsk = Browser(world.officer, "nn").page(f"{world.forum.pk}/").replace("\xa0", " ")
    assert "Manglar: kommunar som barnehagestyresmakt, § 8." in nynorsk
    assert "§ 8" not in Browser(world.member).page(f"{world.forum.pk}/").replace("\xa0", " ")


@pytest.mark.parametrize(("sectors", "kind"), [("school", "note"), ("both", "warn")])
def test_the_authority_may_sit_in_the_other_forum_than_the_schools(world: Rounds, sectors: str, kind: str) -> None:
    other = register_forum(office=world.office, code="bhg", name="Forum for barnehage", sectors="both", by=SETUP)
    template = template_with("REG2026")
    assert template is not None
    use_template(forum=other, groups=template.groups[2:4], regions=(), by=SETUP)
    seat = Seat.objects.get(group__forum=other, group__code="kindergarten_authority")
    appoint(seat=seat, user=person("Nina Ny"), organisation=None, by=SETUP, valid_from=TODAY)
    Forum.objects.filter(pk=world.forum.pk).update(sectors=sectors)
    here = completeness(row(actor(world.officer), world.office, world.forum.pk))
    there = completeness(row(actor(world.officer), world.office, other.pk))
    assert here is not None
    assert there is not None
    assert [one.kind for one in here.findings] == ["warn", "warn", kind, "warn", "warn"]
    assert [one.kind for one in there.findings] == ["warn", "warn", "done", "warn", "warn"]
    assert [one.text.replace("\xa0", " ") for one in there.findings[3:]] == [
        "Plassene er ledige: universiteter og høyskoler, § 8.",
        "Mangler: de mest sentrale arbeidstakerorganisasjonene, § 8.",
    ]


@pytest.mark.parametrize(
    ("day", "required", "law"), [(date(2026, 1, 11), 7, "punkt 3.2"), (date(2026, 1, 12), 5, "§ 8")]
)
def test_the_law_in_force_that_day_decides(world: Rounds, day: date, required: int, law: str) -> None:
    with clock.frozen(day):
        found = completeness(row(actor(world.officer), world.office, world.forum.pk))
    assert found is not None
    assert (len(found.findings), found.law.replace("\xa0", " ")) == (required, law)
    with clock.frozen(date(2021, 1, 25)):
        assert completeness(row(SETUP, world.office, world.forum.pk)) is None


def test_the_rules_of_2026_ask_for_nobody_in_upper_secondary(world: Rounds) -> None:
    forum = register_forum(
        office=world.office, code="vgo", name="VGO", sectors="school", upper_secondary=True, by=SETUP
    )
    found = completeness(row(SETUP, world.office, forum.pk))
    assert found is not None
    assert (found.covered, found.findings) == (False, [])


@pytest.mark.parametrize(
    ("name", "inside"),
    [
        ("Kommuner som eiere", "kommuner som eiere"),
        ("KS", "KS"),
        ("Private Barnehagers Landsforbund (PBL)", "Private Barnehagers Landsforbund (PBL)"),
        ("Pedagogisk-psykologisk tjeneste (PPT)", "pedagogisk-psykologisk tjeneste (PPT)"),
    ],
)
def test_names_keep_their_capitals_in_a_sentence(name: str, inside: str) -> None:
    assert in_sentence(name) == inside


# --- terms ------------------------------------------------------------------------------------------------------------


def test_an_unknown_address_is_let_in_and_told(world: Rounds) -> None:
    seat = Seat.objects.get(group__code="owners", number=2)
    answer = Browser(world.officer).send(
        f"{world.forum.pk}/plass/{seat.pk}/", name="Nina Ny", email="nina@hamre.example", kind="member",
        organisation="hamre kommune", valid_from="1.1.2027", valid_to="31.12.2028",
    )  # fmt: skip
    assert answer.status_code == 302
    made = Appointment.objects.get(user__email="nina@hamre.example")
    assert (made.organisation, made.valid_from, made.valid_to) == (
        world.hosts[0], date(2027, 1, 1), date(2028, 12, 31),
    )  # fmt: skip
    mail = Message.objects.get(key=f"appointment:{made.pk}:{made.user_id}")
    assert mail.subject == "Du har fått plass i Samarbeidsforum"
    assert "fra 1. januar 2027 til 31. desember 2028" in mail.body.replace("\xa0", " ")
    assert f"/innlandet/forum/{world.forum.pk}/" in mail.body


def test_someone_known_is_found_by_a_part_of_the_name(world: Rounds) -> None:
    seat, browser = Seat.objects.get(group__code="owners", number=2), Browser(world.officer)
    path = f"{world.forum.pk}/plass/{seat.pk}/"
    assert "Ingen Statsforvalteren kjenner, heter «fremmed»" in browser.page(path, q="fremmed")
    page = browser.page(path, q="kari")
    assert f'value="{world.coordinator.pk}"' in page
    data = {"person": str(world.coordinator.pk), "kind": "member", "valid_from": "1.1.2027", "valid_to": ""}
    assert browser.post(f"/innlandet/forum/{path}?q=kari", data).status_code == 302
    assert Appointment.objects.get(user=world.coordinator).valid_to is None
    stranger = browser.post(f"/innlandet/forum/{path}?q=kari", {**data, "person": str(world.stranger.pk)})
    assert stranger.status_code == 200
    assert "Velg en av dem søket fant" in stranger.content.decode()


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ("Hamre komune", "Mente du «Hamre kommune»?"),
        ("Hamre", "Mente du «Hamre kommune»?"),
        ("Noe helt annet", "blant dem Statsforvalteren arbeider med"),
    ],
)
def test_an_organisation_that_is_not_found_is_asked_for(world: Rounds, typed: str, sentence: str) -> None:
    seat = Seat.objects.get(group__code="owners", number=2)
    page = Browser(world.officer).send(
        f"{world.forum.pk}/plass/{seat.pk}/", name="N", email="n@x.example", kind="member", organisation=typed,
        valid_from="1.1.2027",
    ).content.decode()  # fmt: skip
    assert sentence in page
    assert f'value="{typed}"' in page


def test_overlapping_terms_name_who_sits_when(world: Rounds) -> None:
    seat = Seat.objects.get(group__code="owners", number=1)
    page = Browser(world.officer).send(
        f"{world.forum.pk}/plass/{seat.pk}/", name="N", email="n@x.example", kind="member", valid_from="1.7.2027",
    ).content.decode().replace("\xa0", " ")  # fmt: skip
    assert "Berit Lie, 1. januar 2026 til 31. desember 2027" in page
    assert "Plassen har allerede et medlem i denne perioden" in page


def test_one_person_has_one_vote_in_a_forum_and_may_sit_in_two(world: Rounds) -> None:
    seat = Seat.objects.get(group__code="owners", number=2)
    with pytest.raises(StepRefused) as refused:
        appoint(seat=seat, user=world.member, organisation=None, by=SETUP, valid_from=TODAY)
    assert codes(refused) == ["two_votes"]
    other = register_forum(office=world.office, code="F2", name="Et annet forum", sectors="both", by=SETUP)
    group = add_seat_group(forum=other, code="x", name_nb="x", name_nn="x", min_seats=0, max_seats=1, by=SETUP)
    made = appoint(
        seat=add_seat(group=group, by=SETUP), user=world.member, organisation=None, by=SETUP, valid_from=TODAY
    )
    assert made.user == world.member


def test_a_term_is_changed_and_the_right_follows(world: Rounds) -> None:
    term = Appointment.objects.get(user=world.member)
    path = f"{world.forum.pk}/periode/{term.pk}/"
    data = {"organisation": "", "valid_from": "01.01.2026", "valid_to": "30.06.2027", "version": "1"}
    browser = Browser(world.officer)
    assert browser.send(path, **data).status_code == 302
    term.refresh_from_db()
    assert (term.chairs, term.organisation, term.valid_to, term.version) == (False, None, date(2027, 6, 30), 2)
    assert AnchorPermission.objects.get(source=f"appointment:{term.pk}").ends == date(2027, 6, 30)
    assert browser.send(path, **data | {"valid_to": "1.7.2027"}).status_code == 409


def test_terms_that_end_are_renewed_together(world: Rounds) -> None:
    browser, term = Browser(world.officer), Appointment.objects.get(user=world.member)
    assert "Ingen periode går ut" in browser.page("perioder/", maaneder="12")
    with clock.frozen(date(2027, 9, 1)):
        assert "Berit Lie" in browser.page("perioder/")
        assert "Kryss av for dem som fortsetter." in browser.send("perioder/", valid_to="").content.decode()
        assert browser.send("perioder/", term=str(term.pk), valid_to="").status_code == 302
        new = Appointment.objects.get(user=world.member, valid_from=date(2028, 1, 1))
        assert (new.valid_to, new.chairs, new.organisation) == (date(2029, 12, 31), True, term.organisation)
        assert "Ingen periode går ut" in browser.page("perioder/")
        with pytest.raises(StepRefused) as refused:
            renew_terms(appointments=[term], valid_to=None, by=actor(world.officer))
    assert codes(refused) == ["term_overlaps", "chair_overlaps"]
    assert sentences(refused)[0].startswith("Berit Lie, Samarbeidsforum: Plassen har allerede et medlem")


def test_a_term_by_which_somebody_acted_covers_the_day_and_is_not_taken_back(
    world: Rounds, monkeypatch: pytest.MonkeyPatch
) -> None:
    term = Appointment.objects.get(user=world.member)
    monkeypatch.setattr("forums.selectors.clashes.acts_of", lambda _row: [date(2026, 11, 10)])
    with pytest.raises(StepRefused) as refused:
        change_term(
            appointment=term, organisation=None, chairs=True, valid_from=date(2026, 1, 1), valid_to=date(2026, 11, 9),
            by=SETUP,
        )  # fmt: skip
    assert codes(refused) == ["acted_outside"]
    assert SeatAnswer.objects.count() == 0


def test_a_new_term_that_was_a_mistake_is_taken_back(world: Rounds) -> None:
    seat = Seat.objects.get(group__code="owners", number=2)
    made = seat_person(
        seat=seat, email="feil@x.example", name="Feil Person", organisation=None, by=actor(world.officer),
        valid_from=TODAY, valid_to=None,
    )  # fmt: skip
    answer = Browser(world.officer).send(f"{world.forum.pk}/periode/{made.pk}/", action="back")
    assert answer.url == f"/innlandet/forum/{world.forum.pk}/plass/{seat.pk}/"
    assert not Appointment.objects.filter(pk=made.pk).exists()
    assert not AnchorPermission.objects.filter(source=f"appointment:{made.pk}").exists()


def test_only_case_officers_and_administrators_may(world: Rounds) -> None:
    with pytest.raises(NotAllowed):
        register_forum(office=world.office, code="n", name="N", sectors="both", by=actor(world.member))
    with pytest.raises(NotAllowed):
        take_back(appointment=Appointment.objects.get(user=world.member), by=actor(world.stranger))
    for path in ("ny/", f"{world.forum.pk}/rediger/", "perioder/"):
        assert Browser(world.member).get(f"/innlandet/forum/{path}").status_code == 404


# --- what the pages cost ----------------------------------------------------------------------------------------------


def sitting(world: Rounds, count: int) -> Seat:
    """So many more who sit in the forum, whose terms end within the year; their groups' last seat."""
    for number in range(count):
        group = add_seat_group(
            forum=world.forum, code=f"g{number}", name_nb=f"G{number}", name_nn=f"G{number}", min_seats=0, max_seats=9,
            by=SETUP,
        )  # fmt: skip
        seat = add_seat(group=group, by=SETUP)
        for year in range(count):
            appoint(
                seat=seat, user=person(f"Person {number} {year}"), organisation=world.hosts[0], by=SETUP,
                valid_from=date(2026 - year, 1, 1), valid_to=date(2026 - year, 12, 31),
            )  # fmt: skip
        add_seat(group=group, by=SETUP)
    return group.seats.earliest("pk")


@pytest.mark.parametrize("count", [1, 3])
def test_the_pages_cost_the_same_at_one_and_at_three_rows(world: Rounds, count: int) -> None:
    seat = sitting(world, count)
    term, forum = seat.appointments.latest("pk"), world.forum.pk
    paths = {
        f"{forum}/": 9,
        f"{forum}/medlemmer/": 9,
        f"{forum}/medlemmer.xlsx": 8,
        f"{forum}/mal/": 7,
        f"{forum}/rediger/": 8,
        f"{forum}/gruppe/{seat.group_id}/": 9,
        f"{forum}/plass/{seat.pk}/": 8,
        f"{forum}/plass/{seat.pk}/?q=person": 10,
        f"{forum}/periode/{term.pk}/": 7,
        "perioder/": 6,
        "ny/": 6,
    }
    browser, found = Browser(world.officer), {}
    browser.page()
    for path in paths:
        with CaptureQueriesContext(connection) as caught:
            assert browser.get(f"/innlandet/forum/{path}").status_code == 200
        found[path] = len(caught)
    assert found == paths
