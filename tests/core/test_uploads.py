"""Files sent up: told by their content, kept under a name of ours, handed out so that no browser runs them."""

from __future__ import annotations

import zipfile
from io import BytesIO
from pathlib import Path

import pytest
from django.conf import settings
from django.core.files.storage import default_storage

from accounts.services.people import register_person
from core.actor import Actor
from core.files import SANDBOX, file_response
from core.models import Office, Upload
from core.requirements import StepRefused
from core.services import uploads
from core.services.offices import register_office

PDF = b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n"
BY = Actor.for_system("tests")


@pytest.fixture
def office(db: None) -> Office:
    return register_office(
        slug="lia", orgnr="987654325", names={"nb": "Lia", "nn": "Lia"}, default_form="nb", is_demo=True, by=BY
    )


def document(*names: str) -> bytes:
    out = BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in names:
            archive.writestr(name, "x")
    return out.getvalue()


DOCX = document("[Content_Types].xml", "word/document.xml")


def send(office: Office, name: str, data: bytes) -> Upload:
    return uploads.take_in(office=office, name=name, content=BytesIO(data), by=BY)


@pytest.mark.parametrize(
    ("name", "data", "media_type"),
    [
        ("Plan 2027.pdf", PDF, "application/pdf"),
        ("kart.PNG", b"\x89PNG\r\n\x1a\n...", "image/png"),
        ("bilde.jpeg", b"\xff\xd8\xff\xe0...", "image/jpeg"),
        ("plan.docx", DOCX, f"{uploads.OFFICE}.wordprocessingml.document"),
        ("tall.xlsx", document("[Content_Types].xml", "xl/workbook.xml"), f"{uploads.OFFICE}.spreadsheetml.sheet"),
    ],
)
def test_what_is_taken(office: Office, name: str, data: bytes, media_type: str) -> None:
    row = send(office, name, data)
    assert (row.name, row.media_type, row.size) == (name, media_type, len(data))
    with row.file.open("rb") as handle:
        assert handle.read() == data


@pytest.mark.parametrize(
    ("name", "data", "code"),
    [
        ("side.pdf", b"<html><script>alert(1)</script>", "upload_kind"),
        ("side.html", b"<html>", "upload_kind"),
        ("bilde.svg", b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>", "upload_kind"),
        ("plan.docm", document("[Content_Types].xml", "word/document.xml", "word/vbaProject.bin"), "upload_kind"),
        ("arkiv.zip", document("a.txt"), "upload_kind"),
        ("odelagt.docx", b"PK\x03\x04 not a zip", "upload_kind"),
        ("program.exe", b"MZ\x90\x00", "upload_kind"),
        ("side.html", PDF, "upload_name"),
        ("plan.pdf.exe", PDF, "upload_name"),
        ("plan", PDF, "upload_name"),
        ("tom.pdf", b"", "upload_empty"),
        ("stor.pdf", PDF + b"0" * uploads.LARGEST, "upload_too_large"),
    ],
)
def test_what_is_refused_says_what_to_do(office: Office, name: str, data: bytes, code: str) -> None:
    with pytest.raises(StepRefused) as refused:
        send(office, name, data)
    assert [one.code for one in refused.value.obstacles] == [code]
    assert Upload.objects.count() == 0


def test_a_document_that_swells_is_none(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(uploads, "UNPACKED", 1)
    with pytest.raises(StepRefused):
        send(office, "plan.docx", DOCX)


@pytest.mark.parametrize(
    "name", ["../../etc/passwd.pdf", "C:\\Windows\\plan.pdf", "/abs/plan.pdf", "a\r\nSet-Cookie: x.pdf", "..pdf.pdf"]
)
def test_the_given_name_never_becomes_a_path(office: Office, name: str) -> None:
    row = send(office, name, PDF)
    stored = Path(default_storage.path(row.file.name)).resolve()
    assert Path(settings.MEDIA_ROOT).resolve() in stored.parents
    assert stored.name.endswith(".pdf")
    assert not {"/", "\\", "\r", "\n"} & set(row.name)
    assert "plan" not in stored.name
    assert row.name not in str(stored)


def test_files_lie_outside_what_the_web_server_shows() -> None:
    media, static = Path(settings.MEDIA_ROOT).resolve(), Path(settings.STATIC_ROOT).resolve()
    assert static not in (media, *media.parents)
    assert media not in static.parents
    assert settings.MEDIA_URL in {"", "/"}  # no address leads there


@pytest.mark.parametrize("media_type", ["text/html", "image/svg+xml", "application/xhtml+xml", "image/png", "x/y"])
def test_a_file_goes_out_to_be_saved(media_type: str) -> None:
    answer = file_response(content=b"<script>", name="x.html", media_type=media_type, show=True)
    assert answer["Content-Disposition"] == 'attachment; filename="x.html"'
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["Content-Security-Policy"] == SANDBOX
    assert answer["Cache-Control"] == "private, no-store"


def test_only_a_pdf_and_plain_text_are_shown() -> None:
    for media_type in ("application/pdf", "text/plain; charset=utf-8"):
        answer = file_response(content=b"x", name="x", media_type=media_type, show=True)
        assert answer["Content-Disposition"].startswith("inline")
    assert file_response(content=b"x", name="x", media_type="application/pdf")["Content-Disposition"].startswith("att")


@pytest.mark.parametrize(
    ("name", "header"),
    [
        ("brev\r\nX-Evil: 1.pdf", 'attachment; filename="brevX-Evil: 1.pdf"'),
        ('a";x="b.pdf', 'attachment; filename="a\\";x=\\"b.pdf"'),
        ("Sørli kommune.pdf", "attachment; filename*=utf-8''S%C3%B8rli%20kommune.pdf"),
        ("../../x.pdf", 'attachment; filename="x.pdf"'),
        ("...", 'attachment; filename="fil"'),
    ],
)
def test_a_name_never_becomes_a_header(name: str, header: str) -> None:
    assert file_response(content=b"", name=name, media_type="application/pdf")["Content-Disposition"] == header


def test_who_sent_it_is_kept(office: Office) -> None:
    kari = register_person(email="kari@example.no", name="Kari Moe", by=BY)
    row = uploads.take_in(office=office, name="plan.pdf", content=BytesIO(PDF), by=Actor(user=kari))
    assert (row.by_user, row.office) == (kari, office)
