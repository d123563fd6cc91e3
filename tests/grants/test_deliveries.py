"""Notices: once, a second time after a week, and the last day to complain never earlier than it should be."""

from __future__ import annotations

from datetime import date, datetime

import pytest

from accounts.models import Notice
from core import clock
from core.models import Job, Message, Obligation
from core.schedule import ask_for_due
from core.services import obligations
from core.services.outbox import run_due
from grants.models import Delivery, Letter
from grants.services import decisions, deliveries, letters
from tests.grants import decision_world as built
from tests.grants.forum_world import actor

pytestmark = pytest.mark.django_db


def vaga(found: list[Letter]) -> Letter:
    return next(one for one in found if str(one.recipient) == "Vågå kommune")


def mails(letter: Letter) -> list[Message]:
    return list(Message.objects.filter(key__startswith=f"letter:{letter.pk}:").order_by("id"))


def test_the_recipient_is_told_without_a_personal_link(delivered_year: built.Year) -> None:
    world = delivered_year.world
    letter = vaga(delivered_year.letters)
    [mail] = mails(letter)
    address = f"/{world.office.slug}/brev/{letter.pk}/"
    assert address in mail.body
    assert "/lenke/" not in mail.body
    assert "200" not in mail.subject + mail.body.replace("2027", "")  # no amount and no outcome (§ 8)
    assert mail.subject.replace("\xa0", " ") == f"24. mars 2027: Nytt vedtak til Vågå kommune (sak {world.round.case})"
    assert Notice.objects.filter(code="letter.notice").count() == 3


def test_where_nobody_has_a_role_the_organisation_is_told(approved_year: built.Year) -> None:
    world = approved_year.world
    decision = approved_year.decision
    world.provider.anchor.roles.update(ended_at=clock.now())
    found = built.dispatched(world, decision)
    letter = next(one for one in found if one.recipient_id == world.provider.pk)
    [mail] = mails(letter)
    assert (mail.to, mail.form, mail.user, mail.reply_to) == (
        f"post{world.provider.pk}@example.org",
        "nb",
        None,
        world.officer.email,
    )


def test_told_twice_is_told_once(delivered_year: built.Year) -> None:
    letter = vaga(delivered_year.letters)
    with clock.frozen(built.SENT):
        deliveries.notice_letter(letter_id=letter.pk)
    assert len(mails(letter)) == 1


def test_a_notice_the_next_day_gives_a_later_last_day_and_leaves_the_pdf(sent_year: built.Year) -> None:
    letter = vaga(sent_year.letters)
    with clock.frozen(built.SENT):
        letters.make_letter(letter_id=letter.pk)
    with clock.frozen(date(2027, 3, 25)):
        deliveries.notice_letter(letter_id=letter.pk)
    delivery = Delivery.objects.get(letter=letter)
    assert (delivery.printed_last_day, delivery.last_appeal_day) == (date(2027, 4, 14), date(2027, 4, 15))
    [mail] = mails(letter)
    assert "15. april 2027" in mail.body.replace("\xa0", " ")
    letter.refresh_from_db()
    assert letter.letter_date == built.SENT


def test_opened_before_it_is_noticed_it_is_still_noticed(sent_year: built.Year) -> None:
    letter = vaga(sent_year.letters)
    with clock.frozen(built.SENT):
        letters.make_letter(letter_id=letter.pk)
        letter.refresh_from_db()
        [reader] = built.readers(letter)
        letters.open_letter(letter=letter, by=reader)
        deliveries.notice_letter(letter_id=letter.pk)
    letter.refresh_from_db()
    assert (letter.state, len(mails(letter))) == ("opened", 1)


def test_a_second_notice_after_a_week_exactly_once(delivered_year: built.Year) -> None:
    found = delivered_year.letters
    letter, opened = vaga(found), found[0]
    with clock.frozen(built.SENT):
        [reader] = built.readers(opened)
        letters.open_letter(letter=opened, by=reader)
    with clock.frozen(date(2027, 3, 30)):
        assert deliveries.ask_for_second_notices() == 0
    for day in (date(2027, 3, 31), date(2027, 4, 1), date(2027, 4, 9)):
        with clock.frozen(datetime(day.year, day.month, day.day, 10, tzinfo=clock.OSLO)):
            ask_for_due()
            run_due()
    assert (len(mails(letter)), len(mails(opened))) == (2, 1)
    delivery = Delivery.objects.get(letter=letter)
    assert delivery.last_appeal_day == date(2027, 4, 14)
    assert "ikkje opna" in mails(letter)[1].subject or "ikke åpnet" in mails(letter)[1].subject


def test_a_mail_the_server_took_later_moves_the_last_day(sent_year: built.Year) -> None:
    letter = vaga(sent_year.letters)
    with clock.frozen(built.SENT):
        letters.make_letter(letter_id=letter.pk)
        deliveries.notice_letter(letter_id=letter.pk)
    with clock.frozen(date(2027, 3, 27)):
        Message.objects.filter(key__startswith=f"letter:{letter.pk}:").update(state="sent", sent_at=clock.now())
        assert deliveries.move_last_days() == 1
        assert deliveries.move_last_days() == 0
    assert Delivery.objects.get(letter=letter).last_appeal_day == date(2027, 4, 19)


def test_it_waits_for_the_reader_until_it_is_opened(delivered_year: built.Year) -> None:
    world = delivered_year.world
    letter = vaga(delivered_year.letters)
    waiting = Obligation.objects.filter(kind="letter_open", done_at__isnull=True)
    assert waiting.count() == 3
    row = waiting.get(anchor=letter.recipient.anchor)
    assert (row.role, row.data["url"]) == ("owner_contact", {"office": world.office.slug, "pk": letter.pk})
    with clock.frozen(built.SENT):
        letters.open_letter(letter=letter, by=next(iter(built.readers(letter))))
    assert waiting.count() == 2


def test_the_office_is_asked_for_each_step() -> None:
    world = built.small_year()
    built.conclude(world)

    def open_kinds() -> set[str]:
        rows = Obligation.objects.filter(done_at__isnull=True, kind__in=KINDS)
        return {f"{row.kind}:{row.role}" for row in rows}

    obligations.sync(world.round)
    assert open_kinds() == {"decision_prepare:case_officer"}
    with clock.frozen(built.DECIDED):
        decision = decisions.prepare(round=world.round, by=actor(world.officer))
        assert open_kinds() == {"decision_submit:case_officer"}
        decisions.submit(decision=decision, by=actor(world.officer))
        assert open_kinds() == {"decision_approve:approver"}
        decisions.approve(decision=decision, by=actor(world.approver))
        assert open_kinds() == {"letters_send:case_officer"}
        letters.dispatch(decision=decision, by=actor(world.officer))
        assert open_kinds() == set()
    assert Job.objects.filter(name="grants.make_letter").count() == 3


KINDS = ["decision_prepare", "decision_submit", "decision_approve", "letters_send"]
