"""Who is told. The doer is taken out afterwards; someone no longer concerned when the fact is told is left out here."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from zoneinfo import ZoneInfo

from django.conf import settings

from reciproque.agenda.rules import MeetingState
from reciproque.catalogue.rules import PostState
from reciproque.exchanges.models import ExchangePerson, Review, ThreadPerson
from reciproque.exchanges.rules import AWAITING_ANSWER, ExchangeState, IntroductionState
from reciproque.gatherings.queries import members_told
from reciproque.kit import clock
from reciproque.kit.dates import moment_in_words
from reciproque.networks.models import Charter, Interest, Membership, Opening, values_for_ring
from reciproque.networks.queries import animators_of
from reciproque.networks.rules import MembershipState, ring_admits
from reciproque.notices.access import accompanied, segment_members
from reciproque.notices.messages.shape import Tap
from reciproque.notices.messages.story import Story
from reciproque.notices.models import Outgoing
from reciproque.notices.rules import SOON, TapKind
from reciproque.people.models import Person

People = list[Person]
To = Callable[[Story], People]
THREAD_PAUSE = dt.timedelta(hours=24)


# -- introductions -----------------------------------------------------------------------------------------


def _two(story: Story) -> People:
    return story.named("requester", "offerer")


def two(story: Story) -> People:
    """The two people of an introduction."""
    return story.members(_two(story))


def two_and_mediator(story: Story) -> People:
    """The two people and the one who mediated, if any."""
    people = {person.pk: person for person in _two(story)}
    if story.introduction and story.introduction.mediator:
        people[story.introduction.mediator.pk] = story.introduction.mediator
    return story.members(people.values())


def initiator(story: Story) -> People:
    """The one who asked for the introduction."""
    return story.members(story.named("initiator"))


def answerer(story: Story) -> People:
    """The one whose answer was awaited."""
    return story.members(p for p in _two(story) if p.public_id != story.data.get("initiator"))


def _awaited(side: str) -> To:
    def awaited(story: Story) -> People:
        state = story.introduction.state if story.introduction else ""
        if state not in AWAITING_ANSWER or story.data.get("initiator") == story.data.get(side):
            return []
        return answerer(story)

    return awaited


asked_offerer, asked_requester = _awaited("offerer"), _awaited("requester")


def replied_to(story: Story) -> People:
    """The one whose answer is awaited again, while it is."""
    state = story.introduction.state if story.introduction else ""
    return answerer(story) if state == IntroductionState.ASKED else []


def accepted_mediated(story: Story) -> People:
    """The one who asked, where a mediator brings the two together."""
    mediated = story.introduction is not None and story.introduction.mediated
    return initiator(story) if mediated and not story.joined_group else []


def _accepted_direct(side: str) -> To:
    def accepted(story: Story) -> People:
        if not story.exchange_opened or story.joined_group or accepted_mediated(story):
            return []
        return initiator(story) if story.data.get("initiator") == story.data.get(side) else []

    return accepted


accepted_requester, accepted_offerer = _accepted_direct("requester"), _accepted_direct("offerer")


def accepted_into_group(story: Story) -> People:
    """The one who asked, let into an exchange that goes on in a small group."""
    return initiator(story) if story.joined_group else []


def mediator(story: Story) -> People:
    """The mediator just named."""
    return story.members(story.named("mediator")) or [
        person for person in story.people.values() if person.public_id == story.data.get("mediator")
    ]


def asker(story: Story) -> People:
    """The one to whom the next person is proposed."""
    return story.members(story.named("requester"))


def alerted(story: Story) -> People:
    """The one who asked to be told of such a post."""
    return story.members(story.named("to"))


def concerned(story: Story) -> People:
    """All those whom the fact concerns."""
    return story.members(story.people.values())


def named_requester(story: Story) -> People:
    return story.members(story.named("requester"))


def named_offerer(story: Story) -> People:
    return story.members(story.named("offerer"))


# -- exchanges ---------------------------------------------------------------------------------------------


def participants(story: Story) -> People:
    """Those who take part in the exchange."""
    return story.members(story.named("requesters", "offerers"))


def opened_alone(story: Story) -> People:
    """Those of an exchange that no introduction opened: otherwise the introduction's own message said so."""
    introduced = ExchangePerson.objects.filter(
        exchange__public_id=story.fact.subject_id, introduction__isnull=False
    )
    return [] if introduced.exists() else participants(story)


def companions(story: Story) -> People:
    """Those who take part already, without the one who comes or goes."""
    return [person for person in participants(story) if person.public_id != story.data.get("who")]


def _declared(*, on_behalf: bool) -> To:
    def declared(story: Story) -> People:
        # An import counts at once and asks nobody.
        waits = story.exchange is not None and story.exchange.state == ExchangeState.DECLARED
        if story.doer is None or not waits or bool(story.data.get("on_behalf")) != on_behalf:
            return []
        return participants(story)

    return declared


declared_by_other, declared_for_both = _declared(on_behalf=False), _declared(on_behalf=True)


def declarer(story: Story) -> People:
    """The one who declared the exchange."""
    declared_by = story.exchange.declared_by if story.exchange else None
    return [declared_by] if declared_by else []


def reviewed_participants(story: Story) -> People:
    """Those of an exchange just closed, when there is at least one review to read."""
    return participants(story) if story.data.get("reviews") else []


def awaited_reviewers(story: Story) -> People:
    """Those whose review of the exchange is still awaited."""
    if story.exchange is None or story.exchange.state != ExchangeState.FINISHED:
        return []
    done = Review.objects.filter(exchange=story.exchange).values("author")
    parts = ExchangePerson.objects.filter(exchange=story.exchange, left_at=None).exclude(person__in=done)
    return story.members(part.person for part in parts.select_related("person"))


def reviewed_for(story: Story) -> People:
    """The one in whose name an animator wrote a review."""
    if not story.data.get("on_behalf"):
        return []
    doer = story.doer.pk if story.doer else None
    return [person for person in story.people.values() if person.pk != doer]


def thread_readers(story: Story) -> People:
    """Those written to, unless a mail of the last day already told them of words they have not read yet."""
    readers = story.members(story.named("to"))
    kind = "introduction" if story.fact.subject_kind == "introduction" else "exchange"
    parts = ThreadPerson.objects.filter(
        **{f"thread__{kind}__public_id": story.fact.subject_id}, until=None, person__in=readers
    )
    read = dict(parts.values_list("person_id", "read_at"))
    told = Outgoing.objects.filter(
        person__in=readers,
        fact_name=story.fact.name,
        url__endswith=f"/{story.fact.subject_id}/",
        at__gt=clock.now() - THREAD_PAUSE,
    ).exclude(fact_id=story.fact.pk)
    unread = set()
    for pk, at in told.values_list("person_id", "at"):
        seen = read.get(pk)
        if seen is None or seen < at:
            unread.add(pk)
    return [person for person in readers if person.pk in read and person.pk not in unread]


# -- meetings ----------------------------------------------------------------------------------------------


def invited(story: Story) -> People:
    """Those expected at the meeting."""
    return story.members(story.invited)


def proposed_to(story: Story) -> People:
    """Those who have dates to choose from, while they are still proposed."""
    undated = story.meeting is not None and story.meeting.state == MeetingState.UNDATED
    return invited(story) if undated and story.slots else []


def fixed_for(story: Story) -> People:
    """Those whose date is fixed, while it is that one; only the newcomer when one joins."""
    meeting = story.meeting
    if meeting is None or meeting.state != MeetingState.FIXED or meeting.starts_at is None:
        return []
    if meeting.starts_at != dt.datetime.fromisoformat(story.data["starts_at"]):
        return []
    only = story.data.get("only")
    return [person for person in invited(story) if only is None or person.public_id == only]


def fixed_by(story: Story) -> People:
    """The one who fixed the date, for whom the invitation is the same."""
    return [person for person in fixed_for(story) if story.doer and person.pk == story.doer.pk]


def cancelled_dated(story: Story) -> People:
    """Those who expected a meeting at a date now cancelled, someone who just left the network included."""
    return list(story.invited) if story.data.get("starts_at") else []


def cancelled_undated(story: Story) -> People:
    """Those of a meeting that had no date yet and that somebody called off; not when its subject ended."""
    return invited(story) if story.doer and not story.data.get("starts_at") else []


def doer_with_invitation(story: Story) -> People:
    """The doer, only when an invitation of ours stands in their calendar and must leave it."""
    if story.doer is None:
        return []
    sent = Outgoing.objects.filter(
        person=story.doer, fact_name="meeting.fixed", url__endswith=f"/meetings/{story.data['meeting']}/"
    )
    dated = story.data.get("before") or story.data.get("starts_at")
    return [story.doer] if dated and sent.exists() else []


def past_for(story: Story) -> People:
    """Those who can say whether the meeting took place, while nobody has."""
    fixed = story.meeting is not None and story.meeting.state == MeetingState.FIXED
    return invited(story) if fixed else []


# -- networks, offers and requests -------------------------------------------------------------------------


def animators(story: Story) -> People:
    """Those who animate the network; of those who hold one site or unit, those whose people it concerns."""
    return animators_of(story.network, about=story.people.values()) if story.network else []


def person_concerned(story: Story) -> People:
    """Whom the fact is about."""
    return list(story.people.values())


def person_acted_for(story: Story) -> People:
    """Whom somebody else acted for; nobody when the clock or a departure did it."""
    return person_concerned(story) if story.doer else []


def newcomer(story: Story) -> People:
    """Someone let in by another person; a directory import writes to nobody."""
    if story.doer is None or story.data.get("directory"):
        return []
    return [story.membership.person] if story.membership else []


def unsigned(story: Story) -> People:
    """The members who have not signed the charter in force."""
    charter = Charter.objects.filter(network=story.network).order_by("-version").first()
    if charter is None or charter.version != story.data.get("version"):
        return []
    rows = Membership.objects.current().filter(network=story.network).exclude(signatures__charter=charter)
    return [row.person for row in rows.select_related("person").order_by("pk").iterator(2000)]


def interested(story: Story) -> People:
    """Those who asked to be told when the network opens to them, and whom the new opening admits."""
    openings = Opening.objects.filter(
        network=story.network, name=story.data["name"], opens_on=story.data["opens_on"]
    )
    criteria = [opening.criteria for opening in openings]
    members = Membership.objects.filter(network=story.network, state=MembershipState.MEMBER).values("person")
    rows = Interest.objects.filter(network=story.network).exclude(person__in=members)
    people = [row.person for row in rows.select_related("person__unit", "person__site")]
    return [p for p in people if any(ring_admits(one, values_for_ring(p)) for one in criteria)]


def segment(story: Story) -> People:
    """Those to whom the animation team writes, as they were counted, and who are still there."""
    broadcast = story.broadcast
    if broadcast is None or story.network is None or story.doer is None:
        return []
    members = accompanied(story.doer, story.network)
    found = segment_members(members, story.network, broadcast.segment, broadcast.at)
    return [row.person for row in found.select_related("person").order_by("pk").iterator(2000)]


def author_of_open(story: Story) -> People:
    """The author of a post that is still published."""
    open_ = story.post is not None and story.post.state == PostState.PUBLISHED
    return [story.post.author] if open_ and story.post else []


def author_of_expired(story: Story) -> People:
    """The author of a post that expired and was not renewed since."""
    expired = story.post is not None and story.post.state == PostState.EXPIRED
    return story.members([story.post.author]) if expired and story.post else []


def once_a_day(story: Story) -> People:
    """Those for whom something was found, at most one message a day."""
    zone = ZoneInfo(settings.TIME_ZONE)
    midnight = clock.now().astimezone(zone).replace(hour=0, minute=0, second=0, microsecond=0)
    people = story.members(story.people.values())
    told = Outgoing.objects.filter(person__in=people, fact_name=story.fact.name, at__gte=midnight)
    already = set(told.exclude(fact_id=story.fact.pk).values_list("person_id", flat=True))
    return [person for person in people if person.pk not in already]


# -- what cannot wait -------------------------------------------------------------------------------------


def soon(story: Story) -> bool:
    """Whether a date told or withdrawn is in the next hours."""
    now = clock.now()
    for name in ("starts_at", "before"):
        value = story.data.get(name)
        if value and now - SOON / 24 <= dt.datetime.fromisoformat(value) <= now + SOON:
            return True
    return False


# -- fairs and spotting sessions ---------------------------------------------------------------------------


def _announced(kind: str) -> To:
    def announced(story: Story) -> People:
        if story.data.get("gathering_kind") != kind or not story.data.get("announced"):
            return []
        # By someone who animates one part of the network: to the people of that part.
        if story.network is None:
            return []
        rows = members_told(story.network, story.data.get("within") or {})
        return [row.person for row in rows.select_related("person").order_by("pk").iterator(2000)]

    return announced


announced_fair, announced_session = _announced("fair"), _announced("spotting")
ANNOUNCED = {"fair": announced_fair, "spotting": announced_session}


def coming(story: Story) -> People:
    """Those who had said that they come; nobody when the clock set aside what never took place."""
    return story.members(story.people.values()) if story.doer else []


def asked_consent(story: Story) -> People:
    """The one for whom something was typed."""
    return story.members(story.named("to"))


def helped_to_publish(story: Story) -> People:
    """Whose words were published on their spoken consent, noted by somebody who is no animator."""
    if not story.data.get("helped"):
        return []
    doer = story.doer.pk if story.doer else None
    return [person for person in story.people.values() if person.pk != doer]


# -- answers in one tap ------------------------------------------------------------------------------------


def taps(*answers: tuple[TapKind, object]) -> Callable[[Story, Person], Sequence[Tap]]:
    """One answer or several about the fact's subject."""
    return lambda story, reader: [Tap(kind, label, story.fact.subject_id) for kind, label in answers]


def slot_taps(story: Story, reader: Person) -> Sequence[Tap]:
    """One answer per date proposed, said in the reader's zone."""
    now = clock.now()
    return [
        Tap(TapKind.SLOT, moment_in_words(slot.starts_at, reader.time_zone, now), slot.public_id)
        for slot in story.slots
    ]


def meeting_taps(*answers: tuple[TapKind, object]) -> Callable[[Story, Person], Sequence[Tap]]:
    """Several answers about the fact's meeting."""
    return lambda story, reader: [Tap(kind, label, story.data["meeting"]) for kind, label in answers]


# -- the animators' desk -----------------------------------------------------------------------------------


def acted_for(story: Story) -> People:
    """The one in whose name an animator noted something."""
    return story.members(story.named("to"))


def acted_for_or_named(story: Story) -> People:
    """Those whom somebody else put on a list."""
    return story.members(story.people.values())


def _lacking(kind: str) -> To:
    def lacking(story: Story) -> People:
        return acted_for(story) if story.data.get("lacking") == kind else []

    return lacking


lacking_offer, lacking_request = _lacking("offer"), _lacking("request")
