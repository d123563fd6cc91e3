"""The rule sets: true to the two laws, strict about their own form, and immutable once released."""

import re
from datetime import date
from hashlib import sha256
from importlib.resources import files

import pytest

from grants import rulesets
from grants.enums import DeadlineKind, OwnContributionBase
from grants.rulesets import Complainant, ForumRole, Level, OwnContributionKind, RuleSet, RuleSetError
from grants.rulesets.reading import read_rule_set
from grants.workflow import recommendation_machine

FOLDER = files("grants.rulesets")
GUIDE = rulesets.get("GUIDE2021")
REG = rulesets.get("REG2026")


def _source(file: str = "REG2026.toml") -> str:
    return FOLDER.joinpath(file).read_text(encoding="utf-8")


def _changed(pattern: str, replacement: str, file: str = "REG2026.toml") -> bytes:
    text, count = re.subn(pattern, replacement, _source(file), count=1, flags=re.MULTILINE)
    assert count == 1
    return text.encode()


def test_two_rule_sets_follow_each_other_without_a_gap() -> None:
    assert [(one.code, one.version) for one in rulesets.all_rule_sets()] == [("GUIDE2021", 1), ("REG2026", 1)]
    days = [date(2021, 1, 25), date(2021, 1, 26), date(2026, 1, 11), date(2026, 1, 12), date(2027, 4, 15)]
    assert [[one.code for one in rulesets.in_force_on(day)] for day in days] == [
        [],
        ["GUIDE2021"],
        ["GUIDE2021"],
        ["REG2026"],
        ["REG2026"],
    ]
    assert rulesets.in_force("GUIDE2021", date(2026, 1, 12)) is False


def test_each_flow_has_its_machine() -> None:
    assert [recommendation_machine(one.flow).name for one in rulesets.all_rule_sets()] == ["recommendation"] * 2


def test_schemes() -> None:
    assert [scheme.code for scheme in GUIDE.schemes] == ["regional", "desentralisert", "kompetanseloftet"]
    assert [scheme.code for scheme in REG.schemes] == ["kollektiv"]
    assert REG.scheme("kollektiv").name.in_form("nn") == "Kollektiv kompetanseutvikling i barnehage og grunnskule"


@pytest.mark.parametrize(
    ("kind", "guide", "reg"),
    [
        ("municipality", True, True),
        ("county_council", True, False),
        ("private_owner", True, True),
        ("private_kindergarten", True, True),
        ("private_school", True, True),
        ("university", True, True),
        ("fagskole", False, True),
        ("other_provider", False, True),
        ("coordinator", False, False),
        ("interest", False, False),
    ],
)
def test_who_can_receive(kind: str, guide: bool, reg: bool) -> None:
    """pkt 3.1 and § 3: the county council is out, the fagskole in; a coordinating body never."""
    assert (GUIDE.can_receive(kind), REG.can_receive(kind)) == (guide, reg)


def test_only_a_university_was_a_partner_before() -> None:
    assert GUIDE.parties.provider_kinds == {"university"}
    assert REG.parties.provider_kinds == {"university", "fagskole", "other_provider"}


def test_award_criteria() -> None:
    assert [criterion.code for criterion in GUIDE.criteria_for("desentralisert")] == [
        "local_need",
        "collective",
        "partnership",
        "teacher_education",
    ]
    assert [criterion.code for criterion in GUIDE.criteria_for("kompetanseloftet")][-1] == "cross_professional"
    assert [(criterion.code, criterion.level) for criterion in REG.criteria_for("kollektiv")] == [
        ("learning_community", Level.REASON),
        ("local_need", Level.REASON),
        ("partnership", Level.REASON),
        ("teacher_education", Level.REASON),
        ("sami", Level.REASON),
        ("cross_professional", Level.TIP),
    ]
    assert {criterion.paragraph for criterion in REG.criteria} == {"4"}


def test_signs_of_goal_attainment() -> None:
    """Five in every scheme; kompetanseløftet has a sixth (pkt 2), the regulation five of its own (§ 5 a–e)."""
    assert [len(GUIDE.signs_for(scheme.code)) for scheme in GUIDE.schemes] == [5, 5, 6]
    assert [sign.paragraph for sign in REG.signs_for("kollektiv")] == ["5 a", "5 b", "5 c", "5 d", "5 e"]
    assert [sign.code for sign in REG.signs if sign.provider_answers] == ["teacher_education"]


def test_target_groups() -> None:
    assert [group.code for group in GUIDE.target_groups_for("regional")] == ["staff", "around"]
    assert [group.code for group in GUIDE.target_groups_for("kompetanseloftet")] == [
        "staff",
        "around",
        "owners",
        "ppt",
        "services",
    ]


def test_the_other_kinds_of_kindergarten_measure() -> None:
    (quota,) = GUIDE.quotas
    assert (quota.scheme, quota.max_pct, quota.level) == ("regional", 30, Level.STOP)
    assert quota.forms == {"basic_competence", "studies", "trade_certificate", "facilitation"}
    assert REG.quotas == ()


def test_own_contribution() -> None:
    before = GUIDE.own_contribution_for("desentralisert")
    assert before is not None
    assert (before.kind, before.pct, before.base) == (OwnContributionKind.PERCENTAGE, 30, OwnContributionBase.GRANT)
    assert GUIDE.own_contribution_for("regional") is None
    now = REG.own_contribution_for("kollektiv")
    assert now is not None
    assert (now.kind, now.pct, now.base) == (OwnContributionKind.DESCRIPTION, None, OwnContributionBase.NONE)


def test_what_a_needs_report_must_hold() -> None:
    assert REG.needs_report.describe_every_year is True
    assert GUIDE.needs_report.describe_every_year is False
    assert [part.code for part in REG.needs_report.parts if part.level is Level.STOP] == [
        "need",
        "need_how",
        "work_plan",
        "own_effort",
    ]


def test_who_proposes_concludes_and_decides() -> None:
    before, now = GUIDE.procedure, REG.procedure
    assert (before.proposes, before.forum_role, before.decides) == ("forum", ForumRole.CONCLUDES, "office")
    assert (now.proposes, now.forum_role, now.decides) == ("office", ForumRole.GIVES_INPUT, "office")
    assert (before.part_refusal_returns_to_forum, before.forum_may_uphold) == (True, True)
    assert (now.part_refusal_returns_to_forum, now.forum_may_uphold) == (False, False)


def test_seats_the_law_demands() -> None:
    """pkt 3.2 demands KS and PBL; § 8 only lets them be invited."""
    assert [group.code for group in GUIDE.seat_groups if group.required] == [
        "municipal_owner",
        "private_owner",
        "kindergarten_authority",
        "higher_education",
        "ks",
        "pbl",
        "teacher_organisation",
    ]
    assert [group.code for group in REG.seat_groups if group.required] == [
        "municipal_owner",
        "private_owner",
        "kindergarten_authority",
        "higher_education",
        "teacher_organisation",
    ]
    assert [[group.code for group in one.seat_groups if not group.votes] for one in (GUIDE, REG)] == [["office"]] * 2


def test_dates_the_law_sets() -> None:
    payment = REG.deadline(DeadlineKind.PAYMENT)
    assert payment is not None
    assert payment.on(2027) == date(2027, 4, 15)
    assert [(rule.kind.value, rule.on(2022)) for rule in GUIDE.deadlines] == [
        ("recommendation", date(2022, 3, 15)),
        ("payment", date(2022, 4, 15)),
    ]
    assert REG.deadline(DeadlineKind.RECOMMENDATION) is None


def test_letters() -> None:
    assert (GUIDE.letter.award_name.nb, GUIDE.letter.award_name.nn) == ("tilsagnsbrev", "tilsegnsbrev")
    assert (REG.letter.award_name.nb, REG.letter.award_name.nn) == ("tilskuddsbrev", "tilskotsbrev")
    codes = ["recipient", "purpose", "time_frame", "reporting", "obligations", "reactions"]
    assert [[item.code for item in one.letter.items] for one in (GUIDE, REG)] == [codes, codes]


def test_reports_and_complaints() -> None:
    assert [one.report.confirms for one in (GUIDE, REG)] == [{"owner", "provider"}] * 2
    assert GUIDE.appeal.who == {Complainant.FORUM}
    assert REG.appeal.who == {Complainant.RECIPIENT, Complainant.LEAD}
    assert [one.appeal.weeks for one in (GUIDE, REG)] == [3, 3]


def test_other_rules() -> None:
    direct = GUIDE.rule("provider_paid_directly")
    assert direct is not None
    assert direct.in_force(date(2022, 1, 1)) is True
    assert direct.in_force(date(2026, 1, 12)) is False
    assert REG.rule("provider_paid_directly") is None


def test_the_law_is_cited_as_it_cites_itself() -> None:
    assert REG.citation("13", "nn") == "§\u00a013"
    assert GUIDE.citation("7.3", "nb") == "punkt\u00a07.3"


@pytest.mark.parametrize("rule_set", [GUIDE, REG], ids=lambda one: one.code)
def test_no_text_is_the_same_by_mistake(rule_set: RuleSet) -> None:
    """A long text that is alike in both forms was forgotten in one of them."""
    texts = [
        rule.text
        for rule in (
            *rule_set.criteria,
            *rule_set.signs,
            *rule_set.rules,
            *rule_set.deadlines,
            *rule_set.needs_report.parts,
            rule_set.recipients,
            rule_set.procedure,
        )
    ]
    assert [text.nb for text in texts if text.nb == text.nn] == []


def test_a_rule_set_has_a_known_hash() -> None:
    assert REG.sha256 == sha256(FOLDER.joinpath("REG2026.toml").read_bytes()).hexdigest()


def test_an_unknown_rule_set() -> None:
    with pytest.raises(KeyError, match="LETTER2017"):
        rulesets.get("LETTER2017")
    with pytest.raises(KeyError, match="REG2026 version 9"):
        rulesets.get("REG2026", 9)
    assert rulesets.get("REG2026", 1) == REG


# --- Released files never change ---


def test_a_file_changed_after_its_release_is_refused() -> None:
    released = FOLDER.joinpath("released.sha256").read_text(encoding="utf-8")
    sources = {name: FOLDER.joinpath(name).read_bytes() for name in ("GUIDE2021.toml", "REG2026.toml")}
    assert rulesets.read_released(sources, released) == rulesets.all_rule_sets()
    with pytest.raises(RuleSetError, match=r"REG2026\.toml: was changed after its release"):
        rulesets.read_released({**sources, "REG2026.toml": _changed("15. april", "16. april")}, released)
    with pytest.raises(RuleSetError, match=r"REG2026\.toml: was released and is gone"):
        rulesets.read_released({"GUIDE2021.toml": sources["GUIDE2021.toml"]}, released)
    with pytest.raises(RuleSetError, match=r"REG2027\.toml: isn't listed"):
        rulesets.read_released({**sources, "REG2027.toml": b""}, released)


def test_the_same_version_twice_is_refused() -> None:
    source = FOLDER.joinpath("REG2026.toml").read_bytes()
    digest = sha256(source).hexdigest()
    with pytest.raises(RuleSetError, match="REG2026 version 1 stands in another file too"):
        rulesets.read_released({"a.toml": source, "b.toml": source}, f"{digest}  a.toml\n{digest}  b.toml\n")


# --- Every fault is told with the path of its field ---


@pytest.mark.parametrize(
    ("pattern", "replacement", "fault"),
    [
        (r"^version = 1", "version = 0", "version: is 0, not from 1 to 999"),
        (r"^version = 1", "version = true", "version: is bool, not int"),
        (r"^flow = .*$", "", "flow: is missing"),
        (r"^flow = .*$", 'flow = " "', "flow: is empty"),
        (r"^flow = ", "colour = 1\nflow = ", "colour: is not known"),
        (r"^valid_from = .*$", "valid_from = 2026-01-12\nvalid_to = 2025-01-01", "valid_to: is before valid_from"),
        (r"^valid_from = .*$", 'valid_from = "in 2026"', "valid_from: is str, not date"),
        (r'nn = "§ \{paragraph\}"', 'nn = "§"', "law.cite: the placeholders differ between nb and nn"),
        (r"^kinds = .*$", 'kinds = ["kommune"]', "recipients.kinds: «kommune» is none of municipality, "),
        (r"^kinds = .*$", "kinds = []", "recipients.kinds: is empty"),
        (r"^kinds = .*$", "kinds = [1]", "recipients.kinds: holds something that isn't a text"),
        (r"^sectors = .*$", 'sectors = ["both", "both"]', "schemes[0].sectors: says the same twice"),
        (r'code = "sfo"', 'code = "staff"', "target_groups[1].code: «staff» stands there twice"),
        (
            r'(?s)(\[\[criteria\]\].*?)level = "reason"',
            r'\1level = "hard"',
            "criteria[0].level: «hard» is none of stop",
        ),
        (r'(?s)(\[\[criteria\]\].*?)schemes = \["kollektiv"\]', r'\1schemes = ["x"]', "criteria[0].schemes: «x» is no"),
        (r'(?s)(\[\[signs\]\].*?), nn = "[^"]*" \}', r"\1 }", "signs[0].text.nn: is missing"),
        (r'kind = "description"', 'kind = "description"\npct = 30', "own_contribution[0].kind: a description has"),
        (r'kind = "description"', 'kind = "percentage"', "own_contribution[0].pct: is missing"),
        (r'kind = "description"', 'kind = "percentage"\npct = 30', "own_contribution[0].base: a percentage is of"),
        (r"^forum_may_uphold = false", "forum_may_uphold = true", "procedure.forum_may_uphold: a forum that gets"),
        (r"^votes = false", "votes = true", "seat_groups[10].votes: the office's people have no vote"),
        (r"^day = 15", "day = 31", "deadlines[0].day: there is no day 31 in month 4"),
        (r'(?s)\[\[letter.items\]\]\ncode = "recipient".*?(?=\[\[)', "", "letter.items: are 5, not 6"),
        (
            r'(?s)(\[\[rules\]\]\ncode = "\w+"\n)',
            "\\1valid_from = 2027-01-01\nvalid_to = 2026-12-31\n",
            "rules[0].valid_to: is before valid_from",
        ),
        (r'code = "kollektiv"', 'code = "annen"', "schemes[0]: has no criteria"),
    ],
)
def test_a_fault_is_told_by_its_path(pattern: str, replacement: str, fault: str) -> None:
    with pytest.raises(RuleSetError) as refused:
        read_rule_set(_changed(pattern, replacement), "REG2026.toml")
    assert [line for line in refused.value.faults if line.startswith(fault)] != []


@pytest.mark.parametrize(
    ("pattern", "replacement", "fault"),
    [
        (r'^scheme = "regional"', 'scheme = "alle"', "quotas[0].scheme: «alle» is no scheme here"),
        (r'^scheme = "regional"', 'scheme = "desentralisert"', "quotas[0].forms: the scheme desentralisert doesn't"),
    ],
)
def test_a_quota_is_of_a_scheme(pattern: str, replacement: str, fault: str) -> None:
    with pytest.raises(RuleSetError) as refused:
        read_rule_set(_changed(pattern, replacement, "GUIDE2021.toml"), "GUIDE2021.toml")
    assert [line for line in refused.value.faults if line.startswith(fault)] != []


def test_all_faults_are_told_at_once() -> None:
    with pytest.raises(RuleSetError) as refused:
        read_rule_set(b'code = "X"', "X.toml")
    assert len(refused.value.faults) > 20


@pytest.mark.parametrize("source", [b"code = ", b"\xff"])
def test_what_isnt_toml_is_refused(source: bytes) -> None:
    with pytest.raises(RuleSetError, match=r"X\.toml: isn't TOML"):
        read_rule_set(source, "X.toml")
