"""Whether the program can take requests: what /helse/klar/ answers, without a word about people or versions."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import timedelta

from django.db import Error as DatabaseError
from django.db import connection
from django.db.models import Min, Q

from core import clock
from core.enums import JobState
from core.models import Job
from core.selectors.jobs import LATE
from core.selectors.migrations import pending


@dataclass(frozen=True, slots=True)
class Readiness:
    """Each part is «ok», or the word for what is wrong. Late jobs don't stop pages, so they don't stop readiness."""

    database: str
    migrations: str
    jobs: str
    oldest_job_seconds: int

    @property
    def ready(self) -> bool:
        """Whether pages can be answered."""
        return self.database == self.migrations == "ok"

    def words(self) -> dict[str, object]:
        """As it is answered."""
        return {"ready": self.ready, **asdict(self)}


def readiness() -> Readiness:
    """Four queries; never raises for a database that is away."""
    try:
        connection.ensure_connection()
        if pending():
            return Readiness(database="ok", migrations="pending", jobs="unknown", oldest_job_seconds=0)
        age = oldest_job_age()
    except DatabaseError:
        connection.close()
        return Readiness(database="away", migrations="unknown", jobs="unknown", oldest_job_seconds=0)
    return Readiness(
        database="ok",
        migrations="ok",
        jobs="late" if age > LATE else "ok",
        oldest_job_seconds=int(age.total_seconds()),
    )


def oldest_job_age() -> timedelta:
    """How long the job that has waited longest past its time, or past its lease, has waited for a carrier."""
    moment = clock.now()
    due = Q(state=JobState.WAITING, not_before__lte=moment)
    left = Q(state=JobState.RUNNING, lease_until__lt=moment)
    found = Job.objects.aggregate(due=Min("not_before", filter=due), left=Min("lease_until", filter=left))
    return moment - min([since for since in found.values() if since is not None], default=moment)
