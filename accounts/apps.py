"""People, role assignments, invitations, sign-in and notices to a person."""

from importlib import import_module

from django.apps import AppConfig


class AccountsConfig(AppConfig):
    """Who a person is and which roles they hold."""

    default_auto_field = "django.db.models.BigAutoField"
    name = "accounts"

    def ready(self) -> None:
        """Fill the registries of the lower app."""
        import_module("accounts.audit")
        import_module("accounts.rules")
        actor = import_module("core.actor")
        actor.register_grant_source(import_module("accounts.selectors.holders").grants_of)
