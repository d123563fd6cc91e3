"""What is owed because of a row of the grant year: each area's providers, chained into one per model.

An area adds its functions to ``DUTIES`` and its kinds with :func:`core.obligations.register_kind`; ``register`` is
called from AppConfig.ready.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _

from core.obligations import Kind, Owed, register_kind, register_provider
from grants.models import Decision, Letter, NeedsReport, Recommendation, Round
from grants.selectors.forum_duties import FORUM_KINDS, owed_for_proposal, owed_for_recommendation
from grants.selectors.letter_duties import LETTER_KINDS, owed_for_decision, owed_for_decision_start, owed_for_letter
from grants.selectors.needs import NEEDS_KINDS, owed_for
from grants.selectors.round_duties import owed_for_round

Provider = Callable[[Any], Iterable[Owed]]

DUTIES: dict[type[models.Model], list[Provider]] = {
    Round: [owed_for_round, owed_for_proposal, owed_for_decision_start],
    NeedsReport: [owed_for],
    Recommendation: [owed_for_recommendation],
    Decision: [owed_for_decision],
    Letter: [owed_for_letter],
}

KINDS: list[Kind] = [
    Kind(
        code="round_announce",
        verb=_("Announce the %(year)s round"),
        waiting=_("The %(year)s round: announce it"),
        url_name="grants:round",
        minutes=15,
        reminded=False,
    ),
    *NEEDS_KINDS,
    *FORUM_KINDS,
    *LETTER_KINDS,
]


def register() -> None:
    """Fill core's registries."""
    for kind in KINDS:
        register_kind(kind)
    for model, providers in DUTIES.items():
        register_provider(model, _chained(providers))


def _chained(providers: list[Provider]) -> Provider:
    return lambda row: [owed for provider in providers for owed in provider(row)]
