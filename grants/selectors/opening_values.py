"""A measure from before the program as the office tells of it, and what can be wrong with it. Nothing queries."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache

from django.utils.translation import gettext as _

from core.collation import fold
from core.dates import interface_form
from core.money import format_kroner
from core.requirements import Obstacle
from grants import rulesets
from grants.rulesets import RuleSet, Scheme
from networks.enums import OWNER_KINDS, OrganisationKind
from networks.models import Network, Organisation

FIRST_POSSIBLE = 2017
"""The year the first of these grants was given (seed 000)."""
LONGEST = 10
LONGEST_TITLE = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class MoneyLine:
    """One payee's part: what it was granted last year, what is left of it, and what it is promised by coming year."""

    kind: str
    payee: Organisation
    beneficiary: Organisation | None = None
    awarded: int = 0
    unspent: int = 0
    promised: Mapping[int, int] = field(default_factory=dict)

    @property
    def key(self) -> tuple[str, int, int | None]:
        return (str(self.kind), self.payee.pk, self.beneficiary.pk if self.beneficiary else None)

    @property
    def is_empty(self) -> bool:
        return not (self.awarded or self.unspent or any(self.promised.values()))


@dataclass(frozen=True, slots=True, kw_only=True)
class RunningMeasure:
    """A measure that was granted before the program. Last year was its year ``year_no`` of ``year_count``.

    ``reason`` says why more is unspent than was granted last year. ``lead`` is an owner among ``owners``.
    """

    title: str
    network: Network | None
    lead: Organisation
    scheme: str
    sector: str
    first_year: int
    year_no: int
    year_count: int
    lines: Sequence[MoneyLine]
    owners: Sequence[Organisation] = ()
    providers: Sequence[Organisation] = ()
    need: str = ""
    goal: str = ""
    work_plan: str = ""
    reason: str = ""

    @property
    def whose(self) -> tuple[str, int | None, int | None]:
        """Two measures with the same title for the same network (or lead) are one."""
        return (fold(self.title), *((self.network.pk, None) if self.network else (None, self.lead.pk)))

    @property
    def whose_name(self) -> str:
        return str(self.network or self.lead)


@cache
def schemes() -> tuple[tuple[RuleSet, Scheme], ...]:
    """Every scheme of every law as it is now, the newest law first."""
    laws = [one for one in rulesets.all_rule_sets() if one == rulesets.get(one.code)]
    newest = sorted(laws, key=lambda one: one.valid_from, reverse=True)
    return tuple((one, scheme) for one in newest for scheme in one.schemes)


def scheme_of(code: str) -> tuple[RuleSet, Scheme] | None:
    """A scheme with the newest law that has it."""
    return next(((law, one) for law, one in schemes() if one.code == code), None)


def scheme_label(code: str) -> str:
    """A scheme in words, whichever law has it."""
    found = scheme_of(code)
    return found[1].name.in_form(interface_form()) if found else code


def faults_of(measure: RunningMeasure, last_year: int) -> list[Obstacle]:
    """All that is wrong, each with the field it is mended in: a field's name, or «lines-0-payee» of a line."""
    return [*_life(measure, last_year), *_people(measure), *_money(measure, last_year)]


def _life(measure: RunningMeasure, last_year: int) -> Iterator[Obstacle]:
    if not measure.title.strip():
        yield Obstacle("title_missing", _("Write what the measure is called."), "title")
    elif len(measure.title.strip()) > LONGEST_TITLE:
        text = _("The title can have %(most)d characters at most.") % {"most": LONGEST_TITLE}
        yield Obstacle("title_long", text, "title")
    if not FIRST_POSSIBLE <= measure.first_year <= last_year:
        text = _("The measure must have begun in %(first)d at the earliest and %(last)d at the latest.")
        yield Obstacle("first_year", text % {"first": FIRST_POSSIBLE, "last": last_year}, "first_year")
    elif last_year - measure.first_year + 1 < measure.year_no <= measure.year_count:
        text = _("A measure that began in %(first)d was at most in its year %(most)d in %(last)d. Check both numbers.")
        most = last_year - measure.first_year + 1
        words = {"first": measure.first_year, "most": most, "last": last_year}
        yield Obstacle("year_too_late", text % words, "year_no")
    if not 1 <= measure.year_no <= measure.year_count:
        text = _("The measure can’t be in year %(year)d of %(years)d. Check both numbers.")
        yield Obstacle("year_of", text % {"year": measure.year_no, "years": measure.year_count}, "year_no")
    elif measure.year_count > LONGEST:
        text = _("A measure runs for %(years)d years at most. Check the number.")
        yield Obstacle("too_long", text % {"years": LONGEST}, "year_count")
    found = scheme_of(measure.scheme)
    if found is None:
        text = _("No rule set has the scheme «%(scheme)s».") % {"scheme": measure.scheme}
        yield Obstacle("scheme_unknown", text, "scheme")
    elif measure.sector not in found[1].sectors:
        text = _("«%(scheme)s» isn’t for this sector. Choose another sector or another scheme.")
        yield Obstacle("sector", text % {"scheme": scheme_label(measure.scheme)}, "sector")


def _people(measure: RunningMeasure) -> Iterator[Obstacle]:
    if measure.network is not None and measure.network.ended_on is not None:
        text = _("%(name)s no longer exists. Choose the network that takes the measure on.")
        yield Obstacle("network_ended", text % {"name": measure.network}, "network")
    yield from _ended(measure.lead, "lead")
    if measure.lead.kind not in OWNER_KINDS:
        text = _("%(name)s isn’t an owner, and can’t lead a measure. Enter a municipality or another owner.")
        yield Obstacle("lead_kind", text % {"name": measure.lead}, "lead")
    for owner in measure.owners:
        if owner.kind not in OWNER_KINDS:
            text = _("%(name)s isn’t an owner. Enter it as a partner, or leave it out.")
            yield Obstacle("owner_kind", text % {"name": owner}, "owners")
        yield from _ended(owner, "owners")
    found = scheme_of(measure.scheme)
    for provider in measure.providers:
        if found and provider.kind not in found[0].parties.provider_kinds:
            text = _("%(name)s can’t be a partner under %(law)s.")
            yield Obstacle("provider_kind", text % {"name": provider, "law": found[0].law_reference}, "providers")


def _money(measure: RunningMeasure, last_year: int) -> Iterator[Obstacle]:
    if all(line.is_empty for line in measure.lines):
        text = _("Enter at least one sum: what was granted, what is promised, or what is left.")
        yield Obstacle("nothing_promised", text, "lines-0-awarded")
    seen: dict[tuple[str, int, int | None], int] = {}
    for number, line in enumerate(measure.lines):
        at = f"lines-{number}"
        yield from _payee(measure, line, at)
        if line.key in seen:
            text = _("Line %(other)d has the same kind and the same recipient. Put them together in one line.")
            yield Obstacle("same_line", text % {"other": seen[line.key]}, f"{at}-payee")
        seen.setdefault(line.key, number + 1)
        yield from _sums(measure, line, last_year, at)


def _payee(measure: RunningMeasure, line: MoneyLine, at: str) -> Iterator[Obstacle]:
    """§ 3 (REG2026) and pkt 3.1 (GUIDE2021) list who can receive; networks and RKK never can (data-model.md, Host)."""
    found, payee = scheme_of(measure.scheme), line.payee
    if payee.kind == OrganisationKind.COORDINATOR:
        text = _("%(name)s coordinates and is never paid. Enter the host, or the owner that gets the money.")
        yield Obstacle("payee_coordinates", text % {"name": payee}, f"{at}-payee")
    elif found and not found[0].can_receive(payee.kind):
        text = _("%(name)s can’t receive money under %(law)s, %(where)s. Enter someone else.")
        law = found[0]
        where = law.recipients.paragraph
        words = {"name": payee, "law": law.law_reference, "where": where}
        yield Obstacle("recipient_not_allowed", text % words, f"{at}-payee")
    yield from _ended(payee, f"{at}-payee")
    if line.beneficiary is not None and line.beneficiary.kind not in OWNER_KINDS:
        text = _("%(name)s isn’t an owner, so money can’t be meant for it.")
        yield Obstacle("beneficiary_kind", text % {"name": line.beneficiary}, f"{at}-beneficiary")
    if line.is_empty:
        text = _("Enter at least one sum for %(name)s, or leave the line empty.")
        yield Obstacle("line_empty", text % {"name": payee}, f"{at}-awarded")


def _sums(measure: RunningMeasure, line: MoneyLine, last_year: int, at: str) -> Iterator[Obstacle]:
    if min(line.awarded, line.unspent, *line.promised.values()) < 0:
        yield Obstacle("negative", _("A sum can’t be negative."), f"{at}-awarded")
    last_possible = last_year + measure.year_count - measure.year_no
    for year, amount in sorted(line.promised.items()):
        if amount and year <= last_year:
            text = _("%(year)d is over, so nothing can be promised for it. Enter it as granted, or leave it out.")
            yield Obstacle("year_over", text % {"year": year}, f"{at}-promised-{year}")
        elif amount and year > last_possible and measure.year_no <= measure.year_count:
            text = _("The measure’s last year is %(last)d, so nothing can be promised for %(year)d.")
            yield Obstacle("after_the_end", text % {"last": last_possible, "year": year}, f"{at}-promised-{year}")
    if line.unspent > line.awarded and not measure.reason.strip():
        text = _("%(name)s has %(left)s left, but was granted %(given)s. Mend the sum, or write why below.")
        words = {
            "name": line.payee,
            "left": format_kroner(line.unspent),
            "given": format_kroner(line.awarded),
        }
        yield Obstacle("unspent_reason", text % words, f"{at}-unspent")


def _ended(organisation: Organisation, at: str) -> Iterator[Obstacle]:
    if organisation.ended_on is not None:
        text = _("%(name)s no longer exists. Enter the one that has taken over.")
        yield Obstacle("organisation_ended", text % {"name": organisation}, at)
