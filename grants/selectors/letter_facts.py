"""From rows to what a letter says: :class:`grants.letters.facts.LetterFacts`, for many letters in few queries."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from core import clock
from core.calendar import add_working_days, statutory_deadline
from core.dates import format_date
from grants.enums import DeadlineKind, LineKind, OwnContributionBase
from grants.letters.checks import check_words
from grants.letters.errors import LetterError
from grants.letters.facts import (
    Coordinator,
    Form,
    LetterFacts,
    LetterKind,
    Measure,
    Network,
    Office,
    OwnBase,
    OwnContribution,
    Partner,
    Payment,
    Person,
    Plan,
    Recipient,
    RecipientRole,
    RuleSet,
    TimeFrame,
    kind_of,
)
from grants.models import NeedsReport
from grants.selectors.letter_context import LetterContext
from grants.selectors.letter_plans import LetterPlan
from grants.selectors.letter_rows import Row, refusals_of, rows_of
from grants.selectors.rounds import deadline, rule_set_of
from networks.enums import PROVIDER_KINDS, OrganisationKind, Sector
from networks.models import Account

PORTAL = "portalen Årshjul"
PRIVATE = frozenset(
    {OrganisationKind.PRIVATE_OWNER, OrganisationKind.PRIVATE_KINDERGARTEN, OrganisationKind.PRIVATE_SCHOOL}
)
DIRECTED_AT = {
    Sector.KINDERGARTEN: {"nb": "barnehage", "nn": "barnehage"},
    Sector.SCHOOL: {"nb": "grunnskole", "nn": "grunnskule"},
    Sector.BOTH: {"nb": "barnehage og grunnskole", "nn": "barnehage og grunnskule"},
}
OWN_BASE = {
    OwnContributionBase.GRANT: OwnBase.GRANT,
    OwnContributionBase.OWNER_PART: OwnBase.OWNER_PART,
    OwnContributionBase.COORDINATOR_PART: OwnBase.COORDINATOR_PART,
}
NEEDS_REPORT = {"nb": "Behovsmelding {day}, referanse {reference}", "nn": "Behovsmelding {day}, referanse {reference}"}
EFFORT_ELSEWHERE = {
    "nb": "se det dere skrev om egeninnsats for hvert tiltak",
    "nn": "sjå det de skreiv om eigeninnsats for kvart tiltak",
}
EFFORT_AT_MOST = 400
"""Signs of own effort that a letter repeats; longer texts are pointed at."""
WORKING_DAYS_BEFORE_PAYMENT = 2
WORKING_DAYS_TO_PAY = 10
"""When the round's day of payment has passed before the letter leaves."""


def facts_of(plan: LetterPlan, context: LetterContext, form: Form, *, account: Account | None = None) -> LetterFacts:
    """What the letter says in the form, dated ``context.on``. ``account`` is the one in use unless given."""
    decision, round_ = context.decision, context.decision.round
    rules = RuleSet(round_.rule_set.code)
    role = role_of(plan)
    rows = rows_of(plan, rule_set_of(round_), {pk: context.name(pk, form) for pk in context.organisations}, form)
    measures = tuple(_measure(row, form, provider=role is RecipientRole.PROVIDER) for row in rows)
    kind = LetterKind.REFUSAL if plan.report else kind_of(measures, role)
    reports = plan.reports
    granted = kind is not LetterKind.REFUSAL
    refuses = kind is not LetterKind.AWARD
    sent = max((clock.local(r.sent_at).date() for r in reports if r.sent_at), default=None)
    return LetterFacts(
        rule_set=rules,
        kind=kind,
        year=round_.year,
        letter_date=context.on,
        appeal_last_day=statutory_deadline(context.on),
        our_reference=str(round_.case),
        your_date=None if role is RecipientRole.PROVIDER else sent,
        your_reference="" if role is RecipientRole.PROVIDER else ", ".join(r.reference for r in reports if r.reference),
        office=_office(context, form),
        recipient=_recipient(plan, context, form, account or context.accounts.get(plan.recipient.pk), role),
        measures=measures,
        amount_total=plan.total,
        case_officer=_person(decision.prepared_by, context, form),
        approver=_person(decision.approved_by or decision.prepared_by, context, form),
        forum_date=context.forum_date or context.on,
        time_frame=time_frame(context) if granted else None,
        payment=_payment(plan, context) if granted else None,
        network=_network(plan, context, form) if role is RecipientRole.HOST else None,
        partners=() if role is RecipientRole.PROVIDER or not granted else _partners(plan, context, form),
        own_contribution=_own_contribution(plan, context)
        if rules is RuleSet.GUIDE2021 and role is not RecipientRole.PROVIDER
        else None,
        own_effort=_own_effort(rows, form, rules)
        if rules is RuleSet.REG2026 and role is not RecipientRole.PROVIDER
        else "",
        coordinator=_coordinator(plan, context) if role is RecipientRole.HOST and granted else None,
        plan=_promise(rows, plan, context) if rules is RuleSet.GUIDE2021 and granted else None,
        measures_continue=any(row.amount and row.year_no < row.year_count for row in rows),
        refusals=refusals_of(rows, rule_set_of(round_), form) if refuses else (),
        attachments=tuple(needs_report_words(report, form) for report in reports if report.receipt_id)
        if refuses
        else (),
        report_per_measure=rules is RuleSet.REG2026,
        language_choice=plan.recipient.kind in PRIVATE,
    )


def needs_report_words(report: NeedsReport, form: str) -> str:
    """How the list of attachments names the copy of a needs report (fvl. § 25 second paragraph)."""
    day = format_date(clock.local(report.sent_at).date(), form) if report.sent_at else ""
    return NEEDS_REPORT[form].format(day=day, reference=report.reference)


def role_of(plan: LetterPlan) -> RecipientRole:
    """A provider; a host when it reported for a network; else an owner."""
    if plan.to_provider:
        return RecipientRole.PROVIDER
    leads = any(report.lead_id == plan.recipient.pk and report.network_id for report in plan.reports)
    return RecipientRole.HOST if leads else RecipientRole.OWNER


def time_frame(context: LetterContext) -> TimeFrame:
    """The budget year, the last day of use, and the first report deadline after it (§ 17; pkt 9)."""
    round_ = context.decision.round
    use_by = deadline(round_, DeadlineKind.USE_BY) or date(round_.year, 12, 31)
    report = deadline(round_, DeadlineKind.REPORT) or date(round_.year + 1, 1, 15)
    while report <= use_by:
        report = _next_year(report)
    return TimeFrame(start=date(round_.year, 1, 1), use_by=use_by, report_by=report)


def _next_year(day: date) -> date:
    return day.replace(year=day.year + 1, day=min(day.day, 28) if day.month == 2 else day.day)


def _measure(row: Row, form: str, *, provider: bool) -> Measure:
    return Measure(
        number=row.number,
        title=row.title,
        amount=row.amount,
        applied=None if provider else row.applied,
        scheme=row.scheme,
        year_no=row.year_no,
        year_count=row.year_count,
        network=row.network if provider else "",
        directed_at=DIRECTED_AT[Sector(row.sector)][form] if provider else "",
    )


def _office(context: LetterContext, form: str) -> Office:
    office = context.decision.round.office
    return Office(
        name=office.name_in(form, context.on),
        unit=office.unit_in(form),
        postal_address=office.postal_address,
        phone=office.phone,
        email=office.email,
        website=office.website,
        orgnr=office.orgnr,
        appeal_address=office.email,
        portal_name=PORTAL,
        demo=office.is_demo,
    )


def _person(user: object, context: LetterContext, form: str) -> Person:
    office = context.decision.round.office
    return Person(
        name=user.name,  # type: ignore[attr-defined]
        title=user.title_in(form),  # type: ignore[attr-defined]
        phone=user.phone or office.phone,  # type: ignore[attr-defined]
        email=user.email,  # type: ignore[attr-defined]
    )


def _recipient(
    plan: LetterPlan, context: LetterContext, form: str, account: Account | None, role: RecipientRole
) -> Recipient:
    row = plan.recipient
    details = context.details.get(row.pk)
    return Recipient(
        name=context.name(row.pk, form),
        orgnr=row.orgnr or "",
        role=role,
        address_lines=tuple(line.strip() for line in details.postal_address.splitlines() if line.strip())
        if details
        else (),
        account_number=account.number if account and not plan.report else "",
        private=row.kind in PRIVATE,
        synthetic=row.is_synthetic,
        university=row.kind == OrganisationKind.UNIVERSITY,
    )


def _payment(plan: LetterPlan, context: LetterContext) -> Payment:
    """§ 14 and pkt 3.4: paid by 15 April; the account is looked over two working days before."""
    round_ = context.decision.round
    pay_by = deadline(round_, DeadlineKind.PAYMENT) or date(round_.year, 4, 15)
    if pay_by <= context.on:
        pay_by = add_working_days(context.on, WORKING_DAYS_TO_PAY)
    check = max(add_working_days(pay_by, -WORKING_DAYS_BEFORE_PAYMENT), context.on)
    schemes = list(dict.fromkeys(line.scheme for line in plan.lines))
    posts = tuple(dict.fromkeys(context.posts[scheme] for scheme in schemes if scheme in context.posts))
    return Payment(pay_by=pay_by, check_account_by=check, budget_posts=posts)


def _network(plan: LetterPlan, context: LetterContext, form: str) -> Network:
    """The network the host acts for; of a host for several, the names together."""
    reports = [r for r in plan.reports if r.network is not None and r.lead_id == plan.recipient.pk]
    names = [_sentence_name(str(report.network)) for report in reports]
    ids = [plan.recipient.pk, *(pk for report in reports for pk in context.covered.get(report.pk, []))]
    municipalities, owners = [], []
    for pk in dict.fromkeys(ids):
        name = context.name(pk, form)
        if context.organisations[pk].kind == OrganisationKind.MUNICIPALITY:
            municipalities.append(name.removesuffix(" kommune"))
        else:
            owners.append(name)
    return Network(name=" og ".join(names), municipalities=tuple(sorted(municipalities)), owners=tuple(owners))


def _sentence_name(name: str) -> str:
    """«nettverket Hadeland»: a network's name says no preposition of its own."""
    return f"nettverket {name.removeprefix('Nettverk ').removeprefix('nettverk ')}"


def _partners(plan: LetterPlan, context: LetterContext, form: str) -> tuple[Partner, ...]:
    """The providers of the recipient's measures, with the part each is paid by a letter of its own."""
    measures = {line.measure_year_id for line in plan.lines}
    networks = {r.network_id for r in plan.reports if r.network_id}
    ids = [pk for measure in sorted(measures) for pk in context.providers.get(measure, [])]
    ids = ids or [pk for network in sorted(networks) for pk in context.network_providers.get(network, [])]
    paid: dict[int, int] = defaultdict(int)
    reports = {report.pk for report in plan.reports}
    for line in context.lines:
        mine = line.measure_year_id in measures or line.measure_year.report_id in reports
        if mine and line.amount and line.payee.kind in PROVIDER_KINDS:
            paid[line.payee_id] += line.amount
    return tuple(
        Partner(name=context.name(pk, form), amount=paid.get(pk) or None) for pk in dict.fromkeys([*ids, *paid])
    )


def _own_contribution(plan: LetterPlan, context: LetterContext) -> OwnContribution | None:
    """Pkt 7.2: a percentage of the base the office has chosen, in whole kroner (half a krone upwards)."""
    profile = context.decision.round.profile
    rule = next(iter(rule_set_of(context.decision.round).own_contribution), None)
    base = OWN_BASE.get(OwnContributionBase(profile.own_contribution_base))
    scheme = profile.own_contribution_scheme or (rule.schemes[0] if rule else "")
    if base is None or not profile.own_contribution_pct or not scheme:
        return None
    own = sum(line.amount for line in plan.lines if line.scheme == scheme)
    sums = {
        OwnBase.OWNER_PART: own,
        OwnBase.COORDINATOR_PART: _coordinator_part(plan, profile.coordinator_cap_pct, scheme),
    }
    if base is OwnBase.GRANT:
        reports = {report.pk for report in plan.reports}
        sums[base] = sum(
            line.amount for line in context.lines if line.scheme == scheme and line.measure_year.report_id in reports
        )
    amount = (sums[base] * profile.own_contribution_pct + 50) // 100
    if not amount:
        return None
    return OwnContribution(
        base=base, pct=profile.own_contribution_pct, scheme=scheme, base_amount=sums[base], amount=amount
    )


def _coordinator_part(plan: LetterPlan, cap: int | None, scheme: str) -> int:
    """What may go to the coordinator of a scheme: the cap's share of the recipient's part, else the lines for it."""
    lines = [line for line in plan.lines if line.scheme == scheme]
    if cap:
        return sum(line.amount for line in lines) * cap // 100
    return sum(line.amount for line in lines if line.kind == LineKind.COORDINATOR)


def _coordinator(plan: LetterPlan, context: LetterContext) -> Coordinator | None:
    pct = context.decision.round.profile.coordinator_cap_pct
    cap = plan.total * pct // 100 if pct else 0
    return Coordinator(cap=cap, pct=pct) if pct and cap else None


def _own_effort(rows: Sequence[Row], form: str, rules: RuleSet) -> str:
    """§ 11: the owners' own words. A long text, or one with another law's words, is pointed at instead."""
    granted = [row for row in rows if row.amount and row.own_effort]
    texts = list(dict.fromkeys(row.own_effort for row in granted))
    if not texts:
        return ""
    each = (f"tiltak {row.number}: {row.own_effort}" for row in granted)
    words = texts[0] if len(texts) == 1 else "; ".join(each)
    return words if len(words) <= EFFORT_AT_MOST and _allowed(words, rules) else EFFORT_ELSEWHERE[form]


@dataclass(frozen=True, slots=True)
class _Words:
    """What :func:`check_words` asks of a letter."""

    rule_set: RuleSet


def _allowed(words: str, rules: RuleSet) -> bool:
    try:
        check_words(_Words(rules), words)  # type: ignore[arg-type]
    except LetterError:
        return False
    return True


def _promise(rows: Sequence[Row], plan: LetterPlan, context: LetterContext) -> Plan | None:
    """GUIDE2021: what is planned for the coming years; the four values only where all measures are in the same year."""
    granted = [row for row in rows if row.amount]
    going_on = [row for row in granted if row.year_no < row.year_count]
    if not going_on:
        return None
    needs = deadline(context.decision.round, DeadlineKind.NEEDS) or date(context.decision.round.year, 2, 1)
    years = {(row.year_no, row.year_count) for row in granted}
    if len(years) > 1:
        return Plan(next_need_deadline=_next_year(needs))
    number, count = years.pop()
    last = context.decision.round.year + count - number
    return Plan(
        next_need_deadline=_next_year(needs),
        year_no=number,
        year_count=count,
        planned_amount=plan.total,
        last_year=last,
    )
