"""Where the money goes: an account number entered by one and confirmed by another (fraud control)."""

from __future__ import annotations

from django.conf import settings
from django.core.validators import RegexValidator
from django.db import models
from django.db.models import F, Q

from core.models import Office
from networks.models.organisations import Organisation


class Account(models.Model):
    """Eleven digits, modulus 11. Counts only when confirmed by someone else than the one who entered it.

    ``confirm_note`` says how it was checked («ringte økonomisjefen»). One office's accounts aren't seen by another.
    """

    office = models.ForeignKey(Office, on_delete=models.PROTECT, related_name="+")
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="accounts")
    number = models.CharField(max_length=11, validators=[RegexValidator(r"^\d{11}$")])
    entered_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    entered_at = models.DateTimeField()
    confirmed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    confirmed_at = models.DateTimeField(null=True, blank=True)
    confirm_note = models.CharField(max_length=200, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="networks_account_two_people",
                condition=Q(confirmed_by__isnull=True) | ~Q(confirmed_by=F("entered_by")),
                violation_error_message="Another person than the one who entered the account must confirm it.",
            ),
            models.CheckConstraint(
                name="networks_account_confirmed_has_time",
                condition=Q(confirmed_by__isnull=True, confirmed_at__isnull=True)
                | Q(confirmed_by__isnull=False, confirmed_at__isnull=False),
            ),
            models.UniqueConstraint(
                fields=["office", "organisation"],
                name="networks_account_in_use",
                condition=Q(ended_at__isnull=True, confirmed_at__isnull=False),
            ),
            models.UniqueConstraint(
                fields=["office", "organisation"],
                name="networks_account_pending",
                condition=Q(ended_at__isnull=True, confirmed_at__isnull=True),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.organisation_id} …{self.number[-4:]}"
