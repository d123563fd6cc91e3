"""A forum's conclusion on paper: the snapshot of what was concluded on, and minutes in the round's case."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import groupby
from typing import Any

from django.template.loader import render_to_string
from django.utils import translation
from django.utils.translation import gettext as _

from core import clock
from core.actor import Actor
from core.dates import format_date
from core.enums import DocumentKind, PartyRole
from core.money import format_kroner
from core.services import archive, signing
from forums.enums import ForumOutcome
from forums.models import Appointment
from grants.models import Recommendation, RecommendationForum, RecommendationLine
from grants.selectors.answers import Given, Standing, standing
from grants.selectors.recommendations import forum_concludes, worded_lines

SCHEMA = 2


def conclude_on_paper(
    *, part: RecommendationForum, chair: Appointment, by: Actor, outcome: ForumOutcome, remark: str
) -> None:
    """Write the forum's outcome with snapshot and minutes. The caller has checked that it may conclude."""
    recommendation = part.recommendation
    lines = worded_lines(recommendation)
    answers = standing(recommendation, lines)
    part.outcome = outcome
    part.remark = remark
    part.concluded_at = clock.now()
    part.concluded_by = chair
    round_ = recommendation.round
    form = round_.office.default_form
    with translation.override(form):
        title = _("Minutes from %(forum)s, %(year)s") % {"forum": part.forum.anchor.name, "year": round_.year}
        text = _text(part, lines, answers, title, form)
    part.minutes = archive.register(
        case=round_.case,
        kind=DocumentKind.INTERNAL,
        title=title,
        document_date=clock.today(),
        parties=[archive.Party(PartyRole.SENDER, part.forum.anchor.name, anchor=part.forum.anchor)],
        files=[archive.Bytes("referat.txt", text.encode(), "text/plain; charset=utf-8", form)],
        by=by,
    )
    part.snapshot = signing.take_snapshot(
        subject=recommendation,
        chain=round_,
        purpose="forum_conclusion",
        schema_version=SCHEMA,
        data={**_content(part, lines, answers), "files": archive.hashes(part.minutes)},
    )
    part.save(
        update_fields=["outcome", "remark", "concluded_at", "concluded_by", "snapshot", "minutes"],
    )


def keep_last_word(recommendation: Recommendation, purpose: str, by: Actor) -> None:
    """Keep what the forum changed or upheld after the office refused parts of its recommendation (pkt 7.4)."""
    signing.take_snapshot(
        subject=recommendation,
        chain=recommendation.round,
        purpose=purpose,
        schema_version=1,
        data={
            "recommendation": recommendation.pk,
            "chair": by.person.pk if by.person else None,
            "lines": [
                {"id": line.pk, "hash": line.line_hash, "amount": line.amount, "upheld": line.upheld}
                for line in worded_lines(recommendation)
            ],
        },
    )


def _content(part: RecommendationForum, lines: Iterable[RecommendationLine], answers: Standing) -> dict[str, Any]:
    own = answers.of_forum(part.forum_id)
    return {
        "recommendation": part.recommendation_id,
        "forum": part.forum_id,
        "outcome": part.outcome,
        "remark": part.remark,
        "lines": [{"id": line.pk, "hash": line.line_hash, "amount": line.amount, **line.money_key()} for line in lines],
        "seats": [
            {
                "seat": seat.seat_id,
                "appointment": seat.member.pk,
                "recused": sorted(seat.recused),
                "answers": {str(pk): [row.answer, row.reason, row.appointment_id] for pk, row in seat.answers.items()},
            }
            for seat in own
        ],
    }


def _text(part: RecommendationForum, lines: list[RecommendationLine], answers: Standing, title: str, form: str) -> str:
    own = answers.of_forum(part.forum_id)
    said = _said(own_answers=[row for seat in own for row in seat.answers.values()])
    measures = []
    for _pk, group in groupby(lines, key=lambda line: line.measure_year_id):
        rows = list(group)
        measures.append(
            {
                "title": rows[0].measure_year.title,
                "amount": format_kroner(sum(row.amount for row in rows)),
                "said": list(dict.fromkeys(words for row in rows for words in said.get(row.pk, ()))),
            }
        )
    return render_to_string(
        "grants/minutes.txt",
        {
            "title": title,
            "day": format_date(clock.today(), form),
            "concludes": forum_concludes(part.recommendation.round),
            "outcome": part.get_outcome_display(),
            "remark": part.remark,
            "chair": part.concluded_by.user.name if part.concluded_by else "",
            "measures": measures,
            "total": format_kroner(sum(line.amount for line in lines)),
            "seats": len(own),
            "answered": sum(seat.answered for seat in own),
            "recused": sorted({seat.member.user.name for seat in own if seat.recused}),
        },
    )


def _said(own_answers: Iterable[Given]) -> dict[int, list[str]]:
    """Remarks and dissents by line, with name and whom the person represents."""
    found: dict[int, list[str]] = {}
    for row in own_answers:
        if row.reason:
            who = row.appointment.user.name
            whom = row.organisation.anchor.name if row.organisation else ""
            words = f"{row.get_answer_display()}: {row.reason} ({who}{', ' + whom if whom else ''})"
            found.setdefault(row.line_id, []).append(words)
    return found
