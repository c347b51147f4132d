"""What a file is by its content, never by its name; what is refused, and why."""

from __future__ import annotations

import dataclasses
import io
import re
import warnings
import zipfile
from pathlib import Path, PurePosixPath

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _
from PIL import Image, ImageOps, UnidentifiedImageError

from reciproque.kit.text import clean

NAME_MAX = 100
HEAD = 4096
MAX_PIXELS = 40_000_000
SHOWN_SIDE = 2400
MAX_PARTS = 3000  # of an office document, which is an archive
MAX_UNFOLDED = 300 * 1024 * 1024
MAX_PART_RATIO = 200
IMAGES = {"PNG": ("image/png", ".png"), "JPEG": ("image/jpeg", ".jpg"), "WEBP": ("image/webp", ".webp")}
_MARKUP = re.compile(
    rb"<\s*(?:!doctype|html|head|body|script|svg|\?xml|iframe|object|embed|xsl:)", re.IGNORECASE
)
_OOXML = {
    "word/": ("application/vnd.openxmlformats-officedocument.wordprocessingml.document", ".docx"),
    "xl/": ("application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", ".xlsx"),
    "ppt/": ("application/vnd.openxmlformats-officedocument.presentationml.presentation", ".pptx"),
}
_ODF = {
    "application/vnd.oasis.opendocument.text": ".odt",
    "application/vnd.oasis.opendocument.spreadsheet": ".ods",
    "application/vnd.oasis.opendocument.presentation": ".odp",
}
_MACROS = ("vbaproject.bin", "vbadata.xml", "basic/script-lc.xml", "activex")
_RUN_BY_PDF = re.compile(rb"/(?:JavaScript|JS|Launch|EmbeddedFile|RichMedia|XFA)\b")
_ACCEPTED = _(
    "Ce fichier n’est pas accepté. Joignez une image (PNG, JPEG, WebP), un PDF, un document bureautique "
    "(docx, xlsx, pptx, odt, ods, odp), un son ou une vidéo."
)


@dataclasses.dataclass(frozen=True)
class Found:
    """What a file turned out to be."""

    kind: str  # image, pdf, office, audio, video
    content_type: str
    extension: str


def refuse(sentence: object) -> ValidationError:
    """Return the refusal of a file, to be put under its field."""
    return ValidationError({"file": sentence})


def clean_name(name: str, extension: str) -> str:
    """Return a file name that is only a name: no path, no hidden direction of writing, the extension of its content."""
    name = clean(name).replace("\\", "/").rsplit("/", 1)[-1]
    name = re.sub(r"[\u00ad\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff]", "", name)
    name = re.sub(r'[<>:"|?*%\n\t\x00]', " ", name)
    stem = name.rsplit(".", 1)[0] if "." in name else name
    stem = " ".join(stem.split()).strip(" .~-")[:NAME_MAX].strip(" .")
    return f"{stem or 'fichier'}{extension}"


def identify(path: Path) -> Found:
    """Return what the content of a file says it is; ValidationError for what is not accepted."""
    with path.open("rb") as file:
        head = file.read(HEAD)
    if not head:
        raise refuse(_("Ce fichier est vide."))
    if head.startswith(b"%PDF-"):
        return _pdf(path, head)
    if head.startswith(b"PK"):
        return _office(path)
    found = _image(head) or _sound_or_film(head)
    if found is None:
        if _MARKUP.search(head):
            raise refuse(
                _("Les pages web et les dessins SVG ne sont pas acceptés : ils peuvent contenir du code.")
            )
        raise refuse(_ACCEPTED)
    if found.kind != "image":
        _refuse_two_in_one(path, head)
    return found


def _image(head: bytes) -> Found | None:
    if head.startswith(b"\x89PNG\r\n\x1a\n"):
        return Found("image", *IMAGES["PNG"])
    if head.startswith(b"\xff\xd8\xff"):
        return Found("image", *IMAGES["JPEG"])
    if head[:4] == b"RIFF" and head[8:12] == b"WEBP":
        return Found("image", *IMAGES["WEBP"])
    return None


def _sound_or_film(head: bytes) -> Found | None:
    if head[:4] == b"RIFF" and head[8:12] == b"WAVE":
        return Found("audio", "audio/wav", ".wav")
    if head.startswith(b"OggS"):
        return Found("audio", "audio/ogg", ".ogg")
    if head.startswith(b"fLaC"):
        return Found("audio", "audio/flac", ".flac")
    # A frame: eleven bits set, then a version and a layer that exist.
    frame = (
        len(head) > 3 and head[0] == 0xFF and head[1] & 0xE0 == 0xE0 and head[1] & 0x06 and head[2] >> 4 != 15
    )
    if head.startswith(b"ID3") or frame:
        return Found("audio", "audio/mpeg", ".mp3")
    if head[4:8] == b"ftyp":
        brand = head[8:12]
        if brand.startswith(b"M4A"):
            return Found("audio", "audio/mp4", ".m4a")
        if brand in (
            b"isom",
            b"iso2",
            b"iso4",
            b"iso5",
            b"iso6",
            b"mp41",
            b"mp42",
            b"avc1",
            b"M4V ",
            b"qt  ",
        ):
            return Found("video", "video/mp4", ".mp4")
    if head.startswith(b"\x1a\x45\xdf\xa3") and (b"webm" in head[:64] or b"matroska" in head[:64]):
        return Found("video", "video/webm", ".webm")
    return None


def _refuse_two_in_one(path: Path, head: bytes) -> None:
    """Refuse what would be read as something else by another program."""
    if _MARKUP.search(head) or zipfile.is_zipfile(path):
        raise refuse(_("Ce fichier en cache un autre : il n’est pas accepté."))


def _pdf(path: Path, head: bytes) -> Found:
    _refuse_two_in_one(path, head[:1024])
    with path.open("rb") as file:
        rest = b""
        while block := file.read(1 << 20):
            if _RUN_BY_PDF.search(rest + block):
                raise refuse(
                    _("Ce PDF contient du code ou d’autres fichiers. Enregistrez-le à nouveau, sans eux.")
                )
            rest = block[-32:]
    return Found("pdf", "application/pdf", ".pdf")


def _office(path: Path) -> Found:
    broken = refuse(_("Ce document ne peut pas être ouvert. Enregistrez-le à nouveau puis joignez-le."))
    try:
        with zipfile.ZipFile(path) as archive:
            parts = archive.infolist()
            found = _office_kind(archive, parts)
            _refuse_bomb(archive, parts)
    except (zipfile.BadZipFile, OSError, EOFError, ValueError, NotImplementedError, RuntimeError, KeyError):
        raise broken from None
    return found


def _office_kind(archive: zipfile.ZipFile, parts: list[zipfile.ZipInfo]) -> Found:
    names = {part.filename for part in parts}
    if len(parts) > MAX_PARTS or sum(part.file_size for part in parts) > MAX_UNFOLDED:
        raise refuse(_("Ce document est une archive démesurée : il n’est pas accepté."))
    if any(_leads_outside(name) for name in names):
        raise refuse(_("Ce document contient des chemins de fichiers dangereux : il n’est pas accepté."))
    if any(macro in name.lower() for name in names for macro in _MACROS):
        raise refuse(_("Ce document contient des macros. Enregistrez-le sans elles, puis joignez-le."))
    if "[Content_Types].xml" in names:
        for folder, (content_type, extension) in _OOXML.items():
            if any(name.startswith(folder) for name in names):
                return Found("office", content_type, extension)
    if parts and parts[0].filename == "mimetype" and parts[0].file_size < 200:
        content_type = archive.read("mimetype").decode("ascii", "replace").strip()
        if content_type in _ODF:
            return Found("office", content_type, _ODF[content_type])
    raise refuse(_("Les archives ne sont pas acceptées. Joignez les fichiers un par un."))


def _leads_outside(name: str) -> bool:
    path = PurePosixPath(name.replace("\\", "/"))
    return path.is_absolute() or ".." in path.parts or ":" in name


def _refuse_bomb(archive: zipfile.ZipFile, parts: list[zipfile.ZipInfo]) -> None:
    """Unfold each part without keeping it: what its directory says of its size may be a lie."""
    total = 0
    for part in parts:
        read = 0
        with archive.open(part) as file:
            while block := file.read(1 << 20):
                read, total = read + len(block), total + len(block)
                lies = read > max(part.compress_size, 10_000) * MAX_PART_RATIO
                if lies or total > MAX_UNFOLDED:
                    raise refuse(_("Ce document est une archive démesurée : il n’est pas accepté."))


def redraw(path: Path, found: Found) -> Found:
    """Draw an image again in its place: only its pixels remain, without its place, its author or what was hidden in it."""
    broken = refuse(_("Cette image ne peut pas être lue. Enregistrez-la à nouveau puis joignez-la."))
    huge = refuse(_("Cette image est démesurée : 40 millions de points au plus."))
    format_ = next(name for name, (content_type, _e) in IMAGES.items() if content_type == found.content_type)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            with Image.open(path, formats=[format_]) as image:
                # Looked at before anything is unfolded.
                if image.width * image.height > MAX_PIXELS:
                    raise huge
                image.load()
                drawn = ImageOps.exif_transpose(image)
                drawn.thumbnail((SHOWN_SIDE, SHOWN_SIDE))
                opaque = (
                    drawn.mode in ("L", "RGB", "CMYK", "YCbCr", "I;16", "I", "F")
                    and "transparency" not in drawn.info
                )
                out = io.BytesIO()
                if format_ == "JPEG" or (format_ == "WEBP" and opaque):
                    found = Found("image", *IMAGES["JPEG"])
                    _bare(drawn.convert("RGB")).save(out, "JPEG", quality=88)
                else:
                    found = Found("image", *IMAGES["PNG"])
                    _bare(drawn.convert("RGB" if opaque else "RGBA")).save(out, "PNG")
    except Image.DecompressionBombError:
        raise huge from None
    except (
        UnidentifiedImageError,
        OSError,
        SyntaxError,
        ValueError,
        EOFError,
        MemoryError,
        IndexError,
        TypeError,
    ):
        raise broken from None
    path.write_bytes(out.getvalue())
    return found


def _bare(image: Image.Image) -> Image.Image:
    """Return the pixels alone: what else came with them would be written back."""
    bare = Image.new(image.mode, image.size)
    bare.paste(image)
    return bare
