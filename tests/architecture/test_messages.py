"""Every text of the program is there in bokmål and nynorsk, none is a guess, and the gaps are the same."""

import ast
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest
from babel.messages import Catalog, Message
from babel.messages.pofile import read_po
from django.conf import settings
from django.utils.translation import templatize

ROOT = Path(settings.BASE_DIR)
APPS = ("accounts", "core", "forums", "grants", "networks", "reporting")
PLAIN = {"_", "gettext", "gettext_lazy", "gettext_noop"}
PLURAL = {"ngettext", "ngettext_lazy"}
CONTEXT = {"pgettext", "pgettext_lazy"}
Key = tuple[str, str]
"""(context, English text)"""

LITERAL = r"""(?:"(?:\\.|[^"\\])*"|'(?:\\.|[^'\\])*')"""
CALL = re.compile(rf"\b(_|n?p?gettext)\(\s*(u?{LITERAL}(?:\s*,\s*u?{LITERAL})*)")
GAP = re.compile(r"%\((\w+)\)[sd]|%[sd]")


def in_python() -> Iterator[Key]:
    """What the code asks gettext for, adjoining strings put together."""
    for app in APPS:
        for path in sorted((ROOT / app).rglob("*.py")):
            if "migrations" in path.parts:
                continue
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
                    words = [a.value for a in node.args if isinstance(a, ast.Constant) and isinstance(a.value, str)]
                    if node.func.id in PLAIN | PLURAL and words:
                        yield "", words[0]
                    elif node.func.id in CONTEXT and len(words) == 2:
                        yield words[0], words[1]


def in_templates() -> Iterator[Key]:
    """What the templates ask for, read as makemessages reads them."""
    for path in sorted((ROOT / "templates").rglob("*")):
        if path.suffix in {".html", ".txt"}:
            for function, arguments in CALL.findall(templatize(path.read_text(encoding="utf-8"))):
                words = [ast.literal_eval(part) for part in re.findall(LITERAL, arguments)]
                yield (words[0], words[1]) if function == "pgettext" else ("", words[0])


@cache
def wanted() -> frozenset[Key]:
    return frozenset(key for key in [*in_python(), *in_templates()] if key[1])


@cache
def catalogue(form: str) -> Catalog:
    with (ROOT / "locale" / form / "LC_MESSAGES" / "django.po").open("rb") as file:
        return read_po(file, locale=form)


def found(form: str) -> dict[Key, Message]:
    return {
        (message.context or "", message.id[0] if isinstance(message.id, tuple) else message.id): message
        for message in catalogue(form)
        if message.id
    }


def texts(message: Message) -> list[str]:
    return list(message.string) if isinstance(message.string, tuple | list) else [message.string]


EACH = pytest.mark.parametrize("form", ["nb", "nn"])


def test_the_texts_are_found() -> None:
    assert ("", "Announce the round") in wanted()  # code, adjoining
    assert ("", "Sign out") in wanted()  # a template
    assert len(wanted()) > 500


@EACH
def test_every_text_is_translated(form: str) -> None:
    there = {key for key, message in found(form).items() if all(texts(message))}
    assert sorted(wanted() - there) == []


@EACH
def test_no_translation_is_a_guess(form: str) -> None:
    assert sorted(key for key, message in found(form).items() if message.fuzzy) == []


@EACH
def test_the_gaps_are_the_same(form: str) -> None:
    """A gap more is a crash, a gap less a lost word; a plural's first form may leave its number out."""
    wrong = []
    for key, message in found(form).items():
        ids = list(message.id) if isinstance(message.id, tuple) else [message.id]
        gaps = {gap for text in ids for gap in GAP.findall(text)}
        for text in texts(message):
            own = set(GAP.findall(text))
            plural = isinstance(message.id, tuple)
            if text and (own - gaps or (not plural and gaps - own)):
                wrong.append((key[1], text))
    assert wrong == []


@EACH
def test_no_text_is_left_over(form: str) -> None:
    """What nobody asks for any more is taken out, so that translators don't tend it."""
    assert sorted(found(form).keys() - wanted()) == []
