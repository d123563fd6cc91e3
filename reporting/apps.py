"""Annual reports, control and statistics."""

from django.apps import AppConfig


class ReportingConfig(AppConfig):
    """What became of the money."""

    default_auto_field = "django.db.models.BigAutoField"
    name = "reporting"
