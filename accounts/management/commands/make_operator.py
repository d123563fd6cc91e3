"""``manage.py make_operator EMAIL "NAME"``: the one who makes offices and lets their first administrator in."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError
from django.core.validators import validate_email

from accounts.services.people import make_operator
from core.actor import Actor


class Command(BaseCommand):
    """Needed once in an installation; saying it again changes nothing."""

    help = "Let a person make offices and let their first administrator in."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("email")
        parser.add_argument("name")

    def handle(self, *_args: Any, **options: Any) -> None:
        try:
            validate_email(options["email"])
        except ValidationError:
            raise CommandError(f"{options['email']} is no e-mail address.") from None
        user = make_operator(email=options["email"], name=options["name"], by=Actor.for_system("make_operator"))
        self.stdout.write(f"{user.name} ({user.email}) signs in with a mailed code and finds the offices at /drift/.")
