"""Give a certification to its holder as a file they carry, and take it back from those who check it."""

from __future__ import annotations

import secrets
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils.translation import gettext_lazy as _
from django.utils.translation import override

from reciproque.journal.actions import erase_words, record
from reciproque.kit import clock
from reciproque.kit.tokens import new_id
from reciproque.people.access import is_present
from reciproque.people.models import Person
from reciproque.recognition.actions.keys import ensure_key
from reciproque.recognition.engine import credentials, signing, status
from reciproque.recognition.models import Badge, Certification, Confirmation
from reciproque.recognition.queries.badges import counted_confirmations, draft_badge
from reciproque.recognition.queries.keys import site
from reciproque.recognition.rules import EndReason

LEARNED = _("J’ai appris ce savoir auprès de cette personne.")


@transaction.atomic
def issue_badge(certification: Certification, *, by: Person, signed_name: bool = True) -> Badge:
    """Sign a badge of a certification that holds, for its holder alone; asked twice, it is the same badge.

    Their name is in it if they wish, or if they have no address to be known by.
    """
    rows = Certification.objects.select_for_update(of=("self",)).select_related(
        "network", "skill__person", "skill__topic"
    )
    certification = rows.get(pk=certification.pk)
    person = certification.skill.person
    if by.pk != person.pk or not is_present(by):
        raise PermissionDenied(_("Seule la personne certifiée peut demander son badge."))
    now = clock.now()
    if certification.ended_at is not None or certification.until <= now:
        raise ValidationError(_("Cette certification n’est plus en cours."), code="ended")
    named = signed_name or not person.email
    signers = [row for row in counted_confirmations(certification) if row.signs]
    same = _same(certification, named=named, signers=signers)
    if same is not None:
        return same
    key, private = ensure_key()
    public_id, where = new_id(), site()
    name = person.display_name if named else ""
    draft = draft_badge(
        certification,
        public_id=public_id,
        index=_free_place(),
        name=name,
        salt=secrets.token_hex(8),
    )
    endorsements = [
        {"confirmation": row.public_id, "jwt": _endorse(row, draft, private, key.kid)} for row in signers
    ]
    payload = credentials.badge(where, draft, [one["jwt"] for one in endorsements])
    badge = Badge.objects.create(
        public_id=public_id,
        certification=certification,
        person=person,
        network=certification.network,
        topic=certification.skill.topic,
        key=key,
        credential=signing.sign(payload, private, where.method(where.issuer(draft.network), key.kid)),
        endorsements=endorsements,
        index=draft.index,
        issued_at=now,
        until=certification.until,
    )
    record("badge.issued", badge, by=by, network=certification.network, title=draft.savoir)
    return badge


def _endorse(row: Confirmation, draft: credentials.Draft, private: dict[str, Any], kid: str) -> str:
    """Sign in the name of somebody who confirms, and accepted to be named, what they say of a badge."""
    where = site()
    with override(draft.language):
        words = row.words or str(LEARNED)
    payload = credentials.endorsement(
        where,
        confirmation=row.public_id,
        name=row.by.display_name,
        words=words,
        badge_id=draft.public_id,
        at=draft.issued_at,
        until=draft.until,
    )
    return signing.sign(payload, private, where.method(where.endorser(row.public_id), kid))


def _same(certification: Certification, *, named: bool, signers: list[Confirmation]) -> Badge | None:
    """Return a badge already given that says the same."""
    rows = certification.badges.filter(revoked_at=None, key__broken_at=None, until=certification.until)
    wanted = {row.public_id for row in signers}
    for badge in rows.exclude(credential=""):
        found = signing.peek(badge.credential)[1]["credentialSubject"]["identifier"]
        if any(one["identityType"] == "name" for one in found) == named and wanted == {
            one["confirmation"] for one in badge.endorsements
        }:
            return badge
    return None


def _free_place() -> int:
    """Return a place that nobody has in the list, at random: the order in which badges were given is nobody's business."""
    first = Badge.objects.count() // (status.SIZE // 2) * status.SIZE
    while True:
        place = first + secrets.randbelow(status.SIZE)
        if not Badge.objects.filter(index=place).exists():
            return place


def _revoke(badge: Badge, reason: str, *, by: Person | None) -> bool:
    now = clock.now()
    done = Badge.objects.filter(pk=badge.pk, revoked_at=None).update(revoked_at=now, revoked_for=reason)
    if done:
        badge.revoked_at, badge.revoked_for = now, reason
        title = badge.topic.name if badge.topic is not None else ""
        people, network = [badge.person], badge.network
        record("badge.revoked", badge, by=by, network=network, people=people, title=title, reason=str(reason))
    return bool(done)


@transaction.atomic
def revoke_badge(badge: Badge, *, by: Person) -> None:
    """Take one's own badge back from whoever checks it; the certification itself is untouched."""
    if badge.person_id != by.pk or not is_present(by):
        raise PermissionDenied(_("Seule la personne à qui ce badge appartient peut le révoquer."))
    if not _revoke(badge, EndReason.GIVEN_UP, by=by):
        raise ValidationError(_("Ce badge est déjà révoqué."), code="revoked")


@transaction.atomic
def revoke_for(certification: Certification, reason: str) -> int:
    """Revoke the badges of a certification that ended, whatever the reason; return how many were.

    A badge whose own date is past needs no revoking: it says so itself.
    """
    rows = certification.badges.filter(revoked_at=None, until__gt=clock.now())
    return sum(
        _revoke(badge, EndReason(reason), by=None)
        for badge in rows.select_related("person", "network", "topic")
    )


@transaction.atomic
def forget_badges(person: Person) -> int:
    """Revoke every badge of someone who has everything erased, and erase what they said; return how many there were.

    Only their place in the list of revoked badges stays: without it, the files already given would hold again.
    """
    rows = Badge.objects.filter(person=person)
    erase_words([("badge", public_id) for public_id in rows.values_list("public_id", flat=True)])
    rows.filter(revoked_at=None).update(revoked_at=clock.now(), revoked_for=EndReason.GIVEN_UP)
    return rows.update(credential="", endorsements=[], certification=None, topic=None)
