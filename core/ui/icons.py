"""The icons the pages may use: our name → the drawing in aksel-icons (MIT), or a drawing of our own.

`bin/build_assets.py` reads this table and writes one sprite, `static/vendor/icons.svg`; a page points into it with
`<use href="…/icons.svg#name">`. One cached file instead of paths repeated in every row, and CSP needs no exception.
"""

from typing import Final

SPRITE: Final = "vendor/icons.svg"

AKSEL: Final[dict[str, str]] = {
    "arrow-right": "ArrowRight",
    "bell": "Bell",
    "buildings": "Buildings3",
    "calendar": "Calendar",
    "chat": "Chat",
    "checkmark": "Checkmark",
    "checkmark-circle": "CheckmarkCircle",
    "checkmark-circle-fill": "CheckmarkCircleFill",
    "circle": "Circle",
    "circle-slash": "CircleSlash",
    "clock": "Clock",
    "download": "Download",
    "envelope": "EnvelopeClosed",
    "exclamationmark-triangle-fill": "ExclamationmarkTriangleFill",
    "eye": "Eye",
    "file-text": "FileText",
    "floppydisk": "Floppydisk",
    "gavel": "Gavel",
    "hourglass": "HourglassTopFilled",
    "information-square-fill": "InformationSquareFill",
    "link": "Link",
    "magnifying-glass": "MagnifyingGlass",
    "menu-hamburger": "MenuHamburger",
    "padlock": "PadlockLocked",
    "paperplane": "Paperplane",
    "pencil": "Pencil",
    "person": "Person",
    "person-circle": "PersonCircle",
    "person-group": "PersonGroup",
    "plus": "Plus",
    "printer": "PrinterSmall",
    "question": "QuestionmarkCircle",
    "trash": "Trash",
    "upload": "Upload",
    "wallet": "Wallet",
    "xmark-octagon-fill": "XMarkOctagonFill",
}

OWN: Final[dict[str, str]] = {
    # a circle, its right half filled: begun
    "half": (
        '<path fill-rule="evenodd" d="M12 2.25a9.75 9.75 0 1 0 0 19.5 9.75 9.75 0 0 0 0-19.5M12 4v16a8 8 0 0 0 0-16"/>'
    ),
}

NAMES: Final[frozenset[str]] = frozenset(AKSEL) | frozenset(OWN)

STATUS: Final[dict[str, str]] = {
    "done": "checkmark-circle-fill",
    "ready": "checkmark-circle",
    "going": "half",
    "wait": "hourglass",
    "warn": "exclamationmark-triangle-fill",
    "stop": "xmark-octagon-fill",
    "none": "circle",
    "off": "circle-slash",
}
"""Status shape → icon. A status is always a shape and words; the colour only helps."""
