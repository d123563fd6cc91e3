"""The annual report of each measure."""

from importlib import import_module

from django.apps import AppConfig


class ReportingConfig(AppConfig):
    """Reports, confirmed by both sides."""

    default_auto_field = "django.db.models.BigAutoField"
    name = "reporting"

    def ready(self) -> None:
        """Fill the registries of the lower apps."""
        import_module("reporting.audit")
        import_module("reporting.rules")
        import_module("reporting.selectors.duties")
        import_module("reporting.tasks")
        import_module("reporting.menu").register()
        import_module("reporting.questions").register()
        import_module("reporting.selectors.own_pages").register_own()
        mine = import_module("reporting.services.handing_over")
        import_module("accounts.handover").register(mine.ReportPart())
