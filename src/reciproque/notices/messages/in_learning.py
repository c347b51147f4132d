"""Who is told of what happens in learning networks, and where it leads.

A committee, a panel and a sponsor need not be members of the network: they are told while they are what they are.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

from reciproque.agenda.rules import Verb
from reciproque.initiatives.models import CommitteeMember, Frame, LaunchDay, Panelist
from reciproque.initiatives.rules import DAY_LIVE
from reciproque.networks.models import Membership, RoleGrant
from reciproque.networks.queries import animators_of
from reciproque.notices.messages.pages import page
from reciproque.notices.messages.story import Story
from reciproque.people.models import Person

People = list[Person]


# -- who -----------------------------------------------------------------------------------------------------


def _readers(story: Story, people: Iterable[Person]) -> People:
    """Keep those who still read the learning network: its members, those with a role, panel, committee, sponsor."""
    people = list(people)
    if story.network is None or not people:
        return []
    mine = {"person__in": people}
    there: set[int | None] = set()
    for rows in (
        Membership.objects.current().filter(network=story.network, **mine),
        RoleGrant.objects.held().filter(network=story.network, **mine),
        Panelist.objects.filter(frame__network=story.network, **mine),
        CommitteeMember.objects.filter(frame__network=story.network, left_at=None, **mine),
    ):
        there |= set(rows.values_list("person_id", flat=True))
    there |= set(Frame.objects.filter(network=story.network).values_list("sponsor", flat=True))
    return [person for person in people if person.pk in there]


def told(story: Story) -> People:
    """Those whom the fact concerns, while they read the network."""
    return _readers(story, story.people.values())


def named(story: Story) -> People:
    """The one to whom something was entrusted."""
    return _readers(story, story.named("to"))


def awaited(verb: Verb) -> Callable[[Story], People]:
    """Those of whom this verb is now expected about the fact's subject."""

    def awaited_for(story: Story) -> People:
        return [person for person in story.people.values() if story.step_of(person, verb) is not None]

    return awaited_for


def concerned(story: Story) -> People:
    """Whom the fact is about, also once they are gone."""
    return list(story.people.values())


def members(story: Story) -> People:
    """Every member of the network."""
    rows = Membership.objects.current().filter(network=story.network)
    return [row.person for row in rows.select_related("person").order_by("pk").iterator(2000)]


def invited_to_day(story: Story) -> People:
    """Every member, while the day is to come."""
    live = LaunchDay.objects.filter(public_id=story.fact.subject_id, state__in=DAY_LIVE)
    return members(story) if live.exists() else []


def without_facilitator(story: Story) -> People:
    """Those who animate the network, when a group has nobody to animate it any more."""
    return animators_of(story.network) if story.network else []


def day_reason(story: Story) -> str:
    """Why a launch day does not take place, as those who had signed up read it."""
    rows = LaunchDay.objects.filter(public_id=story.fact.subject_id)
    return str(rows.values_list("cancel_reason", flat=True).first() or "")


def lifted(story: Story) -> People:
    """Those concerned, when an obstacle is lifted."""
    return told(story) if story.data.get("lifted") else []


def stopped(story: Story) -> People:
    """Those concerned, when an experiment stops with its lesson."""
    return told(story) if story.data.get("decision") == "stop" else []


def answered(kind: str) -> Callable[[Story], People]:
    """Those concerned, when the committee answered so."""

    def answered_so(story: Story) -> People:
        return told(story) if story.data.get("kind") == kind else []

    return answered_so


def taken(story: Story) -> People:
    """Who had proposed a change, when it is taken."""
    return told(story) if story.data.get("taken") else []


# -- where ---------------------------------------------------------------------------------------------------


def _slug(story: Story) -> str:
    return story.network.slug if story.network else ""


def learning(story: Story, reader: Person) -> str:
    return page("initiatives:learning", slug=_slug(story))


def vote(story: Story, reader: Person) -> str:
    return page("initiatives:vote", slug=_slug(story))


def outcome(story: Story, reader: Person) -> str:
    return page("initiatives:outcome", slug=_slug(story))


def panel(story: Story, reader: Person) -> str:
    return page("initiatives:panel", slug=_slug(story))


def committee(story: Story, reader: Person) -> str:
    return page("initiatives:committee", slug=_slug(story))


def posture(story: Story, reader: Person) -> str:
    return page("initiatives:posture", slug=_slug(story))


def groups(story: Story, reader: Person) -> str:
    return page("initiatives:groups", slug=_slug(story))


def subject(story: Story, reader: Person) -> str:
    """The page of what the fact is about, whatever it is."""
    return page(f"initiatives:{OF_KIND[story.fact.subject_kind]}", id=story.fact.subject_id)


def amended(story: Story, reader: Person) -> str:
    """The proposal to which a change was proposed."""
    return page("initiatives:proposal", id=story.data["proposal"])


def kept(story: Story, reader: Person) -> str:
    """The subject of the wall into which another went."""
    return page("initiatives:subject", id=story.data["kept"])


def into(story: Story, reader: Person) -> str:
    """The question into which another went."""
    return page("initiatives:problem", id=story.data["into"])


OF_KIND = {
    "proposal": "proposal",
    "experiment": "experiment",
    "obstacle": "obstacle",
    "problem": "problem",
    "note_up": "note_up",
    "merge": "merge",
    "wall_subject": "subject",
    "work_group": "group",
    "launch_day": "day",
    "bulletin": "bulletin",
}
