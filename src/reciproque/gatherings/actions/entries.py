"""Type, correct and withdraw savoirs in a gathering, by several people at once."""

from __future__ import annotations

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from reciproque.catalogue.access import can_change
from reciproque.catalogue.actions import withdraw_post
from reciproque.catalogue.rules import Kind
from reciproque.gatherings.access import can_run
from reciproque.gatherings.models import Entry, Gathering, Match, Participant
from reciproque.gatherings.queries import closest, member_called, members_meant
from reciproque.gatherings.rules import (
    MAX_ENTRIES,
    SOMEONE_ELSE,
    Answer,
    EntryState,
    GatheringState,
    check_open,
    clean_name,
    clean_words,
)
from reciproque.kit import clock
from reciproque.kit.rows import ALREADY_CHANGED
from reciproque.kit.text import fold
from reciproque.kit.tokens import is_id, new_id
from reciproque.networks.access import is_animator
from reciproque.networks.models import Membership
from reciproque.people.models import Person


def hold_open(gathering: Gathering) -> None:
    """Take the gathering for the rest of the transaction, one at a time, and refuse when it is not open.

    Counting the change first makes the others wait: of two people typing at once, the second sees the first's
    entry and lights up with it.
    """
    rows = Gathering.objects.filter(pk=gathering.pk, state=GatheringState.OPEN)
    if not rows.update(version=F("version") + 1):
        gathering.refresh_from_db(fields=["state"])
        check_open(gathering.state)
        raise ValidationError(ALREADY_CHANGED, code="changed")


def _kept(gathering: Gathering, key: str) -> Entry | None:
    rows = gathering.entries.select_related("participant__person", "typed_by")
    return rows.filter(key=key).first()


@transaction.atomic
def type_entry(
    gathering: Gathering, *, by: Person, key: str, kind: str, words: str, who: str, which: str = ""
) -> Entry:
    """Keep one savoir typed for someone, once however often it is sent; nothing is published without their consent.

    `who` is a member's name, else the name of a guest; `which`, when the name may be that of several people, is the
    identifier of the member meant, or `SOMEONE_ELSE`.
    """
    if not can_run(by, gathering.network, gathering.kind):
        raise PermissionDenied
    key = key if is_id(key) else new_id()
    already = _kept(gathering, key)
    if already is not None:
        return already
    if kind not in Kind.values:
        raise ValidationError({"kind": _("Choisissez : une offre, ou une demande.")})
    who, words = clean_name(who), clean_words(words)
    # The names are looked up before anyone is made to wait.
    member = _member_meant(gathering, who, which)
    hold_open(gathering)
    already = _kept(gathering, key)
    if already is not None:
        return already
    if gathering.entries.count() >= MAX_ENTRIES:
        raise ValidationError(_("Cette rencontre compte déjà 2 000 savoirs : ouvrez-en une autre."))
    now = clock.now()
    entry = Entry.objects.create(
        gathering=gathering,
        key=key,
        participant=_participant(gathering, who, member, by=by),
        kind=kind,
        words=words,
        typed_by=by,
        typed_at=now,
        changed_at=now,
    )
    _light(entry)
    return entry


def _member_meant(gathering: Gathering, who: str, which: str) -> Membership | None:
    """Return the member for whom something is typed, None for a guest; refuse a name that may mean somebody here."""
    if which == SOMEONE_ELSE:
        return None
    member = member_called(gathering.network, who)
    if member is not None:
        return member
    meant = members_meant(gathering, who)
    chosen = [row for row in meant if row.person.public_id == which]
    if chosen or not meant:
        return chosen[0] if chosen else None
    raise ValidationError({"who": ValidationError(_("De qui s’agit-il ? Choisissez."), code="which")})


def _participant(gathering: Gathering, who: str, member: Membership | None, *, by: Person) -> Participant:
    """Return the one for whom something is typed; noted there by an animator, or as they said themselves."""
    now = clock.now()
    own = member is not None and member.person_id == by.pk
    here = now if own or is_animator(by, gathering.network) else None
    if member is not None:
        participant, _new = Participant.objects.get_or_create(
            gathering=gathering, person=member.person, defaults={"here_at": here, "noted_at": now}
        )
    else:
        participant, _new = Participant.objects.get_or_create(
            gathering=gathering,
            person=None,
            folded=fold(who),
            defaults={"name": who, "here_at": here, "noted_at": now},
        )
    if participant.here_at is None and (here is not None or participant.answer == Answer.YES):
        Participant.objects.filter(pk=participant.pk).update(here_at=now)
        participant.here_at = now
    return participant


def _light(entry: Entry) -> None:
    """Note what answers an entry, among what is typed here and in the whole network."""
    Match.objects.filter(Q(entry=entry) | Q(other=entry)).delete()
    now = clock.now()
    Match.objects.bulk_create(
        [
            Match(
                gathering_id=entry.gathering_id,
                entry=entry,
                other_id=found.entry,
                post_id=found.post,
                score=found.score,
                found_at=now,
            )
            for found in closest(entry)
        ]
    )


@transaction.atomic
def correct_entry(
    entry: Entry, *, by: Person, kind: str, words: str, who: str, version: int, which: str = ""
) -> Entry:
    """Correct what was typed; of two people who correct the same line, the second is shown what the first wrote."""
    gathering = entry.gathering
    if not can_run(by, gathering.network, gathering.kind):
        raise PermissionDenied
    if kind not in Kind.values:
        raise ValidationError({"kind": _("Choisissez : une offre, ou une demande.")})
    who, words = clean_name(who), clean_words(words)
    if entry.state == EntryState.PUBLISHED:
        raise ValidationError(
            _("C’est publié, avec l’accord de la personne : corrigez l’annonce elle-même, depuis sa page.")
        )
    same = fold(who) == fold(entry.participant.display_name) and not which
    member = None if same else _member_meant(gathering, who, which)
    hold_open(gathering)
    participant = entry.participant if same else _participant(gathering, who, member, by=by)
    now = clock.now()
    done = Entry.objects.filter(pk=entry.pk, state=EntryState.NOTED, version=version).update(
        kind=kind,
        words=words,
        participant=participant,
        changed_by=by,
        changed_at=now,
        version=F("version") + 1,
    )
    if not done:
        raise _conflict(entry)
    former = entry.participant
    entry.kind, entry.words, entry.participant, entry.version = kind, words, participant, version + 1
    if former.person_id is None and former.pk != participant.pk and not former.entries.exists():
        # Nobody else bears that name: nothing is kept of a slip of the keyboard.
        former.delete()
    _light(entry)
    return entry


def _conflict(entry: Entry) -> ValidationError:
    """Say what somebody else did to the line meanwhile."""
    entry.refresh_from_db(fields=["state", "words", "kind", "version", "changed_by"])
    if entry.state != EntryState.NOTED:
        return ValidationError(
            _("Cette ligne vient d’être publiée ou retirée. Ce que vous écriviez reste ici."), code="changed"
        )
    return ValidationError(
        _(
            "%(name)s vient de corriger cette ligne : « %(words)s ». "
            "Votre texte reste ici : enregistrez de nouveau pour le garder."
        ),
        code="changed",
        params={
            "name": entry.changed_by.display_name if entry.changed_by else _("Quelqu’un"),
            "words": entry.words,
        },
    )


@transaction.atomic
def withdraw_entry(entry: Entry, *, by: Person) -> Entry:
    """Take a line off the board; what was published of it is withdrawn by its person or an animator."""
    gathering = entry.gathering
    if entry.participant.person_id != by.pk and not can_run(by, gathering.network, gathering.kind):
        raise PermissionDenied
    if entry.state == EntryState.WITHDRAWN:
        return entry
    if entry.post is not None:
        if not can_change(by, entry.post):
            raise ValidationError(
                _("C’est publié : la personne, ou l’animation du réseau, peut retirer l’annonce.")
            )
        withdraw_post(entry.post, by=by)
    now = clock.now()
    done = Entry.objects.filter(pk=entry.pk, version=entry.version).update(
        state=EntryState.WITHDRAWN, changed_by=by, changed_at=now, version=F("version") + 1
    )
    if not done:
        raise _conflict(entry)
    Match.objects.filter(Q(entry=entry) | Q(other=entry)).delete()
    Gathering.objects.filter(pk=gathering.pk).update(version=F("version") + 1)
    entry.state, entry.version = EntryState.WITHDRAWN, entry.version + 1
    return entry
