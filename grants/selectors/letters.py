"""Reads letters: those a decision calls for, those that are sent, and what one of them says."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any, cast

from django.db.models import Exists, OuterRef, Prefetch, Q, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import RoleAssignment, User
from accounts.selectors.holders import counting_at, in_force
from core import clock
from core.actor import Actor
from core.dates import interface_form
from core.enums import OFFICE_STAFF
from core.language import Choice
from core.models import Office
from grants.enums import LetterKind
from grants.letters.compose import Block, compose
from grants.letters.compose import Letter as ComposedLetter
from grants.letters.errors import LetterError, LetterIncomplete
from grants.letters.facts import Form, LetterFacts
from grants.letters.tables import Row as TableRow
from grants.models import Decision, Letter, Round
from grants.requirements import DecisionFacts
from grants.rules import ORGANISATION_ROLES
from grants.selectors.decisions import lines_of
from grants.selectors.letter_context import LetterContext, letter_context
from grants.selectors.letter_facts import facts_of
from grants.selectors.letter_plans import LetterPlan, plan_letters, plan_of
from grants.selectors.rounds import rule_set_of
from grants.selectors.written_forms import form_for
from networks.models import Account, OfficeOrganisation, Organisation
from networks.selectors.standing import why_not_party

SENT = ("available", "noticed", "opened")
NO_ACCOUNT = "00000000000"
"""Stands in a preview while the account number is missing; a letter that is sent never holds it."""

MISSING = {
    "recipient_orgnr": gettext_lazy("the organisation number"),
    "case_officer_phone": gettext_lazy("the case officer’s telephone number"),
    "case_officer_email": gettext_lazy("the case officer’s e-mail address"),
    "case_officer_title": gettext_lazy("the case officer’s title"),
    "approver_title": gettext_lazy("the approver’s title"),
    "appeal_address": gettext_lazy("the office’s e-mail address"),
    "partner_name": gettext_lazy("the university or other provider"),
    "attachment_list": gettext_lazy("a copy of the needs report"),
    "attachments": gettext_lazy("a copy of the needs report"),
    "assessment_text": gettext_lazy("the reason"),
}


@dataclass(slots=True)
class LetterDraft:
    """A letter before it is sent: who gets it, in which form, and what still stands in its way (whole sentences)."""

    plan: LetterPlan
    choice: Choice
    account: Account | None = None
    facts: LetterFacts | None = None
    letter: ComposedLetter | None = None
    account_missing: bool = False
    faults: list[str] = field(default_factory=list)

    @property
    def ready(self) -> bool:
        return not self.faults and not self.account_missing


def letter_drafts(decision: Decision, *, only: str = "", on: date | None = None) -> list[LetterDraft]:
    """Every letter the decision calls for, written as of today. ``only``: the key of the one that is wanted."""
    lines = lines_of(decision)
    plans = plan_letters(lines)
    context = letter_context(decision, lines, plans, on=on)
    told = reachable(decision.round.office, [plan.recipient.anchor_id for plan in plans])
    return [_draft(plan, context, told) for plan in plans if only in {"", plan.key}]


def letter_outlines(decision: Decision) -> list[LetterDraft]:
    """Every letter the decision calls for with what its recipient lacks, before any of it is written.

    What the words themselves may lack shows when they are written: on the draft's page and before sending. Four
    queries, and no composing, for one letter as for two hundred.
    """
    plans = plan_letters(lines_of(decision))
    office = decision.round.office
    recipients = recipients_of(office, {plan.recipient.pk for plan in plans})
    outlines = []
    for plan in plans:
        known = recipients[plan.recipient.pk]
        draft = LetterDraft(plan, form_for(known, office, clock.today()))
        draft.account_missing = plan.report is None and not known.has_account
        draft.faults = _recipient_faults(known, known.anchor.name, told=known.is_told)
        outlines.append(draft)
    return outlines


def _draft(plan: LetterPlan, context: LetterContext, told: set[int]) -> LetterDraft:
    choice = context.form_of(plan)
    name = context.name(plan.recipient.pk, choice.form)
    account = None if plan.report else context.accounts.get(plan.recipient.pk)
    draft = LetterDraft(plan, choice, account, account_missing=plan.report is None and account is None)
    details = context.details.get(plan.recipient.pk)
    is_told = plan.recipient.anchor_id in told or bool(details and details.notice_email)
    draft.faults = _recipient_faults(plan.recipient, name, told=is_told)
    if not plan.recipient.orgnr:
        return draft
    stand_in = Account(number=NO_ACCOUNT) if draft.account_missing else account
    form = cast(Form, str(choice.form))
    try:
        draft.facts = facts_of(plan, context, form, account=stand_in)
        draft.letter = compose(draft.facts, form)
    except LetterIncomplete as error:
        what = MISSING.get(error.variable) or MISSING.get(error.part) or f"{error.variable} ({error.part})"
        draft.faults.append(_("The letter to %(name)s lacks %(what)s.") % {"name": name, "what": what})
    except LetterError as error:
        draft.faults.append(_("The letter to %(name)s contradicts itself: %(why)s.") % {"name": name, "why": error})
    return draft


def _recipient_faults(recipient: Organisation, name: str, *, told: bool) -> list[str]:
    """What stands in the way at the recipient, whole sentences; the account number is a fault of its own."""
    faults = []
    if not told:
        faults.append(
            _(
                "Nobody can be told that the letter to %(name)s is there. Give someone the role of letter reader, "
                "or enter an e-mail address for notices."
            )
            % {"name": name}
        )
    if not recipient.orgnr:
        faults.append(_("%(name)s has no organisation number.") % {"name": name})
    today = clock.today()
    if recipient.is_ended(today):
        faults += [str(obstacle.text) for obstacle in why_not_party(recipient, on=today)]
    return faults


def dispatch_facts(drafts: Sequence[LetterDraft]) -> DecisionFacts:
    """What sending the letters rests on."""
    return DecisionFacts(
        accounts_missing=tuple(draft.plan.recipient.anchor.name for draft in drafts if draft.account_missing),
        letters=len(drafts),
        letter_faults=tuple(fault for draft in drafts for fault in draft.faults),
    )


def recipients_of(office: Office, ids: Iterable[int]) -> dict[int, Any]:
    """The recipients by id, with ``has_account`` and ``is_told`` at the office today. Two queries."""
    readers = RoleAssignment.objects.filter(
        in_force(clock.today()),
        counting_at(office.pk),
        role__in=ORGANISATION_ROLES,
        anchor=OuterRef("anchor"),
        user__is_active=True,
    )
    noticed = OfficeOrganisation.objects.filter(office=office, organisation=OuterRef("pk")).exclude(notice_email="")
    accounts = Account.objects.filter(
        office=office, organisation=OuterRef("pk"), ended_at__isnull=True, confirmed_at__isnull=False
    )
    rows = (
        Organisation.objects.filter(pk__in=ids)
        .select_related("anchor")
        .annotate(has_account=Exists(accounts), is_told=Exists(readers) | Exists(noticed))
        .prefetch_related("written_forms")
    )
    return {row.pk: row for row in rows}


def reachable(office: Office, anchor_ids: Iterable[int]) -> set[int]:
    """The organisations' anchors at which somebody reads letters today. One query."""
    return set(
        RoleAssignment.objects.filter(
            in_force(clock.today()),
            counting_at(office.pk),
            role__in=ORGANISATION_ROLES,
            anchor__in=list(anchor_ids),
            user__is_active=True,
        ).values_list("anchor_id", flat=True)
    )


def readers_of(letter: Letter) -> list[User]:
    """Who is told of the letter: everyone who reads letters for the recipient today."""
    held = RoleAssignment.objects.filter(
        in_force(clock.today()),
        counting_at(letter.round.office_id),
        role__in=ORGANISATION_ROLES,
        anchor=letter.recipient.anchor_id,
    )
    return list(User.objects.filter(pk__in=held.values("user_id"), is_active=True).order_by("name", "pk"))


def full(letters: QuerySet[Letter]) -> QuerySet[Letter]:
    """With what a page or a job needs of each.

    The round and the decision are the same for many letters, and PostgreSQL takes 30 ms to plan twenty joins at once.
    """
    return (
        _with_recipient(letters)
        .select_related("needs_report__network__anchor", "document__case", "account", "snapshot")
        .prefetch_related(
            Prefetch("round", Round.objects.select_related("office__anchor", "rule_set", "profile", "case")),
            Prefetch("decision", Decision.objects.select_related("prepared_by", "approved_by")),
            "round__office__names",
        )
    )


def _with_recipient(letters: QuerySet[Letter]) -> QuerySet[Letter]:
    return letters.select_related("recipient__anchor", "delivery__opened_by").prefetch_related("recipient__names")


def letter_for(office_id: int, pk: int) -> Letter | None:
    """One letter of an office, or None."""
    return full(Letter.objects.filter(round__office_id=office_id, pk=pk)).first()


def letters_of(round_: Round, actor: Actor | None) -> list[Letter]:
    """The round's letters the actor may read, by recipient: all for the office, its own for a recipient."""
    rows = _with_recipient(Letter.objects.filter(round=round_)).order_by("recipient__sort_key", "kind", "id")
    if actor is None or actor.link is not None:
        return []
    if not actor.is_system and not any(
        grant.role in OFFICE_STAFF and grant.office_id == round_.office_id for grant in actor.grants
    ):
        rows = rows.filter(state__in=SENT, recipient__anchor_id__in=actor.anchors(*ORGANISATION_ROLES))
    for letter in rows:
        letter.round = round_
    return list(rows)


def composed(letter: Letter) -> ComposedLetter:
    """The letter in words, dated today: what the job makes the PDF of. Raises LetterError."""
    decision = cast(Decision, letter.decision)
    plan = plan_of(letter)
    context = letter_context(decision, lines_of(decision, where=_around(plan)), [plan])
    form = cast(Form, letter.form)
    return compose(facts_of(plan, context, form, account=letter.account), form)


def _around(plan: LetterPlan) -> Q:
    """The lines a letter says anything of: those of its measures, and of the needs reports they come from."""
    measures = {line.measure_year_id for line in plan.all_lines}
    return Q(measure_year__in=measures) | Q(measure_year__report__in=[report.pk for report in plan.reports])


def words_of(letter: ComposedLetter) -> dict[str, Any]:
    """The letter as a page shows it and as its snapshot keeps it: headings, blocks and the table, primitives only."""
    table = letter.table
    return {
        "title": letter.title,
        "form": letter.form,
        "sections": [{"heading": section.heading, "blocks": _nodes(section.blocks)} for section in letter.sections],
        "table": {
            "caption": table.caption,
            "columns": [{"head": column.head, "num": column.style == "num"} for column in table.columns],
            "groups": [
                {
                    "title": group.title,
                    "rows": [_table_row(row) for row in group.rows],
                    "sum": _table_row(group.subtotal) if group.subtotal else None,
                }
                for group in table.groups
            ],
            "total": _table_row(table.total),
        },
    }


def shown_words(letter: Letter) -> dict[str, Any]:
    """The words of a letter that is made, from its snapshot; empty before that."""
    if letter.snapshot is None:
        return {}
    words: dict[str, Any] = json.loads(letter.snapshot.body)["words"]
    return words


def _nodes(blocks: Sequence[Block]) -> list[dict[str, Any]]:
    """The blocks for a page: neighbouring items become one list, item 1 becomes pairs of head and value."""
    nodes: list[dict[str, Any]] = []
    for block in blocks:
        lines = [line for line in block.text.split("\n") if line.strip()]
        if block.style == "item" and nodes and nodes[-1]["style"] == "item":
            nodes[-1]["lines"] += lines
        elif block.style == "facts":
            heads, values = (line.split(" · ") for line in lines)
            nodes.append({"style": "facts", "pairs": [list(pair) for pair in zip(heads, values, strict=False)]})
        else:
            nodes.append({"style": block.style, "lines": [] if block.style == "measures" else lines})
    return nodes


def _table_row(row: TableRow) -> dict[str, Any]:
    return {
        "head": row.head,
        "span": row.span,
        "cells": [{"text": cell.text, "num": cell.style == "num"} for cell in row.cells],
    }


def describes(letter: Letter) -> str:
    """What the law calls such a letter: «Tilsagnsbrev», «Tilskuddsbrev», «Avslag»."""
    rules = rule_set_of(letter.round).letter
    name = rules.refusal_name if letter.kind == LetterKind.REFUSAL else rules.award_name
    words = name.in_form(interface_form())
    return words[:1].upper() + words[1:]
