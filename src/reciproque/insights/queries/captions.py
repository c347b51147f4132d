"""What each picture says, in the reader’s language: its title, its sentence, its table, how it is read."""

from __future__ import annotations

import dataclasses
import datetime as dt
from collections.abc import Sequence
from statistics import median
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from reciproque.insights.queries.calendars import month_name
from reciproque.insights.queries.calendars import months_picture as months_picture
from reciproque.insights.queries.calendars import year_picture as year_picture
from reciproque.insights.queries.drawn import AROUND, COHORTS_AFTER, Arrived, Waits
from reciproque.insights.queries.figures import number_words
from reciproque.insights.queries.picture_words import Told, days_of, keyed, percent, rate, told
from reciproque.insights.rules import FIRST_EXCHANGE_WITHIN
from reciproque.insights.rules.pictures import Clock, Flows, Funnel, Kind, Picture, Squares, Stage

# (first day of the quarter, how many joined, then three shares in a hundred)
CohortRow = tuple[dt.date, Told, Told, Told, Told]


# -- numbers to pictures -------------------------------------------------------------------------------------


def funnel_picture(drawn: Sequence[Stage], when: str) -> Picture:
    """Tell how many introductions became exchanges, reviews, and satisfied people."""
    counts = [stage.count for stage in drawn]
    rates = [stage.rate for stage in drawn]
    if not drawn:
        says = _("Ces nombres n’ont pas encore été comptés : %(when)s.") % {"when": when}
    elif all(number is None for number in (*counts, *rates)):
        says = _("Ces nombres sont masqués : %(when)s.") % {"when": when}
    elif all(count == 0 for count in counts):
        says = _("Rien n’a encore été demandé : %(when)s.") % {"when": when}
    elif None in counts:
        says = _("De la demande au bilan, %(when)s : la part qui continue à chaque étape.") % {"when": when}
    else:
        says = _(
            "Sur %(first)s mises en relation demandées, %(last)s vont jusqu’à un bilan satisfait (%(when)s)."
        ) % {
            "first": number_words(counts[0] or 0),
            "last": number_words(counts[-1] or 0),
            "when": when,
        }
    return Picture(
        Kind.FUNNEL,
        str(Kind.FUNNEL.label),
        says,
        Funnel(tuple(drawn)),
        (_("Étape"), _("Nombre"), _("Part de l’étape d’avant")),
        tuple(
            (stage.label, told(stage.count), rate(stage.rate) if place else "")
            for place, stage in enumerate(drawn)
        ),
        keyed(
            _(
                "Chaque barre est aussi longue que ce qu’elle compte ; entre deux barres, la part qui continue."
            ),
            hidden=_("Hachuré : masqué.") if None in counts else "",
        ),
        empty=not any(count or count is None for count in counts),
    )


def untold_picture(picture: Picture, says: str) -> Picture:
    """Return a picture of which nothing was published: never as if there were nothing."""
    return dataclasses.replace(picture, says=says, rows=(), key="", empty=True)


def _flow_rows(shape: Flows) -> tuple[tuple[Any, ...], ...]:
    order = sorted(
        shape.cells, key=lambda spot: (-(shape.cells[spot] or 0), shape.names[spot[0]], shape.names[spot[1]])
    )
    return tuple((shape.names[a], shape.names[b], told(shape.cells[a, b])) for a, b in order)


def _dotted(shape: Flows) -> str:
    return _("En pointillé : masqué, et compté dans aucune somme.") if None in shape.cells.values() else ""


def flows_picture(shape: Flows, when: str) -> Picture:
    """Show what went from one unit to another."""
    total = sum(value for value in shape.cells.values() if value)
    within = sum(value for (a, b), value in shape.cells.items() if a == b and value)
    if not shape.cells:
        says = _("Aucun échange à montrer : %(when)s.") % {"when": when}
    elif not total:
        says = _("Les échanges entre services sont masqués : %(when)s.") % {"when": when}
    else:
        says = _("Sur %(total)s échanges dits (%(when)s), %(across)s passent d’un service à un autre.") % {
            "total": number_words(total),
            "across": number_words(total - within),
            "when": when,
        }
    sums: list[tuple[Any, ...]] = []
    for place, name in enumerate(shape.names):
        given, received = shape.given(place), shape.received(place)
        if given:
            sums.append((name, _("tous, transmis"), given))
        if received:
            sums.append((_("tous, appris"), name, received))
    return Picture(
        Kind.FLOWS,
        str(Kind.FLOWS.label),
        says,
        shape,
        (_("De"), _("Vers"), _("Échanges")),
        _flow_rows(shape) + tuple(sums),
        keyed(
            _("À gauche, qui transmet ; à droite, qui apprend. En gris, ce qui reste dans le même service."),
            hidden=_dotted(shape),
        ),
        empty=not shape.cells,
    )


def network_picture(shape: Flows, when: str) -> Picture:
    """Show units as a network: who gave to whom, and where it came back."""
    pairs, rings = len(shape.both_ways), shape.rings
    known = any(shape.cells.values())
    if not shape.cells:
        says = _("Aucun échange à montrer : %(when)s.") % {"when": when}
    elif not known:
        says = _("Les échanges entre services sont masqués : %(when)s.") % {"when": when}
    else:
        links = ngettext(
            "%(n)s paire de services échange dans les deux sens",
            "%(n)s paires de services échangent dans les deux sens",
            pairs,
        ) % {"n": pairs}
        loops = ngettext(
            "%(n)s anneau de trois services se referme",
            "%(n)s anneaux de trois services se referment",
            rings,
        ) % {"n": rings}
        says = _("%(links)s, %(loops)s (%(when)s).") % {"links": links, "loops": loops, "when": when}
    return Picture(
        Kind.NETWORK,
        str(Kind.NETWORK.label),
        says,
        shape,
        (_("De"), _("Vers"), _("Échanges")),
        _flow_rows(shape),
        keyed(
            _(
                "Des services, jamais des personnes. Trait plein : dans les deux sens ; flèche en tirets : dans "
                "un seul ; cercle autour d’un service : échanges en son sein."
            ),
            hidden=_dotted(shape),
        ),
        empty=not shape.cells,
    )


def waits_picture(shape: Clock, when: str) -> Picture:
    """Show on which day answers came."""
    answered = sum(value for value in (*shape.days, shape.later) if value)
    if not answered and None not in shape.days:
        says = _("Aucune réponse à montrer : %(when)s.") % {"when": when}
    elif not answered:
        says = _("Les réponses sont masquées : %(when)s.") % {"when": when}
    elif shape.median is None:
        says = ngettext("%(n)s réponse dite (%(when)s).", "%(n)s réponses dites (%(when)s).", answered) % {
            "n": number_words(answered),
            "when": when,
        }
    else:
        says = _("Délai médian de réponse : %(days)s j (%(when)s).") % {
            "days": days_of(shape.median),
            "when": when,
        }
    rows: list[tuple[Any, ...]] = [
        (_("le jour même") if not day else _("j%(n)s") % {"n": day}, told(value))
        for day, value in enumerate(shape.days)
    ]
    rows.append((_("plus tard"), told(shape.later)))
    rows.append((_("sans réponse"), told(shape.never)))
    if shape.median is not None:
        rows.append((_("délai médian, en jours"), days_of(shape.median)))
    return Picture(
        Kind.WAITS,
        str(Kind.WAITS.label),
        says,
        shape,
        (_("Réponse arrivée"), _("Réponses")),
        tuple(rows),
        keyed(
            _(
                "Un tour de cadran vaut deux semaines : un secteur par jour, d’autant plus grand qu’il y a eu de "
                "réponses ce jour-là."
            ),
            hidden=_("Hachuré : masqué.") if None in (*shape.days, shape.later, shape.never) else "",
        ),
        empty=not answered and not shape.never and None not in shape.days,
    )


def cohorts_picture(cohorts: Sequence[CohortRow], untold: str = "") -> Picture:
    """Show what became of those who joined, quarter by quarter: (quarter, joined, then shares in a hundred).

    `untold`: what is not told of the year asked for, and why.
    """
    heads = (
        _("Arrivées"),
        _("Publient en 90 jours"),
        _("Échangent en 90 jours"),
        _("Présents un an après"),
    )
    names = [quarter_name(row[0]) for row in cohorts]
    values = {(place, column): one for place, row in enumerate(cohorts) for column, one in enumerate(row[1:])}
    cells = {spot: one for spot, one in values.items() if not isinstance(one, str)}
    rows = tuple(
        (name, told(row[1]), *(rate(value) for value in row[2:]))
        for name, row in zip(names, cohorts, strict=True)
    )
    known = [(row[3], row[0]) for row in cohorts if isinstance(row[3], int)]
    says = ""
    if known:
        share, quarter = max(known, key=lambda one: (one[0], -one[1].toordinal()))
        says = _(
            "Le trimestre dont les arrivées ont le plus échangé en 90 jours : %(quarter)s, %(share)s %%."
        ) % {"quarter": quarter_name(quarter), "share": share}
    elif cohorts and None in cells.values():
        says = _("Chaque trimestre compte trop peu d’arrivées pour en dire plus.")
    elif cohorts:
        says = _("Ces personnes sont arrivées depuis moins de 90 jours : la suite se lira plus tard.")
    elif not untold:
        says = _("Personne n’est arrivé pendant ces trois années.")
    return Picture(
        Kind.COHORTS,
        str(Kind.COHORTS.label),
        " ".join(one for one in (untold, says) if one),
        Squares(tuple(names), heads, cells, unit="\u00a0%", plain=frozenset({0}), top=100),
        (_("Trimestre d’arrivée"), *heads),
        rows,
        keyed(
            _(
                "Une ligne par trimestre d’arrivée ; « présents » : ont fait un geste dans les 90 jours qui "
                "suivent leur premier anniversaire."
            ),
            _("Sans nombre : ce temps n’est pas encore passé, ou ce nombre n’est pas publié.")
            if len(cells) < len(values)
            else "",
            hidden=_("Hachuré : masqué.") if None in cells.values() else "",
        ),
        empty=not cohorts,
    )


def cohorts_untold(year: int, today: dt.date) -> str:
    """Say why nothing is told yet of those who arrived in a year, and when it will be."""
    day = dt.date(year + 1, 1, 1) + COHORTS_AFTER
    if day <= today:
        return _("Ce que sont devenues les personnes arrivées en %(year)s n’est pas publié.") % {"year": year}
    return _(
        "Ce que deviennent les personnes arrivées en %(year)s se lira en %(month)s : il faut laisser passer un "
        "an et un trimestre après la dernière arrivée."
    ) % {"year": year, "month": month_name(day)}


def quarter_name(start: dt.date) -> str:
    """Write a quarter briefly: T3 2026."""
    return _("T%(n)s %(year)s") % {"n": (start.month - 1) // 3 + 1, "year": start.year}


# -- from rows, for those who may see them ---------------------------------------------------------------------


def clock_of(found: Waits) -> Clock:
    """Turn waits into the days of a clock."""
    middle = round(median(found.waits), 1) if found.waits else None
    return Clock(tuple(count for count, _people in found.days), found.later[0], found.never[0], middle)


def cohort_row(arrived: Arrived, since: dt.timedelta) -> CohortRow:
    """Turn those who arrived into a line of shares; what is not over yet, so long after the quarter, is to come."""
    joined = len(arrived.joined)
    early, late = since >= FIRST_EXCHANGE_WITHIN, since >= AROUND
    return (
        arrived.start,
        joined,
        percent(len(arrived.posted), joined) if early else _("à venir"),
        percent(len(arrived.exchanged), joined) if early else _("à venir"),
        percent(len(arrived.stayed), joined) if late else _("à venir"),
    )
