"""Which parts a letter holds, and what stops it."""

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import date

import pytest

from grants.letters.checks import missing_duties, missing_items
from grants.letters.compose import compose
from grants.letters.errors import LetterIncomplete, LetterInconsistent
from grants.letters.facts import (
    Form,
    LetterFacts,
    LetterKind,
    Measure,
    Network,
    OwnBase,
    Plan,
    RecipientRole,
    RefusalGround,
    RuleSet,
    kind_of,
)
from tests.grants.letters import samples

FORMS: tuple[Form, ...] = ("nb", "nn")
OLD, NEW = RuleSet.GUIDE2021, RuleSet.REG2026
GRANTING: dict[str, Callable[[Form], LetterFacts]] = {
    "host 2021": lambda form: samples.vaga() if form == "nn" else samples.lillehammer(),
    "university 2026": samples.university,
    "partial 2026": samples.kindergarten,
    "reduced 2021": lambda form: samples.reduced(OLD, form),
    "reduced 2026": lambda form: samples.reduced(NEW, form),
}
REFUSING: dict[str, Callable[[Form], LetterFacts]] = {
    "owner 2026": samples.owner_refusal,
    **{
        f"network {rule_set} {ground}": lambda form, r=rule_set, g=ground: samples.network_refusal(r, g, form)  # type: ignore[misc]
        for rule_set in RuleSet
        for ground in RefusalGround
    },
}


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("name", sorted(GRANTING))
def test_a_letter_that_grants_holds_the_six_items(name: str, form: Form) -> None:
    letter = compose(GRANTING[name](form), form)
    assert missing_items(letter.parts) == ()
    assert missing_duties(letter.facts, letter.parts) == ()


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("name", sorted(REFUSING))
def test_a_refusal_meets_the_duties_and_promises_nothing(name: str, form: Form) -> None:
    letter = compose(REFUSING[name](form), form)
    assert missing_duties(letter.facts, letter.parts) == ()
    assert missing_items(letter.parts) == (1, 3, 4, 5, 6)
    assert "reasons_on_request" not in letter.part_ids
    assert "{{" not in letter.text


@pytest.mark.parametrize("name", sorted({**GRANTING, **REFUSING}))
def test_a_letter_is_one_written_form_from_head_to_foot(name: str) -> None:
    """Marker words of one form do not occur in the other; measure titles and law titles are not the office's words."""
    markers = {"nb": r"\b(dere|ikke|tilskudd|behovsmeldingen)\b", "nn": r"\b(dykk|ikkje|tilskot|behovsmeldinga)\b"}
    for form, foreign in (("nb", markers["nn"]), ("nn", markers["nb"])):
        letter = compose({**GRANTING, **REFUSING}[name](form), form)  # type: ignore[arg-type]
        text = re.sub(r"«[^»]+»", "", letter.text)
        assert re.findall(foreign, text, re.IGNORECASE) == []


def test_a_lead_is_told_that_the_refusal_concerns_the_others_too() -> None:
    letter = compose(samples.network_refusal(NEW, RefusalGround.PRIORITY, "nn"), "nn")
    block = next(block for block in letter.blocks if block.part_ids == ("decision_refusal_network",))
    assert block.text == (
        "De sende behovsmeldinga for nettverket i Nord-Gudbrandsdal på vegner av kommunane Dovre, Lesja, Lom, Sel og "
        "Skjåk. Avslaget gjeld derfor også dei. Vi ber dykk gjere brevet kjent for dei."
    )


def test_a_cut_measure_is_explained_with_the_rule_told_once() -> None:
    letter = compose(samples.reduced(NEW, "nb"), "nb")
    assert letter.title.replace("\u00a0", " ") == (
        "Tilskuddsbrev og delvis avslag: Lillehammer kommune får 210 000 av 315 000 kroner til kompetanseutvikling "
        "i 2026"
    )
    assert [section.heading for section in letter.sections if "Hvorfor" in section.heading] == [
        "Hvorfor dere får mindre enn dere søkte om til tiltak 2".replace("tiltak 2", "tiltak\u00a02"),
        "Hvorfor dere ikke får tilskudd til tiltak 3".replace("tiltak 3", "tiltak\u00a03"),
    ]
    assert letter.part_ids.count("refusal_rule_2026") == 1
    assert letter.part_ids.count("refusal_assessment") == 2


def test_the_forum_may_appeal_when_the_office_departs_from_its_recommendation() -> None:
    departs = compose(samples.network_refusal(OLD, RefusalGround.CRITERIA, "nb"), "nb")
    follows = compose(samples.network_refusal(OLD, RefusalGround.PRIORITY, "nb"), "nb")
    assert ("appeal_forum_2021" in departs.part_ids, "basis_2021_departed" in departs.part_ids) == (True, True)
    assert ("appeal_forum_2021" in follows.part_ids, "basis_2021_refusal" in follows.part_ids) == (False, True)


def test_the_last_day_of_appeal_is_printed_as_given() -> None:
    letter = compose(replace(samples.vaga(), appeal_last_day=date(2022, 4, 22)), "nn")
    block = next(block for block in letter.blocks if block.part_ids == ("appeal_right",))
    assert block.text.endswith("Siste dag er 22.\u00a0april\u00a02022.")


@pytest.mark.parametrize(
    ("change", "part", "variable"),
    [
        ({"our_reference": ""}, "questions", "our_reference"),
        ({"payment": None}, "payment", "payment_date"),
        ({"time_frame": None}, "time_frame", "period_start"),
        ({"partners": ()}, "cond_partner_2021", "partner_name"),
        ({"recipient": replace(samples.vaga().recipient, account_number="")}, "facts", "account_number"),
        (
            {"recipient": replace(samples.vaga().recipient, address_lines=()), "on_paper": True},
            "head",
            "recipient_address",
        ),
        ({"case_officer": replace(samples.case_officer("nn"), phone="  ")}, "questions", "case_officer_phone"),
        ({"approver": replace(samples.APPROVER, title="")}, "signature", "approver_title"),
    ],
)
def test_something_empty_stops_the_letter_by_name(change: dict[str, object], part: str, variable: str) -> None:
    with pytest.raises(LetterIncomplete) as stopped:
        compose(replace(samples.vaga(), **change), "nn")  # type: ignore[arg-type]
    assert (stopped.value.part, stopped.value.variable) == (part, variable)


def test_reasons_must_be_written_and_the_needs_report_attached() -> None:
    facts = samples.kindergarten("nn")
    with pytest.raises(LetterIncomplete, match="refusal_assessment: assessment_text is missing"):
        compose(replace(facts, refusals=(replace(facts.refusals[0], assessment=" "),)), "nn")
    with pytest.raises(LetterIncomplete, match="copy of the party's own account is missing"):
        compose(replace(facts, attachments=()), "nn")


ROW = Measure(number=9, title="Noko anna", amount=0, applied=10_000, scheme="desentralisert")


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"amount_total": 440_001}, "the decision says 440001, the rows sum to 440000"),
        ({"measures": (*samples.vaga().measures, ROW)}, "an award refuses nothing"),
        ({"recipient": replace(samples.vaga().recipient, orgnr="939607707")}, "organisation number"),
        ({"recipient": replace(samples.vaga().recipient, account_number="12345678904")}, "account number"),
        ({"rule_set": NEW}, "no scheme desentralisert under REG2026"),
        ({"appeal_last_day": date(2022, 3, 31)}, "the last day of appeal must come after the letter"),
        ({"kind": LetterKind.REFUSAL}, "a refusal grants nothing"),
        ({"letter_date": date(2021, 1, 25)}, "is not in force on 2021-01-25"),
        ({"copy_text": "alle {{ som }} vil"}, "copy_list holds double braces"),
    ],
)
def test_a_contradiction_stops_the_letter(change: dict[str, object], sentence: str) -> None:
    with pytest.raises(LetterInconsistent, match=re.escape(sentence)):
        compose(replace(samples.vaga(), **change), "nn")  # type: ignore[arg-type]


def test_every_cut_needs_its_reason() -> None:
    facts = samples.reduced(NEW, "nb")
    with pytest.raises(LetterInconsistent, match=re.escape("reasons are given for measures [2], but [2, 3] were cut")):
        compose(replace(facts, refusals=facts.refusals[:1]), "nb")


def test_words_of_the_other_rule_set_stop_the_letter() -> None:
    facts = samples.reduced(NEW, "nb")
    wrong = replace(facts.refusals[0], assessment="Vi følger innstillingen.")
    with pytest.raises(LetterInconsistent, match="«innstilling» does not belong in a letter under REG2026"):
        compose(replace(facts, refusals=(wrong, facts.refusals[1])), "nb")
    facts = samples.reduced(OLD, "nb")
    wrong = replace(facts.refusals[0], assessment="Tiltaket oppfyller ikke § 4.")
    with pytest.raises(LetterInconsistent, match="«§ 4» does not belong in a letter under GUIDE2021"):
        compose(replace(facts, refusals=(wrong, facts.refusals[1])), "nb")


@pytest.mark.parametrize(
    ("base", "sentence"),
    [
        (OwnBase.GRANT, "Det er 30 prosent av tilskotet i desentralisert ordning (60 000 kroner)."),
        (
            OwnBase.OWNER_PART,
            "Det er 30 prosent av den delen av tilskotet i desentralisert ordning som går til eigarane",
        ),
        (
            OwnBase.COORDINATOR_PART,
            "Det er 30 prosent av den delen av tilskotet i desentralisert ordning som kan gå til",
        ),
    ],
)
def test_the_base_of_the_own_contribution_is_printed(base: OwnBase, sentence: str) -> None:
    facts = samples.vaga()
    assert facts.own_contribution is not None
    letter = compose(replace(facts, own_contribution=replace(facts.own_contribution, base=base)), "nn")
    assert letter.text.count(sentence) == 1


def test_a_promise_is_not_repeated_in_the_last_year() -> None:
    facts = samples.vaga()
    plan = Plan(next_need_deadline=date(2023, 2, 1), year_no=4, year_count=4, planned_amount=440_000, last_year=2022)
    mixed = Plan(next_need_deadline=date(2023, 2, 1))
    assert [part for part in compose(replace(facts, plan=plan), "nn").part_ids if "multi_year" in part] == []
    assert [part for part in compose(replace(facts, plan=mixed), "nn").part_ids if "multi_year" in part] == [
        "multi_year_2021_mixed"
    ]


def test_the_university_of_2021_answers_for_teacher_education_and_owes_nothing() -> None:
    university = replace(samples.university("nb").recipient, name="Høgskolen i Innlandet")
    letter = compose(replace(samples.lillehammer(), recipient=university, network=None), "nb")
    conditions = [block.part_ids[0] for block in letter.blocks if block.part_ids[0].startswith(("cond_", "own_"))]
    assert conditions == [
        "cond_lead", "cond_purpose", "cond_partner_2021_provider", "cond_education_2021", "cond_accounts",
    ]  # fmt: skip
    assert "report_2021_provider" in letter.part_ids


def test_a_lead_of_private_owners_is_no_host_municipality() -> None:
    facts = samples.kindergarten("nn")
    network = Network(name="nettverket av friskular", owners=("Fjellrosa barnehage SA", "Elvebakken barnehage AS"))
    letter = compose(replace(facts, recipient=replace(facts.recipient, role=RecipientRole.HOST), network=network), "nn")
    block = next(block for block in letter.blocks if "host_covered" in block.part_ids)
    assert block.text == (
        "Fjellrosa barnehage SA sende behovsmeldinga for nettverket av friskular og tek imot pengane på vegner av "
        "Elvebakken barnehage AS."
    )


def test_the_kind_follows_from_the_rows() -> None:
    whole, cut, none = (
        Measure(number=number, title="Tiltak", amount=amount, applied=10)
        for number, amount in ((1, 10), (2, 5), (3, 0))
    )
    owner, provider = RecipientRole.OWNER, RecipientRole.PROVIDER
    assert [kind_of(rows, owner) for rows in ((whole,), (whole, cut), (whole, none), (none,))] == [
        LetterKind.AWARD, LetterKind.PARTIAL, LetterKind.PARTIAL, LetterKind.REFUSAL,
    ]  # fmt: skip
    assert kind_of((cut,), provider) is LetterKind.AWARD
