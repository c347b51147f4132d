"""Ask those who learned, say that one learned, take it back: nobody else's word counts."""

from __future__ import annotations

from collections.abc import Iterable

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from reciproque.agenda.actions import close_steps, open_step
from reciproque.agenda.models import Step
from reciproque.agenda.rules import StepState, Verb, deadline
from reciproque.catalogue.models import Topic
from reciproque.exchanges.models import Exchange, ExchangePerson
from reciproque.exchanges.rules import Side
from reciproque.journal.actions import record
from reciproque.kit import clock
from reciproque.kit.rows import ALREADY_CHANGED
from reciproque.kit.text import clean
from reciproque.networks.models import Network
from reciproque.people.access import can_administer
from reciproque.people.models import Person
from reciproque.recognition.access import EXCHANGE, final_keys, keeps_skills, lessons
from reciproque.recognition.actions.certifying import certify_due
from reciproque.recognition.actions.evidence import hold, note_exchange, skill_of
from reciproque.recognition.models import Confirmation, Skill
from reciproque.recognition.queries.confirming import counted
from reciproque.recognition.rules import ASK_AGAIN, ASKED_AT_ONCE, REASON_MAX, WORDS_MAX, EndReason

NOT_KEPT = _("Cette personne ne souhaite pas que ce savoir soit suivi.")


@transaction.atomic
def ask_confirmation(skill: Skill, *, by: Person, people: Iterable[Person]) -> list[Step]:
    """Ask people who learned a savoir from oneself to say so, if they wish; each is asked once."""
    if by.pk != skill.person_id:
        raise PermissionDenied
    wanted = {person.pk: person for person in people}
    if not wanted:
        raise ValidationError({"people": _("Choisissez au moins une personne.")})
    if len(wanted) > ASKED_AT_ONCE:
        raise ValidationError({"people": _("Choisissez dix personnes au plus à la fois.")})
    if skill.put_away_at is not None or not keeps_skills(by):
        raise ValidationError(_("Ce savoir est rangé : ressortez-le avant de demander une confirmation."))
    topic = final_keys([skill.topic_id])[skill.topic_id]
    learned: dict[int, Network] = {}
    for row in lessons(teacher=by):
        if row.topic == topic:
            learned.setdefault(row.learner, row.network)
    # Only those who learned it from them: anyone else is refused, whatever was typed.
    if set(wanted) - set(learned):
        raise PermissionDenied
    asked = Step.objects.about(skill).filter(verb=Verb.WITNESS, opened_at__gt=clock.now() - ASK_AGAIN)
    said = counted([skill.pk], {network.pk for network in learned.values()})
    done = {*asked.values_list("owner_id", flat=True), *(person for _skill, _network, person in said)}
    steps = [_ask(skill, wanted[pk], learned[pk]) for pk in sorted(set(wanted) - done)]
    if not steps:
        raise ValidationError({"people": _("Ces personnes ont déjà été sollicitées ou l’ont déjà confirmé.")})
    return steps


def _ask(skill: Skill, person: Person, network: Network) -> Step:
    due = deadline(network, network.review_days, clock.now(), person.time_zone)
    words = skill.topic.name
    step = open_step(Verb.WITNESS, skill, network=network, owner=person, due_at=due, words=words)
    record(
        "confirmation.asked",
        skill,
        by=skill.person,
        network=network,
        people=[person],
        to=[person.public_id],
        title=words,
    )
    return step


@transaction.atomic
def confirm_skill(
    person: Person,
    topic: Topic,
    *,
    by: Person,
    source: tuple[str, str],
    words: str = "",
    signs: bool = False,
) -> Confirmation:
    """Say that one learned a savoir from someone, in the exchange or from the sheet named by `source` (kind, identifier).

    Said again once it no longer counts, or from something learned since, it is said anew. `signs`: one's name and words
    may leave in a badge.
    """
    key = final_keys([topic.pk])[topic.pk]
    rows = [
        row
        for row in lessons(learner=by, teacher=person)
        if row.topic == key and (row.source_kind, row.source_id) == tuple(source)
    ]
    if not rows:
        raise PermissionDenied
    lesson = rows[0]
    words = clean(words).strip()
    if len(words) > WORDS_MAX:
        raise ValidationError({"words": _("Ce texte est trop long : 1 000 caractères au plus.")})
    # Whoever has nothing kept any more, at this very instant, comes before or after, never between. The others who passed
    # it on are held too, in one order: what the exchange shows of them is noted with it.
    givers = ExchangePerson.objects.filter(exchange__public_id=lesson.source_id, side=Side.OFFERER)
    also = givers.values_list("person_id", flat=True) if lesson.source_kind == EXCHANGE else ()
    hold([person.pk, *also])
    held = Skill.objects.filter(person=person, topic=key).first()
    if not keeps_skills(person) or (held is not None and held.put_away_at is not None):
        raise ValidationError(NOT_KEPT)
    network = lesson.network
    # Learned a moment ago, before the worker has noted what the exchange shows: it is noted now.
    skill = held or skill_of(person, Topic.objects.get(pk=key), network=network)[0]
    row = _say(skill, network, by, source, words, signs)
    if lesson.source_kind == EXCHANGE:
        exchange = Exchange.objects.select_related("network").get(public_id=lesson.source_id)
        note_exchange(exchange)
    close_steps(skill, verb=Verb.WITNESS, owner=by)
    record(
        "skill.confirmed",
        skill,
        by=by,
        network=network,
        people=[person],
        to=[person.public_id],
        title=skill.topic.name,
        name=by.display_name,
    )
    certify_due(skill, network)
    return row


def _say(
    skill: Skill, network: Network, by: Person, source: tuple[str, str], words: str, signs: bool
) -> Confirmation:
    now = clock.now()
    values = {
        "source_kind": source[0],
        "source_id": source[1],
        "words": words,
        "signs": signs,
        "unit": by.unit,
    }
    standing = Confirmation.objects.standing().filter(skill=skill, network=network, by=by)
    former = standing.select_for_update().first()
    if former is not None:
        same = (former.source_kind, former.source_id) == tuple(source)
        if same and (skill.pk, network.pk, by.pk) in counted([skill.pk], [network.pk]):
            raise ValidationError(_("Vous l’avez déjà confirmé."))
        # What was said before stays as a trace without words: its date is no longer that of today's word.
        former.withdrawn_at, former.words, former.signs = now, "", False
        former.save(update_fields=["withdrawn_at", "words", "signs"])
    row = Confirmation(skill=skill, network=network, by=by, at=now, **values)
    try:
        with transaction.atomic():
            row.save()
    except IntegrityError as error:
        raise ValidationError(ALREADY_CHANGED, code="changed") from error
    return row


@transaction.atomic
def withdraw_confirmation(confirmation: Confirmation, *, by: Person) -> Confirmation:
    """Take back what one said, and the words with it; the certification ends if too few are left."""
    if by.pk != confirmation.by_id:
        raise PermissionDenied
    done = (
        Confirmation.objects.standing()
        .filter(pk=confirmation.pk)
        .update(withdrawn_at=clock.now(), words="", signs=False)
    )
    confirmation.refresh_from_db()
    if not done:
        return confirmation
    skill = confirmation.skill
    # Nobody is told who: the holder learns that a certification ended, if it did.
    record(
        "confirmation.withdrawn", confirmation, by=by, network=confirmation.network, title=skill.topic.name
    )
    certify_due(skill, confirmation.network, reason=EndReason.UNCONFIRMED)
    return confirmation


@transaction.atomic
def take_name_off(person: Person, *, by: Person, reason: str) -> int:
    """Take the name of someone who left off every badge it stands in, as they asked; return of how many savoirs.

    They can no longer sign in to do it. Their word still counts: it may not be read under their name outside any more.
    """
    if not can_administer(by):
        raise PermissionDenied
    if person.is_active:
        raise ValidationError(_("Cette personne est toujours là : elle seule retire son nom."))
    reason = clean(reason).strip()
    if not reason:
        raise ValidationError({"reason": _("Dites qui l’a demandé, et quand.")})
    if len(reason) > REASON_MAX:
        raise ValidationError({"reason": _("Ce texte est trop long : 500 caractères au plus.")})
    number = Confirmation.objects.standing().filter(by=person, signs=True).update(signs=False)
    if not number:
        raise ValidationError(_("Son nom ne figure plus dans aucun badge."), code="changed")
    record("endorsements.withdrawn", person, by=by, people=[person], reason=reason, count=number)
    return number


@transaction.atomic
def decline_confirmation(skill: Skill, *, by: Person) -> None:
    """Rather not say: nobody is told, no reason is asked, nothing changes."""
    if not close_steps(skill, verb=Verb.WITNESS, owner=by, outcome=StepState.RELEASED):
        asked = Step.objects.about(skill).filter(verb=Verb.WITNESS, owner=by)
        if not asked.exists():
            raise PermissionDenied


def lapse_confirmations(limit: int = 500) -> int:
    """Release those who did not answer in time (by the clock): nothing is said and nothing changes; return how many."""
    late = Step.objects.overdue(clock.now()).filter(verb=Verb.WITNESS).order_by("due_at", "pk")
    keys = list(late.values_list("pk", flat=True)[:limit])
    return Step.objects.open().filter(pk__in=keys).update(state=StepState.LAPSED, closed_at=clock.now())
