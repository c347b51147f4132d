"""One's own notes of the sessions: opened for their author, and for nobody else."""

from __future__ import annotations

import datetime as dt
import hashlib
from dataclasses import dataclass

from reciproque.circles.models import Circle, PrivateNote, Session
from reciproque.kit.seal import Unopenable, unseal
from reciproque.people.models import Person


@dataclass(frozen=True)
class Note:
    """A private note opened for its author; `words` is None when no key opens it any more."""

    session: Session
    saved_at: dt.datetime | None
    words: str | None

    @property
    def mark(self) -> str:
        """What tells these words from those saved later; their author alone is given it."""
        return hashlib.sha256(self.words.encode()).hexdigest()[:16] if self.words else ""


def note_subject(session: Session, person: Person) -> str:
    """Return what a note is bound to: it opens in no other row."""
    return f"note {session.public_id} {person.public_id}"


def _open(row: PrivateNote, person: Person) -> Note:
    try:
        words = unseal(row.sealed, about=note_subject(row.session, person))
    except Unopenable:
        return Note(row.session, row.saved_at, None)
    return Note(row.session, row.saved_at, words)


def note_of(session: Session, person: Person) -> Note:
    """Return what this person wrote for themselves in a session; nobody else's note is ever opened."""
    row = PrivateNote.objects.filter(session=session, person=person).select_related("session").first()
    return _open(row, person) if row else Note(session, None, "")


def notes_of(circle: Circle, person: Person) -> list[Note]:
    """Return this person's own notes of one group, session by session."""
    rows = PrivateNote.objects.filter(person=person, session__circle=circle).select_related(
        "session__circle", "session__meeting"
    )
    return [_open(row, person) for row in rows.order_by("session__number")]


def own_notes(person: Person) -> list[Note]:
    """Return all the notes a person ever wrote, for the export of their own data and for nothing else."""
    rows = PrivateNote.objects.filter(person=person).select_related("session__circle")
    return [_open(row, person) for row in rows.order_by("session__circle", "session__number")]
