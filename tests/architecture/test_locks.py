"""Lock files hold versions and checksums, never the address of the registry they were fetched from."""

import json
from pathlib import Path

import pytest
from django.conf import settings

ROOT = Path(settings.BASE_DIR)
PYTHON_LOCKS = ["requirements.txt", "requirements-dev.txt", "requirements-node.txt"]


@pytest.mark.parametrize("name", PYTHON_LOCKS)
def test_a_python_lock_holds_no_address(name: str) -> None:
    text = (ROOT / name).read_text()
    assert [line for line in text.splitlines() if "://" in line or line.startswith("--")] == []


@pytest.mark.parametrize("name", PYTHON_LOCKS)
def test_every_python_package_is_pinned_and_has_checksums(name: str) -> None:
    text = (ROOT / name).read_text().replace("\\\n", "")
    lines = [line for line in text.splitlines() if line and not line.lstrip().startswith("#")]
    assert [line for line in lines if "==" not in line or "--hash=sha256:" not in line] == []
    assert len(lines) > 0


def test_the_npm_lock_holds_no_address_and_a_checksum_each() -> None:
    packages = json.loads((ROOT / "package-lock.json").read_text())["packages"]
    fetched = {name: package for name, package in packages.items() if name}
    assert [name for name, package in fetched.items() if "resolved" in package] == []
    assert [name for name, package in fetched.items() if "integrity" not in package] == []


def test_npm_packages_are_pinned_to_one_version() -> None:
    package = json.loads((ROOT / "package.json").read_text())
    versions = [*package["dependencies"].values(), *package["devDependencies"].values()]
    assert [version for version in versions if not version[0].isdigit()] == []


def test_what_the_tests_use_is_locked_at_the_program_s_versions() -> None:
    def pins(name: str) -> set[str]:
        return {line.split(" ")[0] for line in (ROOT / name).read_text().splitlines() if line[:1].isalnum()}

    assert pins("requirements.txt") - pins("requirements-dev.txt") == set()
