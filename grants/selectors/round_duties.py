"""What is owed because of a round."""

from __future__ import annotations

from collections.abc import Iterator

from core.enums import Role
from core.obligations import Owed
from grants.enums import RoundKind
from grants.models import Round


def owed_for_round(round: Round) -> Iterator[Owed]:
    """A round being prepared waits for the office to announce it (§ 7 b)."""
    if round.state == "draft" and round.kind != RoundKind.OPENING:
        yield Owed(
            kind="round_announce",
            office_id=round.office_id,
            role=Role.CASE_OFFICER,
            anchor_id=round.office.anchor_id,
            data={"url": {"office": round.office.slug, "year": round.slug}, "year": round.slug},
        )
