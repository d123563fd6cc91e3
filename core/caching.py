"""A shared cache that may be away, and answers no browser may keep.

The cache holds nothing but counts (core.limits, allauth's rate limits): without it the program works, only unlimited.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import Any, TypeVar

from django.core.cache.backends.redis import RedisCache
from django.http import HttpRequest, HttpResponse
from redis.exceptions import RedisError

logger = logging.getLogger(__name__)
T = TypeVar("T")


class PatientRedisCache(RedisCache):
    """Redis that answers «nothing kept» while it can't be reached: a cache error never breaks a page."""

    def _try(self, act: Callable[[], T], otherwise: T) -> T:
        try:
            return act()
        except (RedisError, OSError):
            logger.warning("the cache could not be reached; limits are not counted meanwhile")
            return otherwise

    def add(self, *args: Any, **kwargs: Any) -> bool:
        return self._try(lambda: super(PatientRedisCache, self).add(*args, **kwargs), otherwise=True)

    def get(self, key: Any, default: Any = None, version: int | None = None) -> Any:
        return self._try(lambda: super(PatientRedisCache, self).get(key, default, version), otherwise=default)

    def set(self, *args: Any, **kwargs: Any) -> None:
        self._try(lambda: super(PatientRedisCache, self).set(*args, **kwargs), otherwise=None)

    def delete(self, *args: Any, **kwargs: Any) -> bool:
        return self._try(lambda: super(PatientRedisCache, self).delete(*args, **kwargs), otherwise=False)

    def incr(self, *args: Any, **kwargs: Any) -> int:
        return self._try(lambda: super(PatientRedisCache, self).incr(*args, **kwargs), otherwise=0)


class PrivatePagesMiddleware:
    """No page is kept by a proxy, and none is shown from a browser's cache without asking; what says more keeps it.

    Not ``no-store``: it would empty a half-written form when one goes back. Letters, account numbers and pages with a
    token in their address do say ``no-store``; signing out clears what the browser kept.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        response.headers.setdefault("Cache-Control", "private, no-cache")
        response.headers.setdefault("Cross-Origin-Resource-Policy", "same-origin")
        response.headers.setdefault("Permissions-Policy", PERMISSIONS)
        return response


PERMISSIONS = ", ".join(
    f"{name}=()"
    for name in ("accelerometer", "camera", "display-capture", "geolocation", "gyroscope", "magnetometer",
                 "microphone", "payment", "usb")
)  # fmt: skip
"""What no page of ours asks a browser for."""
