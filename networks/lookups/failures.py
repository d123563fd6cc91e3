"""Why a register gave no answer, as a sentence somebody can act on."""

from __future__ import annotations

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

SENTENCES: dict[str, str | Promise] = {
    "not_found": _("The register doesn't know this number. Check it."),
    "unreachable": _("We got no contact with the register. Try again later, or write it yourself."),
    "slow": _("The register took too long to answer. Try again later, or write it yourself."),
    "server": _("The register is out of order. Try again later, or write it yourself."),
    "refused": _("The register refused to answer. Tell whoever runs the installation."),
    "redirected": _("The register sent us elsewhere, where we don't go. Tell whoever runs the installation."),
    "too_big": _("The register's answer was too big to read. Tell whoever runs the installation."),
    "not_json": _("The register answered with something we can't read. Try again later, or write it yourself."),
    "other_shape": _("The register's answer isn't as it is documented. Tell whoever runs the installation."),
}


class LookupFailed(Exception):
    """No answer. ``code`` is stable and for tests and logs; ``str()`` is the sentence."""

    def __init__(self, code: str) -> None:
        self.code = code
        super().__init__(code)

    def __str__(self) -> str:
        return str(SENTENCES[self.code])
