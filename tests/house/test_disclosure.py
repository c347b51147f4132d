"""The attack: everything that a manager, sponsor and human resources can read, put together and solved.

Each number read is an equation on the rows that it counts: figures, results of questionnaires, pictures. Rows in the same
numbers cannot be told apart; the others can be worked out by sums and differences of what was read, over all filters,
periods and exports. Nobody, and nothing that counts fewer than five people, may come out of it; what is planted must.
"""

from __future__ import annotations

import dataclasses
import os
import re
from collections.abc import Iterable

import pytest
from django.test import Client

from reciproque.insights.actions import measure_network, release_network, release_pictures
from reciproque.insights.models import PictureRelease, Release, ReleasedFigure
from reciproque.insights.queries.figures import figures_of
from reciproque.kit import clock
from reciproque.networks.models import Membership
from reciproque.networks.queries import count_members
from reciproque.people.models import Person
from reciproque.surveys.models import Campaign
from reciproque.surveys.queries.telling import work_out
from tests.house import disclosure_told
from tests.house.disclosure_answers import Answers, ask
from tests.house.disclosure_attack import FEWEST, Read, Rows, attack, counted
from tests.house.disclosure_numbers import Numbers, exported, live_reads, live_rows, report_reads
from tests.house.disclosure_pages import Page, campaign_questions, results_of, table_reads, walk
from tests.house.disclosure_pictures import figure_of
from tests.house.disclosure_told import Walked, all_released, key_of, rows_of, untold
from tests.house.disclosure_world import DAY, NOW, Drawn

pytestmark = pytest.mark.django_db
made, walked, drawn = disclosure_told.made, disclosure_told.walked, disclosure_told.drawn
# `make proofs` draws more networks, and walks until no page is left.
SEEDS = tuple(range(1, 9)) if os.environ.get("PROOFS") else (1, 2)


# -- what is released ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("seed", SEEDS)
def test_all_that_was_released_together_tells_of_nobody(drawn: Drawn, seed: int) -> None:
    reads = all_released(drawn.network)
    if seed != drawn.seed:
        drawn = Drawn(seed)
        ask(drawn)
        release_network(drawn.network)
        release_pictures()
        # The pages of figures say nothing else: the attack walks those of the first network.
        home = f"/networks/{drawn.network.slug}"
        _said, more, _pages = walk(drawn, [f"{home}/figures/pictures/", *results_of(drawn)], most=30)
        reads = [*all_released(drawn.network), *more]
        assert {"survey", "picture"} <= {read.indicator.partition(":")[0] for read in more}
    assert sum(not read.masked for read in reads) > 100
    assert any(read.cut and not read.masked for read in reads)
    assert any(read.masked for read in reads)
    assert attack(rows_of(drawn.network, reads), reads) == []


def test_what_is_said_late_is_not_given_by_the_next_release(drawn: Drawn, walked: Walked) -> None:
    before = {row.pk: row.value for row in ReleasedFigure.objects.all()}
    told = [(kind, inside) for _read, kind, inside in counted(walked.rows, walked.told)]
    drawn.later()
    with clock.at(NOW + 30 * DAY):
        assert release_network(drawn.network)
    # What was told is not counted again.
    assert {row.pk: row.value for row in ReleasedFigure.objects.filter(pk__in=before)} == before
    old = set(walked.told)
    new = [read for read in all_released(drawn.network) if read not in old]
    assert new
    assert attack(rows_of(drawn.network, new), new, told) == []


# -- planted leaks ---------------------------------------------------------------------------------------------


def small_ones(rows: Rows, reads: Iterable[Read]) -> list[Read]:
    """Masked numbers that count somebody, but fewer than five."""
    return [
        dataclasses.replace(read, masked=False)
        for read in reads
        if read.masked and any(0 < len(set(inside.values())) < FEWEST for _kind, inside in rows.of(read))
    ]


def test_one_cell_unmasked_is_found(walked: Walked, drawn: Drawn) -> None:
    found = small_ones(walked.rows, walked.told)
    assert found
    for planted in (found[0], found[-1]):
        assert attack(walked.rows, [*walked.told, planted], most=1)


def test_a_complement_shown_is_found(walked: Walked, drawn: Drawn) -> None:
    """Everything of a cut but its small cells: the total gives them back."""
    target = next(one for one in small_ones(walked.rows, walked.told) if one.cut)
    rest = [
        dataclasses.replace(read, masked=False, as_of="")
        for read in walked.told
        if (read.indicator, read.period, read.cut) == (target.indicator, target.period, target.cut)
        and read.group != target.group
    ]
    whole = Read(target.indicator, target.period)
    assert attack(walked.rows, [*walked.told, *rest, whole], most=1)


def test_a_filter_that_leaves_four_is_found(walked: Walked, drawn: Drawn) -> None:
    read = next(
        one for one in walked.told if one.indicator == "members.members" and not (one.masked or one.as_of)
    )
    kind, everybody = next(walked.rows.of(read))
    four = dict(list(everybody.items())[:4])
    assert attack(walked.rows, walked.told, [(kind, four)], most=1)
    but_one = dict(list(everybody.items())[1:])
    assert attack(walked.rows, walked.told, [(kind, but_one)], most=1)


def test_without_masking_all_is_found(drawn: Drawn, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("reciproque.insights.actions.release.veil", lambda _table: set())
    Release.objects.all().delete()
    release_network(drawn.network)
    reads = all_released(drawn.network)
    assert len(attack(rows_of(drawn.network, reads), reads)) > 10


# -- the pages -------------------------------------------------------------------------------------------------


def test_all_pages_and_exports_together_tell_of_nobody(walked: Walked, drawn: Drawn) -> None:
    assert any("csv" in address for address in walked.said)
    assert any("cut=unit" in address for address in walked.said)
    assert any(read.cut and not read.masked for read in walked.reads)
    # What the pages tell was released, nothing else.
    assert untold(walked.reads, walked.told) == []
    assert attack(walked.rows, walked.reads) == []
    # No one is named beside a figure; who manages reads the directory elsewhere.
    named = [
        (address, person.last_name)
        for address, text in walked.said.items()
        if "/figures/" in address or "/campaigns/" in address
        for person in drawn.people
        if f"{person.last_name}" in text
    ]
    assert named == []


def test_every_number_of_every_page_is_known(walked: Walked, drawn: Drawn) -> None:
    """A number that is not read, nor said again, nor harmless, is an error: nothing new escapes the attack."""
    numbers = Numbers(drawn, walked.told, walked.reads)
    assert [one for page in walked.pages.values() for one in numbers.unknown(page)] == []
    # The tables of the yearly report say figures again; what is recognised in a year is of five people at least.
    report = next(page for page in walked.pages.values() if "/reports/responsibility/" in page.address)
    again = report_reads(report, drawn.network)
    assert any(not read.masked for read in again)
    assert untold(again, walked.told) == []
    recognised = next(lines for caption, lines in report.tables if caption.startswith("Reconnaissance"))
    assert all(not cell.isdigit() or int(cell) >= FEWEST for _what, cell in recognised)
    # Exports of reports hold no number that the page does not.
    for address, text in walked.said.items():
        if address.endswith(".csv") and "/reports/" in address:
            page = walked.pages[address.removesuffix(".csv") + "/"]
            assert exported(text) <= numbers.written(page), address


@pytest.mark.parametrize(
    "words", ["4 personnes du service Petit", "Petit : 3", "3 sur 4", "12 membres de Nord", "12 membres"]
)
def test_a_number_nobody_knows_is_found(walked: Walked, drawn: Drawn, words: str) -> None:
    numbers = Numbers(drawn, walked.told, walked.reads)
    for address in (
        f"/networks/{drawn.network.slug}/community/",
        f"/networks/{drawn.network.slug}/figures/kit/",
    ):
        text = walked.said[address].replace("</main>", f"<p><strong>{words}</strong></p></main>")
        assert numbers.unknown(Page(address, text))


# -- leaks planted in what a page reads -------------------------------------------------------------------------


def test_a_page_that_reads_what_was_counted_last_is_found(
    walked: Walked, drawn: Drawn, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The steering page says what is counted now rather than what was released: masked figures, and other numbers."""
    measure_network(drawn.network, whole=True)
    monkeypatch.setattr(
        "reciproque.insights.queries.steering.released",
        lambda network, period, cut="", only=(): figures_of(network, period, cut, only),
    )
    home = f"/networks/{drawn.network.slug}/figures/"
    _said, reads, _pages = walk(drawn, [f"{home}?period=year:2025-01-01&theme=funnel", f"{home}csv/"], most=2)
    found = untold(reads, walked.told)
    assert found
    shown = {key_of(read) for read in walked.told if not read.masked}
    assert any(key_of(read) not in shown for read in found)


def test_a_small_network_that_says_how_many_it_is_is_found(
    walked: Walked, drawn: Drawn, monkeypatch: pytest.MonkeyPatch
) -> None:
    home = f"/networks/{drawn.network.slug}/"
    members = Membership.objects.current().filter(network=drawn.network)
    members.exclude(pk__in=members.values_list("pk", flat=True)[:4]).update(state="left", left_at=NOW)
    _said, _reads, pages = walk(drawn, [home], most=1)
    assert live_reads(pages.values()) == []
    monkeypatch.setattr("reciproque.web.join.views.headcount", lambda number, **_exact: f"{number} membres")
    _said, _reads, pages = walk(drawn, [home], most=1)
    reads = live_reads(pages.values())
    assert [read.value for read in reads] == ["4"]
    assert attack(Rows(drawn.network, (), {"live": live_rows(drawn)}), reads, most=1)


# -- what questionnaires and pictures tell ---------------------------------------------------------------------


def of_kind(reads: Iterable[Read], kind: str) -> list[Read]:
    """Keep what was read of one kind: of questionnaires, of one picture."""
    return [read for read in reads if read.indicator.startswith(kind)]


def test_results_of_questionnaires_are_read_in_all_their_parts(walked: Walked, drawn: Drawn) -> None:
    """By groups, with small units put together, of each mode, with what was written and who was asked a question."""
    reads = of_kind(walked.reads, "survey:")
    campaigns = Campaign.objects.filter(network=drawn.network)
    assert {read.period for read in reads} == {one.public_id for one in campaigns}
    assert {one.mode for one in campaigns} == {"confidential", "anonymous"}
    by_unit = campaigns.get(split="unit").public_id
    assert {read.group for read in reads if read.period == by_unit and read.cut} >= {"others"}
    assert any(read.indicator.endswith(":written") for read in reads)
    assert any(read.indicator.startswith("survey:useful:") for read in reads)
    # Files say the same numbers as pages, no other.
    for campaign in campaigns:
        page = walked.pages[f"/campaigns/{campaign.public_id}/results/"]
        text = walked.said[f"/campaigns/{campaign.public_id}/results.csv"]
        shown = {int(read.value) for read in page.reads if read.value}
        shares = {one for said in page.texts for one in re.findall(r"^(\d+) %$", said.words)}
        # The answer « 0 » of a number of hours is no count.
        assert exported(text) <= {str(one) for one in shown} | shares | {"0"}


def small_answers(walked: Walked, split: str) -> list[Read]:
    """Cells of one answer alone, of fewer than five people, that results do not tell."""
    found = []
    for name, campaign in Answers(walked.rows.network, walked.reads).campaigns.items():
        if campaign.split != split:
            continue
        groups = {read.group for read in of_kind(walked.reads, "survey:") if read.period == name}
        for question in campaign_questions(campaign):
            for option in question.get("options", []):
                for group in sorted(groups):
                    cut = "split" if group else ""
                    read = Read(f"survey:{question['key']}:{option['key']}", name, cut, group)
                    _whole, inside = list(walked.rows.of(read))[0], list(walked.rows.of(read))[-1]
                    if 0 < len(inside[1]) < FEWEST and read not in walked.reads:
                        found.append(read)
    return found


@pytest.mark.parametrize("split", ["unit", "site", "question"])
def test_an_answer_unmasked_is_found(walked: Walked, drawn: Drawn, split: str) -> None:
    found = small_answers(walked, split)
    assert found
    for planted in (found[0], found[-1]):
        assert attack(walked.rows, [*of_kind(walked.reads, "survey:"), planted], most=1)


def test_all_answers_but_a_small_one_are_found(walked: Walked, drawn: Drawn) -> None:
    reads = of_kind(walked.reads, "survey:")
    target = next(one for one in small_answers(walked, "question") if not one.cut)
    _survey, key, place = target.indicator.split(":")
    question = Answers(drawn.network, reads).questions[target.period][key]
    rest = [option["key"] for option in question["options"] if option["key"] != place]
    planted = Read(f"survey:{key}:{'+'.join(rest)}", target.period)
    assert attack(walked.rows, [*reads, planted], most=1)


def test_results_without_masking_are_found_by_the_walk(drawn: Drawn) -> None:
    campaign = Campaign.objects.get(network=drawn.network, split="unit")
    campaign.least = 1
    Campaign.objects.filter(pk=campaign.pk).update(told=work_out(campaign))
    _said, reads, _pages = walk(drawn, [f"/campaigns/{campaign.public_id}/results/"], most=2)
    assert len(attack(rows_of(drawn.network, reads), reads)) > 10


def test_pictures_say_figures_again_or_tell_of_nobody(walked: Walked, drawn: Drawn) -> None:
    reads = of_kind(walked.reads, "picture:")
    kinds = {read.indicator for read in reads if not read.masked}
    assert kinds == {f"picture:{one}" for one in ("calendar", "flows", "funnel", "network", "waits")}
    assert any(read.masked for read in reads)
    # A month of the calendar, and a stage of the funnel, are told where they were released, and as they were.
    again = [figure_of(read) for read in reads if is_figure(read)]
    assert again
    assert untold(again, walked.told) == []
    # Each file says the numbers of its page.
    values = {(key_of(read), read.value) for page in walked.pages.values() for read in page.reads}
    files = [address for address in walked.said if "/pictures/" in address and ".csv" in address]
    assert len(files) == 5
    for address in files:
        assert {(key_of(read), read.value) for read in table_reads(address, walked.said[address])} <= values


def is_figure(read: Read) -> bool:
    """Tell whether a cell of a picture says a figure again."""
    return not read.masked and (
        read.indicator == "picture:calendar" or (read.indicator == "picture:funnel" and read.group == "1")
    )


@pytest.mark.parametrize("kind", ["flows", "waits"])
def test_a_masked_cell_of_a_picture_shown_is_found(walked: Walked, drawn: Drawn, kind: str) -> None:
    reads = of_kind(walked.reads, f"picture:{kind}")
    masked = [dataclasses.replace(read, masked=False) for read in reads if read.masked]
    assert masked
    assert attack(walked.rows, [*walked.reads, *masked], most=1)
    # One alone is found where it is of few; others are kept back for what they would give with the ones beside.
    small = small_ones(walked.rows, reads)
    assert kind == "flows" or small
    assert all(attack(walked.rows, [*walked.reads, read], most=1) for read in small)


def test_a_picture_that_is_not_weighed_with_figures_is_found(
    drawn: Drawn, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What a quarter told and what a year keeps back, a picture of the year would give."""
    PictureRelease.objects.all().delete()
    monkeypatch.setattr("reciproque.insights.actions.pictures.weighed", lambda *_told: set())
    release_pictures()
    home = f"/networks/{drawn.network.slug}/figures/pictures/"
    _said, reads, _pages = walk(drawn, [home], most=1)
    everything = [*all_released(drawn.network), *reads]
    assert attack(rows_of(drawn.network, everything), everything, most=1)


def test_what_became_of_those_who_arrived_tells_of_nobody(walked: Walked, drawn: Drawn) -> None:
    """Cohorts are told more than a year after the last arrivals: the clock goes there."""
    with clock.at(NOW + 450 * DAY):
        release_pictures()
        home = f"/networks/{drawn.network.slug}/figures/pictures/"
        _said, reads, _pages = walk(
            drawn, [f"{home}cohorts/?year=2025", f"{home}cohorts.csv?year=2025"], most=2
        )
    cohorts = of_kind(reads, "picture:cohorts")
    assert any(not read.masked for read in cohorts)
    everything = [*walked.told, *cohorts]
    assert attack(rows_of(drawn.network, everything), everything) == []
    planted = small_ones(walked.rows, [dataclasses.replace(read, masked=True) for read in cohorts])
    if planted:
        assert attack(walked.rows, [*walked.told, planted[0]], most=1)


# -- the members of today --------------------------------------------------------------------------------------


def members_read(drawn: Drawn, day: int) -> list[tuple[str, dict[int, int]]]:
    """Read how many members the network has on a day, wherever it is said, as the members that it counts."""
    with clock.at(NOW + day * DAY):
        _said, _reads, pages = walk(drawn, [f"/networks/{drawn.network.slug}/", "/networks/"], most=2)
        rows = live_rows(drawn)
        return [one for read in live_reads(pages.values()) for one in rows(read)]


def one_joins(drawn: Drawn) -> None:
    person = Person.objects.create(first_name="Nou", last_name="Velle", email="nou@example.org")
    Membership.objects.create(network=drawn.network, person=person, joined_at=NOW + DAY)


def test_a_member_lists_those_that_the_number_of_members_counts(drawn: Drawn) -> None:
    """To a member it gives nothing away: the directory of the network names each of them, and who is new."""
    reader = Membership.objects.current().filter(network=drawn.network).first()
    assert reader is not None
    one_joins(drawn)
    listed = Membership.objects.visible_to(reader.person).filter(network=drawn.network)
    assert listed.count() == count_members(drawn.network)
    client = Client()
    client.force_login(reader.person)
    page = client.get(f"/networks/{drawn.network.slug}/people/?q=Velle")
    assert "Velle" in page.content.decode()


def test_who_may_not_list_the_members_does_not_read_that_one_joined(drawn: Drawn) -> None:
    """Who may list nobody reads tens."""
    assert not Membership.objects.visible_to(drawn.attacker).exists()
    page = Client()
    page.force_login(drawn.attacker)
    assert "lus de" in page.get(f"/networks/{drawn.network.slug}/").content.decode()
    readings = members_read(drawn, 1)
    one_joins(drawn)
    readings += members_read(drawn, 2)
    assert readings == []
