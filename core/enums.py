"""Words with a fixed set of values that every app shares."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class WrittenForm(models.TextChoices):
    """The two written forms of Norwegian (språklova § 4)."""

    BOKMAL = "nb", _("bokmål")
    NYNORSK = "nn", _("nynorsk")


class AnchorKind(models.TextChoices):
    """What a role can be held at, and what the lower apps may point at."""

    OFFICE = "office", _("office")
    ORGANISATION = "organisation", _("organisation")
    NETWORK = "network", _("network")
    FORUM = "forum", _("forum")


class Role(models.TextChoices):
    """What a person can be. Chair, member and deputy are not here: they come from a forum appointment."""

    CASE_OFFICER = "case_officer", _("case officer")
    APPROVER = "approver", _("approver")
    OFFICE_ADMINISTRATOR = "office_administrator", _("office administrator")
    OWNER_CONTACT = "owner_contact", _("owner contact")
    LETTER_READER = "letter_reader", _("letter reader")
    COORDINATOR = "coordinator", _("network coordinator")
    NETWORK_READER = "network_reader", _("network reader")
    PROVIDER_CONTACT = "provider_contact", _("university contact")
    FORUM_SECRETARY = "forum_secretary", _("forum secretary")


ROLES_AT: dict[AnchorKind, frozenset[Role]] = {
    AnchorKind.OFFICE: frozenset({Role.CASE_OFFICER, Role.APPROVER, Role.OFFICE_ADMINISTRATOR}),
    AnchorKind.ORGANISATION: frozenset({Role.OWNER_CONTACT, Role.LETTER_READER, Role.PROVIDER_CONTACT}),
    AnchorKind.NETWORK: frozenset({Role.COORDINATOR, Role.NETWORK_READER, Role.PROVIDER_CONTACT}),
    AnchorKind.FORUM: frozenset({Role.FORUM_SECRETARY}),
}
"""Which roles can be held at which kind of anchor (data-model.md, «Roles»)."""

OFFICE_STAFF: frozenset[str] = frozenset({Role.CASE_OFFICER, Role.APPROVER, Role.OFFICE_ADMINISTRATOR})


class JobState(models.TextChoices):
    """A job's row is the truth; a carrier (Celery or ``run_jobs``) only wakes it."""

    WAITING = "waiting", _("waiting")
    RUNNING = "running", _("running")
    DONE = "done", _("done")
    FAILED = "failed", _("failed")


class MessageState(models.TextChoices):
    """A mail is decided once (the row) and leaves at least once, always under the same Message-ID."""

    DECIDED = "decided", _("decided")
    SENT = "sent", _("sent")
    FAILED = "failed", _("failed")


class DocumentKind(models.TextChoices):
    """Journal types (arkivforskrifta § 14)."""

    INCOMING = "in", _("incoming")
    OUTGOING = "out", _("outgoing")
    INTERNAL = "internal", _("internal")


class PartyRole(models.TextChoices):
    """Who a journaled document comes from and goes to (arkivforskrifta § 15)."""

    SENDER = "sender", _("sender")
    RECIPIENT = "recipient", _("recipient")
    COPY = "copy", _("copy recipient")


class ConfirmationAnswer(models.TextChoices):
    """What a party can answer when asked to confirm."""

    CONFIRMED = "confirmed", _("confirmed")
    CHANGE_WANTED = "change_wanted", _("asks for a change")
    DECLINED = "declined", _("declined")


class CommentKind(models.TextChoices):
    """What a comment is meant as."""

    QUESTION = "question", _("question")
    SUPPORT = "support", _("support")
    WORRY = "worry", _("worry")
    PROPOSAL = "proposal", _("proposal")
    REMARK = "remark", _("remark")


class LinkPurpose(models.TextChoices):
    """What a personal link opens; never a letter, which needs sign-in."""

    NEEDS_REPORT = "needs_report", _("needs report")
    MEASURE_CONFIRMATION = "measure_confirmation", _("confirmation of a measure")
    RECOMMENDATION = "recommendation", _("answer on the recommendation")
    REPORT_CONFIRMATION = "report_confirmation", _("confirmation of an annual report")
    ANNUAL_REPORT = "annual_report", _("annual report")
    UNION_REMARK = "union_remark", _("remark from a union representative")
    TASK = "task", _("task")
