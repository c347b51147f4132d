"""Who is told of what happens in practice-exchange groups, and where it leads.

The face of a group is told to its network; all the rest to its members and its facilitator, and to nobody else.
"""

from __future__ import annotations

from django.db.models import Q

from reciproque.agenda.models import PollVoter
from reciproque.agenda.rules import PollState, Verb
from reciproque.circles.access import report_is_due
from reciproque.circles.models import Agreement, Circle, Decider, Outing, Seat
from reciproque.circles.rules import OutingState, SeatState
from reciproque.networks.access import Scope
from reciproque.networks.models import Membership
from reciproque.notices.messages import audiences as who
from reciproque.notices.messages.pages import page
from reciproque.notices.messages.story import Story
from reciproque.people.models import Person

People = list[Person]


# -- who -----------------------------------------------------------------------------------------------------


def _seated(circle: Circle, *states: str) -> People:
    rows = Seat.objects.filter(circle=circle, state__in=states or [SeatState.SEATED])
    return [row.person for row in rows.select_related("person").order_by("pk")]


def called(story: Story) -> People:
    """The members of the network to whom the call is made, those who applied already left out."""
    circle = story.circle
    if circle is None or not circle.called_at or circle.constituted_at or circle.is_over:
        return []
    rows = Membership.objects.current().filter(network=circle.network)
    sites = list(circle.sites.values_list("pk", flat=True))
    if sites:
        rows = rows.filter(person__site__in=sites)
    units = Q()
    for path in circle.units.values_list("path", flat=True):
        units |= Scope(unit=path).people("person")
    asked = Seat.objects.live().filter(circle=circle).values("person")
    rows = rows.filter(units).exclude(person__in=asked).exclude(person=circle.facilitator)
    return [row.person for row in rows.select_related("person").order_by("pk").iterator(2000)]


def makers(story: Story) -> People:
    """Who opened the group and who facilitates it, while it is being made."""
    circle = story.circle
    if circle is None or circle.constituted_at or circle.is_over:
        return []
    return [person for person in (circle.opened_by, circle.facilitator) if person is not None]


def opener(story: Story) -> People:
    """Who opened the group, while it goes on or its deciders wait."""
    circle = story.circle
    return [circle.opened_by] if circle and (not circle.is_over or report_is_due(circle)) else []


def facilitator(story: Story) -> People:
    """Who facilitates the group now."""
    return [story.circle.facilitator] if story.circle and story.circle.facilitator else []


def seated(story: Story) -> People:
    """The members of the group as it is made."""
    return _seated(story.circle) if story.circle and story.circle.constituted_at else []


def going_on(story: Story) -> People:
    """The members of a group that is not over."""
    return seated(story) if story.circle and not story.circle.is_over else []


def named_members(story: Story) -> People:
    """Those of the members whom the fact is about."""
    return [person for person in seated(story) if person.pk in {one.pk for one in present(story)}]


def sharers(story: Story) -> People:
    """The members and the facilitator."""
    return [*seated(story), *facilitator(story)] if seated(story) else []


def candidates(story: Story) -> People:
    """Those who apply to a group that is being made."""
    circle = story.circle
    if circle is None or circle.constituted_at:
        return []
    return _seated(circle, SeatState.APPLIED, SeatState.WAITING)


def stopped(story: Story) -> People:
    """Those who read why a group stops: its members and its facilitator; before it was made, all who waited for it."""
    circle = story.circle
    if circle is None or circle.constituted_at:
        return sharers(story)
    return [*story.people.values(), *facilitator(story), circle.opened_by]


def stopped_outside(story: Story) -> People:
    """Those to whom it matters that a group made stops, and who share nothing of it."""
    circle = story.circle
    return [*story.people.values(), circle.opened_by] if circle and circle.constituted_at else []


def own_seat(story: Story) -> People:
    """The one whose place it is."""
    rows = Seat.objects.filter(public_id=story.fact.subject_id).select_related("person")
    return [row.person for row in rows]


def let_in(story: Story) -> People:
    """The one who takes a place that was freed; those of the beginning are told that the group is made."""
    return own_seat(story) if story.data.get("later") else []


def sharers_later(story: Story) -> People:
    """The others of the group that someone joins on the way."""
    return sharers(story) if story.data.get("later") else []


def named_facilitator(story: Story) -> People:
    """The one who has just been named, while they facilitate."""
    named = story.data.get("who")
    return [person for person in facilitator(story) if named in (None, person.public_id)]


def relieved(story: Story) -> People:
    """The one in whose place somebody else was named, who may not have asked for it."""
    former = Person.objects.filter(public_id=story.data.get("instead_of", ""), is_active=True)
    now = story.circle.facilitator if story.circle else None
    return story.members(person for person in former if now is not None and person.pk != now.pk)


def charter_unsigned(story: Story) -> People:
    """Those who have to sign the group's charter, while that version is the last."""
    circle = story.circle
    charter = circle.charters.order_by("-version").first() if circle else None
    if charter is None or charter.version != story.data.get("version", charter.version):
        return []
    signed = set(charter.signatures.values_list("person", flat=True))
    return [person for person in sharers(story) if person.pk not in signed]


def asked_to_agree(story: Story) -> People:
    """Those whose agreement is awaited, while they have not answered: their answer is known to them alone."""
    rows = Agreement.objects.filter(
        outing__public_id=story.fact.subject_id, outing__state=OutingState.ASKED, answered_at=None
    )
    people = [row.person for row in rows.select_related("person").order_by("pk")]
    # Someone who joined later is asked alone: the others were told already.
    return [person for person in people if person.public_id in story.people]


def _outing_is(story: Story, state: OutingState) -> bool:
    return Outing.objects.filter(public_id=story.fact.subject_id, state=state).exists()


def let_out(story: Story) -> People:
    """The group whose words went out, and those who left it and agreed too."""
    if not _outing_is(story, OutingState.AGREED):
        return []
    return [*sharers(story), *_agreed_outside(story)]


def _agreed_outside(story: Story) -> People:
    inside = {person.pk for person in sharers(story)}
    rows = Agreement.objects.filter(outing__public_id=story.fact.subject_id, person__is_active=True)
    rows = rows.exclude(person__in=inside).select_related("person").order_by("pk")
    return [row.person for row in rows]


def agreed_outside(story: Story) -> People:
    """Those who left the group and had agreed, once an agreement was taken back."""
    return _agreed_outside(story) if _outing_is(story, OutingState.TAKEN_BACK) else []


def kept_in(story: Story) -> People:
    """The group whose words stay inside: that is all anyone is told."""
    return sharers(story) if _outing_is(story, OutingState.KEPT) else []


def deciders(story: Story) -> People:
    """Those with whom the need was specified, of the directory, to whom this report goes."""
    to = story.data.get("to", [])
    rows = Decider.objects.filter(circle=story.circle, person__public_id__in=to).select_related("person")
    return [row.person for row in rows if row.person is not None]


def told_it_went(story: Story) -> People:
    """The group, when its report reached somebody; not again for a decider found later."""
    return sharers(story) if story.data.get("to") and not story.data.get("late") else []


def told_it_is_printed(story: Story) -> People:
    """The group, when no message reaches any of its deciders."""
    return sharers(story) if not story.data.get("to") else []


def voters(story: Story) -> People:
    """Those whom a poll asks and who have said nothing yet, while it is open."""
    if story.poll is None or story.poll.state != PollState.OPEN:
        return []
    rows = PollVoter.objects.filter(poll=story.poll, answered_at=None).select_related("person")
    return [row.person for row in rows.order_by("pk")]


def poll_opener(story: Story) -> People:
    """Who asked, once the poll is closed with some answers."""
    return _poll_opener(story, PollState.CLOSED) if story.data.get("answered", 1) else []


def poll_opener_alone(story: Story) -> People:
    """Who asked, once the poll is closed without an answer."""
    return [] if story.data.get("answered", 1) else _poll_opener(story, PollState.CLOSED)


def poll_opener_early(story: Story) -> People:
    """Who asked, when everyone has answered before the end."""
    return _poll_opener(story, PollState.OPEN)


def _poll_opener(story: Story, state: PollState) -> People:
    return [story.poll.opened_by] if story.poll and story.poll.state == state else []


def present(story: Story) -> People:
    """Those whom the fact names, who are still of the network."""
    return who.concerned(story)


def session_off(story: Story) -> People:
    """Those who expected a session that is cancelled."""
    return list(story.invited)


def roll_caller(story: Story) -> People:
    """Who notes who was there, while it is expected of them."""
    return [person for person in facilitator(story) if story.step_of(person, Verb.ROLL) is not None]


# -- where ----------------------------------------------------------------------------------------------------


def _id(story: Story) -> str:
    return story.circle.public_id if story.circle else ""


def circle(story: Story, reader: Person) -> str:
    return page("circles:circle", id=_id(story))


def making(story: Story, reader: Person) -> str:
    return page("circles:making", id=_id(story))


def leading(story: Story, reader: Person) -> str:
    return page("circles:facilitator", id=_id(story))


def need(story: Story, reader: Person) -> str:
    return page("circles:need", id=_id(story))


def charter(story: Story, reader: Person) -> str:
    return page("circles:charter", id=_id(story))


def sessions(story: Story, reader: Person) -> str:
    return page("circles:sessions", id=_id(story))


def review(story: Story, reader: Person) -> str:
    return page("circles:review", id=_id(story))


def report(story: Story, reader: Person) -> str:
    return page("circles:report", id=_id(story))


def received(story: Story, reader: Person) -> str:
    return page("circles:received", id=_id(story))


def outing(story: Story, reader: Person) -> str:
    return page("circles:outing", id=story.fact.subject_id)


def roll(story: Story, reader: Person) -> str:
    return page("circles:roll", id=story.fact.subject_id)


def poll(story: Story, reader: Person) -> str:
    """The poll, or the group when the poll is over."""
    if story.poll is None:
        return circle(story, reader)
    return page("circles:poll", id=story.poll.public_id)


def all_groups(story: Story, reader: Person) -> str:
    return page("circles:all", slug=story.network.slug if story.network else "")


# -- in words ---------------------------------------------------------------------------------------------------


def reason(story: Story) -> str:
    """The reason that was written for the group to read, kept with the group and not in what is told of it."""
    return story.circle.closed_reason if story.circle else ""
