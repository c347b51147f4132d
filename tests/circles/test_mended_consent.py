"""Consent, tried by somebody who looks for a way round it: nothing leaves a group that one of its people did not accept."""

from __future__ import annotations

import datetime as dt
import io
from collections.abc import Callable
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.urls import reverse

from reciproque.agenda import actions as agenda
from reciproque.agenda.models import Step
from reciproque.circles import actions
from reciproque.circles.access import get_outing
from reciproque.circles.models import Circle, DeciderReport, Outing
from reciproque.kit import clock
from reciproque.kit.errors import NotThere
from reciproque.library import actions as library
from reciproque.library.access import get_readable
from reciproque.library.actions import files
from reciproque.library.models import Sheet
from reciproque.networks.actions import add_to_pool, leave_network
from reciproque.notices.models import Outgoing
from reciproque.people.actions import leave_organisation

DAY = dt.timedelta(days=1)
PARTS = {
    "title": "Préparer un entretien de retour",
    "situation": "Un retour après une longue absence.",
    "tried": "Un appel la veille, un café le matin.",
    "given": "Le premier jour se passe.",
}
LINE = "Le temps accordé a suffi."
PDF = b"%PDF-1.4\n1 0 obj<<>>endobj\ntrailer<<>>\n%%EOF\n"


def fresh(row: Any) -> Any:
    return type(row).objects.get(pk=row.pk)


def agree(outing: Outing, people: list[Any]) -> Outing:
    for person in people:
        actions.answer_outing(fresh(outing), by=person, agrees=True)
    return fresh(outing)


def awaited(outing: Outing) -> set[int]:
    return set(outing.agreements.values_list("person", flat=True))


def owed(person: Any) -> list[str]:
    rows = Step.objects.open().filter(owner=person, verb="agree")
    return list(rows.values_list("subject_id", flat=True))


@pytest.fixture
def circle(begun: Any) -> Circle:
    """A group of six members in its sessions."""
    return begun(count=6)


@pytest.fixture
def people(circle: Circle, members: Any) -> list[Any]:
    return members(circle)


@pytest.fixture
def sheet(circle: Circle, people: list[Any]) -> Sheet:
    return actions.write_group_sheet(circle, by=people[0], **PARTS)


@pytest.fixture
def outing(sheet: Sheet, people: list[Any]) -> Outing:
    return actions.propose_sheet(sheet, by=people[0])


@pytest.fixture
def letters(run_reactions: Any) -> Callable[[], list[tuple[Any, str]]]:
    """What was written since the last time, and to whom."""

    def letters_() -> list[tuple[Any, str]]:
        run_reactions()
        rows = [(row.person, row.subject) for row in Outgoing.objects.select_related("person").order_by("pk")]
        Outgoing.objects.all().delete()
        return rows

    return letters_


# -- reading --------------------------------------------------------------------------------------------------


def test_who_left_reads_what_they_are_asked_about_and_nothing_once_it_is_settled(
    circle: Circle,
    outing: Outing,
    people: list[Any],
    seat_of: Any,
    member: Any,
    run_reactions: Any,
    client_of: Any,
) -> None:
    gone, page = people[5], reverse("circles:outing", args=[outing.public_id])
    actions.leave_circle(seat_of(circle, gone), by=gone)
    leave_network(member(gone), by=gone)
    run_reactions()
    assert client_of(gone).get(page).status_code == 200
    with clock.at(outing.closes_at + DAY):
        actions.settle_outings()
        assert fresh(outing).state == "kept"
        with pytest.raises(NotThere):
            get_outing(gone, outing.public_id)
        assert get_outing(people[0], outing.public_id) == outing
        assert client_of(gone).get(page).status_code == 404


def test_taking_it_back_from_outside_leads_to_a_page_one_may_read(
    circle: Circle, outing: Outing, people: list[Any], seat_of: Any, client_of: Any
) -> None:
    gone = people[5]
    agree(outing, people)
    actions.leave_circle(seat_of(circle, gone), by=gone)
    browser = client_of(gone)
    page = reverse("circles:outing", args=[outing.public_id])
    assert browser.post(page, {"act": "take_back"}, follow=True).status_code == 200
    assert fresh(outing).state == "taken"


def test_who_leaves_the_network_reads_no_draft_of_a_closed_group(
    circle: Circle, sheet: Sheet, people: list[Any], facilitator: Any, member: Any, run_reactions: Any
) -> None:
    actions.start_writing(fresh(circle), by=facilitator)
    actions.close_circle(fresh(circle), by=facilitator)
    assert get_readable(people[5], sheet.public_id) == sheet
    leave_network(member(people[5]), by=people[5])
    with pytest.raises(NotThere):
        get_readable(people[5], sheet.public_id)
    run_reactions()
    with pytest.raises(NotThere):
        get_readable(people[5], sheet.public_id)
    assert get_readable(people[0], sheet.public_id) == sheet


# -- who finds a facilitator ----------------------------------------------------------------------------------


@pytest.fixture
def orphan(
    call: Any,
    apply: Any,
    volunteers: Any,
    facilitator: Any,
    alice: Any,
    network: Any,
    make_person: Any,
    join: Any,
) -> tuple[Circle, Any, Any]:
    """A group made and left without a facilitator; one of the pool sits in it, another is above a member."""
    circle, crowd = call(), volunteers(6)
    boss = make_person("Cheffe", "Ligne", unit="Siège > Appui", site="Paris")
    join(boss, network)
    for person in (crowd[0], boss):
        add_to_pool(network, person, by=alice, abilities=["facilitate"], at_most=3)
    crowd[1].manager = boss
    crowd[1].save()
    actions.name_facilitator(circle, by=circle.opened_by, person=facilitator)
    for person in crowd:
        apply(circle, person)
    actions.constitute(circle, by=circle.opened_by)
    actions.step_down(fresh(circle), by=facilitator)
    return fresh(circle), crowd[0], boss


def test_who_does_not_share_the_group_learns_nothing_by_looking_for_a_facilitator(
    orphan: tuple[Circle, Any, Any], alice: Any, client_of: Any
) -> None:
    circle, sits, above = orphan
    html = client_of(alice).get(reverse("circles:facilitator", args=[circle.public_id])).content.decode()
    assert sits.display_name in html
    assert above.display_name in html
    assert "ligne hiérarchique de" not in html
    said = set()
    for person in (sits, above):
        for reason in ("", "Personne d’autre n’est libre."):
            with pytest.raises(ValidationError) as refused:
                actions.name_facilitator(fresh(circle), by=alice, person=person, reason=reason)
            said |= set(refused.value.messages)
    assert len(said) == 1


# -- asking everyone ------------------------------------------------------------------------------------------


def test_refused_or_taken_back_by_someone_who_left_it_is_asked_of_them_again(
    circle: Circle, outing: Outing, people: list[Any], seat_of: Any
) -> None:
    gone = people[5]
    agree(outing, people)
    with clock.at(clock.now() + DAY):
        actions.leave_circle(seat_of(circle, gone), by=gone)
        actions.take_back_outing(fresh(outing), by=gone)
    with clock.at(clock.now() + 2 * DAY):
        again = actions.write_group_sheet(
            fresh(circle), by=people[0], sheet=fresh(outing.sheet), **PARTS | {"tried": "Autrement dit."}
        )
        second = actions.propose_sheet(again, by=people[0])
        line = actions.propose_line(fresh(circle), by=people[0], words=LINE)
        for one in (second, line):
            assert gone.pk in awaited(one)
            assert agree(one, people[:5]).state == "asked"
    assert fresh(again).state == "draft"


def test_who_takes_a_seat_while_it_is_asked_is_asked_too_and_alone(
    call: Any, volunteers: Any, facilitator: Any, apply: Any, members: Any, seat_of: Any, letters: Any
) -> None:
    circle, crowd = call(seats_most=5), volunteers(6)
    actions.name_facilitator(circle, by=circle.opened_by, person=facilitator)
    for person in crowd:
        apply(circle, person)
    actions.constitute(circle, by=circle.opened_by)
    people = members(circle)
    outing = actions.propose_sheet(actions.write_group_sheet(circle, by=people[0], **PARTS), by=people[0])
    actions.leave_circle(seat_of(circle, people[4]), by=people[4])
    letters()
    actions.add_member(fresh(circle), by=facilitator, seat=seat_of(circle, crowd[5]))
    assert owed(crowd[5]) == [outing.public_id]
    assert [person for person, subject in letters() if "accord est demandé" in subject] == [crowd[5]]
    assert agree(outing, people).state == "asked"
    assert agree(outing, [crowd[5]]).state == "agreed"


def test_a_no_stands_when_who_said_it_leaves_the_organisation(
    circle: Circle, outing: Outing, people: list[Any], run_reactions: Any
) -> None:
    actions.answer_outing(fresh(outing), by=people[5], agrees=False)
    agree(outing, people[:5])
    leave_organisation(people[5], by=None)
    run_reactions()
    # Nothing tells that only a no was left: it is settled on the day that was said.
    assert actions.settle_outings() == 0
    with clock.at(outing.closes_at + DAY):
        assert actions.settle_outings() == 1
        assert fresh(outing).state == "kept"
        second = actions.propose_sheet(fresh(outing.sheet), by=people[0])
        assert agree(second, people[:5]).state == "asked"
        copy = actions.write_group_sheet(fresh(circle), by=people[0], **PARTS)
        assert agree(actions.propose_sheet(copy, by=people[0]), people[:5]).state == "asked"


# -- what exactly goes out ------------------------------------------------------------------------------------


def test_a_file_that_was_being_scanned_does_not_join_what_was_published_meanwhile(
    outing: Outing, people: list[Any], monkeypatch: Any
) -> None:
    agree(outing, people[:5])
    # The antivirus is at the wall; while it looks, the last one agrees.
    monkeypatch.setattr(files, "_scan", lambda _path: agree(outing, people[5:]))
    with pytest.raises((ValidationError, PermissionDenied)):
        library.attach_file(fresh(outing.sheet), io.BytesIO(PDF), "notes.pdf", by=people[0])
    assert fresh(outing.sheet).state == "published"
    assert not fresh(outing.sheet).files.exists()


def test_the_trade_is_agreed_to_and_looked_at_like_the_rest(
    circle: Circle, outing: Outing, people: list[Any], client_of: Any
) -> None:
    agree(outing, people[:5])
    actions.write_group_sheet(circle, by=people[0], sheet=fresh(outing.sheet), trade="Cas de Mme Durand")
    assert not fresh(outing).agreements.filter(agrees=True).exists()
    page = client_of(people[5]).get(reverse("circles:outing", args=[outing.public_id])).content.decode()
    assert "Cas de Mme Durand" in page
    assert "Mme Durand." in page  # among the names that were recognised
    with pytest.raises(ValidationError, match="texte a changé"):
        actions.answer_outing(fresh(outing), by=people[5], agrees=True, digest=outing.digest)


def test_the_last_yes_against_a_change_of_the_text(at_once: Any, circle: Circle, people: list[Any]) -> None:
    for turn in range(3):
        sheet = actions.write_group_sheet(fresh(circle), by=people[0], **PARTS | {"title": f"Fiche {turn}"})
        outing = actions.propose_sheet(sheet, by=people[0])
        agree(outing, people[:5])
        done = at_once(
            lambda one=outing: actions.answer_outing(
                fresh(one), by=people[5], agrees=True, digest=one.digest
            ),
            lambda one=sheet: actions.write_group_sheet(
                fresh(circle), by=people[1], sheet=fresh(one), situation="Changé après."
            ),
        )
        assert all(not isinstance(one, Exception) or isinstance(one, ValidationError) for one in done), done
        now = fresh(sheet)
        assert (now.state, now.situation) in (
            ("published", PARTS["situation"]),
            ("draft", "Changé après."),
        )


# -- ends -----------------------------------------------------------------------------------------------------


def test_a_group_that_stops_lets_nothing_more_out(
    circle: Circle, outing: Outing, people: list[Any], facilitator: Any
) -> None:
    actions.stop_circle(fresh(circle), by=facilitator, reason="On arrête là")
    assert fresh(outing).state == "kept"
    assert owed(people[0]) == []
    with pytest.raises(ValidationError):
        actions.answer_outing(fresh(outing), by=people[0], agrees=True)


def test_a_line_not_agreed_to_when_the_report_goes_stays_in_the_group(
    circle: Circle, people: list[Any], facilitator: Any
) -> None:
    actions.start_writing(circle, by=facilitator)
    outing = actions.propose_line(fresh(circle), by=people[0], words=LINE)
    actions.send_report(fresh(circle), by=facilitator)
    assert fresh(outing).state == "kept"
    assert owed(people[0]) == []
    with pytest.raises(ValidationError):
        actions.answer_outing(fresh(outing), by=people[0], agrees=True)
    assert DeciderReport.objects.get().lines == []


# -- who is told ----------------------------------------------------------------------------------------------


def test_a_question_given_up_is_not_told_as_an_agreement_taken_back(
    circle: Circle, people: list[Any], letters: Any, said: Any
) -> None:
    outing = actions.propose_line(circle, by=people[0], words=LINE)
    letters()
    actions.take_back_outing(fresh(outing), by=people[0])
    assert letters() == []
    assert len(said("outing.dropped")) == 1
    assert said("outing.taken") == []


def test_who_left_and_agreed_is_told_that_it_went_out_and_that_it_came_back(
    circle: Circle, outing: Outing, people: list[Any], seat_of: Any, letters: Any
) -> None:
    gone = people[5]
    actions.leave_circle(seat_of(circle, gone), by=gone)
    agree(outing, people)
    assert gone in [person for person, subject in letters() if "Avec l’accord de chacun" in subject]
    actions.take_back_outing(fresh(outing), by=people[0])
    told = letters()
    assert [person for person, subject in told if "plus visible au dehors" in subject] == [gone]
    assert len([person for person, subject in told if "Repris par le groupe" in subject]) == 6


def test_who_is_replaced_during_the_call_is_told(
    call: Any, facilitator: Any, make_person: Any, network: Any, join: Any, alice: Any, letters: Any
) -> None:
    other = make_person("Second", "Guide", unit="Siège > Appui", site="Paris")
    join(other, network)
    add_to_pool(network, other, by=alice, abilities=["facilitate"], at_most=3)
    circle = call()
    actions.name_facilitator(circle, by=circle.opened_by, person=facilitator)
    letters()
    actions.name_facilitator(fresh(circle), by=circle.opened_by, person=other)
    assert [subject for person, subject in letters() if person == facilitator] == [
        "Vous ne facilitez plus le groupe «\u00a0Chefs d’équipe\u00a0»"
    ]


def test_whoever_asked_for_dates_is_told_that_all_answered_or_that_nobody_did(
    circle: Circle, people: list[Any], facilitator: Any, letters: Any, alice: Any
) -> None:
    def ask() -> Any:
        now = clock.now()
        return actions.open_session_poll(
            fresh(circle), by=facilitator, starts=[now + 10 * DAY], closes_at=now + 3 * DAY
        )

    poll = ask()
    letters()
    with clock.at(poll.closes_at + DAY):
        agenda.close_overdue_polls()
        subjects = [subject for person, subject in letters() if person == facilitator]
        assert [subject.partition("\u00a0:")[0] for subject in subjects] == [
            "Personne n’a répondu au sondage des dates"
        ]
        # The team reads the step once it is late: nothing of what the members did.
        step = Step.objects.about(circle).open().get(verb="dates", owner=facilitator)
        assert step.words == circle.title
        poll = ask()
        letters()
        date = poll.dates.get()
        for person in people:
            agenda.answer_poll(poll, by=person, answers={date.public_id: "yes"})
        subjects = [subject for person, subject in letters() if person == facilitator]
        assert [subject.partition("\u00a0:")[0] for subject in subjects] == ["Tout le monde a répondu"]
