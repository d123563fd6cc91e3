"""How often one address on the net may try something that can be guessed: tokens of links and invitations.

Asking for codes and trying them is counted by allauth (``ACCOUNT_RATE_LIMITS``), in the same cache.
"""

from __future__ import annotations

import hashlib

from django.core.cache import cache
from django.http import HttpRequest

MISSES = 20
"""Unknown tokens from one address in a window; a person who clicks an old link meets it a few times at most."""
WINDOW = 10 * 60
"""Seconds."""


def _key(request: HttpRequest) -> str:
    """The address, not readable in the cache."""
    return f"misses:{hashlib.sha256(request.META.get('REMOTE_ADDR', '').encode()).hexdigest()}"


def guesses_too_much(request: HttpRequest) -> bool:
    """Have too many tokens from this address been unknown?"""
    return int(cache.get(_key(request)) or 0) >= MISSES


def count_miss(request: HttpRequest) -> None:
    """A token nobody has was tried."""
    key = _key(request)
    if not cache.add(key, 1, WINDOW):
        try:
            cache.incr(key)
        except ValueError:  # the window ended in between
            cache.set(key, 1, WINDOW)
