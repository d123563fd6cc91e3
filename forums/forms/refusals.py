"""Puts the sentences of a refusal at the fields they are about."""

from __future__ import annotations

from django.forms import BaseForm

from core.requirements import StepRefused


def show(form: BaseForm, refused: StepRefused) -> None:
    """Each sentence at its field, or at the form as a whole where it is about none."""
    for obstacle in refused.obstacles:
        name = obstacle.anchor.removeprefix("id_")
        form.add_error(name if name in form.fields else None, str(obstacle.text))
