"""Thousands of visits: none of them needs a session row, and each is taken back."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.test import override_settings


@pytest.fixture(autouse=True)
def sessions_in_cookies() -> Iterator[None]:
    with override_settings(SESSION_ENGINE="django.contrib.sessions.backends.signed_cookies"):
        yield
