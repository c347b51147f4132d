"""Pictures: whatever they are made of, they hold, they say what they show, and their table says the same."""

from __future__ import annotations

import datetime as dt
import random
import re
from typing import Any
from xml.etree import ElementTree

import pytest

from reciproque.insights.engine.paper import paint
from reciproque.insights.queries.calendars import year_told_picture
from reciproque.insights.queries.captions import (
    cohorts_picture,
    cohorts_untold,
    flows_picture,
    funnel_picture,
    months_picture,
    network_picture,
    waits_picture,
    year_picture,
)
from reciproque.insights.rules.pictures import TURN, Clock, Flows, Picture, Stage, fold
from reciproque.web.parts.pictures import alone, draw, size_of
from reciproque.web.parts.pictures.names import short_names

SVG = "{http://www.w3.org/2000/svg}"
HOSTILE = [
    "<script>alert(1)</script>",
    "\"><img src=x onerror=alert(1)> & 'quotes'",
    "renversé \u202e txet \u2066 caché \x00\x07",
    "=cmd|' /C calc'!A0",
    "😀" * 60,
    "Un nom de service qui n’en finit pas de dire où il se trouve et ce qu’il fait " * 5,
    "",
    "مصلحة الموارد البشرية",
    "]]><!-- -->",
    "\ud800 moitié",
]


def some_flows(count: int, seed: int = 1, names: list[str] | None = None) -> Flows:
    """Flows between that many units, folded as pages fold them."""
    made = random.Random(seed)
    said = names or [f"Service {number}" for number in range(count)]
    cells: dict[tuple[int, int], Any] = {}
    for a in range(count):
        for b in {made.randrange(count) for _time in range(4)}:
            cells[a, b] = made.randint(1, 40)
    shown, folded = fold(said, cells, "autres")
    return Flows(
        tuple(shown), {spot: None if made.random() < 0.15 else value for spot, value in folded.items()}
    )


def ten_years() -> dict[dt.date, int | None]:
    made = random.Random(4)
    return {
        dt.date(year, month, 1): None if made.random() < 0.2 else made.randint(0, 300)
        for year in range(2016, 2026)
        for month in range(1, 13)
    }


STAGES = [Stage("Demandées", 340), Stage("Convenues", 240, 71), Stage("Tenues", 0, 0), Stage("Bilans", 0)]
HIDDEN_STAGES = [Stage("Demandées", 340), Stage("Convenues", None, 71), Stage("Tenues", None)]
DAYS = {dt.date(2024, 2, 29): 3, dt.date(2024, 12, 31): 12}
PICTURES: dict[str, Picture] = {
    "funnel": funnel_picture(STAGES, "en 2024"),
    "funnel of shares": funnel_picture(HIDDEN_STAGES, "en 2024"),
    "funnel of nothing": funnel_picture([Stage("Demandées", 0), Stage("Convenues", 0)], "en 2024"),
    "year": year_picture(DAYS, 2024, dt.date(2025, 1, 5)),
    "year under way": year_picture(DAYS, 2024, dt.date(2024, 3, 1)),
    "empty year": year_picture({}, 2024, dt.date(2025, 1, 5)),
    "ten years of months": months_picture(ten_years()),
    "no month": months_picture({}),
    **{f"flows of {count}": flows_picture(some_flows(count), "en 2024") for count in (1, 2, 7, 500)},
    **{f"network of {count}": network_picture(some_flows(count), "en 2024") for count in (1, 2, 7, 500)},
    "no flows": flows_picture(Flows((), {}), "en 2024"),
    "no network": network_picture(Flows((), {}), "en 2024"),
    "hostile flows": flows_picture(some_flows(len(HOSTILE), 2, HOSTILE), "en 2024"),
    "hostile network": network_picture(some_flows(len(HOSTILE), 2, HOSTILE), "en 2024"),
    "hidden flows": flows_picture(Flows(("A", "B"), {(0, 1): None, (1, 0): None}), "en 2024"),
    "waits": waits_picture(Clock((40, 52, 0, 20, None, *[1] * 9), 14, 22, 2.4), "en 2024"),
    "no wait": waits_picture(Clock((0,) * TURN, 0, 0, None), "en 2024"),
    "one wait": waits_picture(Clock((1, *[0] * 13), 0, 0, 0.0), "en 2024"),
    "hidden network": network_picture(Flows(("A", "B"), {(0, 1): None, (1, 0): None}), "en 2024"),
    "hidden months": months_picture({dt.date(2024, month, 1): None for month in (3, 4)}),
    "hidden waits": waits_picture(Clock((None,) * TURN, None, None, None), "en 2024"),
    "cohorts": cohorts_picture(
        [(dt.date(2020 + n // 4, 1 + 3 * (n % 4), 1), 5 + n, 100, 0, None) for n in range(12)]
    ),
    "no cohort": cohorts_picture([]),
}


def words_of(drawing: str) -> list[str]:
    """What is written on a picture."""
    return [element.text or "" for element in ElementTree.fromstring(drawing).iter(f"{SVG}text")]


@pytest.mark.parametrize("name", sorted(PICTURES))
def test_a_picture_is_well_formed_says_itself_and_runs_nothing(name: str) -> None:
    picture = PICTURES[name]
    for drawing in (draw(picture), draw(picture, narrow=True), alone(picture)):
        tree = ElementTree.fromstring(drawing)
        assert tree.find(f"{SVG}title").text == picture.title  # type: ignore[union-attr]
        assert (tree.find(f"{SVG}desc").text or "").strip()  # type: ignore[union-attr]
        assert tree.get("role") == "img"
        kinds = {element.tag.removeprefix(SVG) for element in tree.iter()}
        assert kinds <= {
            "svg",
            "title",
            "desc",
            "defs",
            "pattern",
            "marker",
            "g",
            "rect",
            "line",
            "circle",
            "path",
            "polygon",
            "text",
        }
        names = {attribute for element in tree.iter() for attribute in element.attrib}
        assert not {one for one in names if one == "style" or one.startswith("on") or "href" in one}
        ids = [element.get("id") for element in tree.iter() if element.get("id")]
        assert len(ids) == len(set(ids))
        assert set(tree.get("aria-labelledby", "").split()) <= set(ids)
    assert picture.says.strip()
    assert "%(" not in picture.says + picture.key


@pytest.mark.parametrize("name", sorted(PICTURES))
def test_nothing_is_drawn_out_of_the_paper(name: str) -> None:
    for narrow in (False, True):
        drawing = draw(PICTURES[name], narrow=narrow)
        width, height = size_of(drawing)
        for element in ElementTree.fromstring(drawing).iter():
            if element.tag in (f"{SVG}rect", f"{SVG}text", f"{SVG}circle") and "pattern" not in element.tag:
                x, y = (float(element.get(key, element.get(f"c{key}", 0))) for key in ("x", "y"))
                assert -1 <= x <= width + 1, (element.tag, x)
                assert -1 <= y <= height + 1, (element.tag, y)


@pytest.mark.parametrize("name", [name for name in sorted(PICTURES) if "hostile" not in name])
def test_every_number_on_a_picture_is_in_its_table(name: str) -> None:
    picture = PICTURES[name]
    table = " ".join(str(cell) for row in (picture.columns, *picture.rows) for cell in row)
    numbers = set(re.findall(r"\d+(?:,\d+)?", table))
    # The days of a month head the squares of a year.
    numbers |= {str(day) for day in range(1, 32)} if name.endswith("year") or "year" in name else set()
    for drawing in (draw(picture), draw(picture, narrow=True), alone(picture)):
        for words in words_of(drawing):
            said = re.sub(r"(?<=\d)\u00a0(?=\d{3})", "", words)
            assert set(re.findall(r"\d+(?:,\d+)?", said)) <= numbers, words


def test_a_number_that_the_table_lacks_would_be_seen() -> None:
    picture = PICTURES["funnel"]
    assert "340" in " ".join(words_of(draw(picture)))
    assert "340" not in " ".join(str(cell) for row in picture.rows[1:] for cell in row)


def test_what_may_not_be_told_is_hatched_and_never_a_number() -> None:
    drawing = draw(PICTURES["hidden waits"])
    assert "veil" in drawing
    assert not [words for words in words_of(drawing) if words.isdigit()]
    assert all(row[1] == "masqué" for row in PICTURES["hidden waits"].rows)
    assert PICTURES["hidden waits"].says.replace("\u00a0", " ") == "Les réponses sont masquées : en 2024."
    assert "Masqué" in PICTURES["hidden waits"].key
    assert "Masqué" not in PICTURES["one wait"].key


def test_what_is_masked_is_never_told_as_nothing() -> None:
    for name in ("hidden flows", "hidden network", "hidden waits", "hidden months"):
        says = PICTURES[name].says
        assert "masqué" in says, says
        assert not re.search(r"\b0\b|Aucun", says), says


def test_what_was_not_told_is_no_zero() -> None:
    months: dict[dt.date, int | None] = {dt.date(2026, 10, 1): 67, dt.date(2026, 7, 1): None}
    assert months_picture(months).says == (
        "Entre juillet 2026 et octobre 2026\u00a0: 67 échanges. 1 mois est masqué, et n’y est pas compté. 2 mois ne sont pas publiés."
    )
    assert "Case vide" in months_picture(months).key
    unsaid = year_told_picture(months, 2025, 526)
    assert unsaid.says == "En 2025, 526 échanges. Les mois de 2025 ne sont pas publiés un par un."
    assert year_told_picture({}, 2025, None).says.startswith("Le nombre d’échanges de 2025 est masqué.")
    assert year_told_picture({}, 2025, "pas publié").says.startswith("Les mois de 2025")
    partly = year_told_picture({dt.date(2025, 12, 1): 4}, 2025, 1526)
    assert partly.says.replace("\u00a0", " ") == (
        "En 2025, 1 526 échanges. De 2025, seuls ces mois sont publiés : décembre."
    )


def test_arrivals_of_which_the_time_is_not_over_are_not_masked() -> None:
    first, second = dt.date(2026, 4, 1), dt.date(2026, 7, 1)
    picture = cohorts_picture([(first, 40, 50, 30, "à venir"), (second, 31, "à venir", "à venir", "à venir")])
    assert picture.rows[1][1:] == (31, "à venir", "à venir", "à venir")
    assert "Hachuré" not in picture.key
    assert "pas encore passé" in picture.key
    assert not re.search(r"url\(#[^)]*veil", draw(picture).split("</defs>", 1)[1])
    hidden = cohorts_picture([(first, 40, None, 30, None)])
    assert hidden.rows[0][2] == "masqué"
    assert "Hachuré" in hidden.key
    assert "pas encore passé" not in hidden.key
    late = cohorts_untold(2025, dt.date(2026, 11, 22))
    assert "avril 2027" in late
    assert cohorts_picture([], late).says == late
    assert "n’est pas publié" in cohorts_untold(2023, dt.date(2026, 11, 22))


NAMES = (
    "Direction des ressources humaines",
    "Direction de la communication",
    "Direction de l’immobilier",
    "Direction financière",
    "autres services",
)


def test_words_with_which_most_names_begin_are_left_out_of_the_drawing_and_kept_in_the_table() -> None:
    assert short_names(NAMES) == [
        "Ressources humaines",
        "Communication",
        "Immobilier",
        "Financière",
        "autres services",
    ]
    # Nothing that would be too short, or taken for another, is left.
    assert short_names(["Service 1", "Service 2", "Service 3"]) == ["Service 1", "Service 2", "Service 3"]
    assert short_names(["Pôle Achats", "Pôle Vente", "Achats"]) == ["Pôle Achats", "Vente", "Achats"]
    assert short_names(["Direction", "Direction de la paie", "Direction des achats"])[0] == "Direction"
    assert short_names([]) == []
    flows = Flows(NAMES, {(a, b): 9 for a in range(5) for b in range(5)})
    for picture in (flows_picture(flows, "en 2024"), network_picture(flows, "en 2024")):
        written = " ".join(words_of(draw(picture, narrow=True)))
        assert "Direction" not in written
        assert "…" not in written
        assert {row[0] for row in picture.rows} >= set(NAMES)


def test_a_name_that_carries_code_is_only_a_name() -> None:
    drawing = draw(PICTURES["hostile flows"])
    assert "<script" not in drawing
    assert "<img" not in drawing
    assert "\u202e" not in drawing
    assert any(words.startswith("<script>") for words in words_of(drawing))


def test_five_hundred_units_become_ten_and_lose_nothing() -> None:
    made = random.Random(7)
    cells: dict[tuple[int, int], Any] = {}
    for _time in range(3000):
        spot = (made.randrange(500), made.randrange(500))
        cells[spot] = cells.get(spot, 0) + 1
    shown, folded = fold([f"S{n}" for n in range(500)], cells, "autres")
    assert len(shown) == 10
    assert shown[-1] == "autres"
    assert sum(folded.values()) == 3000


def test_rings_of_three_are_counted_once_whoever_begins() -> None:
    ring = Flows(("A", "B", "C", "D"), {(0, 1): 2, (1, 2): 1, (2, 0): 4, (0, 2): 1, (3, 3): 9, (1, 3): 1})
    assert ring.rings == 1
    assert ring.both_ways == [(0, 2)]
    assert ring.given(0) == 3
    assert Flows(("A", "B"), {(0, 1): None, (0, 0): 3}).given(0) is None


@pytest.mark.parametrize(
    "name", ["funnel of shares", "hostile flows", "network of 7", "waits", "cohorts", "ten years of months"]
)
def test_a_picture_becomes_points(name: str) -> None:
    drawing = alone(PICTURES[name])
    points = paint(drawing, *size_of(drawing), ppi=72.0)
    assert points.startswith(b"\x89PNG")
