"""A mail server that refuses or is away, and a disk that is full: what can be done is done, the rest waits."""

from __future__ import annotations

from collections import Counter

from tests.services.plant import Plant

FEW = 6
TOLD = 1
"""Mails the template owes before any letter is made: the forum's member is told that the proposal is there."""
AT_ONCE = "UPDATE core_job SET not_before = now() WHERE state = 'waiting' AND not_before < '2127-01-01'"


def mails(plant: Plant) -> Counter[tuple[str, str]]:
    """Jobs of mails by state and the first word of what went wrong."""
    rows = plant.rows("SELECT state, split_part(last_error, ':', 1) FROM core_job WHERE name = 'core.send_mail'")
    return Counter((state, word) for state, word in rows)


def all_wait(plant: Plant, *, beside: int, why: str) -> bool:
    """Every letter is made, and each mail there will be, ``beside`` ones among them, waits for that reason.

    Asked of all of them: a sum that is passed on the way to the last one holds for a moment only.
    """
    return plant.made() == FEW and mails(plant) == Counter({("waiting", why): FEW + TOLD + beside})


def test_a_mail_server_that_refuses_holds_up_no_letter(plant: Plant) -> None:
    plant.only(FEW)
    plant.sink.refuses = {"RCPT": "550 5.1.1 <post@example.org>: no such box"}
    plant.act("decide", "3")
    plant.worker()
    plant.beat()
    plant.until(lambda: all_wait(plant, beside=3, why="MailRefused"))
    assert plant.sink.got == []
    plant.sink.refuses = {"DATA": "451 4.7.1 come back later"}
    plant.rows(AT_ONCE)
    plant.until(lambda: all_wait(plant, beside=3, why="MailPutOff"))
    plant.sink.refuses = {}
    plant.rows(AT_ONCE)
    plant.until(plant.all_is_done)
    plant.check_all_is_well()
    assert set(Counter(plant.sink.got).values()) == {1}


def test_a_mail_server_that_is_away_is_asked_once_for_all(plant: Plant) -> None:
    """One mail meets it, the others rest; afterwards all leave."""
    plant.only(FEW)
    plant.act("decide", "20")
    plant.sink.refuses = {"EHLO": "421 closing", "HELO": "421 closing"}
    plant.worker()
    plant.beat()
    seconds = plant.until(lambda: all_wait(plant, beside=20, why="MailServerAway"))
    tried = plant.one("SELECT count(*) FROM core_job WHERE name = 'core.send_mail' AND attempts > 0")
    # A letter's mail is asked for when the others rest already; and either process may have begun with one more of them
    # before the other's rest stands; and each ten seconds one that met it is tried again.
    assert tried <= FEW + 4 + seconds / 10, f"each of the twenty knocked for itself: {tried} in {seconds:.1f} s"
    plant.sink.refuses = {}
    plant.rows(AT_ONCE)
    plant.until(plant.all_is_done)
    plant.check_all_is_well()


def test_a_disk_that_is_full_leaves_no_half_letter(plant: Plant) -> None:
    """A worker that gets twenty kilobytes of each file onto the disk; then one that gets all."""
    plant.only(FEW)
    worker = plant.worker(file_size=20_000)
    plant.beat()
    plant.until(lambda: plant.one("SELECT count(*) FROM core_job WHERE last_error LIKE 'OSError%'") >= FEW)
    assert (plant.made(), plant.files()) == (0, [])
    worker.kill()
    plant.worker()
    plant.rows(AT_ONCE)
    plant.until(plant.all_is_done)
    plant.check_all_is_well()
