"""Choosing and filling the parts of a letter, in the order in which a letter is read: decision and sum, numbers,
table, purpose, time, payment, conditions, report, control, reasons, appeal, contact."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from grants.letters.checks import check_facts, check_parts, check_words
from grants.letters.facts import Form, LetterFacts, LetterKind, OwnBase, RecipientRole, Refusal, RefusalGround, RuleSet
from grants.letters.filters import hard_spaces, kroner, soft_spaces
from grants.letters.library import FORMS, Library, Part, fill, library
from grants.letters.tables import MeasureTable, measure_table
from grants.letters.variables import numbers_of, suffix, variables_of


@dataclass(frozen=True, slots=True)
class Block:
    """One paragraph, list item or table, made of one or more parts of the library.

    ``style`` is title, lead, paragraph, item, facts, measures, closing, signature, electronic, attachments or copies.
    """

    part_ids: tuple[str, ...]
    style: str
    text: str

    @property
    def data_part(self) -> str:
        """The ids as the HTML carries them: «payment+budget_post»."""
        return "+".join(self.part_ids)


@dataclass(frozen=True, slots=True)
class Section:
    """A heading (empty before the first) and its blocks."""

    heading: str
    blocks: tuple[Block, ...]


@dataclass(frozen=True, slots=True)
class Letter:
    """A letter in words: complete, in one written form, ready for paper."""

    facts: LetterFacts
    form: Form
    title: str
    name: str
    """What such a letter is called: «Tilskotsbrev»."""
    sections: tuple[Section, ...]
    table: MeasureTable
    parts: tuple[Part, ...]

    @property
    def blocks(self) -> tuple[Block, ...]:
        """Every block in reading order, the title first."""
        return tuple(block for section in self.sections for block in section.blocks)

    @property
    def part_ids(self) -> tuple[str, ...]:
        """The ids of all parts in reading order."""
        return tuple(part_id for block in self.blocks for part_id in block.part_ids)

    @property
    def text(self) -> str:
        """The whole letter as plain text with ordinary spaces."""
        lines = []
        for section in self.sections:
            lines += [section.heading] if section.heading else []
            lines += [block.text for block in section.blocks]
        return soft_spaces("\n".join(lines))


def compose(facts: LetterFacts, form: Form, texts: Library | None = None) -> Letter:
    """Writes the letter.

    Raises LetterIncomplete naming part and variable when something is empty or when one of the six items (pkt 7.3,
    § 13) or a duty of forvaltningsloven §§ 25 and 27 is not met, LetterInconsistent when the facts contradict
    one another.
    """
    if form not in FORMS:
        raise ValueError(f"no such written form: {form!r}")
    texts = texts or library()
    check_facts(facts, texts)
    draft = _Draft(facts=facts, form=form, texts=texts, variables=variables_of(facts, form, texts))
    if facts.kind is LetterKind.AWARD:
        draft.award()
    elif facts.kind is LetterKind.PARTIAL:
        draft.partial()
    else:
        draft.refusal()
    sections = tuple(Section(heading, tuple(blocks)) for heading, blocks in draft.sections if blocks)
    letter = Letter(
        facts=facts,
        form=form,
        title=draft.sections[0][1][0].text,
        name=texts.label("letter", f"{facts.kind}_{facts.rule_set}", form),
        sections=sections,
        table=draft.table,
        parts=tuple(draft.parts),
    )
    check_parts(facts, letter.parts)
    written = (block.text for block in letter.blocks if block.style not in ("measures", "attachments"))
    check_words(facts, soft_spaces("\n".join(written)))
    return letter


@dataclass
class _Draft:
    """A letter on its way: sections are appended in order."""

    facts: LetterFacts
    form: Form
    texts: Library
    variables: dict[str, str]
    sections: list[tuple[str, list[Block]]] = field(default_factory=lambda: [("", [])])
    parts: list[Part] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.table = measure_table(self.facts, self.form, self.texts)
        self.year = suffix(self.facts.rule_set)
        self.old = self.facts.rule_set is RuleSet.GUIDE2021
        self.provider = self.facts.recipient.role is RecipientRole.PROVIDER
        self.refused = self.facts.kind is not LetterKind.AWARD
        self.departs = self.old and any(r.ground is RefusalGround.CRITERIA for r in self.facts.refusals)

    # ---- tools

    def heading(self, key: str, extra: Mapping[str, str] | None = None) -> None:
        text = self.texts.label("heading", key, self.form)
        filled = fill(text, self.variables | dict(extra or {}), part=f"heading.{key}")
        self.sections.append((hard_spaces(filled), []))

    def add(self, *part_ids: str, style: str = "paragraph", extra: Mapping[str, str] | None = None) -> None:
        """Appends the parts as one block; empty ids are left out."""
        chosen = [part_id for part_id in part_ids if part_id]
        filled = [
            fill(self.texts.parts[part_id].text[self.form], self.variables | dict(extra or {}), part=part_id)
            for part_id in chosen
        ]
        if chosen:
            self.block(chosen, style, hard_spaces(" ".join(filled)))

    def block(self, part_ids: list[str], style: str, text: str) -> None:
        self.parts += [self.texts.parts[part_id] for part_id in part_ids]
        self.sections[-1][1].append(Block(tuple(part_ids), style, text))

    # ---- the three kinds

    def award(self) -> None:
        self.add(f"title_award_{self.year}", style="title")
        self.add("decision_award", style="lead")
        self.add(f"basis_{self.year}")
        self.replaces()
        self.numbers()
        self.heading("purpose")
        self.purpose()
        self.for_whom()
        self.heading("time")
        self.time()
        self.heading("payment")
        self.payment()
        self.terms()
        self.heading("reasons")
        self.add(f"reasons_full_{self.year}", "reasons_on_request")
        self.add("documents")
        self.heading("appeal")
        self.appeal()
        self.end()

    def partial(self) -> None:
        reduced = any(row.reduced for row in self.facts.measures)
        refused = any(row.refused for row in self.facts.measures)
        self.add(f"title_{'reduced' if reduced else 'partial'}_{self.year}", style="title")
        if reduced:
            self.add(
                "decision_reduced",
                "decision_reduced_measures",
                "decision_reduced_refused" if refused else "",
                style="lead",
            )
        else:
            self.add("decision_partial_2021" if self.old else "decision_partial", style="lead")
        if self.old:
            self.add("basis_2021_departed" if self.departs else "basis_2021")
        else:
            self.add("basis_2026", "basis_refusal_2026")
        self.replaces()
        self.numbers()
        self.why()
        self.heading("purpose_some" if refused else "purpose")
        self.purpose()
        self.add(f"reasons_full_{self.year}_one")
        self.for_whom()
        self.heading("time_payment")
        self.time()
        self.payment()
        self.terms()
        self.heading("appeal_documents")
        self.appeal()
        self.end()

    def refusal(self) -> None:
        self.add(f"title_refusal_{self.year}", style="title")
        self.add("decision_refusal", style="lead")
        if self.old:
            self.add("basis_2021_departed" if self.departs else "basis_2021_refusal")
        else:
            self.add("basis_2026", "basis_refusal_2026")
        if self.variables.get("covered_list"):
            self.add("decision_refusal_network")
        self.replaces()
        self.block(["measure_table"], "measures", self.table.text)
        self.why()
        self.heading("appeal_documents")
        self.appeal()
        self.end()

    # ---- what they share

    def replaces(self) -> None:
        if self.facts.replaced_date:
            self.add("replaces")

    def numbers(self) -> None:
        """Item 1 in one row, and the table of measures (item 2)."""
        heads = fill(self.texts.parts["facts"].text[self.form], self.variables, part="facts")
        cells = fill(
            "{{ recipient_name }} · {{ recipient_orgnr }} · {{ account_number }} · {{ amount_total }}",
            self.variables,
            part="facts",
        )
        self.block(["facts"], "facts", f"{heads}\n{cells}")
        self.block(["measure_table"], "measures", self.table.text)

    def why(self) -> None:
        """One section per refusal; a rule that several rest on is told once."""
        told: set[tuple[str, str]] = set()
        for refusal in self.facts.refusals:
            rows = [row for row in self.facts.measures if row.number in refusal.measures]
            extra = {
                "refusal_numbers": numbers_of(row.number for row in rows),
                "refusal_applied": kroner(sum(row.applied or 0 for row in rows)),
                "facts_text": refusal.facts,
                "assessment_text": refusal.assessment,
                "guidance_text": refusal.guidance,
            }
            self.heading("why_refused" if all(row.refused for row in rows) else "why_reduced", extra)
            if (refusal.ground, refusal.rule) not in told:
                self.refusal_rule(refusal, extra)
                told.add((refusal.ground, refusal.rule))
            self.add("refusal_facts" if refusal.facts.strip() else "refusal_facts_default", extra=extra)
            self.add("refusal_assessment", extra=extra)
            if refusal.guidance.strip():
                self.add("refusal_next_time", extra=extra)

    def refusal_rule(self, refusal: Refusal, extra: Mapping[str, str]) -> None:
        """The rule the refusal rests on, in the case officer's words or in the library's (fvl. § 25)."""
        if self.old:
            part_id = f"refusal_rule_2021_{refusal.ground}"
            standard = f"{part_id}_text"
        else:
            part_id = "refusal_rule_2026"
            standard = f"{part_id}_{refusal.ground}"
        words = refusal.rule.strip() or fill(self.texts.parts[standard].text[self.form], self.variables, part=standard)
        self.add(part_id, extra={**extra, "rule_text": words})

    def purpose(self) -> None:
        inclusive = self.old and any(row.scheme == "kompetanseloftet" for row in self.facts.measures if row.amount)
        self.add(
            f"purpose_{self.year}",
            "purpose_2021_inclusive" if inclusive else "",
            "purpose_2021_inclusive_only" if inclusive and self.facts.inclusive_only else "",
        )

    def for_whom(self) -> None:
        """Who the money is received for, and who gets the partner's part, in one paragraph."""
        texts, ids = [], []
        network = self.facts.network
        if self.facts.recipient.role is RecipientRole.HOST and network and self.variables.get("covered_list"):
            word = self.texts.label("label", "municipality", self.form)
            host = self.facts.recipient.name.endswith(f" {word}") and len(network.municipalities) > 1
            # The 2021 text names the private ones itself; the 2026 text does not (texts section 2).
            if host and (self.old or not network.owners):
                ids.append("host_municipality" if self.old else "host_municipality_2026")
            else:
                ids.append("host_covered")
            texts.append(fill(self.texts.parts[ids[0]].text[self.form], self.variables, part=ids[0]))
        for partner in self.facts.partners:
            if partner.amount and not self.provider:
                extra = {"partner_name": partner.name, "partner_amount": kroner(partner.amount)}
                text = self.texts.parts["partner_letter"].text[self.form]
                texts.append(fill(text, self.variables | extra, part="partner_letter"))
                ids.append("partner_letter")
        if ids:
            self.block(list(dict.fromkeys(ids)), "paragraph", hard_spaces(" ".join(texts)))

    def time(self) -> None:
        self.add("time_frame")
        plan = self.facts.plan
        if self.old and plan:
            if plan.year_no is None:
                self.add("multi_year_2021_mixed")
            elif plan.year_no < (plan.year_count or 0):
                self.add("multi_year_2021")
        elif not self.old and self.facts.measures_continue:
            self.add("multi_year_2026")

    def payment(self) -> None:
        payment = self.facts.payment
        posts = len(payment.budget_posts) if payment else 0
        self.add(
            "payment",
            "payment_blocked" if payment and payment.blocking_condition else "",
            {0: "", 1: "budget_post"}.get(posts, "budget_posts"),
        )

    def terms(self) -> None:
        """Conditions, report and unspent money, control and reactions."""
        self.heading("conditions")
        self.add("cond_lead")
        for part_ids in self.conditions():
            self.add(*part_ids, style="item")
        self.heading("report")
        if self.old:
            self.add("report_2021_provider" if self.provider else "report_2021")
        else:
            self.add("report_2026", "report_per_measure" if self.facts.report_per_measure else "")
        discussed = self.old and self.facts.unspent_discussed_in_network and not self.provider
        if self.facts.time_frame and self.facts.time_frame.repay_by:
            self.add("unspent_repay")
        else:
            self.add("unspent", "unspent_network" if discussed else "")
        self.heading("control")
        self.add(
            f"control_report_{self.year}",
            "control_documents",
            "control_external" if self.facts.external_control else "",
        )
        self.add("reactions_lead")
        for part_id in ("reactions_withhold", "reactions_reclaim", "reactions_future"):
            self.add(part_id, style="item")
        self.add("reactions_notice")

    def conditions(self) -> list[tuple[str, ...]]:
        """The list items after «på disse vilkårene», by rule set and role."""
        items: list[tuple[str, ...]] = [("cond_purpose",)]
        if self.provider:
            items.append((f"cond_partner_{self.year}_provider",))
            if self.facts.recipient.university:
                items.append((f"cond_education_{self.year}",))
        else:
            items.append(("cond_partner_2021" if self.old else "cond_partner_2026_owner",))
            items += self.own_part()
            if self.facts.coordinator:
                items.append(("cond_coordinator",))
            if not self.old and self.facts.sami:
                items.append(("cond_sami_2026",))
        items.append(("cond_accounts",))
        return items

    def own_part(self) -> list[tuple[str, ...]]:
        """The owners' own contribution: a sum in percent (2021), a description (2026)."""
        if not self.old:
            return [("own_description_2026",)] if self.facts.own_effort.strip() else []
        own = self.facts.own_contribution
        if own is None:
            return []
        part_id = {
            OwnBase.GRANT: "own_pct_grant",
            OwnBase.OWNER_PART: "own_pct_owner_part",
            OwnBase.COORDINATOR_PART: "own_pct_coordinator",
        }[own.base]
        return [(part_id, "own_in_kind" if own.in_kind else "")]

    def appeal(self) -> None:
        """The right to appeal; in a letter that refuses, also the right to wait, costs, documents and guidance."""
        private = self.facts.recipient.private
        self.add("appeal_right_paper" if self.facts.on_paper else "appeal_right")
        self.add("appeal_how", "appeal_receipt" if self.facts.electronic_appeal else "")
        self.add("appeal_body")
        if not self.refused:
            return
        if self.departs:
            self.add("appeal_forum_2021")
        self.add("appeal_suspension")
        if private:
            self.add("appeal_costs")
        self.add("documents", "appeal_guidance" if private else "")

    def end(self) -> None:
        self.heading("questions")
        private = self.facts.recipient.private
        self.add("questions", "language_choice" if private and self.facts.language_choice else "")
        self.sections.append(("", []))
        self.add("closing", style="closing")
        self.add("signature", style="signature")
        self.add("electronic", style="electronic")
        if self.facts.attachments:
            self.add("attachments", style="attachments")
        if self.variables["copy_list"]:
            self.add("copies", style="copies")
