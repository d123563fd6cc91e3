"""Loading the reference data: everything once, nothing twice, and what differs is shown."""

from collections import Counter
from datetime import date
from io import StringIO

import pytest
from django.core.management import call_command
from django.db.models import Q

from core import clock
from core.actor import Actor
from core.models import Anchor, Event, Office, OfficeName
from networks import reference
from networks.enums import OrganisationKind
from networks.models import Organisation, OrganisationName, WrittenFormChoice
from networks.services.reference import Change, FieldChange, Outcome, load_reference

pytestmark = pytest.mark.django_db

BY = Actor.for_system("test")
EVERYTHING = Counter({"municipalities": 390, "providers": 41, "county councils": 15, "offices": 10})


def _load() -> Outcome:
    return load_reference(by=BY)


def test_everything_is_made_once() -> None:
    outcome = _load()
    assert outcome.created == EVERYTHING
    assert (outcome.changed, outcome.unchanged) == (Counter(), Counter())
    assert Counter(Organisation.objects.values_list("kind", flat=True)) == {
        "municipality": 390,
        "county_council": 15,
        "university": 27,
        "fagskole": 4,
        "other_provider": 10,
    }
    assert Anchor.objects.count() == Organisation.objects.count() + Office.objects.count()


def test_a_second_run_changes_nothing() -> None:
    _load()
    events = Event.objects.count()
    outcome = _load()
    assert (outcome.created, outcome.changes, outcome.unchanged) == (Counter(), [], EVERYTHING)
    assert Event.objects.count() == events
    assert set(Organisation.objects.values_list("version", flat=True)) == {1}


def test_each_row_leaves_one_event() -> None:
    _load()
    assert Counter(Event.objects.values_list("code", flat=True)) == {
        "organisation.registered": 446,
        "office.registered": 10,
    }


def test_a_municipality() -> None:
    _load()
    one = Organisation.objects.get(municipality_number="3435")
    assert (one.orgnr, one.kind, one.county_number, one.anchor.name, one.is_synthetic) == (
        "939607706",
        OrganisationKind.MUNICIPALITY,
        "34",
        "Vågå kommune",
        False,
    )
    (choice,) = one.written_forms.all()
    assert (choice.form, choice.source, choice.source_text, choice.valid_to) == (
        "nn",
        "regulation",
        "FOR-2019-12-20-2114",
        None,
    )


def test_the_written_forms_are_the_regulations_own_totals() -> None:
    _load()
    now = WrittenFormChoice.objects.filter(valid_to=None, organisation__kind=OrganisationKind.MUNICIPALITY)
    assert Counter(now.values_list("form", flat=True)) == {"nb": 118, "nn": 88, "neutral": 151}


def test_hordaland_2017_has_its_dates() -> None:
    _load()
    old = Organisation.objects.filter(ended_on=date(2019, 12, 31))
    assert Counter(old.values_list("kind", flat=True)) == {"municipality": 33, "county_council": 1}
    bergen = Organisation.objects.get(municipality_number="1201")
    assert [(choice.form, choice.source_text, choice.valid_to) for choice in bergen.written_forms.all()] == [
        ("neutral", "FOR-2007-04-01-378", date(2019, 12, 31))
    ]


def test_two_municipalities_have_no_number() -> None:
    _load()
    without = Organisation.objects.filter(kind=OrganisationKind.MUNICIPALITY, ended_on=None, orgnr=None)
    assert sorted(without.values_list("municipality_number", flat=True)) == ["1508", "1580"]


def test_oslo_is_one_organisation() -> None:
    _load()
    assert [one.anchor.name for one in Organisation.objects.filter(county_number="03")] == ["Oslo kommune"]


def test_a_university_has_had_other_names() -> None:
    _load()
    inn = Organisation.objects.prefetch_related("names").get(orgnr="918108467")
    assert [inn.name_in("nn", date(year, 6, 1)) for year in (2022, 2027)] == [
        "Høgskulen i Innlandet",
        "Universitetet i Innlandet",
    ]
    assert inn.anchor.name == "Universitetet i Innlandet"


def test_a_national_centre_belongs_to_its_university() -> None:
    _load()
    centre = Organisation.objects.get(anchor__name="Skrivesenteret")
    assert centre.owner is not None
    assert (centre.owner.anchor.name, centre.certainty) == (
        "Norges teknisk-naturvitenskapelige universitet",
        "KNOWN",
    )


def test_offices() -> None:
    _load()
    office = Office.objects.prefetch_related("names").get(slug="moreogromsdal")
    assert (office.orgnr, office.county_number, office.default_form, office.is_demo) == ("974764067", "15", "nn", False)
    assert office.name_in("nn", date(2020, 6, 1)) == "Fylkesmannen i Møre og Romsdal"
    assert office.name_in("nn", date(2027, 6, 1)) == "Statsforvaltaren i Møre og Romsdal"
    assert Office.objects.get(slug="ostfoldbuskerudosloogakershus").county_number == ""
    assert OfficeName.objects.count() == 2 * (9 * 2 + 3)


def test_norwegian_order_is_stored() -> None:
    _load()
    rows = Organisation.objects.filter(Q(municipality_number__startswith="15"), ended_on=None)
    assert [row.anchor.name for row in rows.select_related("anchor")][-3:] == [
        "Volda kommune",
        "Ørsta kommune",
        "Ålesund kommune",
    ]


def test_what_differs_is_changed_and_shown() -> None:
    _load()
    Organisation.objects.filter(municipality_number="3435").update(orgnr=None, county_number="05")
    OrganisationName.objects.filter(organisation__municipality_number="3435").update(name="Vaagaa kommune")
    outcome = _load()
    assert outcome.created == Counter()
    assert outcome.changes == [
        Change(
            "municipalities",
            "Vågå kommune",
            (
                FieldChange("county_number", "05", "34"),
                FieldChange("orgnr", "", "939607706"),
                FieldChange("name", "Vaagaa kommune", "Vågå kommune"),
            ),
        )
    ]
    assert Organisation.objects.get(municipality_number="3435").version == 2
    event = Event.objects.get(code="organisation.changed")
    assert event.data == {"name": "Vågå kommune", "fields": "county_number, name, orgnr"}


def test_a_number_somebody_has_entered_stays() -> None:
    _load()
    Organisation.objects.filter(municipality_number="1508").update(orgnr="200000005")
    assert _load().changes == []
    assert Organisation.objects.get(municipality_number="1508").orgnr == "200000005"


def test_an_offices_own_written_form_stays() -> None:
    _load()
    Office.objects.filter(slug="innlandet").update(default_form="nn")
    assert [change.fields for change in _load().changes] == [
        (FieldChange("name", "Statsforvalteren i Innlandet", "Statsforvaltaren i Innlandet"),)
    ]
    assert _load().changes == []
    assert Office.objects.get(slug="innlandet").default_form == "nn"


def test_a_new_decision_ends_the_old_one() -> None:
    with clock.allow_setting(), clock.frozen(date(2026, 3, 1)):
        _load()
        WrittenFormChoice.objects.filter(organisation__municipality_number="3435").update(form="nb")
        outcome = _load()
        again = _load()
    assert [change.fields for change in outcome.changes] == [(FieldChange("written form", "nb", "nn"),)]
    assert again.changes == []
    choices = WrittenFormChoice.objects.filter(organisation__municipality_number="3435").order_by("id")
    assert [(one.form, one.valid_from, one.valid_to) for one in choices] == [
        ("nb", None, date(2026, 2, 28)),
        ("nn", date(2026, 3, 1), None),
    ]


def test_a_decision_changed_twice_in_a_day_is_one_decision() -> None:
    with clock.allow_setting(), clock.frozen(date(2026, 3, 1)):
        _load()
        live = WrittenFormChoice.objects.filter(organisation__municipality_number="3435")
        live.update(form="nb", valid_from=date(2026, 3, 1))
        _load()
    assert [(one.form, one.valid_from, one.valid_to) for one in live] == [("nn", date(2026, 3, 1), None)]


def test_a_missing_decision_is_made() -> None:
    _load()
    WrittenFormChoice.objects.filter(organisation__municipality_number="3435").delete()
    assert [change.fields for change in _load().changes] == [(FieldChange("written form", "", "nn"),)]


def test_a_name_of_an_office_that_is_missing_is_made() -> None:
    _load()
    OfficeName.objects.filter(office__slug="innlandet", form="nn", valid_to=None).delete()
    outcome = _load()
    assert [(change.group, change.fields) for change in outcome.changes] == [
        ("offices", (FieldChange("name", "", "Statsforvaltaren i Innlandet"),))
    ]


def test_the_command_shows_what_it_did() -> None:
    first = StringIO()
    call_command("load_reference", stdout=first)
    assert [line.split() for line in first.getvalue().splitlines()] == [
        ["created", "changed", "unchanged"],
        ["county", "councils", "15", "0", "0"],
        ["municipalities", "390", "0", "0"],
        ["offices", "10", "0", "0"],
        ["providers", "41", "0", "0"],
    ]
    Organisation.objects.filter(municipality_number="3435").update(county_number="05")
    second = StringIO()
    call_command("load_reference", "--dry-run", stdout=second)
    lines = second.getvalue().splitlines()
    assert lines[0] == "Vågå kommune: county_number: «05» → «34»"
    assert lines[3].split() == ["municipalities", "0", "1", "389"]
    assert lines[-1] == "Nothing was saved (--dry-run)."
    assert Organisation.objects.get(municipality_number="3435").county_number == "05"


def test_the_counts_are_those_of_the_files() -> None:
    assert {
        "municipalities": len(reference.municipalities()),
        "county councils": len(reference.counties()) - 1,  # Oslo is a municipality
        "providers": len(reference.institutions()),
        "offices": len(reference.offices()),
    } == EVERYTHING
