"""Norwegian order and search as plain text that any database sorts and compares alike.

SQLite compares bytes, a C-collated PostgreSQL too, and a locale-aware one ignores punctuation and reads «aa» as å:
all of them put æ, ø and å wrong in some case (platform.md, «Norwegian traps»). So what is sorted by or searched in is
stored beside the text, made here.
"""

from __future__ import annotations

import re
import unicodedata

_NORWEGIAN: dict[str, str] = {
    "ä": "æ",
    "ö": "ø",
    "ő": "ø",
    "ü": "y",
    "œ": "oe",
    "ß": "ss",
    "þ": "th",
    "ð": "d",
    "đ": "d",
    "ħ": "h",
    "ı": "i",
    "ł": "l",
    "ŋ": "n",
    "ŧ": "t",
    "ʒ": "z",
    "ǥ": "g",
}
"""Letters that don't come apart into a base letter and an accent: where Norwegian lists put them. The Sámi letters
sort with the letter they look like."""

_KEEP = frozenset("æøå")
_LAST_LETTERS = {"z": "zb", "æ": "zc", "ø": "zd", "å": "ze"}
_WORD_OR_NUMBER = re.compile(r"[0-9]+|[^\W\d_]+")
_LONGEST_NUMBER = 9


def _plain(text: str) -> str:
    """Lower case, accents off, foreign letters turned to the ones they are sorted as; æ, ø and å kept."""
    result: list[str] = []
    for letter in unicodedata.normalize("NFC", text).casefold():
        if letter in _KEEP:
            result.append(letter)
        elif letter in _NORWEGIAN:
            result.append(_NORWEGIAN[letter])
        else:
            apart = (part for part in unicodedata.normalize("NFKD", letter) if not unicodedata.combining(part))
            result.extend(_NORWEGIAN.get(part, part) for part in apart)
    return "".join(result)


def sort_key(text: str) -> str:
    """A key of the characters a–z and 0–9 that sorts in Norwegian order in every database.

    …, z, æ, ø, å; aa counts as å; case and accents don't count; a word sorts before a longer one that begins with it
    («Os» before «Os kommune» before «Osen»); numbers sort by size («Tiltak 2» before «Tiltak 10»). Texts with the
    same key differ only in case, accents or punctuation: order by (key, id).
    """
    pieces: list[str] = []
    for piece in _WORD_OR_NUMBER.findall(_plain(text)):
        if piece[0] in "0123456789":
            digits = piece.lstrip("0") or "0"
            pieces.append(f"1{min(len(digits), _LONGEST_NUMBER)}{digits}")
        else:
            word = piece.replace("aa", "å")
            pieces.append("".join(_LAST_LETTERS.get(letter, letter) for letter in word))
    return "0".join(pieces)


def fold(text: str) -> str:
    """The text for search: case and accents off, å written aa, ä as æ, ö as ø, spaces single.

    Store it beside the text and search it with the folded query: «ørland» finds «Ørland», «Aas» and «ås» find «Ås».
    """
    return " ".join(_plain(text).replace("å", "aa").split())
