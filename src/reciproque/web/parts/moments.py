"""Days and hours as people type them, in their own time."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _


class MomentField(forms.SplitDateTimeField):
    """A day and an hour in the person's own zone, each in its own box."""

    def __init__(self, **more: Any) -> None:
        widget = forms.SplitDateTimeWidget(
            date_format="%Y-%m-%d",
            time_format="%H:%M",
            date_attrs={"type": "date", "aria-label": _("jour")},
            time_attrs={"type": "time", "step": "300", "aria-label": _("heure")},
        )
        super().__init__(widget=widget, **more)

    def set_least(self, day: dt.date) -> None:
        """Let the calendar of the browser start on `day`."""
        self.widget.widgets[0].attrs["min"] = day.isoformat()  # type: ignore[attr-defined]

    def set_most(self, day: dt.date) -> None:
        """Let the calendar of the browser stop on `day`."""
        self.widget.widgets[0].attrs["max"] = day.isoformat()  # type: ignore[attr-defined]
