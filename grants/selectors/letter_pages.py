"""What the pages of letters show: the office's list and each recipient's own."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date

from django.db.models import prefetch_related_objects
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from core import authz, clock
from core.actor import Actor
from core.dates import format_short, interface_form
from core.language import ChoiceReason, reason_text
from core.models import Document, DocumentFile, Office
from core.selectors.steps import StepView, steps_for
from grants.enums import DeadlineKind, LetterKind
from grants.models import Decision, Letter, Round
from grants.rules import ORGANISATION_ROLES
from grants.selectors.decisions import current_decision
from grants.selectors.letters import (
    SENT,
    LetterDraft,
    describes,
    dispatch_facts,
    full,
    letter_drafts,
    letter_outlines,
    letters_of,
)
from grants.selectors.rounds import deadline
from grants.workflow import DECISION, LETTER
from networks.enums import PROVIDER_KINDS

FORM_NAMES = {"nb": "bokmål", "nn": "nynorsk"}


@dataclass(frozen=True, slots=True)
class LetterRow:
    """A letter in a list. ``group``: missing, ready or sent. ``total`` is whole kroner."""

    recipient: str
    invented: bool
    url: str
    about: str
    written: str
    total: int
    shape: str
    status: str
    note: str
    group: str
    faults: tuple[str, ...] = ()
    account_url: str = ""
    year: str = ""


@dataclass(slots=True)
class LettersPage:
    """The office's list. ``decision`` is None before there is one."""

    round: Round
    decision: Decision | None = None
    rows: list[LetterRow] = field(default_factory=list)
    step: StepView | None = None
    payment: date | None = None
    shown: str = ""

    def count(self, group: str) -> int:
        return sum(row.group == group for row in self.rows)

    def total(self, group: str = "") -> int:
        return sum(row.total for row in self.rows if group in {"", row.group})

    @property
    def visible_rows(self) -> list[LetterRow]:
        return [row for row in self.rows if self.shown in {"", row.group}]

    @property
    def filters(self) -> list[tuple[str, str, int, bool]]:
        """Label, address, count, whether it is the one shown; none when there is nothing to tell apart."""
        if self.sent or not self.missing:
            return []
        choices = (
            ("", _("All"), len(self.rows)),
            ("missing", _("Lack something"), self.missing),
            ("ready", _("Ready"), self.ready),
        )
        return [(label, f"?vis={name}" if name else "?", count, name == self.shown) for name, label, count in choices]

    @property
    def missing(self) -> int:
        return self.count("missing")

    @property
    def ready(self) -> int:
        return self.count("ready")

    @property
    def sent(self) -> int:
        return self.count("sent")

    @property
    def sum(self) -> int:
        return self.total()

    @property
    def sum_shown(self) -> int:
        return sum(row.total for row in self.visible_rows)

    @property
    def awards(self) -> int:
        return sum(row.total > 0 for row in self.rows)

    @property
    def refusals(self) -> int:
        return len(self.rows) - self.awards

    @property
    def opened(self) -> int:
        return sum(row.shape == "done" for row in self.rows)

    @property
    def faults(self) -> list[str]:
        return [fault for row in self.rows for fault in row.faults]

    @property
    def nynorsk(self) -> int:
        return sum(row.written == FORM_NAMES["nn"] for row in self.rows)


def letters_page(round_: Round, actor: Actor | None, *, shown: str = "", written: bool = False) -> LettersPage:
    """The office's page: drafts while nothing is sent, letters afterwards.

    ``written``: each draft is written out, so that what its words lack shows before it is sent.
    """
    decision = current_decision(round_)
    prefetch_related_objects([round_], "deadlines")
    page = LettersPage(round_, decision, payment=deadline(round_, DeadlineKind.PAYMENT))
    page.shown = shown if shown in {"missing", "ready", "sent"} else ""
    if decision is None:
        return page
    decision.round = round_
    if decision.state == "dispatched":
        page.rows = [_sent_row(letter) for letter in letters_of(round_, actor)]
        return page
    drafts = letter_drafts(decision) if written else letter_outlines(decision)
    page.rows = [_draft_row(draft, round_) for draft in drafts]
    steps = steps_for(DECISION, decision, actor, dispatch_facts(drafts))
    page.step = next((step for step in steps if step.name == "dispatch"), None)
    return page


def own_letters(office: Office, actor: Actor | None) -> list[LetterRow]:
    """A recipient's own letters from the office, of all years, newest first. Three queries."""
    if actor is None or actor.link is not None:
        return []
    rows = full(
        Letter.objects.filter(
            round__office=office, state__in=SENT, recipient__anchor_id__in=actor.anchors(*ORGANISATION_ROLES)
        )
    ).order_by("-letter_date", "recipient__sort_key", "id")
    return [_sent_row(letter, unread=letter.state != "opened") for letter in rows]


def draft_for(round_: Round, key: str) -> tuple[Decision, LetterDraft] | None:
    """One letter as it would be sent today, or None."""
    decision = current_decision(round_)
    if decision is None:
        return None
    decision.round = round_
    found = letter_drafts(decision, only=key)
    return (decision, found[0]) if found else None


def _draft_row(draft: LetterDraft, round_: Round) -> LetterRow:
    recipient, office = draft.plan.recipient, round_.office
    missing = [_("account number")] if draft.account_missing else []
    note = ", ".join(missing)
    return LetterRow(
        recipient=str(recipient),
        invented=recipient.is_synthetic,
        url=reverse("grants:letter_draft", kwargs={"office": office.slug, "year": round_.slug, "key": draft.plan.key}),
        about=_about(draft),
        written=FORM_NAMES[draft.choice.form],
        total=draft.plan.total,
        shape="ready" if draft.ready else "warn",
        status=_("Ready") if draft.ready else _("Lacks %(what)s") % {"what": note} if note else _("Lacks something"),
        note="" if draft.ready else " ".join(draft.faults),
        group="ready" if draft.ready else "missing",
        faults=tuple(draft.faults),
        account_url=reverse("networks:account", kwargs={"office": office.slug, "pk": recipient.pk})
        if draft.account_missing
        else "",
    )


def _about(draft: LetterDraft) -> str:
    """«The network’s part, Hadeland», «The provider’s part, 6 measures», «Refusal, 2 measures»."""
    plan = draft.plan
    if plan.report:
        return _refusal(len({line.measure_year_id for line in plan.cut}))
    measures = len({line.measure_year_id for line in plan.lines})
    if plan.to_provider:
        return _("The provider’s part, %(measures)s") % {"measures": _measures(measures)}
    networks = [str(report.network) for report in plan.reports if report.network]
    words = _("%(networks)s, %(measures)s") % {"networks": ", ".join(networks), "measures": _measures(measures)}
    words = words if networks else _measures(measures)
    return _("%(what)s, less than was sought") % {"what": words} if plan.cut else words


def _measures(count: int) -> str:
    return ngettext("%(count)s measure", "%(count)s measures", count) % {"count": count}


def _refusal(count: int) -> str:
    return _("Refusal of %(measures)s") % {"measures": _measures(count)}


def _sent_row(letter: Letter, *, unread: bool = False) -> LetterRow:
    """``unread``: the outcome stands in the letter, which its recipient hasn't opened yet."""
    office, form = letter.round.office, interface_form()
    delivery = getattr(letter, "delivery", None)
    state = LETTER.state(letter.state)
    note = ""
    if delivery is not None:
        moment = delivery.opened_at or delivery.noticed_at or delivery.available_at
        note = format_short(clock.local(moment).date(), form)
    return LetterRow(
        recipient=str(letter.recipient),
        invented=letter.recipient.is_synthetic,
        url=reverse("grants:letter", kwargs={"office": office.slug, "pk": letter.pk}),
        about=_("Decision about money") if unread else _sent_about(letter),
        written=FORM_NAMES[letter.form],
        total=letter.total,
        shape=state.shape,
        status=str(state.label),
        note=note,
        group="sent",
        year=letter.round.slug,
    )


def _sent_about(letter: Letter) -> str:
    if letter.kind == LetterKind.AWARD and letter.recipient.kind in PROVIDER_KINDS:
        return _("The provider’s part")
    return describes(letter)


@dataclass(slots=True)
class LetterPage:
    """One letter, for the office or the recipient."""

    letter: Letter
    staff: bool
    may_open: bool
    readable: bool
    written: str
    why: str
    state: str
    shape: str
    files: Sequence[DocumentFile] = ()
    late: bool = False


def letter_page(letter: Letter, actor: Actor | None) -> LetterPage:
    """What the page shows. A recipient reads the words after opening the letter; the office always."""
    staff = authz.allowed(actor, "core.see_office", letter)
    receives = authz.allowed(actor, "grants.read_letter", letter)
    state = LETTER.state(letter.state)
    delivery = getattr(letter, "delivery", None)
    document: Document | None = letter.document
    opened = letter.state == "opened"
    moved = delivery is not None and delivery.last_appeal_day > delivery.printed_last_day
    return LetterPage(
        letter=letter,
        staff=staff,
        may_open=receives and not opened,
        readable=letter.document_id is not None and (staff or opened),
        written=FORM_NAMES[letter.form],
        why=reason_text(ChoiceReason(letter.form_why), letter.form, interface_form()),
        state=str(state.label),
        shape=state.shape,
        files=list(document.files.order_by("id")) if document else [],
        late=moved,
    )


def sees_letters(actor: Actor | None, office: Office | None) -> bool:
    """Whether the menu shows letters: to the office's people, and to those who have got one."""
    if actor is None or office is None or actor.link is not None:
        return False
    if authz.allowed(actor, "core.see_office", office):
        return True
    own = actor.anchors(*ORGANISATION_ROLES)
    return (
        bool(own) and Letter.objects.filter(round__office=office, state__in=SENT, recipient__anchor_id__in=own).exists()
    )
