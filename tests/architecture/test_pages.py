"""Templates, addresses and views: none is left over, and no view forgets to ask."""

import ast
import inspect
import re
import textwrap
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.conf import settings

from tests.architecture.access_matrix import MATRIX
from tests.architecture.addresses import ADDRESSES

ROOT = Path(settings.BASE_DIR)
APPS = ("accounts", "core", "forums", "grants", "networks", "reporting")
BY_DJANGO = {"400.html", "403.html", "403_csrf.html", "404.html", "500.html"}
"""Asked for by name by Django itself, as are those of form fields below ``django/``."""
LONGEST_VIEW = 36
"""Lines, with the answers to errors in them; it may go down, not up."""
ASKS = re.compile(
    r"\bauthz\.|\brequire_visible\b|\brequire\b|\ballowed\b|request\.actor|request\.user|person_behind|\bvisible"
)


def words_of_code() -> str:
    """All Python of ours: names of templates stand in it whole."""
    paths = [path for app in (*APPS, "config") for path in sorted((ROOT / app).rglob("*.py"))]
    return "\n".join(path.read_text(encoding="utf-8") for path in paths)


def test_every_template_is_used() -> None:
    """Named in a view, a component, a mail or another template."""
    folder = ROOT / "templates"
    names = {str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file()}
    text = words_of_code() + "\n".join(path.read_text(encoding="utf-8") for path in folder.rglob("*.html"))

    def chosen(name: str) -> bool:
        """Put together from a folder and a word of the code: ``f"core/{page}.html"``."""
        if re.sub(r"\.(nb|nn)\.", ".{form}.", name) in text:
            return True
        folder, _slash, file = name.rpartition("/")
        return f'"{folder}/{{' in text and f'"{file.split(".")[0]}"' in text

    left_over = {
        name
        for name in names - BY_DJANGO
        if not name.startswith(("django/", "account/"))
        and not any(f"{quote}{name}{quote}" in text for quote in "\"'")
        and not chosen(name)
    }
    assert left_over == set()


def views() -> Iterator[tuple[str, Any]]:
    """The function behind each address, decorators taken off."""
    for name, pattern in ADDRESSES.items():
        yield name, inspect.unwrap(pattern.callback)


def sources_of(view: Any) -> str:
    """The view's source, with that of the functions of its own module it calls."""
    module = inspect.getmodule(view)
    source = inspect.getsource(getattr(view, "view_class", view))
    called = {node.func.id for node in ast.walk(ast.parse(textwrap.dedent(source)))
              if isinstance(node, ast.Call) and isinstance(node.func, ast.Name)}  # fmt: skip
    inner = [getattr(module, name) for name in called if inspect.isfunction(getattr(module, name, None))]
    return source + "".join(inspect.getsource(function) for function in inner)


def test_no_view_forgets_to_ask_who_it_is() -> None:
    """Each view asks core.authz, or reads only what is the actor's own; public pages are those the matrix opens."""
    public = {name for name, row in MATRIX.items() if row.anonymous != 302}
    of_signing_in = {name for name in ADDRESSES if name.startswith("account_")} | {"core:set_language"}
    silent = {
        name for name, view in views() if name not in public | of_signing_in and not ASKS.search(sources_of(view))
    }
    assert silent == set()


def test_only_the_pages_the_matrix_opens_are_open() -> None:
    """``login_not_required`` is set one by one, and no page is open by mistake."""
    may_be_open = {name for name, row in MATRIX.items() if row.anonymous != 302}
    may_be_open |= {"account_confirm_login_code", "account_logout", "core:set_language"}
    marked = {name for name, pattern in ADDRESSES.items() if getattr(pattern.callback, "login_required", True) is False}
    assert marked - may_be_open == set()


def test_a_view_is_short() -> None:
    """It loads, acts and answers; what is longer belongs in a form, a service or a selector."""
    long = {}
    for name, view in views():
        tree = ast.parse(textwrap.dedent(inspect.getsource(getattr(view, "view_class", view))))
        function = tree.body[0]
        if isinstance(function, ast.FunctionDef):
            body = function.body[1:] if ast.get_docstring(function) else function.body
            lines = (body[-1].end_lineno or 0) - body[0].lineno + 1
            if lines > LONGEST_VIEW:
                long[name] = lines
    assert long == {}
