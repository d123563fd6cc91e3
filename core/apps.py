"""What every app needs: actor, authorisation, workflow, events, jobs, clock, money, language."""

from importlib import import_module

from django.apps import AppConfig


class CoreConfig(AppConfig):
    """The lowest app of the ladder."""

    default_auto_field = "django.db.models.BigAutoField"
    name = "core"

    def ready(self) -> None:
        """Fill the registries."""
        import_module("core.rules")
        import_module("core.tasks")
        import_module("core.ui.stuck").register()
        import_module("core.ui.imports").register()
