"""Personal links as rows: a hash, an object and an end."""

from __future__ import annotations

from datetime import timedelta

import pytest

from core import clock
from core.models import AccessLink
from core.services import links
from tests.accounts.conftest import Small


def test_the_token_is_stored_nowhere(small: Small) -> None:
    link, token = links.issue(subject=small.office, purpose="task", user=small.kari, url="/x/")
    assert len(token) == 32
    assert token not in str(AccessLink.objects.values())
    assert links.find(token) == link
    assert (link.subject, link.expires_at - link.created_at) == (small.office, timedelta(days=30))


def test_two_links_differ(small: Small) -> None:
    tokens = {links.issue(subject=small.office, purpose="task", user=small.kari)[1] for _turn in range(3)}
    assert len(tokens) == 3


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"revoked_at": "now"}, "revoked"),
        ({"created_at": -40, "expires_at": -40}, "expired"),
        ({"created_at": -40, "expires_at": -40, "revoked_at": "now"}, "revoked"),
    ],
)
def test_what_can_be_wrong_with_a_link(small: Small, change: dict[str, object], code: str) -> None:
    link, token = links.issue(subject=small.office, purpose="task", user=small.kari)
    for name, by in change.items():
        setattr(link, name, clock.now() if by == "now" else getattr(link, name) + timedelta(days=by))  # type: ignore[arg-type]
    link.save()
    with pytest.raises(links.LinkProblem) as problem:
        links.find(token)
    assert problem.value.code == code


def test_an_unknown_link(db: None) -> None:
    with pytest.raises(links.LinkProblem, match="unknown"):
        links.find("nonsense")


def test_a_link_works_to_its_last_moment(small: Small) -> None:
    link, token = links.issue(subject=small.office, purpose="task", email="x@example.no", days=1)
    with clock.frozen(link.expires_at - timedelta(seconds=1)):
        assert links.find(token) == link
    with clock.frozen(link.expires_at), pytest.raises(links.LinkProblem, match="expired"):
        links.find(token)


def test_the_first_use_is_noted(small: Small) -> None:
    link, _token = links.issue(subject=small.office, purpose="task", user=small.kari)
    links.mark_used(link)
    first = AccessLink.objects.get().first_used_at
    with clock.frozen(clock.now() + timedelta(days=1)):
        links.mark_used(AccessLink.objects.get())
    assert AccessLink.objects.get().first_used_at == first
