"""``python -m bench.letters FILE``: what a letter costs, beside what WeasyPrint alone costs for the same page.

A year is played until its decision is approved; then each of its letters is made again and again by the program's own
job, in a transaction that is undone, so that a dozen letters do for a thousand.
"""

from __future__ import annotations

import contextvars
import json
import multiprocessing
import os
import statistics
import sys
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from itertools import cycle, islice
from pathlib import Path
from typing import Any

import django

WORKERS = 2
PREVIEWS = 8
PROFILE = "innlandet-2022"


def main(target: Path, *, pairs: int, many: int) -> None:
    django.setup()
    from django.conf import settings
    from django.core.wsgi import get_wsgi_application
    from django.urls import reverse

    from bench.measuring import ask, cookie_of
    from core import clock
    from grants.models import Letter
    from grants.selectors.letters import composed, full, letter_outlines
    from reporting.rehearsal import decision_acts, profile, year
    from reporting.rehearsal.stage import throw_away

    settings.ALLOWED_HOSTS = ["localhost"]
    settings.SECURE_SSL_REDIRECT = False
    result: dict[str, Any] = {}
    with throw_away(), clock.allow_setting():
        chosen = profile.load(PROFILE, today=clock.today())
        *_before, (_number, _count, _happening, stage) = year.play(chosen, seed=1, until="approved")
        decision = stage.decision
        if decision is None:
            raise LookupError("the year has no decision")
        with clock.frozen(chosen.acts.dispatched):
            officer = stage.set.case_officer().user
            application, cookie = get_wsgi_application(), cookie_of(officer)  # type: ignore[arg-type]
            keys = [draft.plan.key for draft in letter_outlines(decision)]
            paths = [
                reverse(
                    "grants:letter_draft", kwargs={"office": stage.set.office.slug, "year": stage.year.slug, "key": key}
                )
                for key in islice(cycle(keys), PREVIEWS)
            ]
            ask(application, paths[0], cookie)
            result["previews"] = at_once([partial(ask, application, path, cookie) for path in paths])
            decision_acts.dispatch(stage.set, decision)
            letters = list(Letter.objects.filter(round=stage.year).order_by("id").values_list("pk", flat=True))
            pages = {pk: composed(full(Letter.objects.all()).get(pk=pk)) for pk in letters}
            result["cost"] = side_by_side(letters, pages, pairs)
            print(f"  {result['cost']}", flush=True)
            result["workers"] = both_busy(letters, pairs)
            print(f"  {result['workers']}", flush=True)
            result["memory"] = grown(letters, many)
            print(f"  {result['memory']}", flush=True)
    target.write_text(json.dumps(result, indent=1))


def make(letter_id: int) -> None:
    """What the job does, undone."""
    from django.db import transaction

    from grants.services.letters import make_letter

    with transaction.atomic():
        make_letter(letter_id=letter_id)
        transaction.set_rollback(True)


def side_by_side(letters: list[int], pages: dict[int, Any], count: int) -> dict[str, float]:
    """Medians in ms CPU: the program, and WeasyPrint alone on the same page with the style sheet parsed once."""
    from django.conf import settings
    from weasyprint import HTML

    from core import typesetting
    from grants.letters.document import STYLESHEET, letter_html

    folder = Path(settings.BASE_DIR) / "static" / "vendor" / "fonts"
    sheet, counters = typesetting._sheet(STYLESHEET, folder)
    html = {pk: letter_html(words) for pk, words in pages.items()}

    def bare(pk: int) -> None:
        HTML(string=html[pk], url_fetcher=typesetting._FontsOnly(folder)).write_pdf(
            stylesheets=[sheet],
            font_config=typesetting._font_configuration(),
            counter_style=counters,
            pdf_variant="pdf/a-2a",
        )

    whole, alone = [], []
    for pk in islice(cycle(letters), len(letters)):
        make(pk)
        bare(pk)
    for pk in islice(cycle(letters), count):
        whole.append(spent(partial(make, pk)))
        alone.append(spent(partial(bare, pk)))
    ratio = sum(whole) / sum(alone)
    return {
        "letters": count,
        "program_ms": round(statistics.median(whole), 1),
        "weasyprint_ms": round(statistics.median(alone), 1),
        "ratio": round(ratio, 2),
    }


def spent(act: Callable[[], object]) -> float:
    began = time.process_time()
    act()
    return (time.process_time() - began) * 1000


def both_busy(letters: list[int], count: int) -> dict[str, float]:
    """Two workers at once: how many cores' worth of CPU they got, and letters a second."""
    from django.db import connections

    connections.close_all()
    fork = multiprocessing.get_context("fork")
    answers = fork.SimpleQueue()
    context = contextvars.copy_context()

    def work() -> None:
        began = time.process_time()
        for pk in islice(cycle(letters), count):
            context.run(make, pk)
        answers.put(time.process_time() - began)

    workers = [fork.Process(target=work) for _worker in range(WORKERS)]
    began = time.monotonic()
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    wall = time.monotonic() - began
    cpu = sum(answers.get() for _worker in workers)
    return {
        "workers": WORKERS,
        "cores_used": round(cpu / wall, 2),
        "letters_per_second": round(count * WORKERS / wall, 1),
    }


def grown(letters: list[int], many: int) -> dict[str, float]:
    """Resident memory (MB) of one worker after a tenth of the letters and after all."""
    first = 0.0
    for number, pk in enumerate(islice(cycle(letters), many), start=1):
        make(pk)
        if number == max(1, many // 10):
            first = resident()
    return {"letters": many, "after_tenth_mb": round(first, 1), "after_all_mb": round(resident(), 1)}


def resident() -> float:
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 1_000_000


def at_once(acts: list[Callable[[], tuple[int, bytes]]]) -> dict[str, Any]:
    """Each act in a thread of its own, all together; the statuses they answer with."""
    began = time.monotonic()
    with ThreadPoolExecutor(len(acts)) as pool:
        futures = [pool.submit(contextvars.copy_context().run, act) for act in acts]
        statuses = [future.result(timeout=120)[0] for future in futures]
    return {"statuses": statuses, "seconds": round(time.monotonic() - began, 1)}


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    scale = float(os.environ.get("SCALE", "1"))
    main(Path(sys.argv[1]), pairs=max(6, round(60 * min(scale * 4, 1))), many=max(20, round(1000 * min(scale, 1))))
