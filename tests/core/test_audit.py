"""The log reads as sentences: sums with their spaces, codes as words, whoever wrote them and whoever reads."""

from __future__ import annotations

from django.utils import translation

from core import audit

NBSP = "\N{NO-BREAK SPACE}"


def test_a_sum_reads_with_its_spaces() -> None:
    with translation.override("nb"):
        said = audit.sentence("measure.grant", {"title": "Lesing", "amount": 500000})

    assert said == f"innvilget 500{NBSP}000{NBSP}kroner til «Lesing»"


def test_a_code_reads_as_a_word_in_the_language_of_the_reader() -> None:
    data = {"forum": "Samarbeidsforum Nord", "outcome": "agreed"}
    with translation.override("nn"):
        said = audit.sentence("recommendation.forum_concluded", data)

    assert said == "konkluderte for Samarbeidsforum Nord: semje"


def test_a_value_without_a_word_stands_as_it_is() -> None:
    data = {"forum": "Samarbeidsforum Nord", "outcome": "gone"}
    with translation.override("nn"):
        said = audit.sentence("recommendation.forum_concluded", data)

    assert said == "konkluderte for Samarbeidsforum Nord: gone"


def test_what_an_old_event_lacks_reads_as_a_dash() -> None:
    with translation.override("nb"):
        said = audit.sentence("letter.open", {})

    assert said == "åpnet brevet til –"
