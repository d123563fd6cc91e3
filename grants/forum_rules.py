"""What the grant year tells the forums: who the rule sets seat, which round lies before them, who has answered."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from django.utils.translation import gettext as _

from core import clock
from forums import compositions
from forums.compositions import Composition, Demand, Words
from forums.models import Appointment, Forum
from grants import rulesets
from grants.models import Round, SeatAnswer
from grants.rulesets import RuleSet
from grants.selectors.forums import forums_taking_part
from networks.enums import OrganisationKind


def _of_rule_set(rules: RuleSet) -> Composition:
    return Composition(
        code=rules.code,
        name=Words(rules.name.nb, rules.name.nn),
        valid_from=rules.valid_from,
        valid_to=rules.valid_to,
        upper_secondary=rules.can_receive(OrganisationKind.COUNTY_COUNCIL),
        demands=tuple(
            Demand(
                code=group.code,
                name=Words(group.name.nb, group.name.nn),
                law=Words(rules.citation(group.paragraph, "nb"), rules.citation(group.paragraph, "nn")),
                required=group.required,
                is_office=group.office,
            )
            for group in rules.seat_groups
        ),
    )


def all_compositions() -> Iterator[Composition]:
    """The newest version of each rule set."""
    for code in dict.fromkeys(one.code for one in rulesets.all_rule_sets()):
        yield _of_rule_set(rulesets.get(code))


def rounds_before(forum: Forum) -> Iterator[str]:
    """A round that is announced and not decided lies before each forum that takes part in it."""
    running = Round.objects.filter(office_id=forum.office_id, state="announced").select_related("rule_set")
    for round_ in running.order_by("year", "number"):
        if any(one.pk == forum.pk for one in forums_taking_part(round_)):
            yield _("The %(year)s round lies before the forum. It can end when the round is decided.") % {
                "year": round_.slug
            }


def answers_of(appointment: Appointment) -> list[date]:
    """The days on which somebody answered for the seat."""
    moments = SeatAnswer.objects.filter(appointment=appointment).values_list("at", flat=True)
    return [clock.local(moment).date() for moment in moments]


def register() -> None:
    """Fill the forums' registries."""
    compositions.register_compositions(all_compositions)
    compositions.register_business(rounds_before)
    compositions.register_acts(answers_of)
