"""A fact with what its messages need to know, each thing loaded once and only when asked for."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from functools import cached_property
from typing import Any

from babel.lists import format_list
from django.db.models import Prefetch, Q
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from reciproque.agenda.models import Attendance, Meeting, Poll, Slot, Step
from reciproque.agenda.rules import Mode, SlotState, consequence
from reciproque.catalogue.models import Post
from reciproque.catalogue.rules import Kind, PostState
from reciproque.circles.models import Circle, Outing, Seat, Session
from reciproque.exchanges.models import Exchange, ExchangePerson, Introduction
from reciproque.exchanges.rules import Refusal
from reciproque.journal.models import Concern, Fact
from reciproque.kit import clock
from reciproque.kit.dates import day_in_words, hour_in_words, moment_in_words
from reciproque.networks.models import Membership, Network
from reciproque.networks.rules import Role
from reciproque.notices.models import Broadcast
from reciproque.people.models import Person

# What of a practice-exchange group a fact may be about, and how its group is found.
IN_A_GROUP = {
    Circle.subject_kind: "public_id",
    Seat.subject_kind: "seats__public_id",
    Session.subject_kind: "sessions__public_id",
    Outing.subject_kind: "outings__public_id",
}
POLL = "poll"
# What an animator noted in someone's name, as it is told to that person.
DONE = {
    "asked": gettext_lazy("vous souhaitez la mise en relation"),
    "accepted": gettext_lazy("vous acceptez la mise en relation"),
    "refused": gettext_lazy("vous déclinez la mise en relation"),
    "slot": gettext_lazy("une des dates proposées vous convient"),
    "fixed": gettext_lazy("la date du rendez-vous est fixée"),
    "held": gettext_lazy("la rencontre a eu lieu"),
    "missed": gettext_lazy("la rencontre n’a pas eu lieu"),
    "confirmed": gettext_lazy("l’échange déclaré a bien eu lieu"),
    "denied": gettext_lazy("l’échange déclaré n’a pas eu lieu"),
}


class Story:
    """One fact as it is told."""

    def __init__(self, fact: Fact) -> None:
        self.fact = fact
        self.data: dict[str, Any] = fact.data
        self.doer: Person | None = fact.by
        self._steps: dict[str, dict[int | None, Step]] = {}

    # -- what happened, to what ------------------------------------------------------------------------

    @cached_property
    def network(self) -> Network | None:
        """The network in which it happened."""
        return Network.objects.filter(public_id=self.fact.network).first() if self.fact.network else None

    @cached_property
    def introduction(self) -> Introduction | None:
        rows = Introduction.objects.select_related("requester", "offerer", "initiator", "mediator")
        return rows.filter(public_id=self.fact.subject_id).first()

    @cached_property
    def exchange(self) -> Exchange | None:
        rows = Exchange.objects.select_related("declared_by")
        return rows.filter(public_id=self.fact.subject_id).first()

    @cached_property
    def exchange_opened(self) -> str:
        """The public identifier of the exchange that the introduction opened or joined, if any."""
        part = ExchangePerson.objects.filter(introduction__public_id=self.fact.subject_id)
        return part.values_list("exchange__public_id", flat=True).first() or ""

    @cached_property
    def joined_group(self) -> bool:
        """Whether the introduction led into an exchange that another one had opened."""
        if not self.exchange_opened:
            return False
        parts = ExchangePerson.objects.filter(
            exchange__public_id=self.exchange_opened, introduction__isnull=False
        )
        first = parts.order_by("pk").values_list("introduction__public_id", flat=True).first()
        return first != self.fact.subject_id

    @cached_property
    def meeting(self) -> Meeting | None:
        rows = Meeting.objects.prefetch_related(
            Prefetch("attendances", Attendance.objects.filter(left_at=None).select_related("person"))
        )
        return rows.filter(public_id=self.data.get("meeting", "")).first()

    @cached_property
    def post(self) -> Post | None:
        return Post.objects.select_related("author").filter(public_id=self.fact.subject_id).first()

    @cached_property
    def broadcast(self) -> Broadcast | None:
        return (
            Broadcast.objects.select_related("by", "network").filter(public_id=self.fact.subject_id).first()
        )

    @cached_property
    def poll(self) -> Poll | None:
        """The poll that the fact is about, by its own identifier or as the open one of its subject."""
        rows = Poll.objects.select_related("opened_by", "network")
        kind, found = self.fact.subject_kind, self.fact.subject_id
        return rows.filter(Q(public_id=found) | Q(subject_kind=kind, subject_id=found)).order_by("pk").last()

    @cached_property
    def circle(self) -> Circle | None:
        """The practice-exchange group in which it happened."""
        kind, found = self.fact.subject_kind, self.fact.subject_id
        if kind == POLL and self.poll is not None:
            kind, found = self.poll.subject_kind, self.poll.subject_id
        if kind not in IN_A_GROUP:
            return None
        rows = Circle.objects.select_related("network", "opened_by", "facilitator")
        return rows.filter(**{IN_A_GROUP[kind]: found}).first()

    @cached_property
    def series(self) -> list[Meeting]:
        """The sessions that were fixed, joined or left together, with the people expected at each."""
        rows = Meeting.objects.filter(public_id__in=self.data.get("meetings", []), starts_at__isnull=False)
        there = Attendance.objects.filter(left_at=None).select_related("person")
        return list(rows.prefetch_related(Prefetch("attendances", there)).order_by("starts_at"))

    @cached_property
    def membership(self) -> Membership | None:
        rows = Membership.objects.select_related("person", "network")
        return rows.filter(public_id=self.fact.subject_id).first()

    # -- its people ------------------------------------------------------------------------------------

    @cached_property
    def people(self) -> dict[str, Person]:
        """Those whom the fact concerns, by public identifier."""
        rows = Concern.objects.filter(fact=self.fact).select_related("person").order_by("pk")
        return {concern.person.public_id: concern.person for concern in rows}

    def named(self, *keys: str) -> list[Person]:
        """Return the people whose public identifiers the fact holds under these names, in order."""
        found: dict[str, Person] = {}
        for key in keys:
            value = self.data.get(key) or []
            for public_id in [value] if isinstance(value, str) else value:
                if public_id in self.people:
                    found[public_id] = self.people[public_id]
        return list(found.values())

    def members(self, people: Iterable[Person]) -> list[Person]:
        """Keep those who belong to the network today: one who left is not written to about what goes on."""
        people = list(people)
        if self.network is None:
            return people
        rows = Membership.objects.current().filter(network=self.network, person__in=people)
        there = set(rows.values_list("person_id", flat=True))
        return [person for person in people if person.pk in there]

    @cached_property
    def invited(self) -> list[Person]:
        """The people of the meeting today."""
        return [row.person for row in self.meeting.attendances.all()] if self.meeting else []

    @cached_property
    def slots(self) -> list[Slot]:
        """The dates still proposed for the meeting."""
        return list(Slot.objects.filter(meeting=self.meeting, state=SlotState.OPEN).order_by("starts_at"))

    def step_of(self, reader: Person, verb: str) -> Step | None:
        """Return what is expected of the reader by the clock about this subject."""
        if verb not in self._steps:
            rows = Step.objects.open().filter(
                subject_kind=self.fact.subject_kind, subject_id=self.fact.subject_id, verb=verb
            )
            self._steps[verb] = {step.owner_id: step for step in rows}
        return self._steps[verb].get(reader.pk)

    # -- in words --------------------------------------------------------------------------------------

    def deadline(self, reader: Person, verb: str) -> str:
        """Say until when the reader is expected, and what happens otherwise; empty when nothing is."""
        step = self.step_of(reader, verb) if verb else None
        if step is None:
            return ""
        return _("Délai : %(due)s ; %(consequence)s.") % {
            "due": moment_in_words(step.due_at, reader.time_zone, clock.now()),
            "consequence": consequence(step.verb, strict=self.network is None or self.network.is_strict),
        }

    def moment(self, name: str, reader: Person) -> str:
        """Say a moment that the fact holds, in the reader's zone and language."""
        value = self.data.get(name)
        if not value:
            return ""
        return moment_in_words(dt.datetime.fromisoformat(value), reader.time_zone, clock.now())

    def _title(self) -> str:
        """Return what the fact is about, but for what ended because its post was hidden: its words are told to nobody."""
        if self.circle is not None:
            return self.circle.title  # the only words of a group that are told
        title = str(self.data.get("title", ""))
        if self.fact.name != "introduction.cancelled" or self.introduction is None:
            return title
        about = Q(pk=self.introduction.offer_id) | Q(pk=self.introduction.request_id)
        hidden = Post.objects.filter(about, state=PostState.HIDDEN, title=title)
        return str(_("une annonce masquée")) if hidden.exists() else title

    def words(self, reader: Person) -> dict[str, str]:
        """Return every name that the texts may use, in the active language, as this reader would say them."""
        data = self.data
        language = (translation.get_language() or "fr")[:2]
        names = [person.display_name for person in self._others(reader)]
        mode = self.meeting.mode if self.meeting and "meeting" in data else ""
        place = self.meeting.place if self.meeting and "meeting" in data else ""
        where = ", ".join(part for part in (str(Mode(mode).label) if mode else "", place) if part)
        return {
            "network": self.network.name if self.network else "",
            "by": self.doer.display_name if self.doer else _("L’animation du réseau"),
            "title": self._title(),
            "count": str(data.get("count", "")),
            "name": data.get("name", ""),
            "requester": data.get("requester_name", ""),
            "offerer": data.get("offerer_name", ""),
            "mediator": data.get("mediator_name", ""),
            "others": format_list(names, locale=language) if names else str(_("l’autre personne")),
            "when": self.moment("starts_at", reader),
            "before": self.moment("before", reader),
            "day": self.day,
            "where": where,
            "kind": str(Kind(data["kind"]).label) if data.get("kind") in Kind.values else "",
            "role": self._role(),
            "refusal": str(Refusal(data["refusal"]).label) if data.get("refusal") in Refusal.values else "",
            "offer": data.get("offer_title", ""),
            "sought": data.get("words", ""),
            "done": str(DONE.get(data.get("what", ""), "")),
            "place": data.get("place", ""),
            "hours": self._hours(),
            "who": data.get("who", ""),
            "other": data.get("other", ""),
            "closes": self.moment("closes_at", reader),
            **(self._of_group(reader) if self.circle is not None else {}),
        }

    def _of_group(self, reader: Person) -> dict[str, str]:
        """Return what the texts may say of a group: until when it calls, how many dates, who facilitates."""
        circle = self.circle
        assert circle is not None
        starts = [dt.datetime.fromisoformat(value) for value in self.data.get("starts", [])]
        moments = [moment_in_words(moment, reader.time_zone, clock.now()) for moment in starts]
        return {
            "day": day_in_words(circle.call_until, clock.now().date()) if circle.call_until else "",
            "count": str(len(starts)),
            "dates": format_list(moments, locale=(translation.get_language() or "fr")[:2]) if moments else "",
            "facilitator": circle.facilitator.display_name if circle.facilitator else "",
            "name": self._whose_seat,
        }

    @cached_property
    def _whose_seat(self) -> str:
        """The name of the one whose place in a group it is."""
        seat = Seat.objects.select_related("person").filter(public_id=self.fact.subject_id).first()
        return seat.person.display_name if seat is not None else ""

    @property
    def day(self) -> str:
        """The day that the fact holds, in the active language."""
        value = self.data.get("held_on") or self.data.get("opens_on") or self.data.get("expires_at")
        if self.fact.subject_kind == "launch_day":
            value = self.data.get("starts_at")
        return day_in_words(dt.date.fromisoformat(value[:10]), clock.now().date()) if value else ""

    def _role(self) -> str:
        """Say a role, and the site or unit for which it is held when it is not the whole network."""
        role = str(Role(self.data["role"]).label) if self.data.get("role") in Role.values else ""
        where = self.data.get("where", "")
        return _("%(role)s, pour « %(where)s »") % {"role": role, "where": where} if where else role

    def _hours(self) -> str:
        """Say from when to when something takes place, in the zone of the place, the same for every reader."""
        zone, begins, ends = (self.data.get(name, "") for name in ("zone", "starts_at", "ends_at"))
        if not (zone and begins and ends):
            return ""
        return _("de %(begins)s à %(ends)s") % {
            "begins": hour_in_words(dt.datetime.fromisoformat(begins), zone),
            "ends": hour_in_words(dt.datetime.fromisoformat(ends), zone),
        }

    def _others(self, reader: Person) -> list[Person]:
        if "meeting" in self.data:
            people = self.invited
        else:
            people = self.named("requester", "offerer", "requesters", "offerers")
            if not people and self.fact.subject_kind == Introduction.subject_kind and self.introduction:
                people = [self.introduction.requester, self.introduction.offerer]  # a reminder names them not
        return [person for person in people if person.pk != reader.pk]
