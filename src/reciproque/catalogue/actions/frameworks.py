"""Bring a framework of skills in, or its next version: labels follow, what is gone is marked, links stay."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils.text import slugify
from django.utils.translation import gettext_lazy as _

from reciproque.catalogue.actions.reading import CleanEntry, Reading
from reciproque.catalogue.models import Entry, EntryName, Framework, TopicLink
from reciproque.catalogue.rules import LABEL_MAX
from reciproque.journal.actions import record
from reciproque.kit import clock
from reciproque.kit.text import clean, fold
from reciproque.people.access import can_administer
from reciproque.people.models import Person

BATCH = 1000
_KEPT = ("label", "folded", "group", "job", "parent_id", "orphan", "gone_at")


def _folded(label: str) -> str:
    return fold(label)[:LABEL_MAX]


@transaction.atomic
def import_framework(
    slug: str,
    reading: Reading,
    *,
    by: Person | None,
    version: str = "",
    progress: Callable[[int, int], None] | None = None,
) -> dict[str, int]:
    """Write what was read as the framework of that address, all or nothing; return what is new, changed, gone, back.

    `by` None: the command line, which whoever runs the installation holds.
    """
    if by is not None and not can_administer(by):
        raise PermissionDenied
    if slug != slugify(slug) or not 1 <= len(slug) <= 40:
        raise ValidationError(
            {"slug": _("Une adresse n’a que des lettres sans accent, des chiffres et des tirets.")}
        )
    title = " ".join(clean(reading.title).split())[:120]
    if not title:
        raise ValidationError({"title": _("Donnez un nom à ce référentiel.")})
    framework, _new = Framework.objects.get_or_create(slug=slug, defaults={"title": title})
    # Of two imports at once, the second waits, and then compares with what the first wrote.
    framework = Framework.objects.select_for_update().get(pk=framework.pk)
    said = progress or (lambda done, total: None)
    total = 2 * len(reading.entries)
    keys, counts = _write_entries(framework, reading, lambda done: said(done, total))
    counts["names"] = _write_names(
        framework, reading.entries, keys, lambda done: said(len(reading.entries) + done, total)
    )
    framework.title, framework.version = title, " ".join(clean(version).split())[:40]
    framework.language, framework.credit = reading.language[:2], clean(reading.credit)[:300]
    framework.imported_at, framework.imported_by = clock.now(), by
    framework.save()
    said(total, total)
    data: dict[str, Any] = {"name": str(framework), **counts}
    record("framework.imported", framework, by=by, **data)
    return counts


def _levels(entries: Sequence[CleanEntry]) -> Iterator[list[CleanEntry]]:
    """Give the entries from the top down: each after the one it stands under."""
    below: dict[str, list[CleanEntry]] = {}
    for entry in entries:
        below.setdefault(entry.parent, []).append(entry)
    level = below.get("", [])
    while level:
        yield level
        level = [child for entry in level for child in below.get(entry.code, [])]


def _write_entries(
    framework: Framework, reading: Reading, said: Callable[[int], None]
) -> tuple[dict[str, int], dict[str, int]]:
    existing = {row.code: row for row in Entry.objects.filter(framework=framework).iterator(chunk_size=2000)}
    counts = dict.fromkeys(("new", "changed", "same", "gone", "back"), 0)
    keys: dict[str, int] = {code: row.pk for code, row in existing.items()}
    done = 0
    for level in _levels(reading.entries):
        fresh, changed = [], []
        for entry in level:
            values: dict[str, Any] = {
                "label": entry.label,
                "folded": _folded(entry.label),
                "group": entry.group,
                "job": entry.job,
                "parent_id": keys[entry.parent] if entry.parent else None,
                "orphan": entry.code in reading.orphans,
                "gone_at": None,
            }
            row = existing.get(entry.code)
            if row is None:
                fresh.append(Entry(framework=framework, code=entry.code, **values))
                continue
            if all(getattr(row, name) == values[name] for name in _KEPT):
                counts["same"] += 1
                continue
            counts["back" if row.gone_at is not None else "changed"] += 1
            for name, value in values.items():
                setattr(row, name, value)
            changed.append(row)
        for start in range(0, len(fresh), BATCH):
            for row in Entry.objects.bulk_create(fresh[start : start + BATCH]):
                keys[row.code] = row.pk
            said(done + min(start + BATCH, len(fresh)))
        Entry.objects.bulk_update(changed, [name.removesuffix("_id") for name in _KEPT], batch_size=200)
        counts["new"] += len(fresh)
        done += len(level)
        said(done)
    here = {entry.code for entry in reading.entries}
    gone = [row.pk for code, row in existing.items() if code not in here and row.gone_at is None]
    for start in range(0, len(gone), BATCH // 2):
        # Kept, with the links made to it: it is said to be gone wherever it is shown.
        Entry.objects.filter(pk__in=gone[start : start + BATCH // 2]).update(gone_at=clock.now())
    counts["gone"] = len(gone)
    return keys, counts


def _write_names(
    framework: Framework, entries: Sequence[CleanEntry], keys: dict[str, int], said: Callable[[int], None]
) -> int:
    """Bring the other labels to what the files say; return how many there are."""
    wanted = {(keys[entry.code], _folded(name)): name for entry in entries for name in entry.names}
    here = {keys[entry.code] for entry in entries}
    held: dict[tuple[int, str], int] = {}
    stale: list[int] = []
    rows = EntryName.objects.filter(entry__framework=framework).values_list(
        "pk", "entry_id", "folded", "label"
    )
    for pk, entry, folded, label in rows.iterator(chunk_size=2000):
        if wanted.get((entry, folded)) == label:
            held[entry, folded] = pk
        elif entry in here:  # what is gone keeps the names it had
            stale.append(pk)
    for start in range(0, len(stale), BATCH // 2):
        EntryName.objects.filter(pk__in=stale[start : start + BATCH // 2]).delete()
    fresh = [
        EntryName(entry_id=entry, folded=folded, label=label)
        for (entry, folded), label in wanted.items()
        if (entry, folded) not in held
    ]
    for start in range(0, len(fresh), BATCH):
        EntryName.objects.bulk_create(fresh[start : start + BATCH])
        said(len(entries) * (start + BATCH) // max(len(fresh), BATCH))
    return len(wanted)


def preview_framework(slug: str, reading: Reading) -> dict[str, int]:
    """Return what importing would do to the framework of that address: new, changed, gone, back, links kept."""
    columns = ("code", "label", "group", "job", "orphan", "parent__code", "gone_at")
    rows = Entry.objects.filter(framework__slug=slug).values_list(*columns)
    held = {code: (values, gone) for code, *values, gone in rows.iterator(chunk_size=2000)}
    counts = dict.fromkeys(("new", "changed", "same", "gone", "back"), 0)
    here = set()
    for entry in reading.entries:
        here.add(entry.code)
        if entry.code not in held:
            counts["new"] += 1
            continue
        values, gone = held[entry.code]
        orphan = entry.code in reading.orphans
        same = values == [entry.label, entry.group, entry.job, orphan, entry.parent or None]
        counts["back" if gone else "same" if same else "changed"] += 1
    counts["gone"] = sum(gone is None for code, (_values, gone) in held.items() if code not in here)
    counts["links"] = TopicLink.objects.filter(entry__framework__slug=slug, kept=True).count()
    return counts
