"""Working days, and dates as people say them ("mardi 3 mars, 14 h")."""

import datetime as dt
from functools import cache
from zoneinfo import ZoneInfo

import holidays
from babel import Locale
from babel.core import get_global
from babel.dates import format_date, format_time, get_timezone_location
from django.utils import translation

from reciproque.kit.text import fold

_calendars: dict[str, holidays.HolidayBase] = {}
# The hours at which the clock may write to somebody, where they are.
OFFICE_HOURS = (8, 18)
MORNING = dt.time(9)


@cache
def countries(language: str = "fr") -> tuple[tuple[str, str], ...]:
    """Return the countries whose public holidays are known: (two letters, name in that language), by name."""
    names = Locale(language).territories
    known = [code for code in holidays.list_supported_countries() if len(code) == 2 and code in names]
    return tuple(sorted(((code, names[code]) for code in known), key=lambda pair: fold(pair[1])))


def is_country(code: str) -> bool:
    """Tell whether the public holidays of that country are known."""
    return any(code == known for known, _name in countries())


def is_working_day(day: dt.date, country: str = "FR") -> bool:
    """Tell whether people work on that day: neither a weekend nor a public holiday of the country."""
    if country not in _calendars:
        _calendars[country] = holidays.country_holidays(country)
    return day.weekday() < 5 and day not in _calendars[country]


def zone_country(zone: str, otherwise: str = "FR") -> str:
    """Return the country of a time zone when its public holidays are known, `otherwise` if not."""
    code = str(get_global("zone_territories").get(zone, ""))
    return code if is_country(code) else otherwise


@cache
def _named(country: str, language: str) -> holidays.HolidayBase:
    spoken = holidays.country_holidays(country).supported_languages
    chosen = next((code for code in spoken if code.startswith(language)), None)
    return holidays.country_holidays(country, language=chosen)


def holiday_name(day: dt.date, country: str = "FR") -> str:
    """Return what a public holiday of the country is called, in the active language where it is known; "" if none."""
    return str(_named(country, (translation.get_language() or "fr")[:2]).get(day) or "")


def after_working_days(
    moment: dt.datetime, days: int, zone: str = "Europe/Paris", country: str = "FR"
) -> dt.datetime:
    """Return the end (18 h local) of the `days`-th working day after `moment`: how deadlines are set."""
    local = moment.astimezone(ZoneInfo(zone))
    day = local.date()
    left = max(days, 0)
    while left or not is_working_day(day, country):
        day += dt.timedelta(days=1)
        if is_working_day(day, country) and left:
            left -= 1
    return dt.datetime.combine(day, dt.time(18), ZoneInfo(zone)).astimezone(dt.UTC)


def working_days_before(moment: dt.datetime, days: int, zone: str, country: str = "FR") -> dt.datetime:
    """Return the same hour, `days` working days earlier: what is older than that has waited longer."""
    local = moment.astimezone(ZoneInfo(zone))
    day, left = local.date(), max(days, 0)
    while left:
        day -= dt.timedelta(days=1)
        left -= is_working_day(day, country)
    return dt.datetime.combine(day, local.timetz().replace(tzinfo=None), ZoneInfo(zone)).astimezone(dt.UTC)


def working_days_between(start: dt.date, end: dt.date, country: str = "FR") -> list[dt.date]:
    """Return the working days after `start` and before `end`, both left out, in order."""
    days = (start + dt.timedelta(days=n) for n in range(1, (end - start).days))
    return [day for day in days if is_working_day(day, country)]


def in_office_hours(moment: dt.datetime, zone: str, country: str = "FR") -> bool:
    """Tell whether somebody of that zone is at work then, as far as one can know."""
    local = moment.astimezone(ZoneInfo(zone))
    return OFFICE_HOURS[0] <= local.hour < OFFICE_HOURS[1] and is_working_day(local.date(), country)


def morning_of(day: dt.date, zone: str) -> dt.datetime:
    """Return nine o'clock of that day, there: when the clock prefers to write."""
    return dt.datetime.combine(day, MORNING, ZoneInfo(zone)).astimezone(dt.UTC)


def next_office_hour(moment: dt.datetime, zone: str, country: str = "FR") -> dt.datetime:
    """Return the first moment from then on at which the clock may write to somebody of that zone."""
    if in_office_hours(moment, zone, country):
        return moment
    local = moment.astimezone(ZoneInfo(zone))
    day = local.date()
    if not is_working_day(day, country) or local.hour >= OFFICE_HOURS[1]:
        day += dt.timedelta(days=1)
        while not is_working_day(day, country):
            day += dt.timedelta(days=1)
    return morning_of(day, zone)


def day_in_words(day: dt.date, today: dt.date | None = None) -> str:
    """Say a day in the active language, with the year only when it is not today's ("mardi 3 mars")."""
    language = (translation.get_language() or "fr")[:2]
    year = "" if today and day.year == today.year else " y"
    if language == "fr":
        text = format_date(day, f"EEEE d MMMM{year}", locale="fr")
        return text.replace(" 1 ", " 1er ", 1)
    return format_date(day, f"EEEE d MMMM{year}", locale="en_GB")


def zone_in_words(zone: str) -> str:
    """Say the place of a time zone in the active language ("Nouméa")."""
    locale = "fr" if (translation.get_language() or "fr").startswith("fr") else "en_GB"
    return str(get_timezone_location(zone, locale=locale, return_city=True))


def hour_in_words(moment: dt.datetime, zone: str) -> str:
    """Say an hour in the active language ("14 h", "14 h 30", "2:30 pm")."""
    local = moment.astimezone(ZoneInfo(zone))
    if (translation.get_language() or "fr").startswith("fr"):
        return f"{local.hour}\u00a0h" + (f"\u00a0{local.minute:02d}" if local.minute else "")
    return format_time(local, "h:mm a", locale="en_GB").replace("\u202f", "\u00a0")


def moment_in_words(moment: dt.datetime, zone: str, now: dt.datetime | None = None) -> str:
    """Say a moment in the reader's zone and language ("mardi 3 mars, 14 h")."""
    local = moment.astimezone(ZoneInfo(zone))
    today = now.astimezone(ZoneInfo(zone)).date() if now else None
    return f"{day_in_words(local.date(), today)}, {hour_in_words(moment, zone)}"
