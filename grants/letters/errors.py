"""What can be wrong with a letter or with the library it is written from."""


class LetterError(Exception):
    """No letter may leave: something is missing or does not fit."""


class LetterIncomplete(LetterError):
    """A part needs a variable that is empty, or a letter lacks a part it must hold."""

    def __init__(self, part: str, variable: str) -> None:
        """``part`` is an id of the library, ``variable`` a name in its text or a duty the letter does not meet."""
        super().__init__(f"{part}: {variable} is missing")
        self.part = part
        self.variable = variable


class LetterInconsistent(LetterError):
    """The facts contradict one another: sums, numbers with check digits, kind, rule set."""


class LetterTextError(Exception):
    """The library itself is wrong; names the file and the part."""

    def __init__(self, file: str, part: str, message: str) -> None:
        """``file`` is the name of the TOML file, ``part`` the id (or its place when it has none)."""
        super().__init__(f"{file}: {part}: {message}")
        self.file = file
        self.part = part
