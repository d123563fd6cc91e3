"""What every app needs: actor, authorisation, workflow, events, jobs, clock, money, language."""

from django.apps import AppConfig


class CoreConfig(AppConfig):
    """The lowest app of the ladder."""

    default_auto_field = "django.db.models.BigAutoField"
    name = "core"
