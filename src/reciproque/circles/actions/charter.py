"""The rules a group gives itself, signed by each of its members and its facilitator."""

from __future__ import annotations

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from reciproque.agenda.actions import close_steps
from reciproque.agenda.rules import StepState, Verb
from reciproque.circles.access import is_facilitator, shares
from reciproque.circles.actions.noting import expect, lock, note, people_of, words
from reciproque.circles.models import Circle, GroupCharter, GroupSignature
from reciproque.circles.queries.life import current_group_charter, guide_problems
from reciproque.circles.rules import ALIVE, PLEDGE_DAYS, WORDS_MAX
from reciproque.kit import clock
from reciproque.kit.rows import ALREADY_CHANGED
from reciproque.people.models import Person

OTHER_VERSION = _("La charte du groupe vient de changer. Relisez-la, puis signez la nouvelle version.")


@transaction.atomic
def write_charter(circle: Circle, *, by: Person, text: str, leaving: str) -> GroupCharter:
    """Write the group's charter, or another version of it, which each is asked to sign anew."""
    if not is_facilitator(by, circle):
        raise PermissionDenied
    text = words(
        text, "text", _("Écrivez les règles, en 4 000 caractères au plus."), most=WORDS_MAX, least=10
    )
    sentence = _("Écrivez ce qui peut sortir du groupe, en 4 000 caractères au plus.")
    leaving = words(leaving, "leaving", sentence, most=WORDS_MAX, least=3)
    lock(circle)
    if circle.state not in ALIVE:
        raise ValidationError(_("La charte s’écrit une fois le groupe constitué, et jusqu’à sa fin."))
    former = current_group_charter(circle)
    if former is not None and (former.text, former.leaving) == (text, leaving):
        return former
    try:
        with transaction.atomic():
            charter = GroupCharter.objects.create(
                circle=circle,
                version=former.version + 1 if former else 1,
                text=text,
                leaving=leaving,
                written_by=by,
                written_at=clock.now(),
            )
    except IntegrityError as error:
        raise ValidationError(ALREADY_CHANGED, code="changed") from error
    for person in people_of(circle):
        expect(Verb.PLEDGE, circle, person, PLEDGE_DAYS)
    note("group_charter.written", circle, circle, by=by, version=charter.version)
    return charter


@transaction.atomic
def sign_group_charter(circle: Circle, *, by: Person, version: int) -> GroupSignature:
    """Sign the version that was on screen; another one in force asks to read it again."""
    if not shares(by, circle):
        raise PermissionDenied
    charter = current_group_charter(circle)
    if charter is None or charter.version != version:
        raise ValidationError(OTHER_VERSION)
    signature, created = GroupSignature.objects.get_or_create(
        charter=charter, person=by, defaults={"signed_at": clock.now()}
    )
    close_steps(circle, verb=Verb.PLEDGE, owner=by)
    if is_facilitator(by, circle) and not guide_problems(circle):
        # The charter was late, and nobody else has to be found any more.
        close_steps(circle, verb=Verb.LEAD, outcome=StepState.RELEASED)
    if created:
        note("group_charter.signed", circle, circle, by=by, people=[by], version=version)
    return signature
