"""Organisations, networks and their ties."""

from importlib import import_module

from django.apps import AppConfig


class NetworksConfig(AppConfig):
    """Who belongs where."""

    default_auto_field = "django.db.models.BigAutoField"
    name = "networks"

    def ready(self) -> None:
        """Fill the registries of the lower apps."""
        import_module("networks.audit")
        import_module("networks.rules")
        import_module("networks.menu").register()
        import_module("networks.questions").register()
        import_module("networks.importers").register()
        import_module("networks.selectors.own_pages").register_own()
        import_module("networks.places").register()
        handover, mine = import_module("accounts.handover"), import_module("networks.services.handing_over")
        handover.register(mine.ContactPart())
        handover.register(mine.NamePart())
