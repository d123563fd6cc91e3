"""The law as data: one immutable file per rule set (see README.md)."""

from __future__ import annotations

from datetime import date
from functools import cache
from hashlib import sha256
from importlib.resources import files

from grants.rulesets.model import (
    Appeal,
    Body,
    Complainant,
    Criterion,
    DateRule,
    ForumRole,
    LetterRules,
    Level,
    NeedsRules,
    OwnContribution,
    OwnContributionKind,
    Parties,
    Procedure,
    Quota,
    Recipients,
    ReportRules,
    Rule,
    RuleSet,
    Scheme,
    SchemeRule,
    SeatGroupRule,
    Sign,
    Text,
)
from grants.rulesets.reading import read_rule_set
from grants.rulesets.tables import RuleSetError

__all__ = [
    "Appeal",
    "Body",
    "Complainant",
    "Criterion",
    "DateRule",
    "ForumRole",
    "LetterRules",
    "Level",
    "NeedsRules",
    "OwnContribution",
    "OwnContributionKind",
    "Parties",
    "Procedure",
    "Quota",
    "Recipients",
    "ReportRules",
    "Rule",
    "RuleSet",
    "RuleSetError",
    "Scheme",
    "SchemeRule",
    "SeatGroupRule",
    "Sign",
    "Text",
    "all_rule_sets",
    "get",
    "in_force",
    "in_force_on",
    "read_released",
]

RELEASED = "released.sha256"


def read_released(sources: dict[str, bytes], released: str) -> tuple[RuleSet, ...]:
    """Rule sets from their files by name, held against the list of released hashes («hash  name», one a line).

    Raises RuleSetError for a file that was changed after its release, isn't listed, is listed and missing, or has the
    same code and version as another.
    """
    hashes = {name: digest for digest, name in (line.split() for line in released.splitlines() if line.strip())}
    rule_sets: dict[tuple[str, int], RuleSet] = {}
    for name in sorted(hashes.keys() | sources.keys()):
        if name not in sources:
            raise RuleSetError(name, ["was released and is gone"])
        if name not in hashes:
            raise RuleSetError(name, [f"isn't listed in {RELEASED}"])
        if sha256(sources[name]).hexdigest() != hashes[name]:
            raise RuleSetError(name, ["was changed after its release; make a new version instead"])
        rule_set = read_rule_set(sources[name], name)
        if (rule_set.code, rule_set.version) in rule_sets:
            raise RuleSetError(name, [f"{rule_set.code} version {rule_set.version} stands in another file too"])
        rule_sets[rule_set.code, rule_set.version] = rule_set
    return tuple(rule_sets[key] for key in sorted(rule_sets))


@cache
def all_rule_sets() -> tuple[RuleSet, ...]:
    """Every released version of every rule set, by code and version."""
    folder = files("grants.rulesets")
    sources = {item.name: item.read_bytes() for item in folder.iterdir() if item.name.endswith(".toml")}
    return read_released(sources, folder.joinpath(RELEASED).read_text(encoding="utf-8"))


def get(code: str, version: int | None = None) -> RuleSet:
    """A rule set by its code: one version of it, or the newest. KeyError for one that isn't there."""
    found = [one for one in all_rule_sets() if one.code == code and version in {None, one.version}]
    if not found:
        raise KeyError(code if version is None else f"{code} version {version}")
    return found[-1]


def in_force(code: str, on: date) -> bool:
    """Whether a rule set is in force that day: a decision rests on the rules of its own date (architecture.md §2.3)."""
    return get(code).in_force(on)


def in_force_on(on: date) -> tuple[RuleSet, ...]:
    """The newest version of each rule set in force that day."""
    return tuple(one for one in all_rule_sets() if one.in_force(on) and one == get(one.code))
