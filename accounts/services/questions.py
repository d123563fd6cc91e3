"""«Spør kontoret»: somebody asks, the office answers, and whoever asked is told.

Here and not in `core`, where the question's row is: answering tells people, and notices are of this app.
"""

from __future__ import annotations

from django.db import models, transaction
from django.db.models import Q
from django.urls import reverse
from django.utils import translation

from accounts.models import User
from accounts.services.notices import notify
from core import authz, clock, questions
from core.actor import Actor
from core.dates import format_weekday_date
from core.enums import WrittenForm
from core.models import Office, Question
from core.models.subjects import subject_key
from core.requirements import AlreadyDone, StaleVersion
from core.services import obligations
from core.services.events import record
from core.services.performing import lock

TITLE = {"nb": "Svar på spørsmålet ditt om {about}", "nn": "Svar på spørsmålet ditt om {about}"}
BODY = {
    "nb": "{name} har svart på spørsmålet du stilte {day}. Her kan du lese svaret:",
    "nn": "{name} har svart på spørsmålet du stilte {day}. Her kan du lese svaret:",
}


@transaction.atomic
def ask(*, subject: models.Model, office: Office, text: str, by: Actor, url: str = "") -> Question:
    """Ask the office about something one can see; ``url`` is the path of the page it was asked on.

    The same question again while it waits (a double click, the back button) is the same question. Raises
    core.authz.NotAllowed for the office's own people and for what the actor may not see.
    """
    kind, person = questions.askable(type(subject)), by.person
    if kind is None or person is None:
        raise authz.NotAllowed
    authz.require(by, kind.perm, subject)
    authz.require(by, "core.ask", subject)
    lock(person)
    waiting = Question.objects.filter(
        Q(by_user=person) | Q(by_link__user=person), answered_at=None, office=office, text=text, **subject_key(subject)
    ).first()
    if waiting is not None:
        return waiting
    question = Question.objects.create(
        office=office,
        url=url[: Question._meta.get_field("url").max_length],
        about={form: _about(kind, subject, form) for form in WrittenForm.values},
        text=text,
        at=clock.now(),
        **subject_key(subject),
        **by.columns(),
    )
    record(code="question.asked", subject=question, by=by, office=office, data={"about": question.about})
    obligations.sync(question)
    return question


@transaction.atomic
def answer(*, question: Question, text: str, by: Actor) -> Question:
    """Answer once; whoever asked gets a notice and a mail.

    Raises AlreadyDone for the same answer by the same person again, StaleVersion when a colleague has answered
    meanwhile, core.authz.NotAllowed.
    """
    row = lock(question)
    authz.require(by, "core.answer_question", row)
    if row.answered_at is not None:
        if row.answered_by == by.user and row.answer == text:
            raise AlreadyDone
        who = row.answered_by.name if row.answered_by else ""
        raise StaleVersion(seen=0, current=1, saved_by=who, saved_at=row.answered_at)
    row.answer, row.answered_by, row.answered_at = text, by.user, clock.now()
    row.save(update_fields=["answer", "answered_by", "answered_at"])
    record(code="question.answered", subject=row, by=by, office=row.office, data={"about": row.about})
    obligations.sync(row)
    _tell(row)
    return row


def renamed(*, person: User) -> None:
    """What waits for an answer to this person says their name: put it right."""
    for row in Question.objects.filter(Q(by_user=person) | Q(by_link__user=person), answered_at=None):
        obligations.sync(row)


def _about(kind: questions.Askable, subject: models.Model, form: str) -> str:
    with translation.override(form):
        return str(kind.about(subject))


def _tell(question: Question) -> None:
    """Whoever asked through a personal link gets a new link to the same thing, so that they can read the answer."""
    link = question.by_link
    if question.asker is None:
        return
    notify(
        users=[question.asker],
        code="question.answered",
        key=f"question.answered:{question.pk}",
        subject=question.subject if link and question.subject else question,
        office=question.office,
        texts=lambda _person, form: _texts(question, form),
        url=reverse("accounts:question", kwargs={"office": question.office.slug, "pk": question.pk}),
        purpose=link.purpose if link else "",
    )


def _texts(question: Question, form: str) -> tuple[str, str]:
    day = format_weekday_date(clock.local(question.at).date(), form)
    name = question.answered_by.name if question.answered_by else ""
    return TITLE[form].format(about=question.about_in(form)), BODY[form].format(name=name, day=day)
