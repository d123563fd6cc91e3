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
        import_module("accounts.tasks")
        import_module("accounts.menu").register()
        import_module("accounts.selectors.questions").register()
        people = import_module("accounts.services.people")
        import_module("core.views.language").register_keeper(people.keep_form)
        offices = import_module("accounts.selectors.offices")
        import_module("core.views.texts").register_contacts(offices.contacts_of)
        holders = import_module("accounts.selectors.holders")
        import_module("core.actor").register_grant_source(holders.grants_of)
        holders.register_holding_source(holders.role_holdings)
        import_module("accounts.handover").register(import_module("accounts.services.handovers").RolePart())
        import_module("accounts.selectors.sees").register_own()
        import_module("accounts.selectors.lists").register()
        import_module("core.imports").register(import_module("accounts.services.importing").PeopleImporter())
        ties = import_module("accounts.selectors.ties")
        ties.register_tie_source(ties.role_ties)
