"""`{% load ui %}`: every component of the pages in one library.

A component takes keyword-only, typed arguments: a misspelt or missing one stops the template when it is compiled, not
when somebody opens the page. All of them are shown on `/ui/`. The parts stand in modules by noun.
"""

from typing import Final

from django.template import Library

from core.templatetags import ui_data, ui_forms, ui_frame, ui_marks, ui_tables, ui_text

register = Library()

PARTS: Final = (ui_marks, ui_frame, ui_forms, ui_tables, ui_data, ui_text)

for part in PARTS:
    register.tags.update(part.register.tags)
    register.filters.update(part.register.filters)
