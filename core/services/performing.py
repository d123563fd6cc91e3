"""The one performer: the only code that changes a state (architecture.md § 2.1).

It locks the row, then looks: version, state, permission, comment, guards. Then it writes the state, the event and the
obligations, all in the caller's transaction.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeVar

from django.db import models, transaction
from django.db.models import F, prefetch_related_objects

from core import authz
from core.actor import Actor
from core.models import Event
from core.models.subjects import subject_key
from core.requirements import AlreadyDone, StaleVersion, StepRefused
from core.services import obligations
from core.services.events import record, record_many
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
    if _clicked_twice(machine, row, locked, by, seen_version, comment):
        raise AlreadyDone
    check_version(locked, seen_version)
    _require_open(machine, row, locked, by=by, facts=facts, comment=comment)
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
        data=_data_of(row, before, comment, data),
    )
    obligations.sync(locked)
    return event


@transaction.atomic
def perform_many(
    machine: Machine,
    step: str,
    objs: Sequence[M],
    *,
    by: Actor,
    facts: Callable[[M], Any] = lambda _obj: None,
    related: Sequence[str] = (),
    comment: str = "",
    changes: Mapping[str, Any] | None = None,
    data: Callable[[M], Mapping[str, Any]] = lambda _obj: {},
    office_id: int | None = None,
) -> None:
    """:func:`perform` for many rows of one table: the same lock, checks, columns, events and obligations, in as many
    statements as for one. ``changes`` are the same for all; ``facts`` and ``data`` are asked for each row.

    ``related``: what the permission and the guards read of a row, fetched once for all. The first row that may not
    take the step stops all of them. Raises as :func:`perform`, but for what a version seen decides: a form never acts
    on many rows at once.
    """
    row = machine.step(step)
    if not objs:
        return
    model = type(objs[0])
    rows = model._base_manager.select_for_update(of=("self",)).order_by("pk").in_bulk([obj.pk for obj in objs])
    locked = [rows[obj.pk] for obj in objs]
    prefetch_related_objects(locked, *related)
    for one in locked:
        _require_open(machine, row, one, by=by, facts=facts(one), comment=comment)
    words = [_data_of(row, one.state, comment, data(one)) for one in locked]  # type: ignore[attr-defined]
    values: dict[str, Any] = {**(changes or {}), "state": row.target}
    counted = {"version": F("version") + 1} if hasattr(locked[0], "version") else {}
    model._base_manager.filter(pk__in=list(rows)).update(**values, **counted)
    for one, obj in zip(locked, objs, strict=True):
        for name, value in values.items():
            setattr(one, name, value)
            setattr(obj, name, value)
        if counted:
            one.version += 1  # type: ignore[attr-defined]
            obj.version = one.version  # type: ignore[attr-defined]
    record_many(code=f"{machine.name}.{row.name}", subjects=locked, by=by, office=office_id, data=words)
    obligations.sync_many(locked)


def _require_open(machine: Machine, step: Step, locked: models.Model, *, by: Actor, facts: Any, comment: str) -> None:
    """Raise NotAllowed, or StepRefused with the sentences that say why not."""
    authz.require(by, step.perm, locked)
    if refused := closed_because(machine, step, locked, facts, comment=comment):
        raise StepRefused(refused)


def _data_of(step: Step, before: str, comment: str, data: Mapping[str, Any] | None) -> dict[str, Any]:
    return {"from": before, "to": step.target, "comment": comment, **(data or {})}


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


def _clicked_twice(  # noqa: PLR0917 - what makes two askings the same
    machine: Machine, step: Step, locked: models.Model, by: Actor, seen: int | None, comment: str
) -> bool:
    """The form's version is the one this very step was taken from, by this very person, with the same words."""
    state, version = getattr(locked, "state", ""), getattr(locked, "version", None)
    if seen is None or version != seen + 1 or state != step.target:
        return False
    last = Event.objects.filter(**subject_key(locked)).order_by("-id").first()
    return (
        last is not None
        and last.code == f"{machine.name}.{step.name}"
        and last.by_user_id == (by.user.pk if by.user else None)
        and last.by_link_id == (by.link.pk if by.link else None)
        and last.data.get("comment", "") == comment
    )
