"""What may leave a group: nothing without each one's agreement, and no way to read who refused."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied, ValidationError

from reciproque.agenda.models import Step
from reciproque.circles import actions
from reciproque.circles import queries as shown
from reciproque.circles.access import get_outing
from reciproque.circles.models import Agreement, Circle, Outing
from reciproque.journal.models import Fact
from reciproque.kit import clock
from reciproque.kit.errors import NotThere
from reciproque.kit.tokens import new_id
from reciproque.library import actions as library
from reciproque.library.access import get_readable
from reciproque.library.models import Sheet
from reciproque.library.queries import shelf
from reciproque.people.actions import leave_organisation

DAY = dt.timedelta(days=1)
PARTS = {
    "title": "Préparer un entretien de retour",
    "situation": "Un retour après une longue absence.",
    "tried": "Un appel la veille, un café le matin.",
    "given": "Le premier jour se passe.",
}
LINE = "Sept séances tenues : le temps accordé a suffi."


def fresh(row: Any) -> Any:
    return type(row).objects.get(pk=row.pk)


def owed(person: Any) -> list[str]:
    return list(Step.objects.open().filter(owner=person, verb="agree").values_list("subject_id", flat=True))


@pytest.fixture
def circle(begun: Any) -> Circle:
    """A group of five members in its sessions."""
    return begun(count=5)


@pytest.fixture
def people(circle: Circle, members: Any) -> list[Any]:
    return members(circle)


@pytest.fixture
def sheet(circle: Circle, people: list[Any]) -> Sheet:
    """What the first of them wrote for the group."""
    return actions.write_group_sheet(circle, by=people[0], **PARTS)


@pytest.fixture
def outing(sheet: Sheet, people: list[Any]) -> Outing:
    return actions.propose_sheet(sheet, by=people[0])


@pytest.fixture
def all_agree() -> Callable[..., Outing]:
    """Everyone of these agrees."""

    def agree(outing: Outing, people: list[Any], **fields: Any) -> Outing:
        for person in people:
            actions.answer_outing(fresh(outing), by=person, agrees=True, **fields)
        return fresh(outing)

    return agree


# -- writing --------------------------------------------------------------------------------------------------


def test_every_member_reads_and_writes_the_draft_and_nobody_else(
    circle: Circle, sheet: Sheet, people: list[Any], facilitator: Any, alice: Any, admin: Any, bob: Any
) -> None:
    for person in (*people, facilitator):
        assert get_readable(person, sheet.public_id) == sheet
        actions.write_group_sheet(circle, by=person, sheet=sheet, traps="Trop parler.")
    for person in (alice, admin, bob):
        with pytest.raises(NotThere):
            get_readable(person, sheet.public_id)
        with pytest.raises(PermissionDenied):
            actions.write_group_sheet(circle, by=person, sheet=sheet, traps="x")
    assert fresh(sheet).situation == PARTS["situation"]
    assert shown.sheets_of(circle, people[3]) == [sheet]
    assert shown.sheets_of(circle, alice) == []


def test_the_blank_form_sent_again_keeps_one_draft(circle: Circle, people: list[Any], network: Any) -> None:
    key = new_id()
    one = actions.write_group_sheet(circle, by=people[0], key=key, **PARTS)
    assert actions.write_group_sheet(circle, by=people[1], key=key, **PARTS) == one
    elsewhere = library.save_draft(network, by=people[0], title="À moi")
    with pytest.raises(PermissionDenied):
        actions.write_group_sheet(circle, by=people[0], sheet=elsewhere, title="Au groupe")
    with pytest.raises(PermissionDenied):
        actions.write_group_sheet(circle, by=people[1], key=elsewhere.public_id, title="Au groupe")


def test_by_the_ordinary_pages_it_is_neither_published_nor_thrown_away(
    sheet: Sheet, outing: Outing, people: list[Any]
) -> None:
    for gesture in (
        lambda: library.publish_sheet(sheet, by=people[0]),
        lambda: library.withdraw_sheet(sheet, by=people[0]),
        lambda: library.publish_sheet(sheet, by=None, agreed=False),
    ):
        with pytest.raises((ValidationError, PermissionDenied)):
            gesture()
    assert fresh(sheet).state == "draft"


def test_who_leaves_reads_no_more_of_its_drafts(
    circle: Circle, sheet: Sheet, people: list[Any], seat_of: Any, make_person: Any, network: Any, join: Any
) -> None:
    actions.leave_circle(seat_of(circle, people[0]), by=people[0])
    with pytest.raises(NotThere):
        get_readable(people[0], sheet.public_id)
    assert fresh(sheet).owner != people[0]


# -- asking ---------------------------------------------------------------------------------------------------


def test_each_member_is_asked_and_the_facilitator_is_not(
    outing: Outing, people: list[Any], facilitator: Any, said: Any
) -> None:
    assert set(outing.agreements.values_list("person", flat=True)) == {person.pk for person in people}
    assert all(owed(person) == [outing.public_id] for person in people)
    assert owed(facilitator) == []
    assert actions.propose_sheet(outing.sheet, by=people[2]) == outing
    facts = said("outing.asked")
    assert len(facts) == 1
    assert PARTS["title"] not in str(facts[0].data)


def test_an_unfinished_sheet_is_not_asked_about(circle: Circle, people: list[Any]) -> None:
    sheet = actions.write_group_sheet(circle, by=people[0], title="Sans rien")
    with pytest.raises(ValidationError):
        actions.propose_sheet(sheet, by=people[0])


def test_only_those_of_the_group_propose(sheet: Sheet, circle: Circle, alice: Any, admin: Any) -> None:
    for person in (alice, admin):
        with pytest.raises(PermissionDenied):
            actions.propose_sheet(sheet, by=person)
        with pytest.raises(PermissionDenied):
            actions.propose_line(circle, by=person, words=LINE)


@pytest.mark.parametrize("words", ["", "  \n ", "x" * 301])
def test_a_line_is_short(circle: Circle, people: list[Any], words: str) -> None:
    with pytest.raises(ValidationError):
        actions.propose_line(circle, by=people[0], words=words)


# -- answering ------------------------------------------------------------------------------------------------


def test_agreed_by_all_it_is_published_at_once_under_the_names_they_choose(
    outing: Outing, people: list[Any], network: Any, all_agree: Any, bob: Any, said: Any
) -> None:
    actions.answer_outing(outing, by=people[0], agrees=True, signs=True)
    actions.answer_outing(outing, by=people[1], agrees=True, signs=True, name="Une cheffe d’équipe")
    all_agree(outing, people[2:4])
    assert fresh(outing.sheet).state == "draft"
    assert all_agree(outing, people[4:]).state == "agreed"
    sheet = fresh(outing.sheet)
    assert sheet.state == "published"
    names = [author.name for author in sheet.authors.filter(state="accepted").select_related("person")]
    assert sorted(names) == sorted([people[0].display_name, "Une cheffe d’équipe"])
    assert [one.pk for one in shelf(network, bob).sheets] == [sheet.pk]
    # Nobody did it: neither the last to agree, nor who proposed.
    for name in ("sheet.published", "outing.agreed"):
        assert said(name)[0].by is None
    assert sheet.versions.get().by_name == ""
    assert all(owed(person) == [] for person in people)


def test_signed_by_nobody_it_bears_no_name(outing: Outing, people: list[Any], all_agree: Any) -> None:
    all_agree(outing, people)
    sheet = fresh(outing.sheet)
    assert sheet.state == "published"
    assert not sheet.authors.filter(state="accepted").exists()
    assert sheet.owner is None


def test_all_but_one_and_it_stays_in_the_group_without_a_word_of_who(
    outing: Outing, people: list[Any], all_agree: Any, circle: Circle, said: Any, run_reactions: Any
) -> None:
    all_agree(outing, people[:4])
    actions.answer_outing(fresh(outing), by=people[4], agrees=False)
    # Everyone answered: nothing moves before the hour said, as if somebody were silent.
    assert actions.settle_outings() == 0
    before = {person.pk: shown.outings_of(circle, person)[0] for person in people}
    assert {line.standing for line in before.values()} == {
        "L’accord de chacun n’est pas réuni pour l’instant."
    }
    with clock.at(outing.closes_at + DAY):
        assert actions.settle_outings() == 1
        assert fresh(outing).state == "kept"
        after = shown.outings_of(circle, people[0])[0]
        assert after.standing == "L’accord de chacun n’est pas réuni : cela reste dans le groupe."
    assert fresh(outing.sheet).state == "draft"
    fact = said("outing.kept")[0]
    assert fact.by is None
    assert set(fact.concerns.values_list("person", flat=True)) == {person.pk for person in people}
    # Nothing else was written of the refusal than the refusal itself.
    assert not Fact.objects.filter(by=people[4], subject_kind="outing").exists()


def test_refused_and_silent_are_read_the_same(
    circle: Circle, people: list[Any], facilitator: Any, all_agree: Any
) -> None:
    refused = actions.propose_line(circle, by=people[0], words=LINE)
    silent = actions.propose_line(circle, by=people[0], words="Le lieu convient.")
    for outing in (refused, silent):
        all_agree(outing, people[:4])
    actions.answer_outing(fresh(refused), by=people[4], agrees=False)

    def read(outing: Outing, person: Any) -> tuple[Any, ...]:
        line = next(line for line in shown.outings_of(circle, person) if line.outing.pk == outing.pk)
        mine = line.mine.agrees if line.mine else "not asked"
        return (line.outing.state, line.standing, mine, line.can_answer, line.can_take_back, line.closes_at)

    for person in (*people[:4], facilitator):
        assert read(refused, person) == read(silent, person)
        mine = set(Agreement.objects.visible_to(person).values_list("person", flat=True))
        assert mine <= {person.pk}
        assert not Step.objects.visible_to(person).filter(verb="agree").exclude(owner=person).exists()
    with clock.at(refused.closes_at + DAY):
        assert actions.settle_outings() == 2
        for person in (*people[:4], facilitator):
            assert read(refused, person) == read(silent, person)


def test_the_answer_may_change_until_everyone_agrees(
    outing: Outing, people: list[Any], all_agree: Any
) -> None:
    actions.answer_outing(outing, by=people[4], agrees=False)
    all_agree(outing, people[:4])
    assert fresh(outing).state == "asked"
    actions.answer_outing(fresh(outing), by=people[4], agrees=True)
    assert fresh(outing).state == "agreed"


def test_only_those_asked_answer(outing: Outing, alice: Any, admin: Any, facilitator: Any) -> None:
    for person in (alice, admin, facilitator):
        with pytest.raises(PermissionDenied):
            actions.answer_outing(outing, by=person, agrees=True)
    for person in (alice, admin):
        with pytest.raises(NotThere):
            get_outing(person, outing.public_id)


def test_two_last_agreements_at_once_publish_once(
    outing: Outing, people: list[Any], all_agree: Any, at_once: Any, said: Any
) -> None:
    all_agree(outing, people[:3])
    done = at_once(
        *(
            lambda person=person: actions.answer_outing(fresh(outing), by=person, agrees=True)
            for person in people[3:]
        )
    )
    assert all(isinstance(one, Agreement) for one in done), done
    assert fresh(outing).state == "agreed"
    assert len(said("sheet.published")) == 1


# -- another text ---------------------------------------------------------------------------------------------


def test_a_text_changed_after_the_question_is_asked_again(
    circle: Circle, outing: Outing, people: list[Any], all_agree: Any, said: Any
) -> None:
    seen = outing.digest
    all_agree(outing, people[:4])
    actions.write_group_sheet(circle, by=people[1], sheet=outing.sheet, tried="Tout autre chose.")
    asked = fresh(outing)
    assert asked.digest != seen
    assert not asked.agreements.exclude(agrees=None).exists()
    assert all(owed(person) == [outing.public_id] for person in people)
    assert said("outing.asked")[-1].data["again"] is True
    with pytest.raises(ValidationError, match="texte a changé"):
        actions.answer_outing(asked, by=people[4], agrees=True, digest=seen)
    all_agree(asked, people, digest=asked.digest)
    assert fresh(outing.sheet).state == "published"
    # The same words saved again ask nothing of anybody.
    assert len(said("outing.asked")) == 2


def test_changed_by_the_ordinary_page_it_is_noticed_before_any_answer_counts(
    circle: Circle, outing: Outing, people: list[Any], network: Any, all_agree: Any
) -> None:
    all_agree(outing, people[:4])
    library.save_draft(network, by=people[0], sheet=fresh(outing.sheet), given="Rien du tout.")
    with pytest.raises(ValidationError, match="texte a changé"):
        actions.answer_outing(fresh(outing), by=people[4], agrees=True)
    assert fresh(outing.sheet).state == "draft"
    assert not fresh(outing).agreements.exclude(agrees=None).exists()
    library.save_draft(network, by=people[0], sheet=fresh(outing.sheet), given="Rien, ou presque.")
    with clock.at(fresh(outing).closes_at + DAY):
        assert actions.settle_outings() == 0
        assert fresh(outing).state == "asked"


# -- who left -------------------------------------------------------------------------------------------------


def test_who_left_the_group_is_asked_about_what_was_written_while_they_were_there(
    circle: Circle, sheet: Sheet, people: list[Any], seat_of: Any, all_agree: Any
) -> None:
    gone = people[4]
    with clock.at(clock.now() + DAY):
        actions.leave_circle(seat_of(circle, gone), by=gone)
    with clock.at(clock.now() + 2 * DAY):
        outing = actions.propose_sheet(sheet, by=people[0])
        assert owed(gone) == [outing.public_id]
        assert get_outing(gone, outing.public_id) == outing
        assert all_agree(outing, people[:4]).state == "asked"
        assert all_agree(outing, [gone]).state == "agreed"
        # What is written later may tell what was said while they were there.
        later = actions.write_group_sheet(circle, by=people[0], **(PARTS | {"title": "Écrite plus tard"}))
        assert actions.propose_sheet(later, by=people[0]).agreements.filter(person=gone).exists()


def test_who_left_the_organisation_is_waited_for_no_more_and_not_named(
    outing: Outing, people: list[Any], all_agree: Any, run_reactions: Any
) -> None:
    actions.answer_outing(outing, by=people[3], agrees=True, signs=True)
    all_agree(outing, people[:3], signs=True)
    leave_organisation(people[3], by=None)
    leave_organisation(people[4], by=None)
    run_reactions()
    assert actions.settle_outings() == 0
    with clock.at(outing.closes_at + DAY):
        assert actions.settle_outings() == 1
    sheet = fresh(outing.sheet)
    assert sheet.state == "published"
    assert set(sheet.authors.filter(state="accepted").values_list("person", flat=True)) == {
        person.pk for person in people[:3]
    }


# -- taking back ----------------------------------------------------------------------------------------------


def test_an_agreement_withdrawn_takes_the_sheet_back_without_saying_who(
    outing: Outing, people: list[Any], all_agree: Any, run_reactions: Any, said: Any, bob: Any, circle: Circle
) -> None:
    all_agree(outing, people)
    run_reactions()
    actions.take_back_outing(fresh(outing), by=people[2])
    run_reactions()
    assert fresh(outing).state == "taken"
    sheet = fresh(outing.sheet)
    assert (sheet.state, sheet.withdrawn_by) == ("withdrawn", None)
    assert said("sheet.withdrawn")[0].by is None
    assert said("outing.taken")[0].by is None
    assert len(said("outing.taken")) == 1
    with pytest.raises(NotThere):
        get_readable(bob, sheet.public_id)
    # The group may write another one from it, and ask again.
    again = actions.write_group_sheet(circle, by=people[0], sheet=sheet, **PARTS)
    assert again.pk != sheet.pk
    assert again.state == "draft"


def test_taken_back_in_the_library_by_an_author_or_an_animator_it_is_noted_here(
    outing: Outing, people: list[Any], all_agree: Any, run_reactions: Any, alice: Any, circle: Circle
) -> None:
    all_agree(outing, people)
    library.withdraw_sheet(fresh(outing.sheet), by=alice, reason="Un nom de client y figure.")
    run_reactions()
    assert fresh(outing).state == "taken"


def test_before_it_leaves_only_who_proposed_it_or_facilitates_drops_the_question(
    outing: Outing, people: list[Any], facilitator: Any, alice: Any
) -> None:
    with pytest.raises(ValidationError):
        actions.take_back_outing(outing, by=people[3])
    with pytest.raises(PermissionDenied):
        actions.take_back_outing(outing, by=alice)
    actions.take_back_outing(outing, by=facilitator)
    assert fresh(outing).state == "taken"
    assert all(owed(person) == [] for person in people)
    assert fresh(outing.sheet).state == "draft"


def test_what_a_group_proposes_is_read_in_a_fixed_number_of_queries(
    circle: Circle, outing: Outing, people: list[Any], queries: Any
) -> None:
    for _turn in range(2):
        with queries() as seen:
            [line.words for line in shown.outings_of(circle, people[0])]
        assert len(seen) == 2
        actions.propose_line(circle, by=people[1], words=LINE)
