"""Questions to the office as people see them: one, the list, and what is owed because of one."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from django.core.paginator import Page, Paginator
from django.urls import Resolver404, resolve, reverse
from django.utils.text import Truncator
from django.utils.translation import gettext_lazy as _

from accounts.selectors.offices import Contact, contact_of
from core import authz, clock, questions
from core.actor import Actor
from core.calendar import add_working_days
from core.dates import format_weekday_date, interface_form
from core.enums import Role
from core.models import Office, Question
from core.obligations import Kind, Owed, register_kind, register_provider
from core.selectors.offices import offices_at
from core.selectors.questions import page_of, seen_by

ANSWER_DAYS = 3
"""Working days the office gives itself: it guides (fvl. § 11) and answers without undue delay (§ 11 a)."""
PER_PAGE = 50
BEGINNING = 80
"""Signs of a question shown in the list."""

KIND = Kind(
    code="question_answer",
    verb=_("Answer %(name)s: a question about %(about)s"),
    waiting=_("The office: answer the question from %(name)s about %(about)s"),
    url_name="accounts:question",
    minutes=5,
)


def answer_by(question: Question) -> date:
    """The day the office should have answered."""
    return add_working_days(clock.local(question.at).date(), ANSWER_DAYS)


def owed_for(question: Question) -> Iterator[Owed]:
    """An answer, by any of the office's case officers."""
    if question.answered_at is not None:
        return
    office = question.office
    yield Owed(
        kind=KIND.code,
        office_id=office.pk,
        role=Role.CASE_OFFICER,
        anchor_id=office.anchor_id,
        due=answer_by(question),
        data={
            "name": question.asker.name if question.asker else "",
            "about": question.about,
            "url": {"office": office.slug, "pk": question.pk},
        },
    )


def register() -> None:
    """Fill core's registries."""
    register_kind(KIND)
    register_provider(Question, owed_for)
    questions.register(
        questions.Askable(
            model=Office,
            perm="core.deal_with_office",
            about=lambda _office: _("the office’s work"),
            url=lambda office: reverse("accounts:questions", kwargs={"office": office.slug}),
        )
    )


@dataclass(frozen=True, slots=True)
class QuestionPage:
    """One question. ``subject_url`` leads to what it is about, ``side_url`` back to the page it was asked on.

    Both are empty for one who may not open them. ``mine``: the reader asked it.
    """

    question: Question
    about: str
    answer_by: date
    contact: Contact
    subject_url: str
    side_url: str
    mine: bool
    may_answer: bool


def question_page(office: Office, pk: int, actor: Actor) -> QuestionPage | None:
    """The page, or None for a question that isn't the office's or isn't the actor's to read."""
    found = seen_by(actor, office).filter(pk=pk).first()
    if found is None or not authz.allowed(actor, "core.see_question", found):
        return None
    found.office = office
    subject_url = page_of(found.subject, actor)
    mine = found.asker == actor.person
    return QuestionPage(
        question=found,
        about=found.about_in(interface_form()),
        answer_by=answer_by(found),
        contact=contact_of(office),
        subject_url=subject_url,
        side_url=side_url(found.url) if mine and (subject_url or found.subject == office) else "",
        mine=mine,
        may_answer=found.answered_at is None and authz.allowed(actor, "core.answer_question", found),
    )


def side_url(path: str) -> str:
    """The path of a page one can go back to, else nothing: one without an address of its own, or one since removed."""
    try:
        match = resolve(path)
    except Resolver404:
        return ""
    return path if questions.page(match.view_name) or match.view_name == "accounts:home" else ""


@dataclass(frozen=True, slots=True)
class QuestionRow:
    """A question in the list. ``asked``: by whom, when, and how it begins."""

    question: Question
    about: str
    asked: str
    late: bool


def question_list(office: Office, actor: Actor, number: str) -> tuple[list[QuestionRow], Page[Question]]:
    """A page of the list, the open ones first. Two queries, however many."""
    page = Paginator(seen_by(actor, office), PER_PAGE).get_page(number)
    form, today = interface_form(), clock.today()
    rows = [
        QuestionRow(
            question=one,
            about=one.about_in(form),
            asked=f"{one.asker}, {format_weekday_date(clock.local(one.at).date(), form)}: «{_beginning(one.text)}»",
            late=one.answered_at is None and answer_by(one) < today,
        )
        for one in page.object_list
    ]
    return rows, page


def _beginning(text: str) -> str:
    return Truncator(" ".join(text.split())).chars(BEGINNING)


def offices_to_ask(actor: Actor) -> list[Office]:
    """The offices the actor has to do with without working there. A personal link has its one object."""
    return [] if actor.link is not None else offices_at(questions.offices_dealt_with(actor))
