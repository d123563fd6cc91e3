"""Triggers for what SQL can't state as a portable constraint. They live on PostgreSQL only; the services guard the same
on both engines (architecture.md § 2.10)."""

from __future__ import annotations

import pgtrigger


def append_only(name: str) -> pgtrigger.Protect:
    """Rows are added, never changed or taken away: the log, money entries, snapshots and stored bytes."""
    return pgtrigger.Protect(name=name, operation=pgtrigger.Update | pgtrigger.Delete)


def undeletable(name: str) -> pgtrigger.Protect:
    """Rows may be completed, never taken away: journaled documents and letters (arkivforskrifta § 11)."""
    return pgtrigger.Protect(name=name, operation=pgtrigger.Delete)
