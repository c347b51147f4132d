"""The rows behind each figure: the one definition of what is counted, for whoever counts and whoever lists."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.db.models import Q, QuerySet

from reciproque.catalogue.models import Post, Topic
from reciproque.insights.queries.counted import PEOPLE_RECIPES, Asked, Recipe
from reciproque.insights.queries.counted_exchanges import EXCHANGE_RECIPES
from reciproque.insights.rules import UNKNOWN, Cut, Period, zone_of
from reciproque.kit import clock
from reciproque.networks.models import Network
from reciproque.people.models import Person

RECIPES: dict[str, Recipe] = PEOPLE_RECIPES | EXCHANGE_RECIPES


def period_of(network: Network, span: str, moment: dt.datetime | None = None) -> Period:
    """Return the period of that span that holds a moment (now), by the calendar of the network’s country."""
    return Period.of(span, moment or clock.now(), zone_of(network.country))


def parse_period(network: Network, key: str) -> Period | None:
    """Return the period that an address names, by the calendar of the network’s country; None when it names none."""
    return Period.parse(key, zone_of(network.country))


def recipe_of(indicator: str) -> Recipe | None:
    """Return how a figure is counted: whose its rows are, and what they open; None when it has no rows."""
    return RECIPES.get(indicator)


def numerator(indicator: str, network: Network, period: Period, group: tuple[str, str] = ("", "")) -> Any:
    """Return the rows that a figure counts (of one group: (cut, key)), or None when it has no rows to open."""
    recipe = RECIPES.get(indicator)
    return None if recipe is None else _opened(Asked(network, period), recipe, recipe.part, group)


def denominator(indicator: str, network: Network, period: Period, group: tuple[str, str] = ("", "")) -> Any:
    """Return the rows out of which a figure counts, or None when it counts out of nothing."""
    recipe = RECIPES.get(indicator)
    if recipe is None or recipe.whole is None:
        return None
    return _opened(Asked(network, period), recipe, recipe.whole, group)


def _opened(asked: Asked, recipe: Recipe, which: Any, group: tuple[str, str]) -> QuerySet[Any] | None:
    rows = which(asked)
    if rows is None:
        return None
    cut, key = group
    if cut and recipe.model is not Topic:
        at = f"{recipe.person}__" if recipe.person else ""
        rows = rows.filter(in_group(asked, cut, key, at))
    if recipe.row == "pk":
        return rows  # type: ignore[no-any-return]
    return recipe.model._default_manager.filter(pk__in=rows.values(recipe.row))


def in_group(asked: Asked, cut: str, key: str, at: str = "") -> Q:
    """Keep the rows whose person (at the path `at`) is in one group of a cut."""
    groups = asked.groups
    if cut == Cut.UNIT:
        field, known = f"{at}unit", groups.branches
    elif cut == Cut.SITE:
        field, known = f"{at}site", groups.sites
    else:
        levels = [code for code in groups.names[Cut.LEVEL] if code != UNKNOWN]
        return Q(**{f"{at}level": key}) if key in levels else ~Q(**{f"{at}level__in": levels})
    inside = [pk for pk, one in known.items() if one == key]
    return Q(**{f"{field}__in": inside}) if inside else Q(**{f"{field}": None})


def people(indicator: str, network: Network, period: Period) -> QuerySet[Person]:
    """Return the people whom a figure is about."""
    recipe = RECIPES.get(indicator)
    rows = None if recipe is None else recipe.part(Asked(network, period))
    if recipe is None or rows is None:
        return Person.objects.none()
    if recipe.model is Topic:
        return Person.objects.filter(pk__in=_authors(network, set(rows.values_list("pk", flat=True))))
    return Person.objects.filter(pk__in=rows.values(recipe.person or "pk"))


def persons(indicator: str, network: Network, period: Period) -> tuple[set[int], set[int]]:
    """Return the people whom a figure is about, and those out of whom it counts who are not among them."""
    recipe = RECIPES.get(indicator)
    if recipe is None:
        return set(), set()
    asked = Asked(network, period)
    behind = people_of(asked, recipe, recipe.part(asked))
    whole = set() if recipe.whole is None else people_of(asked, recipe, recipe.whole(asked))
    return behind, whole - behind


def people_of(asked: Asked, recipe: Recipe, rows: QuerySet[Any] | None) -> set[int]:
    """Return the people of some counted rows."""
    if rows is None:
        return set()
    if recipe.model is Topic:
        return _authors(asked.network, set(rows.values_list("pk", flat=True)))
    return set(rows.values_list(recipe.person or "pk", flat=True))


def _authors(network: Network, topics: set[int]) -> set[int]:
    """Return who wrote the open posts on some savoirs."""
    links = Post.topics.through.objects.filter(
        post__in=Post.objects.open().filter(network=network).values("pk")
    )
    rows = links.order_by().values_list("topic_id", "topic__merged_into_id", "post__author_id").distinct()
    return {author for topic, into, author in rows if (into or topic) in topics}
