"""Look at one's own maturity, once a year, and aim at the next step."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from reciproque.agenda.actions import close_steps, open_step
from reciproque.agenda.models import Step
from reciproque.agenda.rules import Verb, deadline
from reciproque.insights.models import MaturityCheck, MaturityGoal
from reciproque.insights.rules import LEVELS, MATURITY_DAYS, MATURITY_EVERY, MATURITY_WORDS_MAX, Dimension
from reciproque.journal.actions import record
from reciproque.kit import clock
from reciproque.kit.text import clean
from reciproque.networks.access import can_settle
from reciproque.networks.models import Network
from reciproque.networks.queries import animators_of
from reciproque.networks.rules import System
from reciproque.people.models import Person


@transaction.atomic
def note_maturity(
    network: Network, *, by: Person, levels: Mapping[str, int], words: Mapping[str, str] | None = None
) -> MaturityCheck:
    """Note where the network stands today, dimension by dimension; the check before it stays in the history."""
    if not can_settle(by, network):
        raise PermissionDenied
    missing = [name for name in Dimension.values if levels.get(name) not in LEVELS]
    if missing:
        sentence = _("Choisissez la phrase qui ressemble le plus à votre réseau.")
        raise ValidationError(dict.fromkeys(missing, sentence))
    said = {name: clean((words or {}).get(name, "")).strip() for name in Dimension.values}
    if any(len(text) > MATURITY_WORDS_MAX for text in said.values()):
        raise ValidationError(_("Un de vos mots est trop long : 500 caractères au plus."))
    check = MaturityCheck.objects.create(
        network=network,
        by=by,
        at=clock.now(),
        levels={name: levels[name] for name in Dimension.values},
        words={name: text for name, text in said.items() if text},
    )
    close_steps(network, verb=Verb.MATURITY)
    record("maturity.noted", network, by=by, network=network, levels=check.levels)
    return check


@transaction.atomic
def set_goals(
    network: Network, *, by: Person, levels: Mapping[str, int], until: dt.date
) -> list[MaturityGoal]:
    """Choose what to aim at, and by when; a dimension left at 0 has no goal."""
    if not can_settle(by, network):
        raise PermissionDenied
    now = clock.now()
    check = MaturityCheck.objects.filter(network=network).first()
    if check is None:
        raise ValidationError(_("Faites d’abord le point : un objectif se choisit d’après là où l’on est."))
    if not now.date() < until <= now.date() + 3 * MATURITY_EVERY:
        raise ValidationError({"until": _("Choisissez une date dans les trois ans.")})
    wanted = {name: levels.get(name, 0) for name in Dimension.values}
    for name, level in wanted.items():
        if level and (level not in LEVELS or level < check.levels.get(name, 1)):
            raise ValidationError({name: _("Visez au moins là où vous êtes.")})
    MaturityGoal.objects.filter(network=network).delete()
    goals = MaturityGoal.objects.bulk_create(
        MaturityGoal(network=network, dimension=name, level=level, until=until, set_by=by, set_at=now)
        for name, level in wanted.items()
        if level
    )
    goal_levels = {goal.dimension: goal.level for goal in goals}
    record("maturity.aimed", network, by=by, network=network, levels=goal_levels, until=until.isoformat())
    return goals


def ask_maturity() -> int:
    """Ask those who animate a learning community to look at its maturity: at the start, then once a year (by the clock)."""
    networks = [row for row in Network.objects.all() if System.COMMUNITY in row.systems]
    since = clock.now() - MATURITY_EVERY
    done = MaturityCheck.objects.filter(network__in=networks, at__gt=since).values_list(
        "network_id", flat=True
    )
    asked = Step.objects.open().filter(verb=Verb.MATURITY).values_list("network_id", flat=True)
    settled = {*done, *asked}
    return sum(_ask(network) for network in networks if network.pk not in settled)


@transaction.atomic
def _ask(network: Network) -> bool:
    team = animators_of(network)
    if not team:
        return False
    due = deadline(network, MATURITY_DAYS, clock.now())
    open_step(Verb.MATURITY, network, network=network, owner=None, due_at=due, words=network.name_fr)
    record("maturity.due", network, network=network, people=team, title=network.name_fr)
    return True
