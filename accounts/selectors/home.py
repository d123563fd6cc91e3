"""What the home page says."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.http import QueryDict
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.models import User
from accounts.selectors.offices import offices_of
from accounts.selectors.work import OTHERS, Task, both
from core import clock
from core.actor import Actor
from core.dates import format_weekday_date, interface_form
from core.models import Office
from core.paging import Leaf, asked_for
from core.ui.home import HomeWheel
from core.ui.wheel import Wheel

SHOWN = 8
"""As many rows of «Waiting for others» stand open; the rest is folded."""


@dataclass(frozen=True, slots=True)
class HomePage:
    """``lead`` is the sentence under the greeting, ``then`` the one of an empty list: both say the next date."""

    greeting: str
    lead: str
    then: str
    tasks: Leaf[Task]
    others: Leaf[Task]
    offices: list[Office]

    @property
    def open_others(self) -> Sequence[Task]:
        return self.others.rows[: self._shown]

    @property
    def more_others(self) -> Sequence[Task]:
        return self.others.rows[self._shown :]

    @property
    def _shown(self) -> int:
        """All but one are never hidden: the way to the last row takes the room of the row."""
        rows = len(self.others.rows)
        return rows if rows == SHOWN + 1 else SHOWN


def home_page(actor: Actor, person: User, year: HomeWheel | None, asked: QueryDict) -> HomePage:
    """The page for a person signed in. The same number of queries, however much is owed."""
    tasks, others = both(actor, number=asked_for(asked), others_number=asked_for(asked, OTHERS))
    lead, day, then = next_date(year.wheel if year else None)
    return HomePage(
        greeting=greeting(person, clock.now().hour),
        lead=year.lead if year and year.lead else format_html("{} <strong>{}</strong>.", lead, day) if lead else "",
        then=then,
        tasks=tasks,
        others=others,
        offices=offices_of(actor, {task.obligation.office_id for task in tasks}),
    )


def greeting(user: User, hour: int) -> str:
    """By the time of day in Norway."""
    name = {"name": user.first_name}
    if 5 <= hour < 10:
        return _("Good morning, %(name)s") % name
    if 18 <= hour < 23:
        return _("Good evening, %(name)s") % name
    return _("Hello, %(name)s") % name


def next_date(wheel: Wheel | None) -> tuple[str, str, str]:
    """(the words before the day, the day in words, the same in one sentence for an empty list)."""
    if wheel is None or wheel.next is None or wheel.days_left is None:
        return "", "", ""
    label = wheel.next.label
    day = format_weekday_date(wheel.next.day, interface_form())
    then = _("Next: %(label)s, %(day)s.") % {"label": label, "day": day}
    if wheel.days_left == 0:
        return _("%(label)s is today,") % {"label": label}, day, then
    words = ngettext("%(label)s is in %(days)d day,", "%(label)s is in %(days)d days,", wheel.days_left)
    return words % {"label": label, "days": wheel.days_left}, day, then
