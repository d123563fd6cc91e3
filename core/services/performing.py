"""The one performer: the only code that changes a state (architecture.md § 2.1).

It locks the row, then looks: version, state, permission, comment, guards. Then it writes the state, the event and the
obligations, all in the caller's transaction.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar

from django.db import models, transaction

from core import authz
from core.actor import Actor
from core.models import Event
from core.models.subjects import subject_key
from core.requirements import AlreadyDone, StaleVersion, StepRefused
from core.services import obligations
from core.services.events import record
from core.workflow import Machine, Step, closed_because

M = TypeVar("M", bound=models.Model)


@transaction.atomic
def perform(
    machine: Machine,
    step: str,
    obj: models.Model,
    *,
    by: Actor,
    facts: Any = None,
    seen_version: int | None = None,
    comment: str = "",
    changes: Mapping[str, Any] | None = None,
    data: Mapping[str, Any] | None = None,
    office_id: int | None = None,
) -> Event:
    """Take ``step`` on ``obj``; ``changes`` are other columns written with the state, ``data`` goes into the event.

    Raises StaleVersion when somebody saved since ``seen_version``, AlreadyDone for a double click,
    core.authz.NotAllowed, or StepRefused with the sentences that say why not. ``obj`` is brought up to date.
    """
    row = machine.step(step)
    locked = lock(obj)
    if _clicked_twice(machine, row, locked, by, seen_version):
        raise AlreadyDone
    check_version(locked, seen_version)
    authz.require(by, row.perm, locked)
    if refused := closed_because(machine, row, locked, facts, comment=comment):
        raise StepRefused(refused)
    before = locked.state  # type: ignore[attr-defined]
    values: dict[str, Any] = {**(changes or {}), "state": row.target}
    if hasattr(locked, "version"):
        values["version"] = locked.version + 1
    for name, value in values.items():
        setattr(locked, name, value)
        setattr(obj, name, value)
    locked.save(update_fields=list(values))
    event = record(
        code=f"{machine.name}.{row.name}",
        subject=locked,
        by=by,
        office=office_id,
        data={"from": before, "to": row.target, "comment": comment, **(data or {})},
    )
    obligations.sync(locked)
    return event


def lock(obj: M) -> M:
    """The row as it is now, locked until the transaction ends (SQLite's transaction holds the whole database)."""
    return type(obj)._base_manager.select_for_update(of=("self",)).get(pk=obj.pk)


def check_version(locked: models.Model, seen: int | None) -> None:
    """Raise StaleVersion, with who saved and when, if the form was opened on an older version."""
    current = getattr(locked, "version", None)
    if seen is None or current is None or seen == current:
        return
    last = Event.objects.filter(**subject_key(locked)).select_related("by_user").order_by("-id").first()
    raise StaleVersion(
        seen=seen,
        current=current,
        saved_by=last.by_user.name if last and last.by_user else "",
        saved_at=last.at if last else None,
    )


def _clicked_twice(machine: Machine, step: Step, locked: models.Model, by: Actor, seen: int | None) -> bool:
    """The form's version is the one this very step was taken from, by this very person."""
    state, version = getattr(locked, "state", ""), getattr(locked, "version", None)
    if seen is None or version != seen + 1 or state != step.target:
        return False
    last = Event.objects.filter(**subject_key(locked)).order_by("-id").first()
    return (
        last is not None
        and last.code == f"{machine.name}.{step.name}"
        and last.by_user_id == (by.user.pk if by.user else None)
        and last.by_link_id == (by.link.pk if by.link else None)
    )
