"""An office's own choices for a year: caps, shares, who concludes. A version a round uses never changes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db import transaction

from core import authz
from core.actor import Actor
from core.models import Event, Office
from core.models.subjects import subject_key
from core.requirements import StaleVersion
from core.services.events import record
from grants.enums import RoundKind
from grants.models import ProfileVersion, Round
from grants.selectors.profiles import CHOICES, choices_of, profile_for


def of_year(*, office: Office, year: int, profile: Mapping[str, Any] | ProfileVersion) -> ProfileVersion:
    """The profile as given, or the year's next version with these choices. Raises ValueError for an unknown choice."""
    if isinstance(profile, ProfileVersion):
        return profile
    if unknown := profile.keys() - CHOICES:
        raise ValueError(f"a profile has no {sorted(unknown)}")
    number = ProfileVersion.objects.filter(office=office, year=year).count() + 1
    return ProfileVersion.objects.create(office=office, year=year, number=number, **profile)


@transaction.atomic
def save_profile(
    *, office: Office, year: int, choices: Mapping[str, Any], by: Actor, seen: int | None = None
) -> ProfileVersion:
    """Keep the office's choices for a year as a new version; the same ones again change nothing.

    A main round of that year that isn't announced yet follows the new version. One that is announced keeps what it was
    announced with (FOR-2026-01-12-23 § 10: the conditions stand in the announcement). ``seen``: id of the version the
    page showed, 0 for none. Raises NotAllowed, and StaleVersion when other choices were saved since.
    """
    authz.require(by, "grants.run_round", office)
    Office.objects.select_for_update(of=("self",)).get(pk=office.pk)
    last = profile_for(office, year)
    if last is not None and last.year == year and choices_of(last) == dict(choices):
        return last
    if seen is not None and seen != (last.pk if last else 0):
        raise _stale(last, seen)
    made = of_year(office=office, year=year, profile=choices)
    before = choices_of(last) if last is not None else {}
    changed = sorted(name for name, value in choices.items() if before.get(name) != value)
    record(
        code="office_profile.saved", subject=made, by=by, office=office, data={"year": str(year), "choices": changed}
    )
    drafts = Round.objects.select_for_update(of=("self",)).filter(
        office=office, year=year, kind=RoundKind.MAIN, state="draft"
    )
    for round in drafts:
        round.profile = made
        round.version += 1
        round.save(update_fields=["profile", "version"])
        record(code="round.edited", subject=round, by=by, office=office, data={"what": ["profile"]})
    return made


def _stale(last: ProfileVersion | None, seen: int) -> StaleVersion:
    saved = Event.objects.filter(**subject_key(last)).select_related("by_user").first() if last else None
    return StaleVersion(
        seen=seen,
        current=last.pk if last else 0,
        saved_by=saved.by_user.name if saved and saved.by_user else "",
        saved_at=saved.at if saved else None,
    )
