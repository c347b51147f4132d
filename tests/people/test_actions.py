"""What changes in what is known of people."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.core.exceptions import ValidationError

from reciproque.journal.models import Fact
from reciproque.kit import clock
from reciproque.kit.tables import read_bytes
from reciproque.kit.text import clean
from reciproque.people.actions import (
    change_profile,
    check_people,
    create_administrator,
    get_site,
    get_unit,
    import_people,
    leave_on_time,
    leave_organisation,
)
from reciproque.people.models import Person, Unit
from reciproque.people.rules import ABOUT_MAX, MAX_NAME


def test_a_unit_brings_its_ancestors_and_exists_once(db: None) -> None:
    first, again = get_unit("Siège > RH > Paie"), get_unit("Siège/RH/Paie")
    assert first == again
    assert first is not None
    assert first.parent is not None
    assert [unit.path for unit in Unit.objects.all()] == ["Siège", "Siège > RH", "Siège > RH > Paie"]
    assert first.parent.path == "Siège > RH"
    assert get_unit("  ") is None
    assert get_site(" ") is None
    assert get_site("Nantes ", city="Nantes") == get_site("Nantes")


def test_the_first_administrator(db: None) -> None:
    ada = create_administrator(
        "Ada@Example.org", first_name="Ada", last_name="L.", password="un mot très long"
    )
    assert (ada.email, ada.is_superuser, ada.check_password("un mot très long")) == (
        "ada@example.org",
        True,
        True,
    )
    assert Fact.objects.get(name="person.created").by == ada


def test_one_changes_one_s_own_profile(bob: Any) -> None:
    change_profile(
        bob, by=bob, first_name=" Robert ", about="Facteur\r\nà Nantes", spoken=["fr", "lsf"], language="en"
    )
    bob.refresh_from_db()
    assert (bob.first_name, bob.about, bob.spoken) == ("Robert", "Facteur\nà Nantes", ["fr", "lsf"])
    fact = Fact.objects.get(name="person.profile_changed")
    assert fact.data == {"fields": ["about", "first_name", "language", "spoken"]}


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("last_name", " "),
        ("first_name", "x" * (MAX_NAME + 1)),
        ("time_zone", "Mars/Olympus"),
        ("language", "tlh"),
        ("spoken", ["fr", "klingon"]),
        ("about", "x" * (ABOUT_MAX + 1)),
        ("phone", "0" * 41),
    ],
)
def test_a_profile_that_cannot_be_is_refused_on_its_field(bob: Any, field: str, value: Any) -> None:
    before = getattr(Person.objects.get(pk=bob.pk), field)
    with pytest.raises(ValidationError) as refusal:
        change_profile(bob, by=bob, **{field: value})
    assert field in refusal.value.message_dict
    assert getattr(Person.objects.get(pk=bob.pk), field) == before


def test_only_one_s_own_fields(bob: Any) -> None:
    with pytest.raises(ValueError, match="is_superuser"):
        change_profile(bob, by=bob, is_superuser=True)


@pytest.mark.needs_shared
def test_a_profile_takes_any_text(bob: Any, naughty: Any) -> None:
    for text in naughty:
        change_profile(bob, by=bob, about=text, phone=text[:20], first_name=text[:50])
        bob.refresh_from_db()
        assert bob.about == clean(text).strip()
        assert bob.first_name == " ".join(clean(text[:50]).split())
        assert bob.initials


def test_leaving_is_said_once(bob: Any) -> None:
    leave_organisation(bob, by=None)
    leave_organisation(bob, by=None)
    assert (bob.is_active, bob.left_at) == (False, clock.now())
    assert Fact.objects.filter(name="person.left", concerns__person=bob).count() == 1


def test_people_leave_on_the_day_after_their_last(make_person: Any) -> None:
    bob = make_person(leaves_on=clock.now().date())
    assert leave_on_time() == 0
    with clock.at(clock.now() + dt.timedelta(days=1)):
        assert leave_on_time() == 1
        assert leave_on_time() == 0
    bob.refresh_from_db()
    assert not bob.is_active


def test_a_directory_is_brought_in_and_brought_up_to_date(make_person: Any) -> None:
    known = make_person("Ancien", "Nom", email="bob@example.org")
    table = read_bytes(
        "Matricule;Prénom;Nom;Courriel;Service;Site;Langues;Responsable;Départ;Give\n"
        "1;Bob;Riou;BOB@example.org;Réseau > Ouest;Nantes;français, anglais;2;;4\n"
        "2;Ana;Chef;;Réseau;Nantes;;;31/12/2026;\n".encode()
    )
    people, problems = check_people(table)
    assert problems == []
    assert [person.give for person in people] == [4, None]
    found = import_people(people, by=None)
    bob, ana = Person.objects.get(external_id="1"), Person.objects.get(external_id="2")
    assert found == {"1": bob, "2": ana}
    assert bob == known
    assert (bob.display_name, bob.spoken, bob.manager) == ("Bob Riou", ["fr", "en"], ana)
    assert (ana.email, ana.leaves_on) == (None, dt.date(2026, 12, 31))
    assert not ana.has_usable_password()
    assert import_people(people, by=None) == found
    assert Person.objects.count() == 2
    facts = Fact.objects.filter(name="directory.imported").order_by("pk")
    assert [(fact.data["created"], fact.data["updated"]) for fact in facts] == [(1, 1), (0, 2)]


def test_every_problem_of_a_directory_is_said_with_its_line(make_person: Any) -> None:
    make_person(email="taken@example.org", external_id="9")
    table = read_bytes(
        b"id;nom;email;niveau;langues;fuseau;depart;give;manager\n"
        b"1;;x;roi;klingon;Mars;hier;99;\n"
        b";Seul;;;;;;;\n"
        b"3;Double;taken@example.org;;;;;;3\n"
        b"3;Triple;;;;;;;77\n"
    )
    _people, problems = check_people(table)
    said = {(problem.line, problem.column) for problem in problems}
    assert said >= {
        (2, "last_name"), (2, "email"), (2, "level"), (2, "languages"), (2, "time_zone"), (2, "leaves_on"), (2, "give"),
        (3, "external_id"), (4, "email"), (4, "manager"), (5, "external_id"), (5, "manager"),
    }  # fmt: skip
    assert [problem.line for problem in problems] == sorted(problem.line for problem in problems)
    assert Person.objects.count() == 1
