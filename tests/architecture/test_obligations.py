"""Every kind of obligation can be read and reached, and every event the code writes has its sentence."""

import ast
from pathlib import Path

from django.conf import settings
from django.urls import get_resolver

from core import audit
from core.models import Obligation
from core.obligations import Kind, kind, kinds
from tests.architecture.addresses import ADDRESSES
from tests.world import World

ROOT = Path(settings.BASE_DIR)
APPS = ("accounts", "core", "forums", "grants", "networks", "reporting")


def test_every_kind_has_an_address_and_two_sentences() -> None:
    def faults(one: Kind) -> set[str]:
        return {
            fault
            for fault, holds in {
                "address": one.url_name in ADDRESSES,
                "verb": bool(str(one.verb)),
                "waiting": bool(str(one.waiting)),
                "minutes": one.minutes > 0,
            }.items()
            if not holds
        }

    assert {code: wrong for code, one in kinds().items() if (wrong := faults(one))} == {}
    assert len(kinds()) >= 8


def test_every_obligation_of_the_world_reads_and_links(world: World) -> None:
    resolver = get_resolver()
    rows = list(Obligation.objects.all())
    for row in rows:
        one = kind(row.kind)
        assert str(one.verb) % row.data and str(one.waiting) % row.data
        namespace, _colon, name = one.url_name.rpartition(":")
        assert resolver.namespace_dict[namespace][1].reverse(name, **row.data["url"])
    assert len({row.kind for row in rows}) >= 4


def codes_in_code() -> dict[str, str]:
    """The codes that are written as text: ``record(code="…")``."""
    found = {}
    for app in APPS:
        for path in sorted((ROOT / app).rglob("*.py")):
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Name | ast.Attribute):
                    continue
                name = node.func.id if isinstance(node.func, ast.Name) else node.func.attr
                if name in {"record", "record_many", "_event", "_log"}:
                    texts = [word.value for word in node.keywords if word.arg == "code"] + node.args[:1]
                    found |= {
                        one.value: f"{path.relative_to(ROOT)}:{node.lineno}"
                        for one in texts
                        if isinstance(one, ast.Constant) and isinstance(one.value, str) and "." in one.value
                    }
    return found


def test_every_event_in_the_code_has_its_sentence() -> None:
    codes = codes_in_code()
    assert {code: where for code, where in codes.items() if not audit.known(code)} == {}
    assert len(codes) > 30
