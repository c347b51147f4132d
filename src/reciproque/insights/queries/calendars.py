"""The calendars of exchanges: a year day by day for who reads the rows, the months that were told for everybody else."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping

from babel.dates import format_date
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from reciproque.insights.queries.figures import number_words
from reciproque.insights.queries.picture_words import Told, keyed, told
from reciproque.insights.rules.pictures import Kind, Picture, Squares


def _locale() -> str:
    return "fr" if (get_language() or "fr").startswith("fr") else "en_GB"


def _months(pattern: str = "LLLL") -> list[str]:
    return [format_date(dt.date(2024, month, 1), pattern, locale=_locale()) for month in range(1, 13)]


def month_name(day: dt.date) -> str:
    """Write a month with its year: octobre 2026."""
    return str(format_date(day, "MMMM yyyy", locale=_locale()))


def year_picture(days: Mapping[dt.date, int], year: int, today: dt.date) -> Picture:
    """Show a year of exchanges, a square a day."""
    cells: dict[tuple[int, int], int | None] = {}
    day = dt.date(year, 1, 1)
    while day.year == year and day <= today:
        cells[day.month - 1, day.day - 1] = days.get(day, 0)
        day += dt.timedelta(days=1)
    names = _months()
    totals = [sum(value or 0 for (row, _c), value in cells.items() if row == month) for month in range(12)]
    rows = []
    for month, name in enumerate(names):
        held = [
            (day.day, count)
            for day, count in sorted(days.items())
            if day.month == month + 1 and day.year == year
        ]
        detail = ", ".join(_("le %(day)s : %(n)s") % {"day": day, "n": count} for day, count in held)
        rows.append((name, totals[month], detail))
    total = sum(totals)
    best = max(range(12), key=lambda month: totals[month])
    says = ngettext("En %(year)s, %(n)s échange.", "En %(year)s, %(n)s échanges.", total) % {
        "year": year,
        "n": number_words(total),
    }
    if total:
        says += " " + _("Le mois qui en compte le plus : %(month)s, %(most)s.") % {
            "month": names[best],
            "most": number_words(totals[best]),
        }
    columns = tuple(str(day) for day in range(1, 32))
    return Picture(
        Kind.CALENDAR,
        str(Kind.CALENDAR.label),
        says,
        Squares(tuple(names), columns, cells),
        (_("Mois"), _("Échanges"), _("Jours")),
        tuple(rows),
        _("Un carré par jour : plus il est foncé, plus il y a eu d’échanges ce jour-là."),
        empty=not total,
    )


def months_picture(months: Mapping[dt.date, int | None]) -> Picture:
    """Show years of exchanges, a square a month; None is masked, and a month that is not there was not told."""
    if not months:
        return _months_drawn(months, _("Aucun mois n’est encore publié."))
    first, last = min(months), max(months)
    known = sum(value or 0 for value in months.values())
    if first == last:
        when = _("En %(month)s") % {"month": month_name(first)}
    else:
        when = _("Entre %(first)s et %(last)s") % {"first": month_name(first), "last": month_name(last)}
    between = 12 * (last.year - first.year) + last.month - first.month + 1
    hidden, missing = sum(value is None for value in months.values()), between - len(months)
    said = []
    if hidden < len(months):
        said.append(
            ngettext("%(when)s : %(n)s échange.", "%(when)s : %(n)s échanges.", known)
            % {"when": when, "n": number_words(known)}
        )
    if hidden:
        said.append(
            ngettext(
                "%(n)s mois est masqué, et n’y est pas compté.",
                "%(n)s mois sont masqués, et n’y sont pas comptés.",
                hidden,
            )
            % {"n": number_words(hidden)}
        )
    if missing:
        said.append(
            ngettext("%(n)s mois n’est pas publié.", "%(n)s mois ne sont pas publiés.", missing)
            % {"n": number_words(missing)}
        )
    return _months_drawn(months, " ".join(said))


def year_told_picture(months: Mapping[dt.date, int | None], year: int, total: Told) -> Picture:
    """Show what was published of a year of exchanges, month by month; `total`: how many it had in all, if published."""
    said = []
    if isinstance(total, int):
        said.append(
            ngettext("En %(year)s, %(n)s échange.", "En %(year)s, %(n)s échanges.", total)
            % {"year": year, "n": number_words(total)}
        )
    elif total is None:
        said.append(_("Le nombre d’échanges de %(year)s est masqué.") % {"year": year})
    mine = sorted(month for month in months if month.year == year)
    if not mine:
        said.append(_("Les mois de %(year)s ne sont pas publiés un par un.") % {"year": year})
    elif len(mine) < 12:
        names = ", ".join(format_date(month, "LLLL", locale=_locale()) for month in mine)
        said.append(
            _("De %(year)s, seuls ces mois sont publiés : %(months)s.") % {"year": year, "months": names}
        )
    return _months_drawn(months, " ".join(said))


def _months_drawn(months: Mapping[dt.date, int | None], says: str) -> Picture:
    years = sorted({month.year for month in months})
    cells = {(years.index(month.year), month.month - 1): value for month, value in months.items()}
    names = _months("LLL")
    every = [(place, dt.date(year, month, 1)) for place, year in enumerate(years) for month in range(1, 13)]
    rows = tuple(
        (str(year), *(told(months[day]) if day in months else "" for row, day in every if row == place))
        for place, year in enumerate(years)
    )
    return Picture(
        Kind.CALENDAR,
        str(Kind.CALENDAR.label),
        says,
        Squares(tuple(str(year) for year in years), tuple(names), cells),
        (_("Année"), *names),
        rows,
        keyed(
            _("Un carré par mois : plus il est foncé, plus il y a eu d’échanges."),
            _("Case vide : rien n’est publié de ce mois ; ce n’est pas un zéro.")
            if len(months) < len(every)
            else "",
            hidden=_("Hachuré : masqué.") if None in months.values() else "",
        ),
        empty=not months,
    )
