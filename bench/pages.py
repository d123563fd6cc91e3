"""``python -m bench.pages FILE``: measures every page of the database DATABASE_URL names and writes the costs."""

from __future__ import annotations

import json
import os
import sys
from dataclasses import asdict
from pathlib import Path

import django


def main(target: Path, *, times: int, only: str = "") -> None:
    django.setup()
    from django.conf import settings
    from django.contrib.staticfiles import finders

    from bench.addresses import pages
    from bench.measuring import ask, cookie_of, cost_of, pressed
    from bench.static import sent_with
    from config.wsgi import application
    from core import clock
    from grants.models import MeasureYear, Round
    from reporting.rehearsal import nation

    settings.ALLOWED_HOSTS = ["localhost"]
    settings.SECURE_SSL_REDIRECT = False
    acts = nation.profile(nation.offices()[0], nation.LAST_YEAR, of=[nation.LAST_YEAR], scale=1).acts
    with clock.allow_setting(), clock.frozen(acts.answered):
        found = [page for page in pages() if only in page.name]
        costs = []
        for page in found:
            cost = cost_of(page, application, times=times, warm=int(os.environ.get("WARM", "3")))
            costs.append(asdict(cost))
            print(f"  {cost.name:<26}{cost.who:<14}{cost.queries:>4} q{cost.cpu:>8.1f} ms{cost.plain:>9} b", flush=True)
        _status, home = ask(application, found[0].path, cookie_of(found[0].user))
    files = {
        path: pressed(Path(place).read_bytes(), quality=11)
        for path in sent_with(home.decode())
        if isinstance(place := finders.find(path), str)
    }
    size = {"measure_years": MeasureYear.objects.count(), "rounds": Round.objects.count()}
    target.write_text(json.dumps({"size": size, "pages": costs, "static": files}, indent=1))


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    main(Path(sys.argv[1]), times=int(os.environ.get("TIMES") or "20"), only=os.environ.get("ONLY", ""))
