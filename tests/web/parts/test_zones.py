"""The time zones one may choose."""

from __future__ import annotations

from django.utils import translation

from reciproque.web.parts.zones import zone_choices


def _flat(choices: object) -> dict[str, str]:
    return {zone: label for _region, zones in choices for zone, label in zones}  # type: ignore[attr-defined]


def test_zones_bear_the_names_of_the_readers_language_by_region() -> None:
    with translation.override("fr"):
        choices = zone_choices("Europe/Paris")
        regions = dict(choices)
        assert [name for name, _zones in choices][:3] == ["Afrique", "Amérique", "Antarctique"]
        assert ("Indian/Reunion", "La Réunion") in regions["Océan Indien"]
        assert ("Europe/London", "Londres") in regions["Europe"]
        assert not {"Europe/Belfast", "US/Eastern", "Etc/UTC"} & set(_flat(choices))
    with translation.override("en"):
        assert _flat(zone_choices())["Europe/London"] == "London"


def test_the_present_zone_stays_valid_even_under_an_old_name() -> None:
    with translation.override("fr"):
        old = _flat(zone_choices("Asia/Calcutta"))
        assert "Asia/Calcutta" in old
        assert "Asia/Kolkata" not in old
        assert "Asia/Kolkata" in _flat(zone_choices("Europe/Paris"))
        assert zone_choices("UTC")[0] == ("Actuel", [("UTC", "UTC")])
