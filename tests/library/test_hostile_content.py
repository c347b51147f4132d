"""What a hostile hand would type or join: refused with a sentence or harmless, through the real pages."""

from __future__ import annotations

import io
import re
import struct
import time
import zipfile
import zlib
from collections.abc import Callable
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from PIL import Image

from reciproque.library.actions import publish_sheet, save_draft, sweep_files
from reciproque.library.models import Attachment, Sheet
from reciproque.library.queries import path_of
from reciproque.library.rules.files import clean_name
from reciproque.library.rules.markdown import ATTRIBUTES, TAGS, to_html
from tests.library.conftest import picture

OURS = {"script": 0}
HANDLERS = re.compile(r"^on[a-z]+$")


class Prose(HTMLParser):
    """The tags of the readings of a page, and every address or handler they hold."""

    def __init__(self, html: str) -> None:
        super().__init__(convert_charrefs=True)
        self.tags: set[str] = set()
        self.wrong: list[str] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        for name, value in attrs:
            if name not in ATTRIBUTES.get(tag, set()) | {"rel"}:
                self.wrong.append(f"{tag} {name}")
            if name == "href" and not re.match(r"(?:https?://|mailto:)", value or "", re.IGNORECASE):
                self.wrong.append(f"{tag} {name}={value}")


def assert_harmless(html: str) -> None:
    seen = Prose(html)
    assert seen.tags <= TAGS, seen.tags - TAGS
    assert not seen.wrong, seen.wrong


MARKUP = [
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    '<svg onload="alert(1)"></svg>',
    '<iframe src="https://evil.example"></iframe>',
    "<style>body{display:none}</style>",
    '<a href="javascript:alert(1)">x</a>',
    "[x](javascript:alert(1))",
    "[x](JaVaScRiPt:alert(1))",
    "[x](java\tscript:alert(1))",
    "[x](&#106;avascript:alert(1))",
    "[x](data:text/html;base64,PHNjcmlwdD4=)",
    "[x](vbscript:msgbox)",
    "[x](file:///etc/passwd)",
    "[x](//evil.example)",
    "[x](/sign-out/)",
    "<javascript:alert(1)>",
    "[x]: javascript:alert(1)\n\n[x]",
    "![x](https://evil.example/track.png)",
    '![x](x" onerror="alert(1))',
    '[x](https://ok.example "a\\" onmouseover=\\"alert(1)")',
    "```html\n<script>alert(1)</script>\n```",
    "`<script>`",
    "<!-- --><script>x</script>",
    "&lt;script&gt;alert(1)&lt;/script&gt;",
    "| a | b |\n|---|---|\n| <script>x</script> | [y](javascript:z) |",
    "\u202etxt.exe\u202c",
    "<math><mtext></p><style><img src=x onerror=alert(1)></style></math>",
    "{{ 7|add:7 }} {% load i18n %}",
]
BOMBS = {
    "quotes": ">" * 4000 + " x",
    "spaced quotes": "> " * 1900 + "x",
    "lists": "- " * 1900 + "x",
    "indented lists": "\n".join("  " * n + "- x" for n in range(80)),
    "brackets": "[" * 3900,
    "links in links": "[" * 590 + "x" + "](y)" * 590,
    "emphasis": "*a **a " * 500,
    "underscores": "_" * 3900,
    "backticks": "`" * 599 + "\n" + "``" * 300,
    "wide table": "|" + "a|" * 590 + "\n|" + "-|" * 590,
    "long table": "|a|b|\n|-|-|\n" + "|a|b|\n" * 1200,
    "entities": "&amp;" * 590,
    "breaks": "a\n" * 3900,
    "angles": "<" * 3900,
    "one line": "x" * 7900,
    "autolinks": "<a@b.fr>" * 590,
    "combining": "a" + "\u0301" * 3000,
}


@pytest.fixture
def write(client_of: Callable[..., Any], network: Any, bob: Any) -> Callable[..., Any]:
    """Type a sheet in its real form and publish it; return the answer."""
    client = client_of(bob)

    def write_(**fields: str) -> Any:
        address = reverse("library:new", args=[network.slug, "practice"])
        texts = {"title": "Une fiche", "situation": "a", "tried": "b", "given": "c", "step": "publish"}
        return client.post(address, {**texts, **fields})

    return write_


def shown(client: Any, network: Any) -> list[str]:
    """Return the readings of the last sheet as its page shows them."""
    sheet = Sheet.objects.latest("pk")
    answer = client.get(reverse("library:sheet", args=[sheet.public_id]))
    assert answer.status_code == 200
    html = answer.content.decode()
    assert "<script>alert" not in html
    assert "unsafe" not in answer.headers["Content-Security-Policy"]
    return re.findall(r'<div class="prose[^"]*">(.*?)</div>', html, re.DOTALL)


@pytest.mark.parametrize("text", MARKUP, ids=range(len(MARKUP)))
def test_markup_is_harmless_on_the_page(
    write: Callable[..., Any], client_of: Callable[..., Any], chloe: Any, network: Any, text: str
) -> None:
    answer = write(title=f"T {text}"[:140], situation=text)
    assert answer.status_code in (303, 422)
    if answer.status_code == 303:
        readings = shown(client_of(chloe), network)
        assert len(readings) == 3
        for html in readings:
            assert_harmless(html)


@pytest.mark.parametrize("name", BOMBS)
def test_markdown_bombs_are_refused_or_small(
    write: Callable[..., Any], client_of: Callable[..., Any], chloe: Any, network: Any, name: str
) -> None:
    start = time.process_time()
    answer = write(situation=BOMBS[name])
    if answer.status_code == 303:
        for html in shown(client_of(chloe), network):
            assert_harmless(html)
            assert len(html) < 100_000
            assert _depth(html) < 60
    else:
        assert answer.status_code == 422
    # Not a measure: a bomb would take minutes, whatever the machine.
    assert time.process_time() - start < 30


def _depth(html: str) -> int:
    depth = deepest = 0
    for closing in re.findall(r"<(/?)(?:blockquote|ul|ol|li|p|a|em|strong|table|tr|td)\b", html):
        depth += -1 if closing else 1
        deepest = max(deepest, depth)
    return deepest


def test_rendering_never_trusts_what_was_stored() -> None:
    for text in (*MARKUP, *BOMBS.values()):
        assert_harmless(str(to_html(text)))


@pytest.mark.needs_shared
def test_naughty_strings_everywhere(
    network: Any, bob: Any, chloe: Any, client_of: Callable[..., Any], naughty: list[str]
) -> None:
    writer, reader = client_of(bob), client_of(chloe)
    for text in naughty[:90]:
        assert_harmless(str(to_html(text)))
        fields = {"title": f"T {text}"[:140], "situation": text, "tried": "b", "given": "c"}
        answer = writer.post(
            reverse("library:new", args=[network.slug, "practice"]),
            {**fields, "trade": text[:80], "topics": text[:70].replace(",", " "), "step": "publish"},
        )
        assert answer.status_code in (303, 422)
        if answer.status_code == 303 and "/sheets/" in answer.headers["Location"]:
            page = reader.get(answer.headers["Location"])
            assert page.status_code == 200
    assert reader.get(reverse("library:shelf", args=[network.slug])).status_code == 200


@pytest.mark.parametrize(
    "link",
    ["javascript:alert(1)", "data:text/html,x", "https://a@evil.example/", " /sign-out/", "http://", "x"],
)
def test_a_link_leads_to_the_web_only(
    network: Any, bob: Any, client_of: Callable[..., Any], link: str
) -> None:
    answer = client_of(bob).post(
        reverse("library:new", args=[network.slug, "link"]),
        {"title": "Un lien", "link": link, "step": "publish"},
    )
    assert answer.status_code == 422
    assert not Sheet.objects.open().exists()


# -- files -------------------------------------------------------------------------------------------------


def bare_zip(parts: dict[str, bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in parts.items():
            archive.writestr(name, data)
    return out.getvalue()


def docx(**more: bytes) -> bytes:
    parts = {"[Content_Types].xml": b"<Types/>", "word/document.xml": b"<w/>"}
    return bare_zip(parts | {name.replace("__", "/"): data for name, data in more.items()})


def png_of(width: int, height: int) -> bytes:
    """Return a tiny file that says it is a huge picture."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    pixels = zlib.compress(b"\x00" * 100_000)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", pixels) + chunk(b"IEND", b"")


def lying_docx() -> bytes:
    """Return a document whose directory says that its parts are small."""
    data = bytearray(docx(word__media=b"\x00" * 30_000_000))
    real = struct.pack("<I", 30_000_000)
    return bytes(data.replace(real, struct.pack("<I", 1000)))


SVG = b'<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'
PDF = b"%PDF-1.7\n1 0 obj\n<< /Type /Catalog >>\nendobj\ntrailer\n<<>>\n%%EOF\n"
MP4 = b"\x00\x00\x00\x18ftypisom\x00\x00\x02\x00isomiso2" + b"\x00" * 64
REFUSED: dict[str, tuple[str, bytes]] = {
    "svg with a script": ("dessin.svg", SVG),
    "svg named png": ("dessin.png", SVG),
    "svg without a head": ("d.png", b"\n\n  <svg onload=alert(1)></svg>"),
    "html": ("page.html", b"<!doctype html><script>alert(1)</script>"),
    "html named pdf": ("page.pdf", b"<html><body>x</body></html>"),
    "javascript": ("x.js", b"alert(1)"),
    "windows program": ("facture.pdf.exe", b"MZ" + b"\x90" * 200),
    "linux program": ("a", b"\x7fELF" + b"\x00" * 200),
    "shell": ("a.sh", b"#!/bin/sh\nrm -rf /\n"),
    "zip": ("a.zip", bare_zip({"a.txt": b"x"})),
    "zip named docx": ("a.docx", bare_zip({"a.txt": b"x"})),
    "zip bomb": ("a.docx", docx(word__bomb=b"\x00" * 60_000_000)),
    "lying zip bomb": ("a.docx", lying_docx()),
    "nested zip": ("a.zip", bare_zip({"b.zip": bare_zip({"c.zip": b"x" * 1000})})),
    "macros": ("a.docm", docx(word__vbaProject__bin=b"x").replace(b"vbaProject/bin", b"vbaProject.bin")),
    "paths in a document": ("a.docx", docx().replace(b"word/document.xml", b"../../../etc/pass")),
    "broken zip": ("a.docx", b"PK\x03\x04" + b"\xff" * 300),
    "jar": ("a.jar", bare_zip({"META-INF/MANIFEST.MF": b"x"})),
    "pdf that runs": (
        "a.pdf",
        PDF.replace(b"/Catalog", b"/Catalog /OpenAction << /S /JavaScript /JS (x) >>"),
    ),
    "pdf that launches": ("a.pdf", PDF + b"<< /S /Launch /F (cmd.exe) >>"),
    "pdf that is a page": ("a.pdf", b"%PDF-1.4\n<script>alert(1)</script>\n%%EOF"),
    "pdf that is a zip": ("a.pdf", PDF + bare_zip({"a.class": b"x"})),
    "film that is a page": ("a.mp4", MP4 + b"<script>alert(1)</script>"),
    "sound that is a zip": ("a.mp3", b"ID3\x04\x00\x00\x00\x00\x00\x00" + bare_zip({"a": b"x"})),
    "huge picture": ("a.png", png_of(60_000, 60_000)),
    "picture cut short": ("a.png", picture()[:45]),
    "picture of nothing": ("a.png", b"\x89PNG\r\n\x1a\n"),
    "not a jpeg": ("a.jpg", b"\xff\xd8\xff" + b"<script>" * 20),
    "gif": ("a.gif", b"GIF89a/*" + b"\x00" * 40 + b"*/=1;alert(1)"),
    "empty": ("a.pdf", b""),
    "postscript": ("a.ps", b"%!PS-Adobe-3.0\n"),
    "rich text": ("a.rtf", b"{\\rtf1\\ansi{\\object}}"),
    "old office": ("a.doc", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\x00" * 600),
}


@pytest.fixture
def draft(network: Any, bob: Any) -> Sheet:
    return save_draft(
        network, by=bob, title="Une fiche", situation="a", tried="b", given="c", topics=["Accueil"]
    )


@pytest.fixture
def join_file(client_of: Callable[..., Any], bob: Any, draft: Sheet) -> Callable[..., Any]:
    """Join a file through the real form; return the page that follows."""
    client = client_of(bob)

    def join(name: str, data: bytes, sheet: Sheet | None = None) -> str:
        sent = SimpleUploadedFile("x", data)
        # As a browser that lies would send it.
        sent._name = name
        address = reverse("library:files", args=[(sheet or draft).public_id])
        answer = client.post(address, {"file": sent}, follow=True)
        assert answer.status_code == 200
        return answer.content.decode()

    return join


def stored(folder: Path) -> list[Path]:
    return [path for path in folder.rglob("*") if path.is_file()]


@pytest.mark.parametrize("what", REFUSED)
def test_dangerous_files_are_refused_with_a_sentence(
    join_file: Callable[..., str], files_folder: Path, what: str
) -> None:
    name, data = REFUSED[what]
    page = join_file(name, data)
    assert not Attachment.objects.exists()
    assert not stored(files_folder), "nothing is left of a refused file"
    assert re.search(r"accepté|vide|macros|lue|ouvert|démesurée|code|dangereux|cache", page), page[:2000]


ACCEPTED: dict[str, tuple[bytes, str, str]] = {
    "photo.png": (picture(), "image/png", "photo.png"),
    "photo.jpeg": (picture("JPEG"), "image/jpeg", "photo.jpg"),
    "photo.webp": (picture("WEBP"), "image/jpeg", "photo.jpg"),
    "note.pdf": (PDF, "application/pdf", "note.pdf"),
    "note.docx": (
        docx(),
        "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
        "note.docx",
    ),
    "son.wav": (b"RIFF\x24\x00\x00\x00WAVEfmt " + b"\x00" * 40, "audio/wav", "son.wav"),
    "film.mp4": (MP4, "video/mp4", "film.mp4"),
    "facture.pdf.exe": (PDF, "application/pdf", "facture.pdf.pdf"),
    "page.html": (picture(), "image/png", "page.png"),
}


@pytest.mark.parametrize("name", ACCEPTED)
def test_a_file_is_served_for_what_it_is_and_runs_nothing(
    join_file: Callable[..., str],
    client_of: Callable[..., Any],
    bob: Any,
    chloe: Any,
    fatou: Any,
    draft: Sheet,
    files_folder: Path,
    name: str,
) -> None:
    data, content_type, shown_as = ACCEPTED[name]
    join_file(name, data)
    file = Attachment.objects.get()
    address = reverse("library:file", args=[draft.public_id, file.public_id])
    assert client_of(None).get(address).status_code == 302
    assert client_of(chloe).get(address).status_code == 404, "a draft's file is its authors' alone"
    publish_sheet(Sheet.objects.get(pk=draft.pk), by=bob)
    assert client_of(fatou).get(address).status_code == 404
    answer = client_of(chloe).get(address)
    assert answer.status_code == 200
    assert answer.headers["Content-Type"] == content_type
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Content-Disposition"].startswith("attachment")
    assert shown_as in answer.headers["Content-Disposition"]
    assert "sandbox" in answer.headers["Content-Security-Policy"]
    assert "default-src 'none'" in answer.headers["Content-Security-Policy"]
    assert "no-store" in answer.headers["Cache-Control"]
    assert b"".join(answer.streaming_content)[:4]
    path = path_of(file)
    assert path.is_relative_to(files_folder)
    assert not path.suffix
    assert name.split(".")[0] not in path.name


NAMES = {
    "../../../etc/passwd": "passwd.pdf",
    "..\\..\\windows\\system32\\calc.exe": "calc.pdf",
    "C:\\boot.ini": "boot.pdf",
    "facture\u202efdp.exe": "facturefdp.pdf",
    ".htaccess": "fichier.pdf",
    "": "fichier.pdf",
    "....": "fichier.pdf",
    'a".pdf\r\nSet-Cookie: x=1': "a.pdf",
    "<script>alert(1)</script>.pdf": "script.pdf",
    "con|pipe?.pdf": "con pipe.pdf",
    "a\x00b.pdf": "ab.pdf",
    "é" * 300 + ".pdf": "é" * 100 + ".pdf",
}


@pytest.mark.parametrize("name", NAMES, ids=range(len(NAMES)))
def test_a_name_is_only_a_name(name: str) -> None:
    assert clean_name(name, ".pdf") == NAMES[name]


@pytest.mark.parametrize(
    "name", ["../../../etc/passwd", "a\u202efdp.exe", "<img src=x onerror=alert(1)>.png"]
)
def test_hostile_names_through_the_page(join_file: Callable[..., str], files_folder: Path, name: str) -> None:
    page = join_file(name, picture())
    assert "<img src=x" not in page
    assert "\u202e" not in page
    assert all(path.is_relative_to(files_folder) for path in stored(files_folder))
    assert len(stored(files_folder)) == Attachment.objects.count()


def test_a_picture_keeps_only_its_pixels(join_file: Callable[..., str]) -> None:
    exif = Image.Exif()
    exif[0x010E] = "<script>alert(1)</script>"
    exif[0x9286] = "48.85 N 2.35 E"
    hidden = picture("JPEG", exif=exif, comment=b"un secret") + bare_zip({"a.class": b"code"})
    join_file("photo.jpg", hidden)
    kept = path_of(Attachment.objects.get()).read_bytes()
    for secret in (b"script", b"48.85", b"un secret", b"a.class", b"Exif"):
        assert secret not in kept
    with Image.open(io.BytesIO(kept)) as image:
        assert image.size == (20, 10)


def test_two_gigabytes_are_refused_before_being_received(
    client_of: Callable[..., Any], bob: Any, draft: Sheet, files_folder: Path
) -> None:
    class Film(io.RawIOBase):
        def read(self, *_: Any) -> bytes:
            raise AssertionError("nothing of it should be read")

    answer = client_of(bob).generic(
        "POST",
        reverse("library:files", args=[draft.public_id]),
        b"",
        content_type="multipart/form-data; boundary=x",
        CONTENT_LENGTH=str(2 * 1024**3),
        **{"wsgi.input": Film()},
    )
    assert answer.status_code == 413
    assert "100 Mo" in answer.content.decode().replace("\u00a0", " ")
    assert not stored(files_folder)


def test_a_file_over_the_limit_is_refused_and_leaves_nothing(
    join_file: Callable[..., str], settings: Any, files_folder: Path
) -> None:
    settings.LIBRARY_FILE_MB = 1
    assert "1 Mo au plus" in join_file("a.pdf", PDF + b"\x00" * 1024 * 1024).replace("\u00a0", " ")
    assert not stored(files_folder)


def test_ten_files_at_most(join_file: Callable[..., str]) -> None:
    for n in range(11):
        join_file(f"{n}.pdf", PDF)
    assert Attachment.objects.count() == 10


@pytest.mark.parametrize(("status", "kept"), [(0, 1), (1, 0), (2, 0)])
def test_the_antivirus_has_its_word(
    join_file: Callable[..., str], settings: Any, tmp_path: Path, files_folder: Path, status: int, kept: int
) -> None:
    command = tmp_path / "scan"
    command.write_text(f'#!/bin/sh\ntest -s "$1" || exit 9\nexit {status}\n')
    command.chmod(0o755)
    settings.LIBRARY_SCAN = str(command)
    page = join_file("a.pdf", PDF)
    assert Attachment.objects.count() == kept
    assert len(stored(files_folder)) == kept
    assert kept or "antivirus" in page


def test_an_antivirus_that_is_not_there_refuses(join_file: Callable[..., str], settings: Any) -> None:
    settings.LIBRARY_SCAN = "/nowhere/scan --quick"
    assert "antivirus" in join_file("a.pdf", PDF)
    assert not Attachment.objects.exists()


def test_a_removed_file_is_gone(
    join_file: Callable[..., str],
    client_of: Callable[..., Any],
    bob: Any,
    chloe: Any,
    draft: Sheet,
    files_folder: Path,
    django_capture_on_commit_callbacks: Any,
) -> None:
    join_file("a.pdf", PDF)
    file = Attachment.objects.get()
    publish_sheet(Sheet.objects.get(pk=draft.pk), by=bob)
    address = reverse("library:remove_file", args=[draft.public_id, file.public_id])
    assert client_of(chloe).post(address).status_code == 404
    with django_capture_on_commit_callbacks(execute=True):
        assert client_of(bob).post(address).status_code == 303
    assert not stored(files_folder)


def test_what_an_interrupted_upload_left_is_swept(files_folder: Path, join_file: Callable[..., str]) -> None:
    import os

    join_file("a.pdf", PDF)
    left = files_folder / "ab" / ("ab" * 20)
    left.parent.mkdir(parents=True, exist_ok=True)
    left.write_bytes(b"x")
    for path in stored(files_folder):
        os.utime(path, (0, 0))
    assert sweep_files() == 1
    assert len(stored(files_folder)) == 1
