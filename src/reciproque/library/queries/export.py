"""The whole library of a network as an archive: one Markdown file a sheet, its files beside."""

from __future__ import annotations

import re
import zipfile
from typing import IO

from django.utils.text import slugify
from django.utils.translation import gettext as _

from reciproque.kit.text import cut
from reciproque.library.models import Sheet
from reciproque.library.queries.files import path_of
from reciproque.library.queries.sheets import shown
from reciproque.library.rules import PARTS, PARTS_OF
from reciproque.networks.models import Network
from reciproque.people.models import Person

BATCH = 200


def as_markdown(sheet: Sheet) -> str:
    """Return a sheet as a Markdown document, with what is known of it at its head."""
    names = [author.name for author in sheet.signed]  # type: ignore[attr-defined]
    head = {
        _("Titre"): sheet.title,
        _("Genre"): str(sheet.get_kind_display()),
        _("Auteurs"): ", ".join(names),
        _("Métier"): sheet.trade.name if sheet.trade else "",
        _("Sert à"): str(sheet.get_serves_display()) if sheet.serves else "",
        _("Sujets"): ", ".join(sorted(topic.name for topic in sheet.topics.all())),
        _("Publiée le"): sheet.published_at.date().isoformat() if sheet.published_at else "",
        _("À relire le"): sheet.review_on.isoformat() if sheet.review_on else "",
        _("Version"): str(sheet.version),
        _("Lien"): sheet.link,
    }
    lines = ["---", *(f"{name}: {_one_line(value)}" for name, value in head.items() if value), "---", ""]
    lines += [f"# {_one_line(sheet.title)}", ""]
    for part in PARTS_OF[sheet.kind]:
        if text := getattr(sheet, part):
            lines += [f"## {PARTS[part]}", "", text, ""]
    files = list(sheet.files.all())
    if files:
        lines += [f"## {_('Fichiers')}", ""]
        lines += [f"- [{_plain(file.name)}](<{sheet.public_id}/{_plain(file.name)}>)" for file in files]
    return "\n".join(lines).rstrip() + "\n"


def _one_line(text: str) -> str:
    return " ".join(text.split())


def _plain(name: str) -> str:
    return re.sub(r"[\[\]<>()/\\]", " ", name)


def name_of(sheet: Sheet) -> str:
    """Return the name of a sheet's document: what it is about, and its identifier."""
    return f"{cut(slugify(sheet.title), 60).rstrip('…') or 'fiche'}-{sheet.public_id}"


def write_export(network: Network, viewer: Person, out: IO[bytes]) -> int:
    """Write the published sheets that the viewer may see, and their files, as an archive; return how many sheets."""
    rows = Sheet.objects.visible_to(viewer).open().filter(network=network).order_by("pk")
    count = 0
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for sheet in shown(rows).prefetch_related("files").iterator(chunk_size=BATCH):
            archive.writestr(f"{name_of(sheet)}.md", as_markdown(sheet))
            taken: set[str] = set()
            for file in sheet.files.all():
                name = _plain(file.name)
                if name in taken:
                    name = f"{file.public_id}-{name}"
                taken.add(name)
                path = path_of(file)
                if path.is_file():
                    # Already compressed, nearly all of them.
                    archive.write(path, f"{sheet.public_id}/{name}", zipfile.ZIP_STORED)
            count += 1
    return count
