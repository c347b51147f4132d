"""What is written in the room of a session: what will be tried, what was learned, the shared page, one's own notes."""

from __future__ import annotations

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext_lazy as _

from reciproque.circles.access import shares
from reciproque.circles.actions.room import count_change, enter, kept, voice_of
from reciproque.circles.models import Lead, Learning, PrivateNote, Session
from reciproque.circles.queries.notes import note_of, note_subject
from reciproque.circles.rules import NOTE_MAX, PAGE_MAX, LeadState
from reciproque.kit import clock
from reciproque.kit.seal import Unopenable, seal, seal_mark, unseal
from reciproque.kit.text import clean
from reciproque.people.models import Person

LEADS_MOST = 200


# -- what is tried, what is learned -----------------------------------------------------------------------------


@transaction.atomic
def add_lead(session: Session, *, by: Person, words: str, person: Person | None = None) -> Lead:
    """Note something a member means to try; sent twice, it is noted once. It is asked again at the next session."""
    person = voice_of(session, by, person)
    words = kept(words, empty=_("Dites ce qui sera essayé."))
    count_change(session)
    rows = Lead.objects.filter(session=session)
    already = rows.filter(person=person, words=words).first()
    if already is not None:
        return already
    if rows.count() >= LEADS_MOST:
        raise ValidationError(_("Cette séance compte déjà beaucoup de pistes : gardez les plus utiles."))
    is_clients = session.client is not None and session.client.person_id == person.pk
    return Lead.objects.create(session=session, person=person, words=words, is_clients=is_clients)


@transaction.atomic
def withdraw_lead(lead: Lead, *, by: Person) -> None:
    """Take back something one meant to try, as long as nothing was told of it."""
    voice_of(lead.session, by, lead.person)
    count_change(lead.session)
    if not Lead.objects.filter(pk=lead.pk, told_in=None).delete()[0]:
        raise ValidationError(_("Vous avez déjà dit ce que cela a donné."))


@transaction.atomic
def tell_lead(lead: Lead, *, by: Person, session: Session, state: str, gave: str = "") -> Lead:
    """Tell at a later session what one tried, and what it gave; "not yet" is asked again the next time."""
    voice_of(session, by, lead.person)
    if lead.session.circle_id != session.circle_id or lead.session.number >= session.number:
        raise ValidationError(_("On raconte à une séance ce qui vient d’une séance précédente."))
    if state not in LeadState.values:
        raise ValidationError({"state": _("Choisissez une réponse.")})
    gave = kept(gave, field="gave")
    count_change(session)
    Lead.objects.filter(pk=lead.pk).update(state=state, gave=gave, told_in=session)
    lead.refresh_from_db()
    return lead


@transaction.atomic
def say_learning(
    session: Session, *, by: Person, helping: str = "", helped: str = "", person: Person | None = None
) -> Learning:
    """Say what one learned of helping and of being helped, or say it better."""
    person = voice_of(session, by, person)
    helping, helped = kept(helping, field="helping"), kept(helped, field="helped")
    if not helping and not helped:
        raise ValidationError(_("Dites au moins une chose apprise, en aidant ou en étant aidé."))
    count_change(session)
    learning, _created = Learning.objects.update_or_create(
        session=session,
        person=person,
        defaults={"helping": helping, "helped": helped, "said_at": clock.now()},
    )
    return learning


# -- the shared page --------------------------------------------------------------------------------------------


class Overwritten(ValidationError):
    """Somebody saved the page meanwhile: both texts are shown, none is lost."""

    def __init__(self) -> None:
        super().__init__(
            _("Quelqu’un a enregistré la page pendant que vous écriviez : voici les deux textes."),
            code="overwritten",
        )


@transaction.atomic
def write_page(session: Session, *, by: Person, words: str, version: int) -> Session:
    """Save the page the group shares, if it still is the version one started from; else Overwritten."""
    enter(session, by)
    words = kept(words, most=PAGE_MAX)
    rows = Session.objects.filter(pk=session.pk, page_version=version)
    changes = {"page": words, "page_version": version + 1, "page_saved_by": by}
    done = rows.update(**changes, version=F("version") + 1)
    session.refresh_from_db(fields=["page", "page_version", "page_saved_by", "version"])
    # Sent twice by a hesitant network, the same text is no quarrel.
    if not done and session.page != words:
        raise Overwritten
    return session


# -- private notes ----------------------------------------------------------------------------------------------


class NoteOverwritten(ValidationError):
    """One's notes were saved from elsewhere meanwhile: both texts are shown, none is lost."""

    def __init__(self) -> None:
        super().__init__(
            _(
                "Vos notes ont été enregistrées depuis une autre page ou un autre appareil pendant que vous écriviez : "
                "voici les deux textes."
            ),
            code="overwritten",
        )


@transaction.atomic
def write_note(
    session: Session, *, by: Person, words: str, since: str | None = None, erase: bool = False
) -> str:
    """Seal what one writes for oneself in a session; emptied, it is deleted. No fact, no trace elsewhere.

    `since` is the mark of the notes one started from (`Note.mark`): others, saved meanwhile and not taken up in these
    words, are not lost. `erase` deletes even what no key opens any more. Return the mark of what is kept.
    """
    if not shares(by, session.circle):
        raise PermissionDenied
    list(PrivateNote.objects.select_for_update().filter(session=session, person=by).values_list("pk"))
    if erase:
        PrivateNote.objects.filter(session=session, person=by).delete()
        return ""
    words = clean(words)
    if len(words) > NOTE_MAX:
        raise ValidationError({"words": _("Vos notes sont trop longues : 20 000 signes au plus.")})
    saved = note_of(session, by)
    if saved.words is None:
        raise ValidationError(
            _(
                "Le serveur n’a plus la clé de vos notes précédentes : elles restent en place, et rien ne les remplace."
            )
        )
    if since is not None and since != saved.mark and saved.words.strip() not in words:
        raise NoteOverwritten
    mine = PrivateNote.objects.filter(session=session, person=by)
    if not words.strip():
        mine.delete()
        return ""
    sealed = seal(words, about=note_subject(session, by))
    PrivateNote.objects.update_or_create(
        session=session, person=by, defaults={"sealed": sealed, "saved_at": clock.now()}
    )
    return note_of(session, by).mark


def forget_notes(person: Person) -> int:
    """Delete all the private notes of someone who asks to be forgotten; return how many."""
    return PrivateNote.objects.filter(person=person).delete()[0]


def reseal_notes() -> int:
    """Seal under the first key what an older one sealed (by the clock); return how many were.

    Once nothing is left, the older key may be withdrawn. What no key opens stays as it is.
    """
    done = 0
    rows = PrivateNote.objects.exclude(sealed__startswith=seal_mark()).select_related("session", "person")
    for row in rows.order_by("pk").iterator(chunk_size=200):
        about = note_subject(row.session, row.person)
        try:
            fresh = seal(unseal(row.sealed, about=about), about=about)
        except Unopenable:
            continue
        # Written meanwhile by its author: already under the first key.
        done += PrivateNote.objects.filter(pk=row.pk, sealed=row.sealed).update(sealed=fresh)
    return done
