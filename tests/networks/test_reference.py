"""The shipped reference data: complete, consistent with itself, and with the law's own totals."""

from collections import Counter
from dataclasses import replace
from datetime import date

import pytest

from core.enums import WrittenForm
from core.identifiers import valid_orgnr
from core.language import LanguageDecision
from networks import reference
from networks.enums import NetworkKind, OrganisationKind
from networks.reference import Certainty
from networks.reference.parsing import (
    parse_counties,
    parse_forums,
    parse_institutions,
    parse_municipalities,
    parse_names,
    parse_regions,
)

HEADING = (
    "number,name,county_number,malform,certainty,orgnr,orgnr_certainty,"
    "sami_language_area,valid_from,valid_to,successor\n"
)


def test_the_357_municipalities_have_the_regulations_own_totals() -> None:
    now = [one for one in reference.municipalities() if one.valid_to is None]
    assert len(now) == 357
    assert Counter(one.decision for one in now) == {
        LanguageDecision.BOKMAL: 118,
        LanguageDecision.NYNORSK: 88,
        LanguageDecision.NEUTRAL: 151,
    }


def test_only_two_organisation_numbers_are_missing() -> None:
    now = [one for one in reference.municipalities() if one.valid_to is None]
    assert [(one.number, one.name) for one in now if one.orgnr is None] == [("1508", "Ålesund"), ("1580", "Haram")]
    assert [one.number for one in now if one.orgnr and not valid_orgnr(one.orgnr)] == []


def test_hordaland_2017_has_33_municipalities_with_dates_and_successors() -> None:
    old = [one for one in reference.municipalities() if one.valid_to is not None]
    assert len(old) == 33
    assert {(one.county_number, one.valid_to) for one in old} == {("12", date(2019, 12, 31))}
    assert [one.name for one in old if one.decision is LanguageDecision.NEUTRAL] == ["Bergen", "Odda", "Askøy"]
    now = {one.number for one in reference.municipalities() if one.valid_to is None}
    assert [one.number for one in old if one.successor not in now] == []


def test_every_municipality_lies_in_a_county() -> None:
    numbers = {county.number for county in reference.counties()}
    assert {one.county_number for one in reference.municipalities()} == numbers


def test_fifteen_counties_and_hordaland() -> None:
    assert len([county for county in reference.counties() if county.valid_to is None]) == 15
    assert [county.name for county in reference.counties() if county.valid_to] == ["Hordaland"]
    assert reference.counties()[4].council_name == "Innlandet fylkeskommune"


def test_the_municipalities_of_the_demo_offices() -> None:
    by_number = {one.number: one for one in reference.municipalities()}
    assert by_number["3435"].official_name == "Vågå kommune"
    assert {number: by_number[number].decision.value for number in ("3435", "3405", "3403")} == {
        "3435": "nn",
        "3405": "nb",
        "3403": "neutral",
    }


def test_institutions() -> None:
    kinds = Counter(one.source_type for one in reference.institutions())
    assert kinds == {
        "university": 11,
        "university college": 16,
        "national centre": 9,
        "special support service": 1,
        "fagskole": 4,
    }
    with_number = [one for one in reference.institutions() if one.orgnr]
    assert len(with_number) == 27
    assert {one.kind for one in with_number} == {OrganisationKind.UNIVERSITY}


def test_hinn_became_a_university() -> None:
    inn = next(one for one in reference.institutions() if one.short == "INN")
    assert inn.orgnr == "918108467"
    assert inn.name("nb", date(2022, 4, 15)) == "Høgskolen i Innlandet"
    assert inn.name("nn", date(2022, 4, 15)) == "Høgskulen i Innlandet"
    assert inn.name("nn", date(2027, 4, 15)) == "Universitetet i Innlandet"


def test_a_national_centre_stands_without_its_university_in_the_name() -> None:
    centre = next(one for one in reference.institutions() if one.parent == "UiO")
    assert (centre.name("nb", date(2027, 1, 1)), centre.orgnr, centre.certainty) == (
        "Naturfagsenteret",
        None,
        Certainty.KNOWN,
    )


def test_ten_offices_with_the_language_the_law_gives_them() -> None:
    assert {office.slug: (office.language.kind.value, office.default_form.value) for office in reference.offices()} == {
        "ostfoldbuskerudosloogakershus": ("nb", "nb"),
        "innlandet": ("neutral", "nb"),
        "vestfoldogtelemark": ("neutral", "nb"),
        "agder": ("neutral", "nb"),
        "rogaland": ("neutral", "nn"),
        "vestland": ("nn", "nn"),
        "moreogromsdal": ("nn", "nn"),
        "trondelag": ("neutral", "nb"),
        "nordland": ("neutral", "nb"),
        "tromsogfinnmark": ("nb", "nb"),
    }


def test_what_we_compute_is_the_rule_that_stands_in_the_table() -> None:
    """språklova §§ 12–13, from the municipalities' decisions, against the column of counties.csv."""
    computed = {}
    for office in reference.offices():
        words = {
            LanguageDecision.BOKMAL: "bokmål (fleirtalsspråk)",
            LanguageDecision.NYNORSK: "nynorsk (fleirtalsspråk)",
        }
        shares = ", ".join(
            f"min. {share * 100} % {'nynorsk' if form is WrittenForm.NYNORSK else 'bokmål'}"
            for form, share in office.language.minimum.items()
        )
        computed[office.slug] = words.get(office.language.kind, f"nøytral ({shares or 'rimeleg samhøve'})")
    assert computed == {office.slug: office.language_rule for office in reference.offices()}


def test_an_office_was_fylkesmannen_until_2020() -> None:
    office = next(one for one in reference.offices() if one.slug == "moreogromsdal")
    assert office.name("nn", date(2020, 12, 31)) == "Fylkesmannen i Møre og Romsdal"
    assert office.name("nn", date(2021, 1, 1)) == "Statsforvaltaren i Møre og Romsdal"
    assert office.name("nb", date(2027, 1, 1)) == "Statsforvalteren i Møre og Romsdal"
    assert office.county_numbers == ("15",)


def test_an_office_that_changed_its_area_changed_its_name() -> None:
    office = reference.offices()[0]
    assert office.county_numbers == ("31", "32", "33", "03")
    assert [office.name("nb", date(year, 6, 1)) for year in (2020, 2022, 2024)] == [
        "Fylkesmannen i Oslo og Viken",
        "Statsforvalteren i Oslo og Viken",
        "Statsforvalteren i Østfold, Buskerud, Oslo og Akershus",
    ]


def test_innlandets_networks_cover_every_municipality_once_and_are_guesses() -> None:
    networks = [one for one in reference.regions() if one.county_number == "34" and one.kind is NetworkKind.GEOGRAPHIC]
    assert len(networks) == 9
    members = sorted(member for network in networks for member in network.members)
    assert members == sorted(one.number for one in reference.municipalities() if one.county_number == "34")
    assert {network.certainty for network in networks} == {Certainty.GUESS}


def test_the_county_council_and_the_independent_schools_are_found() -> None:
    sure = [one.code for one in reference.regions() if one.county_number == "34" and one.certainty is Certainty.FOUND]
    assert sure == ["IN-VGO", "IN-FRI"]


def test_members_of_networks_are_municipalities_of_the_county() -> None:
    county_of = {one.number: one.county_number for one in reference.municipalities()}
    strangers = [
        (region.code, member)
        for region in reference.regions()
        for member in region.members
        if county_of.get(member) != region.county_number
    ]
    assert strangers == []


def test_five_forums_of_which_one_is_outside_the_regulation() -> None:
    forums = reference.forums()
    assert [(forum.name, forum.persons) for forum in forums] == [
        ("Nordmøre", 21),
        ("Nordre Sunnmøre", 31),
        ("Romsdal (grunnskole)", 17),
        ("Romsdal (vidaregåande)", 14),
        ("Søre Sunnmøre", 11),
    ]
    assert [forum.name for forum in forums if forum.upper_secondary] == ["Romsdal (vidaregåande)"]
    assert forums[4].groups == {
        "statsforvalter": 1,
        "municipal_owner": 5,
        "teacher_organisation": 1,
        "kindergarten_or_pbl": 2,
        "ppt": 1,
        "other": 1,
    }


@pytest.mark.parametrize(
    ("row", "words"),
    [
        ("3435,Vågå,34,nn,FOUND,939607707,FOUND,,,,", "row 2, orgnr: «939607707» isn't an organisation number"),
        ("343,Vågå,34,nn,FOUND,,,,,,", "row 2, number: «343» isn't 4 digits"),
        ("3435,,34,nn,FOUND,,,,,,", "row 2, name: is empty"),
        ("3435,Vågå,34,nynorsk,FOUND,,,,,,", "row 2, malform: «nynorsk» is none of nb, nn, nøytral"),
        ("3435,Vågå,34,nn,sure,,,,,,", "row 2, certainty: «sure» has no mark"),
        ("3435,Vågå,34,nn,FOUND,,,,2020-13-01,,", "row 2, valid_from: «2020-13-01» isn't a date"),
        ("3435,Vågå,34", "row 2, malform: the column is missing"),
        ("3435,Vågå,34,nn,FOUND,,,,,,\n3435,Sel,34,nb,FOUND,,,,,,", "3435 stands there twice"),
        ("3435,Vågå,34,nn,FOUND,939607706,,,,,\n3437,Sel,34,nb,FOUND,939607706,,,,,", "939607706 stands there twice"),
    ],
)
def test_a_fault_is_named_by_row_and_column(row: str, words: str) -> None:
    with pytest.raises(reference.ReferenceDataError) as refused:
        parse_municipalities(HEADING + row + "\n")
    assert words in str(refused.value)


def test_two_names_at_the_same_time_are_refused() -> None:
    text = (
        "kind,key,nb,nn,valid_from,valid_to,certainty\noffice,1,A,A,,2020-12-31,KNOWN\noffice,1,B,B,2020-12-31,,KNOWN\n"
    )
    with pytest.raises(reference.ReferenceDataError, match="row 3, valid_from: the name before isn't over yet"):
        parse_names(text)


def test_a_day_without_a_name_is_an_error() -> None:
    text = "kind,key,nb,nn,valid_from,valid_to,certainty\ninstitution,A,Gamle A,Gamle A,,2020-12-31,KNOWN\n"
    heading = "short,name,orgnr,type,ownership,dbh_code,domain,certainty,note\n"
    (one,) = parse_institutions(heading + "A,A,,fagskole,county,,,KNOWN,\n", parse_names(text))
    with pytest.raises(KeyError):
        one.name("nb", date(2021, 1, 1))


@pytest.mark.parametrize("name", ["Senteret", "Senteret (NN)"])
def test_a_national_centre_belongs_to_a_university_that_is_there(name: str) -> None:
    heading = "short,name,orgnr,type,ownership,dbh_code,domain,certainty,note\n"
    with pytest.raises(reference.ReferenceDataError):
        parse_institutions(heading + f",{name},,national centre,state,,,KNOWN,\n", {})


def test_a_county_number_has_two_digits() -> None:
    heading = (
        "number,name,malform_fylkesting,fylkeskommune_orgnr,statsforvalter,statsforvalter_orgnr,"
        "statsforvalter_language_rule_spraklova_12_13,valid_from,valid_to,certainty\n"
    )
    with pytest.raises(reference.ReferenceDataError, match=r"counties\.csv, row 2, number"):
        parse_counties(heading + "3,Oslo,nøytral,,S,,nøytral,,,FOUND\n")


def test_a_member_that_isnt_a_number_is_refused() -> None:
    heading = (
        "county_number,code,name,kind,coordinator,member_municipality_numbers,certainty_name,certainty_members,note\n"
    )
    with pytest.raises(reference.ReferenceDataError, match="«Vågå» isn't 4 digits"):
        parse_regions(heading + "34,IN-1,A,geographic,,3435 Vågå,GUESS,GUESS,\n")


@pytest.mark.parametrize(("persons", "words"), [("2", "the groups add up to 1, not 2"), ("mange", "isn't a number")])
def test_a_forums_persons_must_add_up(persons: str, words: str) -> None:
    groups = (
        "statsforvalter,county_council_owner,municipal_owner,private_owner,school_leader,teacher_organisation,pupil,"
    )
    heading = (
        f"county_number,forum,year,persons,{groups}kindergarten_or_pbl,higher_education,ks,ppt,statped,other,source\n"
    )
    with pytest.raises(reference.ReferenceDataError, match=words):
        parse_forums(heading + f"15,A,2021,{persons},1,0,0,0,0,0,0,0,0,0,0,0,0,seed\n")


def test_an_office_has_no_name_on_a_day_before_its_names_begin() -> None:
    office = replace(reference.offices()[0], names=reference.offices()[0].names[1:])
    with pytest.raises(KeyError):
        office.name("nb", date(2020, 12, 31))


def test_an_office_is_named_statsforvalteren() -> None:
    county = replace(reference.counties()[0], office_name="Fylkesmannen i Viken")
    with pytest.raises(reference.ReferenceDataError, match="Fylkesmannen i Viken isn't the name of an office"):
        reference.office_of(county.office_orgnr or "", [county])
