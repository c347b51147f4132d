"""How each figure about introductions, exchanges and their reviews is counted. An exchange is counted with who learns."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Sequence
from typing import Any

from django.db.models import (
    BigIntegerField,
    Count,
    Exists,
    ExpressionWrapper,
    F,
    OuterRef,
    QuerySet,
    Subquery,
    Value,
)

from reciproque.exchanges.models import Exchange, ExchangePerson, Introduction, Review
from reciproque.exchanges.rules import ExchangeState, IntroductionState, Origin, Satisfaction, Side, Used
from reciproque.insights.queries.acts import HELD, local_day
from reciproque.insights.queries.counted import Asked, Recipe, Rows, members
from reciproque.insights.queries.rings import in_rings
from reciproque.insights.rules import HOURS_SAVED, MOST_ASKED, WEEK
from reciproque.people.models import Person

USEFUL = (Satisfaction.GREAT, Satisfaction.GOOD)


# -- exchanges -------------------------------------------------------------------------------------------------


def _first(asked: Asked, side: str) -> QuerySet[ExchangePerson]:
    """Keep one part of each exchange of the period: the first on that side."""
    parts = ExchangePerson.objects.filter(
        asked.took_place("exchange"), exchange__network=asked.network, side=side
    )
    before = ExchangePerson.objects.filter(exchange=OuterRef("exchange"), side=side, pk__lt=OuterRef("pk"))
    return parts.filter(~Exists(before)).order_by()


def learners(asked: Asked) -> QuerySet[ExchangePerson]:
    """Keep, for each exchange of the period, the part of the (first) person who learns."""
    return _first(asked, Side.REQUESTER)


def _of_origin(origin: str) -> Rows:
    return lambda asked: learners(asked).filter(exchange__origin=origin)


def _with_giver(asked: Asked, field: str) -> QuerySet[Any]:
    """Keep the exchanges of which it is known where both work; `theirs` is where the (first) giver does."""
    givers = ExchangePerson.objects.filter(exchange=OuterRef("exchange"), side=Side.OFFERER).order_by("pk")
    rows: QuerySet[Any] = learners(asked).annotate(theirs=Subquery(givers.values(f"person__{field}")[:1]))
    unknown = {f"person__{field}": "" if field == "level" else None}
    return (
        rows.filter(theirs__isnull=False).exclude(theirs="" if field == "level" else None).exclude(**unknown)
    )


def _known(field: str) -> Rows:
    return lambda asked: _with_giver(asked, field)


def _crossing(field: str) -> Rows:
    return lambda asked: _with_giver(asked, field).exclude(theirs=F(f"person__{field}"))


def _givers(asked: Asked) -> QuerySet[ExchangePerson]:
    return _first(asked, Side.OFFERER)


def _most_asked(asked: Asked) -> QuerySet[Any]:
    """Keep the exchanges passed on by the tenth of the givers who passed on the most (at equality, the first known)."""
    counted = _givers(asked).values("person").annotate(number=Count("pk")).order_by("-number", "person")
    people = list(counted.values_list("person", flat=True))
    # Nothing added to it, so that no index is tried for each of thousands of people in each exchange.
    giver = ExpressionWrapper(F("person_id") + Value(0), output_field=BigIntegerField())
    most: QuerySet[Any] = _givers(asked).annotate(giver=giver)
    return most.filter(giver__in=people[: math.ceil(len(people) * MOST_ASKED)])


def _ringed(asked: Asked) -> QuerySet[Person]:
    return members(asked).filter(pk__in=in_rings(asked))


# -- from being introduced to being satisfied ------------------------------------------------------------------


def _introduced(asked: Asked) -> QuerySet[Introduction]:
    return Introduction.objects.filter(network=asked.network, **asked.within("asked_at")).order_by()


def _agreed(asked: Asked) -> QuerySet[Introduction]:
    return _introduced(asked).filter(state=IntroductionState.AGREED)


def _held(asked: Asked) -> QuerySet[Introduction]:
    return _agreed(asked).filter(exchange_part__exchange__state__in=HELD)


def _reviews_of() -> QuerySet[Review]:
    return Review.objects.filter(
        exchange=OuterRef("exchange_part__exchange"), exchange__state=ExchangeState.CLOSED
    )


def _reviewed(asked: Asked) -> QuerySet[Introduction]:
    return _held(asked).filter(Exists(_reviews_of()))


def _satisfied(asked: Asked) -> QuerySet[Introduction]:
    return _reviewed(asked).filter(~Exists(_reviews_of().exclude(satisfaction__in=USEFUL)))


# -- reviews ---------------------------------------------------------------------------------------------------


def reviews(asked: Asked) -> QuerySet[Review]:
    """Keep the reviews written within the period; those of an exchange that is not closed are blind to all."""
    return Review.objects.filter(
        exchange__network=asked.network,
        exchange__state=ExchangeState.CLOSED,
        **asked.within("written_at"),
    ).order_by()


def _on_use(asked: Asked) -> QuerySet[Review]:
    return reviews(asked).filter(side=Side.REQUESTER).exclude(used="")


def _on_again(asked: Asked) -> QuerySet[Review]:
    return reviews(asked).filter(again__isnull=False)


def _useful_to(*answers: str) -> Rows:
    return lambda asked: _on_use(asked).filter(used__in=answers)


def mean_steps(rows: Sequence[tuple[Any, ...]]) -> float | None:
    """Return the mean of what each row says."""
    return sum(steps for (steps,) in rows) / len(rows) if rows else None


def saved_hours(each: int) -> Any:
    """Return how hours saved are estimated: so many for each answer, never more than a week a person a year."""

    def fold(rows: Sequence[tuple[Any, ...]]) -> float | None:
        number: dict[tuple[int, int], int] = defaultdict(int)
        for person, year in rows:
            number[person, year] += 1
        return float(sum(min(WEEK, count * each) for count in number.values())) if rows else None

    return fold


def _steps(asked: Asked, row: tuple[Any, ...]) -> tuple[Any, ...]:
    mine, theirs = row
    return (asked.groups.distance(mine, theirs),)


def _year(asked: Asked, row: tuple[Any, ...]) -> tuple[Any, ...]:
    person, at = row
    return person, local_day(asked.network, at).year


_LOW, _CENTRAL, _HIGH = HOURS_SAVED
_OF_LEARNER: dict[str, Any] = {"person": "person", "row": "exchange"}
_OF_REQUESTER: dict[str, Any] = {"person": "requester"}
_OF_AUTHOR: dict[str, Any] = {"person": "author"}

EXCHANGE_RECIPES: dict[str, Recipe] = {
    "funnel.asked": Recipe(_introduced, Introduction, **_OF_REQUESTER),
    "funnel.agreed": Recipe(_agreed, Introduction, _introduced, **_OF_REQUESTER),
    "funnel.held": Recipe(_held, Introduction, _agreed, **_OF_REQUESTER),
    "funnel.reviewed": Recipe(_reviewed, Introduction, _held, **_OF_REQUESTER),
    "funnel.satisfied": Recipe(_satisfied, Introduction, _reviewed, **_OF_REQUESTER),
    "exchanges.held": Recipe(learners, Exchange, **_OF_LEARNER),
    "exchanges.followed": Recipe(_of_origin(Origin.FOLLOWED), Exchange, **_OF_LEARNER),
    "exchanges.declared": Recipe(_of_origin(Origin.DECLARED), Exchange, **_OF_LEARNER),
    "hours.followed": Recipe(
        _of_origin(Origin.FOLLOWED), Exchange, amount="exchange__minutes", **_OF_LEARNER
    ),
    "hours.declared": Recipe(
        _of_origin(Origin.DECLARED), Exchange, amount="exchange__minutes", **_OF_LEARNER
    ),
    "hours.said": Recipe(
        lambda asked: reviews(asked).filter(hours__isnull=False), Review, amount="hours", **_OF_AUTHOR
    ),
    "reviews.satisfaction": Recipe(
        lambda asked: reviews(asked).filter(satisfaction__in=USEFUL), Review, reviews, **_OF_AUTHOR
    ),
    "reviews.usable": Recipe(_useful_to(Used.ALREADY), Review, _on_use, **_OF_AUTHOR),
    "reviews.again": Recipe(
        lambda asked: _on_again(asked).filter(again=True), Review, _on_again, **_OF_AUTHOR
    ),
    "openness.rings": Recipe(_ringed, Person, members),
    "openness.distance": Recipe(
        _known("unit"),
        Exchange,
        said=("person__unit_id", "theirs"),
        turn=_steps,
        fold=mean_steps,
        **_OF_LEARNER,
    ),
    "flows.units": Recipe(_crossing("unit"), Exchange, _known("unit"), **_OF_LEARNER),
    "flows.sites": Recipe(_crossing("site"), Exchange, _known("site"), **_OF_LEARNER),
    "flows.levels": Recipe(_crossing("level"), Exchange, _known("level"), **_OF_LEARNER),
    "load.most_asked": Recipe(_most_asked, Exchange, _givers, **_OF_LEARNER),
    "productivity.low": Recipe(
        _useful_to(Used.ALREADY),
        Review,
        said=("author_id", "written_at"),
        turn=_year,
        fold=saved_hours(_LOW),
        **_OF_AUTHOR,
    ),
    "productivity.central": Recipe(
        _useful_to(Used.ALREADY),
        Review,
        said=("author_id", "written_at"),
        turn=_year,
        fold=saved_hours(_CENTRAL),
        **_OF_AUTHOR,
    ),
    "productivity.high": Recipe(
        _useful_to(Used.ALREADY, Used.PLANNED),
        Review,
        said=("author_id", "written_at"),
        turn=_year,
        fold=saved_hours(_HIGH),
        **_OF_AUTHOR,
    ),
}
