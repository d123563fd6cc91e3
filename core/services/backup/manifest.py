"""The list that makes a folder a backup: what is in it, the SHA-256 of each part, and what it was taken from."""

from __future__ import annotations

import hashlib
import json
import os
import tomllib
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path, PurePosixPath
from typing import Any

from django.conf import settings

FORMAT = 1
NAME = "manifest.json"
FILES = "files"
"""The folder of the stored files inside a backup."""


class BackupBroken(Exception):
    """The folder is not a whole backup; the sentence says why."""


@dataclass(frozen=True, slots=True)
class Part:
    """One file of the backup: where it lies in the folder, its SHA-256 and its size in bytes."""

    path: str
    sha256: str
    size: int


@dataclass(frozen=True, slots=True)
class Manifest:
    """What ``manifest.json`` says. ``rows`` counts each table at the moment the database was read."""

    made_at: str
    program: str
    engine: str
    engine_version: str
    migrations: list[str]
    rows: dict[str, int]
    database: Part
    files: list[Part]
    faults: list[str]
    """What was wrong with the installation itself when the backup was taken: a missing or changed file."""
    format: int = FORMAT

    @property
    def taken(self) -> datetime:
        """When the database was read."""
        return datetime.fromisoformat(self.made_at)


def program_version() -> str:
    """The program's own version, as pyproject.toml has it."""
    with (Path(settings.BASE_DIR) / "pyproject.toml").open("rb") as handle:
        version: str = tomllib.load(handle)["project"]["version"]
    return version


def sha256_of(path: Path) -> str:
    """Of a file, read a piece at a time."""
    with path.open("rb") as handle:
        return hashlib.file_digest(handle, "sha256").hexdigest()


def write(manifest: Manifest, folder: Path) -> str:
    """Write the list into the folder; returns its own SHA-256, which the operator may keep elsewhere."""
    text = json.dumps(asdict(manifest), ensure_ascii=False, indent=1, sort_keys=True) + "\n"
    with (folder / NAME).open("x", encoding="utf-8") as handle:
        handle.write(text)
        handle.flush()
        os.fsync(handle.fileno())
    return hashlib.sha256(text.encode()).hexdigest()


def read(folder: Path) -> Manifest:
    """The list of a backup. Raises BackupBroken for a folder that has none, or one this program can't read."""
    path = folder / NAME
    if not path.is_file():
        raise BackupBroken(f"{folder} has no {NAME}: it is not a backup, or one that was never finished.")
    try:
        found: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
        if found["format"] != FORMAT:
            raise BackupBroken(f"The backup has format {found['format']}, and this program reads format {FORMAT}.")
        database, files = Part(**found.pop("database")), [Part(**part) for part in found.pop("files")]
        manifest = Manifest(database=database, files=files, **found)
    except (ValueError, KeyError, TypeError) as error:
        raise BackupBroken(f"{path} can't be read as a list of a backup ({type(error).__name__}).") from error
    for part in (manifest.database, *manifest.files):
        if PurePosixPath(part.path).is_absolute() or ".." in PurePosixPath(part.path).parts:
            raise BackupBroken(f"{path} names {part.path}, which lies outside the backup.")
    return manifest


def verify(manifest: Manifest, folder: Path) -> None:
    """Every part is there, with its bytes unchanged. Raises BackupBroken with the first that isn't."""
    for part in (manifest.database, *manifest.files):
        path = folder / part.path
        if not path.is_file():
            raise BackupBroken(f"{part.path} is missing from the backup.")
        if sha256_of(path) != part.sha256:
            raise BackupBroken(f"{part.path} is not as it was written: its SHA-256 differs from the list's.")
