"""The settings of a real installation: Django's own check finds nothing, and what is missing stops the start."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from django.conf import settings

REAL = {
    "DATABASE_URL": "postgres://arshjul@127.0.0.1:1/arshjul",
    "ARSHJUL_DEMO": "false",
    "ARSHJUL_SECRET_KEY": "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ",
    "ARSHJUL_ALLOWED_HOSTS": "arshjul.example.no",
    "ARSHJUL_BASE_URL": "https://arshjul.example.no",
    "ARSHJUL_BEHIND_TLS_PROXY": "true",
    "EMAIL_URL": "smtp+tls://name:word@mail.example.no:587",
    "CACHE_URL": "rediscache://127.0.0.1:1/1",
}
SHOW = """
import json, django
from django.conf import settings
django.setup()
print(json.dumps({name: getattr(settings, name) for name in NAMES}, default=str))
"""


def run(tmp_path: Path, *arguments: str, **changes: str | None) -> subprocess.CompletedProcess[str]:
    """A program under the settings of an installation."""
    env = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
    env |= {"ARSHJUL_VAR_DIR": str(tmp_path), "DJANGO_SETTINGS_MODULE": "config.settings"}
    env |= {name: value for name, value in (REAL | changes).items() if value is not None}
    return subprocess.run(
        [sys.executable, *arguments], cwd=settings.BASE_DIR, env=env, capture_output=True, text=True, check=False
    )


def test_djangos_own_check_finds_nothing(tmp_path: Path) -> None:
    done = run(tmp_path, "manage.py", "check", "--deploy", "--fail-level", "WARNING")
    assert (done.returncode, done.stderr) == (0, "")


def test_what_an_installation_runs_with(tmp_path: Path) -> None:
    wanted = {
        "DEBUG": False,
        "DEMO": False,
        "ARSHJUL_CLOCK_MAY_BE_SET": False,
        "SESSION_COOKIE_SECURE": True,
        "SESSION_COOKIE_HTTPONLY": True,
        "SESSION_COOKIE_SAMESITE": "Lax",
        "SESSION_COOKIE_NAME": "__Host-session",
        "SESSION_COOKIE_AGE": 21 * 60 * 60,
        "CSRF_COOKIE_SECURE": True,
        "CSRF_COOKIE_HTTPONLY": True,
        "CSRF_COOKIE_NAME": "__Host-csrf",
        "SECURE_SSL_REDIRECT": True,
        "SECURE_HSTS_SECONDS": 365 * 24 * 60 * 60,
        "SECURE_HSTS_INCLUDE_SUBDOMAINS": True,
        "SECURE_CONTENT_TYPE_NOSNIFF": True,
        "SECURE_REFERRER_POLICY": "same-origin",
        "X_FRAME_OPTIONS": "DENY",
        "USE_X_FORWARDED_HOST": False,
        "FILE_UPLOAD_PERMISSIONS": 0o600,
        "ADMINS": [],
    }
    done = run(tmp_path, "-c", f"NAMES = {list(wanted)!r}\n{SHOW}")
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout) == wanted


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"ARSHJUL_SECRET_KEY": "short"}, "at least 50 characters"),
        ({"ARSHJUL_BASE_URL": "http://arshjul.example.no"}, "must begin with https://"),
        ({"ARSHJUL_DEBUG": "true"}, "only for ARSHJUL_DEMO"),
        ({"EMAIL_URL": None}, "needs EMAIL_URL"),
        ({"DATABASE_URL": None}, "needs DATABASE_URL"),
        ({"ARSHJUL_ALLOWED_HOSTS": None}, "ARSHJUL_ALLOWED_HOSTS"),
    ],
)
def test_what_is_missing_or_weak_stops_the_start(tmp_path: Path, changes: dict[str, str | None], says: str) -> None:
    done = run(tmp_path, "manage.py", "check", **changes)
    assert done.returncode != 0
    assert says in done.stderr


def test_the_demos_doors_are_shut_in_an_installation(tmp_path: Path) -> None:
    """No sign-in without a code, no mails on show, no clock to set."""
    probe = """
import django
django.setup()
from django.http import Http404
from django.test import RequestFactory
from accounts.views import demo
from core.views import ui
for view in (demo.demo, demo.demo_mail, ui.ui):
    try:
        view(RequestFactory().get("/"))
    except Http404:
        print(view.__name__, "shut")
"""
    assert run(tmp_path, "-c", probe).stdout.split("\n")[:3] == ["demo shut", "demo_mail shut", "ui shut"]
