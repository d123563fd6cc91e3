"""The tables every app leans on; see docs/architecture.md."""

from core.models.access import AccessLink
from core.models.actors import ActorColumns
from core.models.archive import Case, Document, DocumentFile, DocumentParty, Upload
from core.models.events import Event
from core.models.imports import ImportEffect, ImportHeading, ImportRow, ImportRun
from core.models.kept import Stash
from core.models.offices import Anchor, Office, OfficeName
from core.models.outbox import Job, Message
from core.models.questions import Question
from core.models.signing import Chain, Confirmation, Snapshot
from core.models.subjects import SubjectColumns, Versioned
from core.models.work import Comment, Obligation, Section

__all__ = [
    "AccessLink",
    "ActorColumns",
    "Anchor",
    "Case",
    "Chain",
    "Comment",
    "Confirmation",
    "Document",
    "DocumentFile",
    "DocumentParty",
    "Event",
    "ImportEffect",
    "ImportHeading",
    "ImportRow",
    "ImportRun",
    "Job",
    "Message",
    "Obligation",
    "Office",
    "OfficeName",
    "Question",
    "Section",
    "Snapshot",
    "Stash",
    "SubjectColumns",
    "Upload",
    "Versioned",
]
