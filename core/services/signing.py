"""Snapshots and confirmations: what was seen when something binding was done, and who stands behind it."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from datetime import UTC
from typing import Any

from django.contrib.contenttypes.models import ContentType
from django.db import models, transaction
from django.utils.translation import gettext as _

from core import clock
from core.actor import Actor
from core.enums import ConfirmationAnswer
from core.models import Anchor, Chain, Confirmation, Snapshot
from core.models.subjects import subject_key
from core.requirements import Obstacle, StepRefused


def canonical_json(data: Any) -> str:
    """The one way a content is written down before it is hashed: sorted keys, no spaces, UTF-8 as it is."""
    return json.dumps(data, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False)


def digest(data: Any) -> str:
    """SHA-256 of the canonical JSON, in hexadecimal."""
    return hashlib.sha256(canonical_json(data).encode()).hexdigest()


@transaction.atomic
def take_snapshot(
    *, subject: models.Model, chain: models.Model, purpose: str, schema_version: int, data: Any
) -> Snapshot:
    """Store the content of a binding act with its hash, as the newest link of ``chain`` (the round it belongs to).

    The chain stays locked until the transaction ends: two acts in one round follow each other. Take the snapshot after
    the locks of the act itself (the case of a journaled document), so that all acts lock in the same order.
    """
    row, _made = Chain.objects.select_for_update(of=("self",)).get_or_create(**subject_key(chain))
    body = canonical_json(data)
    snapshot = Snapshot(
        chain=row,
        place=row.length + 1,
        purpose=purpose,
        schema_version=schema_version,
        body=body,
        sha256=hashlib.sha256(body.encode()).hexdigest(),
        at=clock.now(),
        **subject_key(subject),
    )
    snapshot.link = link_of(snapshot, before=row.head or first_link(row))
    snapshot.save(force_insert=True)
    row.length, row.head = row.length + 1, snapshot.link
    row.save(update_fields=["length", "head"])
    return snapshot


def first_link(chain: Chain) -> str:
    """What the first link follows: the name of what is chained, so that a chain can't be moved to another round."""
    return f"{_type_name(chain.subject_type_id)}:{chain.subject_id}"


def link_of(snapshot: Snapshot, *, before: str) -> str:
    """The link of a snapshot as it stands: a hash of everything in its row but the body, which has its own.

    The type is named, because its number differs from one database to the next.
    """
    return digest(
        [
            before,
            snapshot.place,
            _type_name(snapshot.subject_type_id),
            snapshot.subject_id,
            snapshot.purpose,
            snapshot.schema_version,
            snapshot.at.astimezone(UTC).isoformat(),
            snapshot.sha256,
        ]
    )


def _type_name(type_id: int) -> str:
    return ".".join(ContentType.objects.get_for_id(type_id).natural_key())


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
    chain: models.Model,
    party: Anchor,
    by: Actor,
    answer: ConfirmationAnswer,
    seen: Mapping[str, str],
    comment: str = "",
    snapshot: Snapshot | None = None,
    role: str = "",
) -> list[Confirmation]:
    """Answer all open parts for a party. ``seen`` (part → hash) is what the person had on the screen.

    A confirmation is a signature: it becomes a link of ``chain`` (the round), naming the content it belongs to.
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
    if answer == ConfirmationAnswer.CONFIRMED:
        take_snapshot(
            subject=subject,
            chain=chain,
            purpose="signature",
            schema_version=1,
            data={
                "party": party.pk,
                "party_name": party.name,
                "parts": {row.part: row.part_hash for row in open_rows},
                "content": snapshot.sha256 if snapshot else "",
                "person": by.person.pk if by.person else None,
                "person_name": by.person.name if by.person else "",
                "by_link": by.link.pk if by.link else None,
                "role": role or by.role,
            },
        )
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
