"""Words of the grant year."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class RoundKind(models.TextChoices):
    """One main round per office and year; extra rounds beside it; *opening* holds what was before the program."""

    MAIN = "main", _("main round")
    EXTRA = "extra", _("extra round")
    OPENING = "opening", _("opening balance")


class DeadlineKind(models.TextChoices):
    """The dates of the annual wheel."""

    REPORT = "report", _("Annual reports due")
    NEEDS = "needs", _("Needs reports due")
    FORUM_PAPERS = "forum_papers", _("Papers to the forum")
    FORUM_ANSWER = "forum_answer", _("Forum members answer")
    FORUM_MEETING = "forum_meeting", _("Forum meeting")
    RECOMMENDATION = "recommendation", _("Recommendation ready")
    DECISION = "decision", _("Decision")
    PAYMENT = "payment", _("Payment")
    USE_BY = "use_by", _("Money used by")
    MEETING = "meeting", _("Other meeting")


class LineKind(models.TextChoices):
    """What a sum is for (data-model.md, MoneyKey)."""

    NETWORK = "network", _("network")
    PROVIDER = "provider", _("university or other provider")
    COORDINATOR = "coordinator", _("coordinator")
    STAFF_RELEASE = "staff_release", _("staff release")
    OTHER = "other", _("other")


class LedgerKind(models.TextChoices):
    """What a line of the ledger says happened to money (data-model.md, LedgerEntry)."""

    AWARDED = "awarded", _("awarded")
    PAID = "paid", _("paid")
    USED = "used", _("used")
    CARRIED = "carried", _("carried to another year")
    REPAID = "repaid", _("repaid")


class MeasureKind(models.TextChoices):
    """A new measure, one that goes on from last year, a joint one for all, or one promised before the program."""

    NEW = "new", _("new")
    CONTINUED = "continued", _("continued")
    JOINT = "joint", _("joint")
    OPENING = "opening", _("from before the program")


class MeasureForm(models.TextChoices):
    """Collective, or one of the four other kinds of kindergarten measure (FOR-2021-01-26-230 pkt 3.3)."""

    COLLECTIVE = "collective", _("collective")
    BASIC_COMPETENCE = "basic_competence", _("basic competence")
    STUDIES = "studies", _("studies")
    TRADE_CERTIFICATE = "trade_certificate", _("trade certificate")
    FACILITATION = "facilitation", _("facilitation")


class PartyKind(models.TextChoices):
    """How an organisation takes part in a measure."""

    OWNER = "owner", _("owner")
    PROVIDER = "provider", _("provider")
    PARTICIPANT = "participant", _("participant")
    SUPPORT = "support", _("support")


class CriterionResult(models.TextChoices):
    """The case officer's judgement of one criterion."""

    MET = "met", _("met")
    PARTLY = "partly", _("partly met")
    NOT_MET = "not_met", _("not met")


class LineOutcome(models.TextChoices):
    """What was decided for a line."""

    GRANTED = "granted", _("granted")
    PARTLY = "partly", _("partly granted")
    REFUSED = "refused", _("refused")


class RefusalGround(models.TextChoices):
    """Why a line gets nothing, or less than was sought (pkt 7.3–7.4; §§ 9, 15)."""

    CRITERIA = "criteria", _("the award criteria")
    PRIORITY = "priority", _("other measures come first")


class LetterKind(models.TextChoices):
    """Kinds of letter; the walk sends the first two."""

    AWARD = "award", _("award letter")
    REFUSAL = "refusal", _("refusal letter")
    ESTIMATE = "estimate", _("estimate")
    REMINDER = "reminder", _("reminder")
    RECOVERY = "recovery", _("recovery")


class OwnContributionBase(models.TextChoices):
    """What the owners' own percentage is counted from (texts.md, own_pct_*)."""

    NONE = "none", _("no percentage")
    GRANT = "grant", _("the whole grant")
    OWNER_PART = "owner_part", _("the owners' part")
    COORDINATOR_PART = "coordinator_part", _("the coordinator's part")
