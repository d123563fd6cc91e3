"""Rule sets, rounds, needs reports, proposals, decisions and award letters."""

from django.apps import AppConfig


class GrantsConfig(AppConfig):
    """The money of one year."""

    default_auto_field = "django.db.models.BigAutoField"
    name = "grants"
