"""Opens a round, sets its dates, frames and owners' places, and announces it (FOR-2026-01-12-23 §§ 7, 10, 14)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from core import authz, clock
from core.actor import Actor
from core.dates import format_date, interface_form
from core.models import Office
from core.requirements import Obstacle, StepRefused
from core.services import archive, obligations
from core.services.events import record
from core.services.performing import check_version, lock, perform
from forums.models import Forum
from grants import rulesets
from grants.enums import DeadlineKind, RoundKind
from grants.models import Deadline, NeedsReport, Participation, Pot, PotEntry, ProfileVersion, Round, RuleSetVersion
from grants.requirements import RoundFacts
from grants.rulesets import RuleSet
from grants.selectors.rounds import decision_day, pots_of, rule_set_of
from grants.services import profiles
from grants.services.announcing import announce
from grants.workflow import ROUND
from networks.models import Organisation

__all__ = [
    "announce",
    "close_round",
    "edit_round",
    "open_round",
    "set_deadlines",
    "set_frame",
    "set_participation",
]

Deadlines = Mapping[str, date | Sequence[date] | None]
"""One date per kind, several for the meetings; None takes a date away."""

CASE_TITLE = {
    "nb": "Tilskudd til kompetanseutvikling i barnehage og skole {year}",
    "nn": "Tilskot til kompetanseutvikling i barnehage og skule {year}",
}


@transaction.atomic
def open_round(
    *,
    office: Office,
    year: int,
    rule_set: str,
    profile: Mapping[str, Any] | ProfileVersion,
    deadlines: Deadlines,
    by: Actor,
    kind: str = RoundKind.MAIN,
    conditions_nb: str = "",
    conditions_nn: str = "",
    is_demo_sums: bool = False,
    source_texts: Mapping[str, str] | None = None,
    meetings: Sequence[tuple[str, date]] = (),
) -> Round:
    """Open a round for a budget year, with its case, its rules, its profile and its dates. Nobody is told yet.

    ``meetings`` adds (kind, date) to ``deadlines``; ``source_texts`` says per kind what the office's plan says.
    Raises NotAllowed, and StepRefused for a second main round in a year or rules not in force on the decision date.
    """
    authz.require(by, "grants.run_round", office)
    Office.objects.select_for_update(of=("self",)).get(pk=office.pk)
    taken = list(Round.objects.filter(office=office, year=year).exclude(kind=RoundKind.OPENING))
    main = next((one for one in taken if one.kind == RoundKind.MAIN), None)
    if kind == RoundKind.MAIN and main is not None:
        text = _("There is already a main round for %(year)s. Open it, or choose another year.") % {"year": year}
        raise StepRefused([Obstacle("year_taken", text, "id_year")])
    rules = _known_rules(rule_set)
    days = _flat(deadlines, meetings)
    _refuse_rules_not_in_force(rules, _decision_day(days, year))
    version, _made = RuleSetVersion.objects.get_or_create(
        code=rules.code, version=rules.version, defaults={"sha256": rules.sha256}
    )
    round = Round.objects.create(
        office=office,
        year=year,
        kind=kind,
        number=1 if kind == RoundKind.MAIN else max((one.number for one in taken), default=1) + 1,
        parent=main if kind == RoundKind.EXTRA else None,
        rule_set=version,
        profile=profiles.of_year(office=office, year=year, profile=profile),
        case=archive.open_case(office=office, year=year, title=CASE_TITLE[office.default_form].format(year=year)),
        conditions_nb=conditions_nb,
        conditions_nn=conditions_nn,
        is_demo_sums=is_demo_sums,
        **by.columns(),
    )
    _store_deadlines(round, days, source_texts or {})
    record(code="round.opened", subject=round, by=by, office=office, data={"year": round.slug, "kind": str(kind)})
    obligations.sync(round)
    return round


def _known_rules(code: str) -> RuleSet:
    try:
        return rulesets.get(code)
    except KeyError:
        text = _("Choose which rules the round follows.")
        raise StepRefused([Obstacle("rule_set_unknown", text, "id_rule_set")]) from None


def _flat(deadlines: Deadlines, meetings: Sequence[tuple[str, date]] = ()) -> set[tuple[str, date]]:
    days = {(str(kind), day) for kind, day in meetings}
    for kind, value in deadlines.items():
        if value is not None:
            days |= {(str(DeadlineKind(kind)), day) for day in ([value] if isinstance(value, date) else value)}
    return days


def _decision_day(days: set[tuple[str, date]], year: int) -> date:
    """As :func:`grants.selectors.rounds.decision_day`, before there is a row."""
    by_kind = dict(days)
    return by_kind.get(DeadlineKind.DECISION) or by_kind.get(DeadlineKind.PAYMENT) or date(year, 4, 15)


def _refuse_rules_not_in_force(rules: RuleSet, on: date) -> None:
    """A decision rests on the rules in force the day it is made (architecture.md § 2.3)."""
    if rules.in_force(on):
        return
    form = interface_form()
    name = rules.name.in_form(form)
    start, end = format_date(rules.valid_from, form), format_date(rules.valid_to, form) if rules.valid_to else ""
    if end:
        text = _(
            "%(rules)s were in force from %(start)s to %(end)s, and the decision is planned for %(day)s. "
            "Choose other rules or another date."
        )
    else:
        text = _(
            "%(rules)s are in force from %(start)s, and the decision is planned for %(day)s. "
            "Choose other rules or another date."
        )
    sentence = text % {"rules": name, "start": start, "end": end, "day": format_date(on, form)}
    raise StepRefused([Obstacle("rule_set_not_in_force", sentence, "id_rule_set")])


def _store_deadlines(round: Round, days: set[tuple[str, date]], source_texts: Mapping[str, str]) -> None:
    Deadline.objects.bulk_create(
        Deadline(round=round, kind=kind, date=day, source_text=source_texts.get(kind, "")[:250])
        for kind, day in sorted(days, key=lambda row: (row[1], row[0]))
    )


@transaction.atomic
def set_deadlines(
    *,
    round: Round,
    deadlines: Deadlines,
    by: Actor,
    seen_version: int | None = None,
    source_texts: Mapping[str, str] | None = None,
) -> Round:
    """Set the dates of the kinds given; the others stay. What is due moves with them.

    Raises NotAllowed, StaleVersion, and StepRefused when the rules aren't in force on the new decision date.
    """
    locked = lock(round)
    check_version(locked, seen_version)
    authz.require(by, "grants.run_round", locked)
    wanted = _flat(deadlines)
    kinds = {str(DeadlineKind(kind)) for kind in deadlines}
    rows = list(Deadline.objects.filter(round=locked, kind__in=kinds))
    present = {(row.kind, row.date) for row in rows}
    if wanted == present:
        return round
    kept_sources = {row.kind: row.source_text for row in rows} | dict(source_texts or {})
    Deadline.objects.filter(pk__in=[row.pk for row in rows if (row.kind, row.date) not in wanted]).delete()
    _store_deadlines(locked, wanted - present, kept_sources)
    _refuse_rules_not_in_force(rule_set_of(locked), decision_day(locked))
    _touch(round, locked, by, what=sorted({str(kind) for kind, _day in wanted ^ present}))
    return round


@transaction.atomic
def edit_round(
    *,
    round: Round,
    by: Actor,
    conditions_nb: str | None = None,
    conditions_nn: str | None = None,
    rule_set: str | None = None,
    seen_version: int | None = None,
) -> Round:
    """Change the office's own words, and before the announcement the rules. Raises as :func:`set_deadlines`."""
    locked = lock(round)
    check_version(locked, seen_version)
    authz.require(by, "grants.run_round", locked)
    values: dict[str, Any] = {}
    if conditions_nb is not None and conditions_nb != locked.conditions_nb:
        values["conditions_nb"] = conditions_nb
    if conditions_nn is not None and conditions_nn != locked.conditions_nn:
        values["conditions_nn"] = conditions_nn
    if rule_set is not None and rule_set != locked.rule_set.code:
        if locked.state != "draft":
            text = _("The round is announced under its rules. They can't be changed here.")
            raise StepRefused([Obstacle("rule_set_bound", text, "id_rule_set")])
        rules = _known_rules(rule_set)
        _refuse_rules_not_in_force(rules, decision_day(locked))
        values["rule_set"] = RuleSetVersion.objects.get_or_create(
            code=rules.code, version=rules.version, defaults={"sha256": rules.sha256}
        )[0]
    if not values:
        return round
    for name, value in values.items():
        setattr(locked, name, value)
        setattr(round, name, value)
    locked.save(update_fields=list(values))
    _touch(round, locked, by, what=sorted({name.partition("_n")[0] for name in values}))
    return round


def _touch(round: Round, locked: Round, by: Actor, *, what: list[str]) -> None:
    """The next version, the event, and what is owed now: by the round, and by each of its needs reports.

    ``what``: kinds of dates, «conditions», «rule_set»; grants.audit has the words.
    """
    locked.version += 1
    locked.save(update_fields=["version"])
    round.version = locked.version
    record(code="round.edited", subject=locked, by=by, office=locked.office_id, data={"what": what})
    obligations.sync(locked)
    for report in NeedsReport.objects.filter(round=locked):
        obligations.sync(report)


@transaction.atomic
def close_round(*, round: Round, by: Actor, open_work: int, seen_version: int | None = None) -> Round:
    """Close a round in which nothing is owed any more (``open_work``: how many tasks still are).

    Raises StaleVersion, AlreadyDone, NotAllowed and StepRefused.
    """
    facts = RoundFacts(open_work=open_work)
    perform(ROUND, "close", round, by=by, facts=facts, seen_version=seen_version, office_id=round.office_id)
    return round


@transaction.atomic
def set_frame(
    *,
    round: Round,
    scheme: str,
    amount: int,
    by: Actor,
    reason: str,
    forum: Forum | None = None,
    chapter: str = "",
    post: str = "",
    source_letter: str = "",
    is_demo: bool = False,
) -> Pot:
    """Make the frame of a scheme ``amount`` whole kroner, by an entry for the difference. An empty field keeps what is.

    Raises NotAllowed, and StepRefused for a scheme the law doesn't have or a change without a reason.
    """
    authz.require(by, "grants.run_round", round)
    locked = lock(round)
    if scheme not in {one.code for one in rule_set_of(locked).schemes}:
        text = _("The rules of the round have no scheme «%(scheme)s».") % {"scheme": scheme}
        raise StepRefused([Obstacle("scheme_unknown", text, "pots")])
    if amount < 0:
        raise StepRefused([Obstacle("negative", _("A sum can't be negative."), "pots")])
    pot, _made = Pot.objects.get_or_create(round=locked, scheme=scheme, forum=forum, defaults={"is_demo": is_demo})
    facts = {"chapter": chapter, "post": post, "source_letter": source_letter[:200]}
    changed = {name: value for name, value in facts.items() if value and getattr(pot, name) != value}
    for name, value in changed.items():
        setattr(pot, name, value)
    if changed:
        pot.save(update_fields=list(changed))
    now = next(one.frame for one in pots_of(locked) if one.pk == pot.pk)  # type: ignore[attr-defined]
    if amount == now:
        return pot
    if not reason.strip():
        raise StepRefused([Obstacle("reason_missing", _("Write why the frame is changed."), "pots")])
    PotEntry.objects.create(pot=pot, amount=amount - now, reason=reason.strip()[:250], at=clock.now(), **by.columns())
    data = {"scheme": f"{locked.rule_set.code}:{scheme}", "amount": amount - now, "reason": reason}
    record(code="pot.changed", subject=locked, by=by, office=locked.office_id, data=data)
    return pot


@transaction.atomic
def set_participation(
    *,
    round: Round,
    organisation: Organisation,
    opted_out: bool,
    by: Actor,
    note: str = "",
    forum: Forum | None = None,
    lead: Organisation | None = None,
) -> Participation:
    """Say that an owner takes part or has opted out; without networks also before which forum, and covered by whom.

    ``lead`` empty: the owner writes a needs report of its own. Raises NotAllowed.
    """
    authz.require(by, "grants.run_round", round)
    row, _made = Participation.objects.update_or_create(
        round=round,
        organisation=organisation,
        defaults={
            "opted_out": opted_out,
            "note": note[:250],
            "forum": forum,
            "lead": None if lead == organisation else lead,
            **by.columns(),
        },
    )
    data = {"name": organisation.anchor.name, "what": "opted_out" if opted_out else "takes_part"}
    record(code="round.participation", subject=round, by=by, office=round.office_id, data=data)
    return row
