"""Half-written parts of a form: nothing typed is lost, nothing is overwritten unseen."""

from __future__ import annotations

import pytest

from core.actor import Actor
from core.requirements import StaleVersion
from core.selectors.drafts import sections_of
from core.services import comments
from core.services.drafts import drop_sections, empty_sections_of, save_section
from tests.accounts.conftest import Small


def test_a_section_is_kept_as_typed(small: Small) -> None:
    kari = Actor.for_user(small.kari)
    save_section(subject=small.office, name="goal", data={"sum": "fem hundre"}, by=kari, seen_version=0)
    row = save_section(subject=small.office, name="goal", data={"sum": "500"}, by=kari, seen_version=1)
    assert (row.data, row.version, row.saved_by) == ({"sum": "500"}, 2, small.kari)
    assert {name: section.data for name, section in sections_of(small.office).items()} == {"goal": {"sum": "500"}}


def test_nul_is_taken_out_wherever_it_stands(small: Small) -> None:
    """On PostgreSQL it would be an error page instead of a kept draft."""
    typed = {"typed": {"go\0al": ["før\0etter", "a"], "n": 1}, "later": "\0"}
    row = save_section(subject=small.office, name="goal", data=typed, by=Actor.for_user(small.kari))
    row.refresh_from_db()
    assert row.data == {"typed": {"goal": ["føretter", "a"], "n": 1}, "later": ""}


def test_a_colleagues_section_is_not_overwritten(small: Small) -> None:
    kari, per = Actor.for_user(small.kari), Actor.for_user(small.per)
    save_section(subject=small.office, name="goal", data={"a": 1}, by=kari, seen_version=0)
    for seen in (0, 7):
        with pytest.raises(StaleVersion) as stale:
            save_section(subject=small.office, name="goal", data={"a": 2}, by=per, seen_version=seen)
        assert (stale.value.saved_by, stale.value.current) == ("Kari Moe", 1)
    assert sections_of(small.office)["goal"].data == {"a": 1}


def test_a_section_that_is_gone_is_no_version_anybody_saw(small: Small) -> None:
    with pytest.raises(StaleVersion) as stale:
        save_section(subject=small.office, name="goal", data={"a": 1}, by=Actor.for_user(small.kari), seen_version=3)
    assert (stale.value.seen, stale.value.current, stale.value.saved_by, stale.value.saved_at) == (3, 0, "", None)


def test_emptied_sections_keep_their_versions(small: Small) -> None:
    kari, per = Actor.for_user(small.kari), Actor.for_user(small.per)
    save_section(subject=small.office, name="goal", data={"a": 1}, by=kari)
    save_section(subject=small.office, name="goal", data={"a": 2}, by=kari)
    save_section(subject=small.network, name="goal", data={"a": 1}, by=kari)
    empty_sections_of([small.office])
    row = sections_of(small.office)["goal"]
    assert (row.data, row.version, sections_of(small.network)["goal"].data) == ({}, 2, {"a": 1})
    assert save_section(subject=small.office, name="goal", data={"a": 3}, by=per, seen_version=2).version == 3
    with pytest.raises(StaleVersion):
        save_section(subject=small.office, name="goal", data={"a": 4}, by=kari, seen_version=2)


def test_the_same_words_twice_are_no_conflict(small: Small) -> None:
    kari = Actor.for_user(small.kari)
    save_section(subject=small.office, name="goal", data={"a": 1}, by=kari, seen_version=0)
    assert save_section(subject=small.office, name="goal", data={"a": 1}, by=kari, seen_version=0).data == {"a": 1}


def test_sections_belong_to_their_object(small: Small) -> None:
    kari = Actor.for_user(small.kari)
    save_section(subject=small.office, name="goal", data={}, by=kari)
    save_section(subject=small.network, name="goal", data={"a": 1}, by=kari)
    drop_sections(subject=small.office)
    assert sections_of(small.office) == {}
    assert sections_of(small.network)["goal"].data == {"a": 1}


def test_a_draft_belongs_to_a_person(small: Small) -> None:
    with pytest.raises(ValueError, match="belongs to a person"):
        save_section(subject=small.office, name="goal", data={}, by=Actor.for_system("x"))


def test_a_comment_is_written_with_its_writer(small: Small) -> None:
    comment = comments.write(
        subject=small.network,
        office=small.office,
        kind=comments.CommentKind.QUESTION,
        text="  Hvorfor?  ",
        by=Actor.for_user(small.kari),
    )
    assert (comment.text, comment.by_user, comment.subject) == ("Hvorfor?", small.kari, small.network)
