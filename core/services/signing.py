"""Snapshots and confirmations: what was seen when something binding was done, and who stands behind it."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from typing import Any

from django.db import models, transaction
from django.utils.translation import gettext as _

from core import clock
from core.actor import Actor
from core.enums import ConfirmationAnswer
from core.models import Anchor, Confirmation, Snapshot
from core.models.subjects import subject_key
from core.requirements import Obstacle, StepRefused


def canonical_json(data: Any) -> str:
    """The one way a content is written down before it is hashed: sorted keys, no spaces, UTF-8 as it is."""
    return json.dumps(data, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False)


def digest(data: Any) -> str:
    """SHA-256 of the canonical JSON, in hexadecimal."""
    return hashlib.sha256(canonical_json(data).encode()).hexdigest()


@transaction.atomic
def take_snapshot(*, subject: models.Model, purpose: str, schema_version: int, data: Any) -> Snapshot:
    """Store the content of a binding act with its hash."""
    body = canonical_json(data)
    return Snapshot.objects.create(
        purpose=purpose,
        schema_version=schema_version,
        body=body,
        sha256=hashlib.sha256(body.encode()).hexdigest(),
        at=clock.now(),
        **subject_key(subject),
    )


@transaction.atomic
def ask(*, subject: models.Model, parties: Iterable[Anchor], parts: Mapping[str, str]) -> list[Confirmation]:
    """Ask each party to confirm each part (name → hash). What is already asked or confirmed unchanged stays."""
    live = {(row.party_id, row.part): row for row in live_confirmations(subject)}
    moment = clock.now()
    return [
        Confirmation.objects.create(
            party=party, part=part, part_hash=part_hash, requested_at=moment, **subject_key(subject)
        )
        for party in parties
        for part, part_hash in parts.items()
        if (party.pk, part) not in live
    ]


def live_confirmations(subject: models.Model) -> models.QuerySet[Confirmation]:
    """The confirmations that count: asked for and not voided."""
    return (
        Confirmation.objects.filter(voided_at__isnull=True, **subject_key(subject))
        .select_related("party", "by_user")
        .order_by("id")
    )


@transaction.atomic
def answer(
    *,
    subject: models.Model,
    party: Anchor,
    by: Actor,
    answer: ConfirmationAnswer,
    seen: Mapping[str, str],
    comment: str = "",
    snapshot: Snapshot | None = None,
    role: str = "",
) -> list[Confirmation]:
    """Answer all open parts for a party. ``seen`` (part → hash) is what the person had on the screen.

    Raises StepRefused when nothing is open or the content has changed since it was shown.
    """
    rows = list(
        Confirmation.objects.select_for_update(of=("self",)).filter(
            party=party, voided_at__isnull=True, **subject_key(subject)
        )
    )
    open_rows = [row for row in rows if row.answer != ConfirmationAnswer.CONFIRMED]
    if not open_rows:
        raise StepRefused([Obstacle("nothing_to_confirm", _("There is nothing left to confirm here."))])
    if any(row.part_hash != seen.get(row.part) for row in open_rows):
        raise StepRefused(
            [
                Obstacle(
                    "changed_since_seen",
                    _("The content was changed after you opened the page. Read it again before you confirm."),
                )
            ]
        )
    moment = clock.now()
    for row in open_rows:
        row.answer = answer
        row.comment = comment
        row.by_user = by.user
        row.by_link = by.link
        row.by_role = role or by.role
        row.answered_at = moment
        row.snapshot = snapshot
        row.save(update_fields=["answer", "comment", "by_user", "by_link", "by_role", "answered_at", "snapshot"])
    return open_rows


@transaction.atomic
def void_changed(*, subject: models.Model, parts: Mapping[str, str], why: str) -> list[Confirmation]:
    """Void the confirmations of the parts whose hash has changed, and only those; returns what was voided.

    A party that was only asked is asked again with the new hash.
    """
    voided = []
    moment = clock.now()
    for row in live_confirmations(subject).select_for_update(of=("self",)):
        if parts.get(row.part, row.part_hash) == row.part_hash:
            continue
        row.voided_at = moment
        row.voided_why = why
        row.save(update_fields=["voided_at", "voided_why"])
        voided.append(row)
    return voided
