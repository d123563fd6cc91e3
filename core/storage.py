"""Where files lie: each is whole under its name, or not there at all."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any
from uuid import uuid4

from django.core.files.storage import FileSystemStorage


class WholeFiles(FileSystemStorage):
    """Writes beside the name and links into it when all is on the disk.

    A disk that runs full, a killed process or a power cut leave no half file for the next attempt to find and believe.
    """

    def _save(self, name: str, content: Any) -> str:
        while True:
            place = Path(self.path(name))
            self._make_folder(place.parent)
            draft = place.with_name(f".{uuid4().hex}.part")
            try:
                _write(draft, content, mode=self.file_permissions_mode or 0o666)
                os.link(draft, place)  # fails where the name is taken meanwhile; a rename would overwrite
            except FileExistsError:
                name = self.get_available_name(name)
                continue
            finally:
                draft.unlink(missing_ok=True)
            _flush(place.parent)
            return name.replace("\\", "/")

    def _make_folder(self, folder: Path) -> None:
        """With the mode of the settings on each part that is new."""
        new = [part for part in (folder, *folder.parents) if not part.exists()]
        for part in reversed(new):
            part.mkdir(mode=self.directory_permissions_mode or 0o777, exist_ok=True)


def _write(draft: Path, content: Any, *, mode: int) -> None:
    number = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode)
    with os.fdopen(number, "wb") as file:
        for chunk in content.chunks():
            file.write(chunk)
        file.flush()
        os.fsync(file.fileno())


def _flush(folder: Path) -> None:
    """The name too shall outlive a power cut."""
    number = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(number)
    finally:
        os.close(number)
