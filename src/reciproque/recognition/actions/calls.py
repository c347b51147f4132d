"""Call upon those who know, within what each accepts, and let them say no: then the next one is asked."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Sequence
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from reciproque.agenda.actions import close_steps, open_step
from reciproque.agenda.models import Step
from reciproque.agenda.rules import StepState, Verb, deadline
from reciproque.catalogue.models import Post, Topic
from reciproque.catalogue.rules import Kind, PostState
from reciproque.circles.queries.lines import in_line_with
from reciproque.exchanges.models import Introduction
from reciproque.exchanges.queries import set_apart_from
from reciproque.journal.actions import erase_words, record
from reciproque.journal.models import Fact
from reciproque.kit import clock
from reciproque.kit.rows import ALREADY_CHANGED, move
from reciproque.kit.text import clean
from reciproque.library.models import UseCase
from reciproque.library.rules import CaseState
from reciproque.networks.access import is_animator
from reciproque.networks.models import Membership, Network
from reciproque.networks.queries import animators_of
from reciproque.networks.rules import System
from reciproque.people.models import Person
from reciproque.recognition.models import Call, Standing
from reciproque.recognition.queries.calls import (
    about_of,
    asked_before,
    likely_holders,
    room_for_calls,
)
from reciproque.recognition.rules import REASON_MAX, WORDS_MAX, CallKind, CallState

# So many people are asked the same thing, one after the other; then the animation team is told.
ASKED_IN_ALL = 3
# What was promised is expected within so many working days; then somebody else is asked.
DONE_DAYS = 30
# A request nobody was brought to for so long is carried to those who know.
UNANSWERED = dt.timedelta(days=21)
TOO_LATE = dt.timedelta(days=120)
# Nobody could be asked: it is tried again after so long, once the others had their turn.
TRY_AGAIN = dt.timedelta(days=7)
TRIED = "post.carried_in_vain"
MOST_CALLS = 10


@transaction.atomic
def call_someone(
    network: Network,
    topic: Topic,
    *,
    kind: str,
    person: Person | None,
    by: Person | None,
    words: str = "",
    about: Post | UseCase | None = None,
    among: Collection[int] | None = None,
) -> Call:
    """Ask someone who knows to pass a savoir on.

    `person` None: the most likely one (of those in `among`) is asked, and whoever asks does not learn whom before a yes.
    `by` None: the clock.
    """
    if by is not None and not is_animator(by, network):
        raise PermissionDenied
    if kind not in CallKind.values:
        raise ValidationError({"kind": _("Choisissez ce que vous demandez.")})
    words = clean(words).strip()
    if len(words) > WORDS_MAX:
        raise ValidationError({"words": _("Ce mot est trop long : 1 000 caractères au plus.")})
    _check_about(network, about)
    chosen = person is not None
    if person is None:
        person = _most_likely(network, topic, about, among)
    _check_person(network, person, about)
    call = Call(
        network=network,
        topic=topic,
        person=person,
        kind=kind,
        about_kind=about.subject_kind if about is not None else "",
        about_id=about.public_id if about is not None else "",
        words=words,
        # Only who chose somebody reads their name before a yes.
        asked_by=by if chosen else None,
        asked_at=clock.now(),
    )
    try:
        with transaction.atomic():
            call.save()
    except IntegrityError as error:
        raise ValidationError({"person": _("Cette personne a déjà reçu cette demande.")}) from error
    _expect(call, network.answer_days)
    note_call("call.asked", call, by, people=[person])
    return call


def _check_about(network: Network, about: Post | UseCase | None) -> None:
    if about is None:
        return
    there = about.network_id == network.pk
    if isinstance(about, Post):
        there = there and about.kind == Kind.REQUEST and about.state == PostState.PUBLISHED
    else:
        there = there and about.state != CaseState.CLOSED
    if not there:
        raise ValidationError(_("Cette demande n’attend plus de réponse."))


def _author(about: Post | UseCase) -> Person:
    return about.author if isinstance(about, Post) else about.asker


def _most_likely(
    network: Network, topic: Topic, about: Post | UseCase | None, among: Collection[int] | None
) -> Person:
    without: set[int] = set()
    if about is not None:
        author = _author(about)
        without = {author.pk} | set_apart_from(author)
    found = likely_holders(network, topic, without=without, limit=1, among=among)
    if not found:
        raise ValidationError(
            _(
                "Personne ne semble pouvoir être sollicité pour ce savoir en ce moment. Vous pouvez en parler au "
                "prochain temps collectif, ou ouvrir un groupe."
            )
        )
    return found[0].person


def _check_person(network: Network, person: Person, about: Post | UseCase | None) -> None:
    # One call at a time for one person: the limit is theirs, whoever asks.
    Person.objects.select_for_update().get(pk=person.pk)
    if not Membership.objects.available(clock.now()).filter(network=network, person=person).exists():
        raise ValidationError({"person": _("Cette personne n’est pas disponible dans ce réseau.")})
    if about is not None:
        author = _author(about)
        if person.pk == author.pk:
            raise ValidationError({"person": _("C’est cette personne qui demande.")})
        if person.pk in set_apart_from(author):
            raise ValidationError({"person": _("Choisissez une autre personne.")})
    if not room_for_calls([person.pk])[person.pk]:
        raise ValidationError(
            {
                "person": _(
                    "Cette personne a autant de sollicitations qu’elle en accepte. Demandez à une autre."
                )
            }
        )


def _expect(call: Call, days: int) -> None:
    due = deadline(call.network, days, clock.now(), call.person.time_zone)
    open_step(Verb.PASS_ON, call, network=call.network, owner=call.person, due_at=due, words=call.topic.name)


def note_call(fact: str, call: Call, by: Person | None, people: list[Person], **data: Any) -> None:
    record(
        fact,
        call,
        by=by,
        network=call.network,
        people=people,
        to=[person.public_id for person in people],
        title=call.topic.name,
        call=call.kind,
        **data,
    )


def _asker(call: Call) -> list[Person]:
    """Return who is told: whoever asked by name, else those who animate the network."""
    return [call.asked_by] if call.asked_by is not None else animators_of(call.network)


def _outside_line(call: Call, people: Sequence[Person]) -> list[Person]:
    """Keep those who may learn what somebody answered: nobody above or under them, whatever their role."""
    line = set(in_line_with(call.person_id, [one.pk for one in people]))
    return [one for one in people if one.pk not in line]


@transaction.atomic
def answer_call(call: Call, *, by: Person, yes: bool, reason: str = "") -> Call:
    """Say yes or no to a call; a no needs no reason, and may come after a yes."""
    if by.pk != call.person_id:
        raise PermissionDenied
    reason = clean(reason).strip()
    if len(reason) > REASON_MAX:
        raise ValidationError({"reason": _("C’est trop long : 500 caractères au plus.")})
    if call.done_at is not None:
        raise ValidationError(ALREADY_CHANGED)
    now = clock.now()
    if yes:
        move(call, CallState.ACCEPTED, since=[CallState.ASKED], answered_at=now, reason=reason)
        close_steps(call, verb=Verb.PASS_ON)
        _expect(call, DONE_DAYS)
        note_call("call.accepted", call, by, people=_outside_line(call, _asker(call)), name=by.display_name)
    else:
        since = [CallState.ASKED, CallState.ACCEPTED]
        move(call, CallState.DECLINED, since=since, answered_at=now, reason=reason)
        close_steps(call, verb=Verb.PASS_ON)
        # Of someone whom nobody chose, nobody learns that they were asked.
        if call.asked_by is not None:
            told = _outside_line(call, [call.asked_by])
            note_call("call.declined", call, by, people=told, name=by.display_name)
        _ask_next(call)
    return call


@transaction.atomic
def withdraw_call(call: Call, *, by: Person) -> Call:
    """Take a call back: nothing is expected any more of whoever was asked, who is told."""
    if not is_animator(by, call.network):
        raise PermissionDenied
    if call.done_at is not None:
        raise ValidationError(ALREADY_CHANGED)
    since = [CallState.ASKED, CallState.ACCEPTED]
    move(call, CallState.WITHDRAWN, since=since, answered_at=clock.now())
    close_steps(call, verb=Verb.PASS_ON, outcome=StepState.RELEASED)
    note_call("call.withdrawn", call, by, people=[call.person])
    return call


@transaction.atomic
def call_done(call: Call, *, by: Person | None = None) -> Call:
    """Note that what was promised is done: said by the one who did it or by the team, or seen by the clock."""
    if by is not None and by.pk != call.person_id and not is_animator(by, call.network):
        raise PermissionDenied
    now = clock.now()
    rows = Call.objects.filter(pk=call.pk, state=CallState.ACCEPTED, done_at=None)
    if not rows.update(done_at=now):
        raise ValidationError(ALREADY_CHANGED)
    call.done_at = now
    close_steps(call, verb=Verb.PASS_ON)
    note_call("call.done", call, by, people=_outside_line(call, _asker(call)), name=call.person.display_name)
    return call


def _ask_next(call: Call) -> Call | None:
    """Ask the next likely person the same thing; tell the team when nobody is left. A departure has only one successor."""
    if call.kind == CallKind.SUCCESSOR:
        return None
    about = about_of([call]).get((call.about_kind, call.about_id)) if call.about_kind else None
    if call.about_kind and about is None:
        return None
    asked = asked_before(call)
    if about is not None:
        author = _author(about)
        asked |= {author.pk} | set_apart_from(author)
    found = likely_holders(call.network, call.topic, without=asked, limit=1)
    if len(asked_before(call)) >= ASKED_IN_ALL or not found:
        note_call("call.exhausted", call, None, people=_asker(call))
        return None
    return _ask(call.network, call.topic, call.kind, found[0].person, call.words, about)


def _ask(
    network: Network, topic: Topic, kind: str, person: Person, words: str, about: Post | UseCase | None
) -> Call | None:
    """Ask one person by the clock; None when they may not be asked after all."""
    with transaction.atomic():
        try:
            call = call_someone(network, topic, kind=kind, person=person, by=None, words=words, about=about)
        except ValidationError:
            return None
    return call


def lapse_calls(limit: int = 200) -> int:
    """Release those who did not answer, or did not do what they had said, and ask the next ones (by the clock)."""
    steps = Step.objects.overdue(clock.now()).filter(verb=Verb.PASS_ON, subject_kind=Call.subject_kind)
    ids = list(steps.order_by("due_at").values_list("subject_id", flat=True)[:limit])
    related = ("network", "topic", "person", "asked_by")
    return sum(_lapse(call) for call in Call.objects.filter(public_id__in=ids).select_related(*related))


@transaction.atomic
def _lapse(call: Call) -> bool:
    rows = Call.objects.waiting().filter(pk=call.pk)
    if not rows.update(state=CallState.LAPSED, answered_at=clock.now()):
        close_steps(call, verb=Verb.PASS_ON, outcome=StepState.RELEASED)
        return False
    close_steps(call, verb=Verb.PASS_ON, outcome=StepState.LAPSED)
    told = [call.asked_by] if call.asked_by is not None else []
    note_call("call.lapsed", call, None, people=_outside_line(call, told))
    _ask_next(call)
    return True


@transaction.atomic
def end_calls_of(person: Person, network: Network) -> int:
    """End what somebody who left the network was asked, and ask the next ones."""
    calls = Call.objects.waiting().filter(person=person, network=network)
    found = list(calls.select_related("network", "topic", "person", "asked_by"))
    for call in found:
        Call.objects.filter(pk=call.pk).update(state=CallState.WITHDRAWN, answered_at=clock.now())
        close_steps(call, verb=Verb.PASS_ON, outcome=StepState.RELEASED)
        _ask_next(call)
    return len(found)


# -- requests nobody answered ----------------------------------------------------------------------------------


def carry_requests(limit: int = 20) -> int:
    """Carry requests nobody was brought to, to those who seem to know, in learning communities (by the clock)."""
    now = clock.now()
    # A list of systems is looked at here: not every database finds a value within a list.
    networks = [row for row in Network.objects.all() if System.COMMUNITY in row.systems]
    asked = Introduction.objects.filter(request__isnull=False).values("request")
    carried = Call.objects.filter(about_kind=Post.subject_kind).values("about_id")
    tried = Fact.objects.filter(name=TRIED, subject_kind=Post.subject_kind, at__gt=now - TRY_AGAIN)
    posts = (
        Post.objects.open()
        .requests()
        .filter(network__in=networks, published_at__lte=now - UNANSWERED, published_at__gte=now - TOO_LATE)
        .exclude(pk__in=asked)
        .exclude(public_id__in=carried)
        .exclude(public_id__in=tried.values("subject_id"))
        .exclude(topics=None)
    )
    rows = posts.select_related("network", "author").prefetch_related("topics").order_by("published_at", "pk")
    return sum(_carry(post) for post in rows.distinct()[:limit])


def _carry(post: Post) -> bool:
    without = {post.author_id} | set_apart_from(post.author)
    for topic in post.topics.all():
        topic = topic.merged_into or topic
        for likely in likely_holders(post.network, topic, words=post.title, without=without, limit=3):
            if _ask(post.network, topic, CallKind.ANSWER, likely.person, "", post) is not None:
                return True
    # Otherwise the oldest, of which nobody knows anything, would be tried for ever and the others never.
    record(TRIED, post, network=post.network)
    return False


# -- one's own limit -------------------------------------------------------------------------------------------


@transaction.atomic
def choose_calls(person: Person, *, by: Person, most: int) -> None:
    """Choose how many calls at once one accepts; 0: none, and those that wait are declined without a word."""
    if by.pk != person.pk:
        raise PermissionDenied
    if not 0 <= most <= MOST_CALLS:
        raise ValidationError({"most": _("Choisissez un nombre de 0 à 10.")})
    now = clock.now()
    Standing.objects.update_or_create(person=person, defaults={"calls": most, "changed_at": now})
    if most == 0:
        rows = Call.objects.filter(person=person, state=CallState.ASKED)
        for call in rows.select_related("network", "topic", "person", "asked_by"):
            answer_call(call, by=person, yes=False)


def forget_calls(person: Person) -> int:
    """Erase the calls for which the program chose somebody from what they did; what waited goes to the next one."""
    rows = Call.objects.filter(person=person, asked_by=None).select_related("network", "topic", "person")
    calls = list(rows.select_for_update(of=("self",)).order_by("pk"))
    ids = [call.public_id for call in calls]
    for call in calls:
        waited = call.state == CallState.ASKED or (call.state == CallState.ACCEPTED and call.done_at is None)
        if waited:
            Call.objects.filter(pk=call.pk).update(state=CallState.WITHDRAWN, answered_at=clock.now())
            close_steps(call, verb=Verb.PASS_ON, outcome=StepState.RELEASED)
            _ask_next(call)
    Step.objects.filter(subject_kind=Call.subject_kind, subject_id__in=ids).update(words="")
    erase_words([(Call.subject_kind, key) for key in ids], keys=("title", "name"))
    return Call.objects.filter(pk__in=[call.pk for call in calls]).delete()[0]


def fold_calls(topic: Topic) -> None:
    """Move the calls about a savoir that was merged to the one that took it in; a second call for the same is dropped."""
    into = topic.merged_into
    if into is None:
        return
    for call in Call.objects.filter(topic=topic).select_related("network"):
        same = Call.objects.filter(
            network=call.network, topic=into, person=call.person_id, kind=call.kind, state=CallState.ASKED
        )
        changes: dict[str, Any] = {"topic": into}
        if call.state == CallState.ASKED and same.exists():
            changes |= {"state": CallState.WITHDRAWN, "answered_at": clock.now()}
            close_steps(call, verb=Verb.PASS_ON, outcome=StepState.RELEASED)
        Call.objects.filter(pk=call.pk).update(**changes)
