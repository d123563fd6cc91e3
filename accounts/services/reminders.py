"""Reminds those who still owe something, five working days before it is due: once, and never after it is done."""

from __future__ import annotations

import hashlib
from collections import defaultdict
from datetime import date

from django.db import transaction
from django.db.models import F
from django.utils.text import capfirst

from accounts.models import User
from accounts.selectors.work import as_task, debtors, url_of
from accounts.services.notices import absolute, notify
from core import clock, obligations
from core.calendar import add_working_days, is_working_day
from core.dates import format_weekday_date
from core.models import Obligation, Office

WORKING_DAYS = 5

WAITS = {"nb": "Dette venter på deg, og fristen er {day}:", "nn": "Dette ventar på deg, og fristen er {day}:"}
ALL_WAIT = {"nb": "Dette venter på deg:", "nn": "Dette ventar på deg:"}
SEVERAL = {"nb": "{day}: {count} oppgaver venter på deg", "nn": "{day}: {count} oppgåver ventar på deg"}
MINUTES = {"nb": "Det tar omtrent {minutes} minutter.", "nn": "Det tek om lag {minutes} minutt."}
BY_NAME = {"nb": "Hei, {name}.", "nn": "Hei, {name}."}


@transaction.atomic
def send_reminders(*, on: date | None = None) -> int:
    """Mail everyone who owes something due in five working days or fewer and hasn't been reminded of that date.

    One mail a person and office, with all of it; nothing on weekends and red days. Returns how many mails were decided.
    What nobody holds the role for isn't marked: whoever gets the role is reminded.
    """
    today = on or clock.today()
    if not is_working_day(today):
        return 0
    rows = _due(today)
    people = debtors(rows, today)
    heaps: dict[tuple[int, int], list[Obligation]] = defaultdict(list)
    known: dict[int, User] = {}
    for row in rows:
        for user in people[row.pk]:
            known[user.pk] = user
            heaps[user.pk, row.office_id].append(row)
    count = sum(_remind(known[user_id], heap) for (user_id, _office), heap in sorted(heaps.items()))
    for row in rows:
        if people[row.pk]:
            row.reminded_for = row.due
            row.save(update_fields=["reminded_for"])
    return count


def _due(today: date) -> list[Obligation]:
    reminded = [code for code, kind in obligations.kinds().items() if kind.reminded]
    last = add_working_days(today, WORKING_DAYS)
    return list(
        Obligation.objects.select_for_update(of=("self",))
        .filter(done_at__isnull=True, kind__in=reminded, due__gte=today, due__lte=last)
        .exclude(reminded_for=F("due"))
        .select_related("office", "office__anchor", "anchor", "for_anchor", "user")
        .prefetch_related("office__names", "subject")
        .order_by("due", "id")
    )


def _remind(user: User, rows: list[Obligation]) -> int:
    office: Office = rows[0].office
    single = rows[0] if len(rows) == 1 else None
    marks = ",".join(f"{row.pk}@{row.due}" for row in rows)
    return notify(
        users=[user],
        code="reminder",
        key=f"reminder:{hashlib.sha256(marks.encode()).hexdigest()[:32]}",
        subject=(single.subject if single else None) or office,
        office=office,
        texts=lambda person, form: _texts(person, form, rows),
        url=url_of(single) if single else "/",
        purpose=obligations.kind(single.kind).purpose if single else "",
        data={"obligations": [row.pk for row in rows]},
    )


def _texts(person: User, form: str, rows: list[Obligation]) -> tuple[str, str]:
    tasks = [as_task(row) for row in rows]
    days = [format_weekday_date(row.due, form) for row in rows if row.due]
    hello = BY_NAME[form].format(name=person.first_name)
    if len(tasks) == 1:
        text = tasks[0].text
        minutes = MINUTES[form].format(minutes=tasks[0].minutes)
        title = f"{capfirst(days[0])}: {text[:1].lower()}{text[1:]}"
        return title, f"{hello}\n\n{WAITS[form].format(day=days[0])}\n\n– {text}\n\n{minutes}"
    title = str(capfirst(SEVERAL[form].format(day=days[0], count=len(tasks))))
    # Each has its own address: a mail of several tasks would else lead to the front page only.
    lines = [f"– {capfirst(day)}: {task.text}\n{absolute(task.url)}" for day, task in zip(days, tasks, strict=True)]
    return title, "\n\n".join([hello, ALL_WAIT[form], *lines])
