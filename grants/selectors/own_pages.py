"""What of the grant year somebody may open."""

from __future__ import annotations

from collections.abc import Iterable

from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.openings import Named, Opening, register
from core import authz
from core.actor import Actor
from core.models import Office
from forums.rules import READS
from grants.models import Letter, NeedsReport
from grants.selectors.letters import letters_of
from grants.selectors.measure_page import measures_seen
from grants.selectors.needs import name_of, reports_for
from grants.selectors.recommendation_list import listed
from grants.selectors.round_pages import visible_rounds


def _rounds(actor: Actor, office: Office) -> Iterable[Named]:
    for one in visible_rounds(actor, office):
        yield (
            gettext("The round for %(year)s") % {"year": one.slug},
            reverse("grants:round", args=[office.slug, one.slug]),
        )


def _needs(actor: Actor, office: Office) -> Iterable[Named]:
    """All are asked about for those who may see others' than their own: the office and its forums."""
    reads_all = any(
        grant.office_id == office.pk and (grant.anchor_kind == "office" or grant.role in READS)
        for grant in actor.grants
    )
    found = reports_for(actor, office)
    if reads_all:
        found = NeedsReport.objects.filter(round__office=office).order_by("-round__year", "round__number", "pk")
    for row in found.select_related("round", "network__anchor", "lead__anchor", "forum"):
        if authz.allowed(actor, "grants.see_needs", row):
            name = f"{name_of(row)}, {row.round.slug}"
            yield name, reverse("grants:needs_report", args=[office.slug, row.pk])


def _measures(actor: Actor, office: Office) -> Iterable[Named]:
    """By title, but for what isn't sent: the office that reads this list may not see it."""
    for one in measures_seen(office, actor):
        is_draft = one.report is not None and one.report.state == "draft"
        name = gettext("A measure that isn’t sent yet") if is_draft else one.title or one.measure.title
        yield name, reverse("grants:measure", args=[office.slug, one.measure_id])


def _recommendations(actor: Actor, office: Office) -> Iterable[Named]:
    for one in listed(office.pk, actor):
        name = f"{one.forum_names}, {one.recommendation.round.slug}"
        yield name, reverse("grants:recommendation", args=[office.slug, one.recommendation.pk])


def _letters(actor: Actor, office: Office) -> Iterable[Named]:
    for round_ in visible_rounds(actor, office):
        for one in letters_of(round_, actor):
            if authz.allowed(actor, "grants.see_letter", one):
                yield _name(one), reverse("grants:letter", args=[office.slug, one.pk])


def _name(letter: Letter) -> str:
    words = {"recipient": letter.recipient.anchor.name, "year": letter.round.slug}
    return gettext("%(recipient)s, %(year)s") % words


def register_own() -> None:
    register(Opening("rounds", _("Rounds"), 20, _rounds))
    register(Opening("needs", _("Needs reports"), 50, _needs))
    register(Opening("measures", _("Measures"), 60, _measures))
    register(Opening("recommendations", _("Recommendations"), 65, _recommendations))
    register(Opening("letters", _("Letters"), 70, _letters))
