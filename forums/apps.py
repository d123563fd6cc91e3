"""Collaboration forums: seats, appointments and the long-term plan."""

from importlib import import_module

from django.apps import AppConfig


class ForumsConfig(AppConfig):
    """Who sits where, and for whom."""

    default_auto_field = "django.db.models.BigAutoField"
    name = "forums"

    def ready(self) -> None:
        """Fill the registries of the lower apps."""
        actor = import_module("core.actor")
        seats = import_module("forums.selectors.seats")
        actor.register_grant_source(seats.grants_of)
        import_module("accounts.selectors.holders").register_holding_source(seats.holdings)
        import_module("accounts.selectors.ties").register_tie_source(seats.ties)
        import_module("forums.audit")
        import_module("forums.rules")
        import_module("forums.menu").register()
        import_module("forums.imports").register()
        import_module("forums.questions").register()
        import_module("forums.selectors.own_pages").register_own()
        mine = import_module("forums.services.handing_over")
        import_module("accounts.handover").register(mine.SeatPart())
