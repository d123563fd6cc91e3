"""Foreign keys point down the ladder, also those named by string; what import-linter holds is not tested again here."""

import subprocess
import sys
from pathlib import Path

from django.apps import apps
from django.conf import settings
from django.contrib.contenttypes.fields import GenericForeignKey
from django.db import models

LADDER = ["reporting", "grants", "forums", "networks", "accounts", "core"]
HEIGHT = {label: place for place, label in enumerate(reversed(LADDER))}


def foreign_keys() -> list[tuple[str, type[models.Model]]]:
    """(owner app.Model.field, target) of every key and every many-to-many of our models."""
    return [
        (f"{model._meta.label}.{field.name}", field.related_model)
        for model in apps.get_models()
        if model._meta.app_label in HEIGHT
        for field in [*model._meta.local_fields, *model._meta.local_many_to_many]
        if field.is_relation and isinstance(field.related_model, type)
    ]


def test_the_apps_are_those_of_the_ladder() -> None:
    ours = {config.label for config in apps.get_app_configs() if Path(config.path).parent == Path(settings.BASE_DIR)}
    assert ours == set(LADDER)


def test_keys_point_down_and_only_to_the_user_up() -> None:
    user = apps.get_model(settings.AUTH_USER_MODEL)
    upward = {
        name
        for name, target in foreign_keys()
        if target is not user
        and target._meta.app_label in HEIGHT
        and HEIGHT[target._meta.app_label] > HEIGHT[name.split(".")[0]]
    }
    assert upward == set()
    assert len(foreign_keys()) > 100  # it looked at something


def test_the_only_generic_reference_is_the_subject() -> None:
    generic = {
        f"{model._meta.label}.{field.name}"
        for model in apps.get_models()
        if model._meta.app_label in HEIGHT
        for field in model._meta.private_fields
        if isinstance(field, GenericForeignKey) and field.name != "subject"
    }
    assert generic == set()


def test_the_import_contracts_hold() -> None:
    program = Path(sys.executable).parent / "lint-imports"
    done = subprocess.run([program, "--no-cache"], cwd=settings.BASE_DIR, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout[-3000:]
