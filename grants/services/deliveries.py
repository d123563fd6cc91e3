"""Tells recipients of their letters, once and once again (eForvaltningsforskriften §§ 8, 11).

The period for appeal runs from the day the letter is available and the notice has left. It stands in the PDF as if
both happen on the letter's date; when the notice leaves later, the later last day counts, on the page and in the mail.
"""

from __future__ import annotations

from datetime import date, timedelta

from django.db import transaction
from django.db.models import F
from django.urls import reverse

from accounts.models import User
from accounts.services.notices import absolute, notify
from core import clock
from core.actor import Actor
from core.calendar import statutory_deadline
from core.enums import MessageState
from core.models import Message
from core.services import mail
from core.services.events import record
from core.services.outbox import enqueue
from core.services.performing import lock, perform
from grants.letters.notices import Notice, NoticeFacts, notice, second_notice
from grants.models import Delivery, Letter
from grants.selectors import letters as selector
from grants.selectors.letter_facts import PORTAL
from grants.workflow import LETTER
from networks.models import OfficeOrganisation

CARRIER = Actor.for_system("letters")
"""Who makes letters and tells of them."""

SECOND_NOTICE_AFTER = timedelta(days=7)
"""«innen én uke» (§ 8 fifth paragraph)."""
WATCHED = timedelta(days=60)
"""How long a mail that didn't leave at once can still move the last day."""


@transaction.atomic
def notice_letter(*, letter_id: int) -> Letter:
    """Tell everyone who reads letters for the recipient, or its address for notices; done already: nothing."""
    letter = _locked(letter_id)
    delivery = Delivery.objects.select_for_update(of=("self",)).get(letter=letter)
    if delivery.noticed_at is not None:
        return letter
    delivery.noticed_at = clock.now()
    delivery.last_appeal_day = max(delivery.printed_last_day, statutory_deadline(clock.today()))
    delivery.save(update_fields=["noticed_at", "last_appeal_day"])
    _tell(letter, delivery, second=False)
    if letter.state == "available":
        perform(
            LETTER,
            "notice",
            letter,
            by=CARRIER,
            data={"recipient": letter.recipient.anchor.name, "last_day": delivery.last_appeal_day.isoformat()},
            office_id=letter.round.office_id,
        )
    return letter


def ask_for_second_notices() -> int:
    """Ask for a second notice of each letter nobody has opened in a week; returns how many were asked for."""
    waiting = Delivery.objects.filter(
        noticed_at__lte=clock.now() - SECOND_NOTICE_AFTER,
        second_notice_at__isnull=True,
        opened_at__isnull=True,
        letter__state="noticed",
    ).values_list("letter_id", "letter__round__office_id")
    with transaction.atomic():
        for letter_id, office_id in waiting:
            enqueue("grants.second_notice", key=f"second_notice:{letter_id}", office=office_id, letter=letter_id)
    return len(waiting)


@transaction.atomic
def tell_again(*, letter_id: int) -> bool:
    """The second and last notice, unless somebody has opened the letter meanwhile. It doesn't move the last day."""
    letter = _locked(letter_id)
    delivery = Delivery.objects.select_for_update(of=("self",)).get(letter=letter)
    if delivery.second_notice_at is not None or delivery.opened_at is not None or letter.state != "noticed":
        return False
    delivery.second_notice_at = clock.now()
    delivery.save(update_fields=["second_notice_at"])
    _tell(letter, delivery, second=True)
    record(
        code="letter.second_notice",
        subject=letter,
        by=CARRIER,
        office=letter.round.office_id,
        data={"recipient": letter.recipient.anchor.name},
    )
    return True


@transaction.atomic
def move_last_days() -> int:
    """Where the mail server took the first notice on a later day than it was decided, the period runs from that day."""
    since = clock.now() - WATCHED
    left: dict[int, date] = {}
    sent = Message.objects.filter(
        key__startswith="letter:", state=MessageState.SENT, decided_at__gte=since, sent_at__gt=F("decided_at")
    )
    for key, moment in sent.order_by("-sent_at").values_list("key", "sent_at"):
        if moment is not None:
            left[int(key.split(":")[1])] = clock.local(moment).date()
    moved = 0
    for delivery in Delivery.objects.filter(letter__in=left, noticed_at__gte=since).select_related(
        "letter__round", "letter__recipient__anchor"
    ):
        last_day = statutory_deadline(left[delivery.letter_id])
        if delivery.last_appeal_day >= last_day:
            continue
        delivery.last_appeal_day = last_day
        delivery.save(update_fields=["last_appeal_day"])
        moved += 1
        record(
            code="letter.last_day_moved",
            subject=delivery.letter,
            by=CARRIER,
            office=delivery.letter.round.office_id,
            data={"recipient": delivery.letter.recipient.anchor.name, "day": last_day.isoformat()},
        )
    return moved


def _locked(letter_id: int) -> Letter:
    letter = selector.full(Letter.objects.all()).get(pk=letter_id)
    letter.state = lock(letter).state
    return letter


def _tell(letter: Letter, delivery: Delivery, *, second: bool) -> None:
    """The mail leads to sign-in: a letter is never opened by a personal link."""
    office = letter.round.office
    url = reverse("grants:letter", kwargs={"office": office.slug, "pk": letter.pk})
    key = f"letter:{letter.pk}:{'second' if second else 'first'}"

    def words(form: str, greeting: str) -> Notice:
        facts = _notice_facts(letter, delivery, form, greeting, absolute(url))
        return second_notice(facts, form, today=clock.today()) if second else notice(facts, form)  # type: ignore[arg-type]

    def texts(user: User, form: str) -> tuple[str, str]:
        text = words(form, user.first_name)
        return text.subject, text.body

    readers = selector.readers_of(letter)
    if readers:
        notify(
            users=readers,
            code="letter.second_notice" if second else "letter.notice",
            key=key,
            subject=letter,
            office=office,
            texts=texts,
            url=url,
            data={"recipient": letter.recipient.anchor.name},
            closing=False,
        )
        return
    details = OfficeOrganisation.objects.filter(office=office, organisation=letter.recipient).first()
    if details is None or not details.notice_email:
        raise NobodyToTell(letter.recipient.anchor.name)
    text = words(letter.form, letter.recipient.name_in(letter.form, clock.today()))
    mail.decide(
        key=f"{key}:organisation",
        to=details.notice_email,
        subject=text.subject,
        body=text.body,
        form=letter.form,
        office=office,
        reply_to=letter.decision.prepared_by.email if letter.decision else "",
    )


class NobodyToTell(RuntimeError):
    """Nobody reads letters for the recipient and it has no address for notices: the job waits and is tried again."""


def _notice_facts(letter: Letter, delivery: Delivery, form: str, greeting: str, url: str) -> NoticeFacts:
    office = letter.round.office
    officer = letter.decision.prepared_by if letter.decision else None
    noticed = clock.local(delivery.noticed_at).date() if delivery.noticed_at else clock.today()
    return NoticeFacts(
        office_name=office.name_in(form, clock.today()),
        recipient_name=letter.recipient.name_in(form, clock.today()),
        our_reference=str(letter.round.case),
        portal_name=PORTAL,
        letter_url=url,
        contact_first_name=greeting,
        case_officer_name=officer.name if officer else office.name_in(form, clock.today()),
        case_officer_phone=(officer.phone if officer else "") or office.phone,
        available=noticed,
        appeal_last_day=delivery.last_appeal_day,
    )
