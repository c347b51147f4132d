"""Questionnaires of the drawn network, and the answers that each number of their results counts."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from reciproque.insights.rules import Period, zone_of
from reciproque.kit import clock
from reciproque.networks.models import RoleGrant
from reciproque.people.models import Person
from reciproque.surveys import actions as surveys
from reciproque.surveys.models import Campaign, LooseAnswer, NamedAnswer, Seat
from reciproque.surveys.rules import questions_of
from tests.house.disclosure_attack import Counted, Read
from tests.house.disclosure_world import DAY, NOW, Drawn
from tests.surveys.conftest import short

# When the campaigns open, are answered, and close: within a month that is told.
OPENS, CLOSES = NOW - 60 * DAY, NOW - 25 * DAY
OTHERS = "others"
# Who feels an effect, of the five steps.
FAVOURABLE = {"some", "much", "greatly"}


def ask(world: Drawn, answers: int = 42) -> list[Campaign]:
    """Send three questionnaires to the members, and close them: by unit, by site, and the impact one without names."""
    network = world.network
    with clock.at(OPENS):
        by = Person.objects.create_user(
            f"anima-{world.seed}@example.org", first_name="Anima", last_name="Trice"
        )
        RoleGrant.objects.create(network=network, person=by, role="animator", granted_by=None)
        own = surveys.create_questionnaire(network, by=by, title_fr="Avis", title_en="Opinion")
        surveys.edit_version(own, by=by, definition=short(), title_fr="Avis", title_en="Opinion", revision=0)
        surveys.publish_version(own, by=by)
        impact = surveys.copy_supplied(network, "impact", by=by)
        surveys.publish_version(impact, by=by)
        days = {"opens_on": OPENS.date(), "closes_on": CLOSES.date() + 2 * DAY, "shared": True}
        campaigns = [
            surveys.plan_campaign(row, by=by, network=network, trigger="date", mode=mode, **more, **days)
            for row, mode, more in (
                (own, "confidential", {"split": "unit"}),
                (own, "confidential", {"split": "site"}),
                (impact, "anonymous", {"split": "question", "split_question": "passed_on"}),
            )
        ]
        for campaign in campaigns:
            surveys.open_campaign(campaign, by=by)
    with clock.at(OPENS + 5 * DAY):
        for campaign in campaigns:
            _answer(world, campaign, answers)
    with clock.at(CLOSES):
        for campaign in campaigns:
            campaign.refresh_from_db()
            surveys.close_campaign(campaign, by=by)
            campaign.refresh_from_db()
    return campaigns


def _answer(world: Drawn, campaign: Campaign, most: int) -> None:
    """Most of those asked answer; each answer is rarer than the one before it."""
    version = campaign.first_version
    assert version is not None
    seats = Seat.objects.filter(campaign=campaign).select_related(
        "campaign__questionnaire",
        "campaign__network",
        "campaign__first_version",
        "person__unit",
        "person__site",
    )
    for seat in sorted(seats, key=lambda one: one.person_id or 0)[:most]:
        said: dict[str, Any] = {}
        for question in questions_of(version.definition):
            keys = [option["key"] for option in question.get("options", [])]
            if not is_asked(question, said) or (not question["required"] and not world.random.randrange(3)):
                continue
            if question["kind"] == "text":
                said[question["key"]] = "Quelques mots."
            elif question["kind"] == "number":
                said[question["key"]] = str(world.random.choice([0, 1, 2, 2, 4, 4, 7, 30]))
            elif question["kind"] == "multiple":
                said[question["key"]] = world.random.sample(keys, world.random.randint(1, 2))
            else:
                said[question["key"]] = world.random.choices(keys, [6, 3, 8, 1, 4][: len(keys)])[0]
        surveys.submit_answer(seat, by=seat.person, values=said)


def is_asked(question: Mapping[str, Any], said: Mapping[str, Any]) -> bool:
    """Tell whether a question was asked of who said this, as the questionnaire says it."""
    condition = question["only_if"]
    if condition is None:
        return True
    given = said.get(condition["question"])
    return bool(set(condition["among"]) & set(given if isinstance(given, list) else [given]))


class Answers:
    """The answers to the campaigns of a network, from the tables: those that a number of the results counts."""

    def __init__(self, network: Any, reads: Iterable[Read]) -> None:
        self.network = network
        self.campaigns = {one.public_id: one for one in Campaign.objects.filter(network=network)}
        self.questions = {
            key: {one["key"]: one for one in questions_of(campaign.first_version.definition)}
            for key, campaign in self.campaigns.items()
            if campaign.first_version is not None
        }
        # {campaign: {answer: (whose, group, what was said)}}: nobody's, an answer stands for itself.
        self.given: dict[str, dict[int, tuple[int, str, dict[str, Any]]]] = defaultdict(dict)
        named = NamedAnswer.objects.filter(campaign__network=network)
        for pk, key, person, group, said in named.values_list(
            "pk", "campaign__public_id", "person", "group", "values"
        ):
            self.given[key][pk] = (person, group, said)
        loose = LooseAnswer.objects.filter(campaign__network=network)
        for pk, key, said in loose.values_list("pk", "campaign__public_id", "values"):
            split = self.campaigns[key].split_question
            self.given[key][pk] = (pk, said.get(split) or "none", said)
        self.named: dict[str, set[str]] = defaultdict(set)
        for read in reads:
            if read.indicator.startswith("survey:") and read.group not in ("", OTHERS):
                self.named[read.period].add(read.group)

    def of(self, read: Read) -> Iterator[Counted]:
        """Yield the answers that one number of the results counts, and those among which it counts them.

        Who says one thing to a question and another to the next one, no reader knows: questions are put together only
        where one decides whether another is asked, or in which group an answer is told; the choices of a list, never.
        """
        campaign, (_survey, key, *places) = read.period, read.indicator.split(":")
        given = self.given[campaign]
        everyone = {pk: whose for pk, (whose, _group, _said) in given.items()}
        if key in ("answered", "rate"):
            yield from self._in_each(campaign, self.questions[campaign], everyone)
            if key == "rate":
                # Out of how many were asked: each seat stands for itself.
                seats = Seat.objects.filter(campaign__public_id=campaign)
                asked = seats.exclude(state__in=["withdrawn", "on_paper"]).values_list("pk", "state")
                yield f"Seat {campaign}", {pk: pk for pk, _state in asked}
                yield f"Seat {campaign}", {pk: pk for pk, state in asked if state == "answered"}
            return
        question = self.questions[campaign][key]
        among = {
            pk: said
            for pk, (_whose, group, said) in given.items()
            if is_asked(question, said) and self._is_in(read, group)
        }
        beside = self._beside(campaign, key)
        yield from self._in_each(campaign, beside, {pk: everyone[pk] for pk in among})
        wanted = set(places[0].split("+")) if places else set()
        if places == ["written"]:
            inside = {pk: everyone[pk] for pk, said in among.items() if said.get(key)}
        else:
            inside = {
                pk: everyone[pk] for pk, said in among.items() if _falls(question, said.get(key), wanted)
            }
        if question["kind"] == "multiple":
            yield f"Answer {campaign} {key}={places[0]}", inside
            beside = [one for one in beside if one != key]
        yield from self._in_each(campaign, beside, inside)

    def _beside(self, campaign: str, key: str) -> list[str]:
        """Return the questions with which the answers to one are put together: itself, and what depends on it."""
        questions = self.questions[campaign]
        if key == self.campaigns[campaign].split_question:
            return list(questions)
        found = [key]
        for name, question in questions.items():
            if question["only_if"] and question["only_if"]["question"] in found:
                found.append(name)
        return found

    def _in_each(self, campaign: str, keys: Iterable[str], inside: dict[int, int]) -> Iterator[Counted]:
        for key in keys:
            question = self.questions[campaign][key]
            if question["kind"] == "multiple":
                for option in question["options"]:
                    yield f"Answer {campaign} {key}={option['key']}", inside
            yield f"Answer {campaign} {key}", inside

    def _is_in(self, read: Read, group: str) -> bool:
        if read.cut != "split":
            return True
        return group not in self.named[read.period] if read.group == OTHERS else group == read.group

    def impact(self, read: Read) -> Iterator[Counted]:
        """Yield the answers that a figure of impact counts: to the campaigns closed within its period."""
        period = Period.parse(read.period, zone_of(self.network.country))
        assert period is not None
        key = read.indicator.partition(".")[2]
        campaigns = [
            name
            for name, campaign in self.campaigns.items()
            if key in self.questions[name]
            and campaign.closed_at
            and period.begins_at <= campaign.closed_at < period.ends_at
        ]
        for name in campaigns:
            assert len(campaigns) == 1, "a figure of several campaigns is a sum that this does not read"
            given = self.given[name]
            yield f"Answer {name} {key}", {pk: whose for pk, (whose, _group, _said) in given.items()}
            felt = {pk: whose for pk, (whose, _group, said) in given.items() if said.get(key) in FAVOURABLE}
            yield f"Answer {name} {key}", felt


def _falls(question: Mapping[str, Any], value: Any, wanted: set[str]) -> bool:
    """Tell whether an answer falls in some of these places; "" stands for none given."""
    if value is None or value == []:
        return "" in wanted
    if question["kind"] == "number":
        bands = [band.split("-") for band in wanted if band]
        return any(int(low) <= int(value) <= int(high) for low, high in bands)
    return bool(wanted & set(value if isinstance(value, list) else [value]))
