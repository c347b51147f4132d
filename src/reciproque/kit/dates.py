"""Working days, and dates as people say them ("mardi 3 mars, 14 h")."""

import datetime as dt
from zoneinfo import ZoneInfo

import holidays
from babel.dates import format_date, format_time
from django.utils import translation

_calendars: dict[str, holidays.HolidayBase] = {}


def is_working_day(day: dt.date, country: str = "FR") -> bool:
    """Tell whether people work on that day: neither a weekend nor a public holiday of the country."""
    if country not in _calendars:
        _calendars[country] = holidays.country_holidays(country)
    return day.weekday() < 5 and day not in _calendars[country]


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


def day_in_words(day: dt.date, today: dt.date | None = None) -> str:
    """Say a day in the active language, with the year only when it is not today's ("mardi 3 mars")."""
    language = (translation.get_language() or "fr")[:2]
    year = "" if today and day.year == today.year else " y"
    if language == "fr":
        text = format_date(day, f"EEEE d MMMM{year}", locale="fr")
        return text.replace(" 1 ", " 1er ", 1)
    return format_date(day, f"EEEE d MMMM{year}", locale="en_GB")


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
