"""The mails that tell a recipient of a letter: one link, no amount and no outcome (eForvaltningsforskriften § 8)."""

from dataclasses import dataclass
from datetime import date

from grants.letters.facts import Form
from grants.letters.filters import dato, soft_spaces
from grants.letters.library import fill, library


@dataclass(frozen=True, slots=True, kw_only=True)
class NoticeFacts:
    """What both notices say. ``available`` is the day the letter was made available and first notified."""

    office_name: str
    recipient_name: str
    our_reference: str
    portal_name: str
    letter_url: str
    """Leads to sign-in: a notice never opens the letter by itself."""
    contact_first_name: str
    """What the mail greets: a first name, or the recipient's name when no person is known."""
    case_officer_name: str
    case_officer_phone: str
    available: date
    appeal_last_day: date


@dataclass(frozen=True, slots=True)
class Notice:
    """A mail in plain words; ``paragraphs`` in order, for a plain and a simple HTML body."""

    subject: str
    paragraphs: tuple[str, ...]

    @property
    def body(self) -> str:
        """The plain text body."""
        return "\n\n".join(self.paragraphs) + "\n"


def notice(facts: NoticeFacts, form: Form) -> Notice:
    """The first notice, sent in the moment the letter is made available (§ 8 third paragraph)."""
    return _notice("new", ("1", "2", "3", "4", "5"), facts, form, {})


def second_notice(facts: NoticeFacts, form: Form, *, today: date) -> Notice:
    """The second and last notice, when nobody opened the letter within one week (§ 8 fifth paragraph)."""
    return _notice("second", ("1", "2", "3", "4"), facts, form, {"second_notice_date": dato(today)})


def _notice(kind: str, numbers: tuple[str, ...], facts: NoticeFacts, form: Form, extra: dict[str, str]) -> Notice:
    variables = {
        "office_name": facts.office_name,
        "recipient_name": facts.recipient_name,
        "our_reference": facts.our_reference,
        "portal_name": facts.portal_name,
        "letter_url": facts.letter_url,
        "contact_first_name": facts.contact_first_name,
        "case_officer_name": facts.case_officer_name,
        "case_officer_phone": facts.case_officer_phone,
        "available_date": dato(facts.available),
        "appeal_last_day": dato(facts.appeal_last_day),
        **extra,
    }
    ids = [f"notice_{kind}_subject", *(f"notice_{kind}_{number}" for number in numbers)]
    ids += ["notice_new_close", "notice_new_foot"]
    parts = library().parts
    subject, *paragraphs = (soft_spaces(fill(parts[i].text[form], variables, part=i)) for i in ids)
    return Notice(subject=subject, paragraphs=tuple(paragraphs))
