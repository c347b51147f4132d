"""The pages of a group that is made: its home, charter, dates, sessions; leaving, handing over, stopping."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.urls import reverse

from reciproque.circles import actions
from reciproque.circles.models import Circle, GroupSignature, Seat, Session, Waiver
from reciproque.kit import clock

INSIDE = ["sessions", "charter", "sheets", "review", "report", "circle_poll", "leave"]
LED = ["write_charter", "series", "plan", "new_poll", "step_down"]
DAY = dt.timedelta(days=1)


def starts(*days: int) -> list[dt.datetime]:
    return [clock.now() + days * DAY + dt.timedelta(hours=1) for days in days]


@pytest.fixture
def session(begun: Circle, guide: Any) -> Session:
    return actions.fix_sessions(begun, by=guide, starts=starts(7, 21))[0]


@pytest.mark.parametrize("name", INSIDE)
def test_only_those_who_share_it_enter(
    begun: Circle,
    alice: Any,
    admin: Any,
    bob: Any,
    fatou: Any,
    crew: list[Any],
    client_of: Any,
    url: Any,
    name: str,
) -> None:
    for person in (alice, admin, bob, fatou):
        assert client_of(person).get(url(name, begun)).status_code == 404
    assert client_of(crew[0]).get(url(name, begun)).status_code in (200, 302)


@pytest.mark.parametrize("name", LED)
def test_only_the_facilitator_leads(
    begun: Circle, alice: Any, guide: Any, crew: list[Any], client_of: Any, url: Any, name: str
) -> None:
    for person in (alice, crew[0]):
        assert client_of(person).get(url(name, begun)).status_code == 404
    assert client_of(guide).get(url(name, begun)).status_code == 200


def test_the_home_of_a_member_and_the_face_for_the_rest(
    begun: Circle, alice: Any, bob: Any, guide: Any, crew: list[Any], client_of: Any, url: Any, read: Any
) -> None:
    home = url("circle", begun)
    for person in (guide, *crew[:2]):
        page = read(client_of(person).get(home))
        assert "objectif de Kim" in page
        assert "Tenir les séances" in page
    for person in (alice, bob):
        page = read(client_of(person).get(home))
        assert "objectif de Kim" not in page
        assert "Kim Équipe" not in page
        assert "n’y ont accès" in page
    # What the network reads, for a member who wonders.
    assert "objectif de Kim" not in read(client_of(crew[0]).get(home + "?face"))


def test_members_read_the_need_and_the_rules_set_aside_with_names(
    begun: Circle, alice: Any, guide: Any, crew: list[Any], client_of: Any, url: Any, read: Any
) -> None:
    for person in crew[:2]:
        Waiver.objects.create(circle=begun, kind="function", person=person, by=alice, reason="Utile")
    home = read(client_of(crew[2]).get(url("circle", begun)))
    assert "Sept demi-journées" in home
    assert "Mme Lefort (directrice)" in home
    assert home.count("Utile") == 1
    assert "pour Ines Équipe et Jean Équipe" in home


def test_while_dates_are_voted_nobody_is_told_to_propose_some(
    begun: Circle, guide: Any, crew: list[Any], client_of: Any, url: Any, read: Any
) -> None:
    closing = clock.now() + 3 * DAY
    actions.open_session_poll(begun, by=guide, starts=starts(7, 9), closes_at=closing, wanted=1)
    for person in (guide, crew[0]):
        page = read(client_of(person).get(url("sessions", begun)))
        assert "Les dates sont à choisir ensemble" in page
        assert "Aucune date n’est fixée" not in page


def test_a_network_and_its_desk_have_a_door_to_its_groups(
    network: Any, alice: Any, bob: Any, client_of: Any
) -> None:
    door = reverse("circles:all", args=[network.slug])
    main = client_of(bob).get(reverse("join:network", args=[network.slug])).content.decode()
    assert door in main.split("<main", 1)[-1]
    desk = client_of(alice).get(reverse("animation:desk", args=[network.slug])).content.decode()
    assert door in desk.split("<main", 1)[-1]


def test_the_charter_is_written_signed_and_signed_again_once_changed(
    made: Circle, guide: Any, crew: list[Any], client_of: Any, url: Any, read: Any
) -> None:
    leader, member = client_of(guide), client_of(crew[0])
    assert "pas encore écrite" in read(member.get(url("charter", made)))
    form = read(leader.get(url("write_charter", made)))
    assert "Confidentialité : ce qui se dit ici reste ici." in form
    assert leader.post(url("write_charter", made), {"text": "", "leaving": "Rien."}).status_code == 422
    rules = {"text": "Ce qui se dit ici reste ici.\nOn vient à chaque fois.", "leaving": "Des fiches."}
    leader.post(url("write_charter", made), rules)
    page = read(member.get(url("charter", made)))
    assert "On vient à chaque fois." in page
    assert "Signer la charte du groupe" in page
    leader.post(url("write_charter", made), rules | {"leaving": "Rien du tout."})
    # What was on screen is no longer what is in force.
    stale = member.post(url("charter", made), {"version": "1"}, follow=True)
    assert "vient de changer" in read(stale)
    assert not GroupSignature.objects.exists()
    member.post(url("charter", made), {"version": "2"})
    assert GroupSignature.objects.get().person == crew[0]
    assert member.post(url("charter", made), {"version": "x"}).status_code == 404
    assert "Vous l’avez signée" in read(member.get(url("charter", made)))


def test_going_on_to_the_next_step_says_why_not_yet(
    made: Circle, guide: Any, crew: list[Any], client_of: Any, url: Any, read: Any
) -> None:
    leader = client_of(guide)
    answer = leader.post(url("act", made), {"act": "begin"}, follow=True)
    assert "Écrivez d’abord la charte" in read(answer)
    assert client_of(crew[0]).post(url("act", made), {"act": "begin"}).status_code == 404
    assert leader.post(url("act", made), {"act": "nonsense"}).status_code == 404


def test_a_poll_is_answered_on_a_phone_then_fixed(
    begun: Circle, guide: Any, crew: list[Any], alice: Any, client_of: Any, url: Any, read: Any
) -> None:
    leader, member = client_of(guide), client_of(crew[0])
    typed: dict[str, str] = {"wanted": "2", "closes_on": "2026-03-09"}
    for n, day in enumerate(("2026-03-16", "2026-03-23", "2026-03-30"), 1):
        typed |= {f"date_{n}_0": day, f"date_{n}_1": "14:00"}
    refused = leader.post(url("new_poll", begun), typed | {"date_1_0": "hier"})
    assert refused.status_code == 422
    assert 'value="2026-03-23"' in read(refused)
    answer = leader.post(url("new_poll", begun), typed)
    page = answer.headers["Location"]
    assert client_of(alice).get(page).status_code == 404
    assert page in member.get(url("circle_poll", begun)).headers["Location"]
    assert "Dire quelles dates vous conviennent" in read(member.get(url("circle", begun)))
    from reciproque.agenda.models import PollDate

    first, second, third = PollDate.objects.all()
    assert "Répondez pour une date au moins" in read(member.post(page, {"act": "answer"}))
    said = {first.public_id: "yes", second.public_id: "if", third.public_id: "no"}
    assert member.post(page, {"act": "answer"} | said).status_code == 303
    shown = read(member.get(page))
    assert "1 personne a répondu sur 6" in shown
    assert "Fixer ces dates" not in shown
    assert member.post(page, {"act": "fix", "date": first.public_id}).status_code == 404
    table = read(leader.get(page))
    assert "Ines Équipe" in table
    assert "On attend : " in table
    leader.post(page, {"act": "fix", "date": [first.public_id, second.public_id]})
    assert begun.sessions.count() == 2
    assert "Séance 2" in read(member.get(url("sessions", begun)))


def test_a_series_is_shown_before_it_is_fixed(
    begun: Circle, guide: Any, client_of: Any, url: Any, read: Any
) -> None:
    leader = client_of(guide)
    typed = {"first_0": "2026-04-13", "first_1": "14:00", "every_weeks": "1", "count": "3"}
    page = read(leader.post(url("series", begun), typed))
    # Easter Monday was a week before; the eighth of May is not a Monday: all three stand.
    assert "20 avril 2026" in page
    assert begun.sessions.count() == 0
    leader.post(url("series", begun), typed | {"fix": "yes"})
    assert begun.sessions.count() == 3
    skipped = read(leader.post(url("series", begun), typed | {"first_0": "2026-04-06"}))
    assert "Sauté" in skipped or "férié" in skipped


def test_a_session_is_added_moved_called_off(
    begun: Circle, guide: Any, crew: list[Any], client_of: Any, read: Any, url: Any
) -> None:
    leader = client_of(guide)
    typed = {"starts_at_0": "2026-03-17", "starts_at_1": "14:00", "place": "Salle Jaurès"}
    leader.post(url("plan", begun), typed)
    session = Session.objects.get()
    moved = {"starts_at_0": "2026-03-18", "starts_at_1": "14:00", "mode": "face", "place": "Salle Hugo"}
    assert client_of(crew[0]).post(url("move", session), moved).status_code == 404
    assert leader.get(url("move", session)).status_code == 200
    assert leader.post(url("move", session), moved).status_code == 303
    page = read(client_of(crew[0]).get(url("sessions", begun)))
    assert "Salle Hugo" in page
    assert "mercredi 18 mars" in page
    assert leader.post(url("cancel", session), {"reason": ""}).status_code == 422
    assert leader.post(url("cancel", session), {"reason": "Grève des trains"}).status_code == 303
    page = read(client_of(crew[0]).get(url("sessions", begun)))
    assert "Séance annulée" in page
    assert "Grève des trains" in page


def test_the_roll_is_called_by_the_facilitator_and_read_in_the_group(
    session: Session, begun: Circle, guide: Any, crew: list[Any], client_of: Any, url: Any, read: Any
) -> None:
    leader = client_of(guide)
    with clock.at(clock.now() + 8 * DAY):
        assert client_of(crew[0]).get(url("roll", session)).status_code == 404
        assert "Ines Équipe" in read(leader.get(url("roll", session)))
        leader.post(url("roll", session), {"here": [crew[0].public_id], "by_phone": [crew[1].public_id]})
    session.meeting.refresh_from_db()
    assert session.meeting.state == "held"
    there = session.meeting.attendances.filter(attended=True).values_list("person_id", "by_phone")
    assert {(crew[0].pk, False), (crew[1].pk, True)} <= set(there)


def test_the_meeting_of_a_session_leads_to_its_room_and_nobody_else_moves_it(
    session: Session, crew: list[Any], bob: Any, client_of: Any, read: Any
) -> None:
    client = client_of(crew[0])
    address = reverse("agenda:meeting", args=[session.meeting.public_id])
    assert client.get(address).headers["Location"] == reverse("circles:room", args=[session.public_id])
    assert client_of(bob).get(address).status_code == 404
    for name in ("propose", "fix", "cancel", "held", "accept"):
        assert client.post(reverse(f"agenda:{name}", args=[session.meeting.public_id])).status_code == 404
    assert "Chefs d’équipe" in read(client.get(reverse("agenda:agenda")))
    assert client.get(reverse("home:home")).status_code == 200


def test_the_calendar_of_the_group_alone(
    session: Session, begun: Circle, crew: list[Any], alice: Any, client_of: Any, url: Any, read: Any
) -> None:
    client = client_of(crew[0])
    asked = {"do": "open", "kind": "circle", "subject": begun.public_id, "next": url("circle", begun)}
    assert "L’agenda du groupe" in read(client.get(url("circle", begun)))
    assert client_of(alice).post(reverse("agenda:feed"), asked).status_code == 404
    client.post(reverse("agenda:feed"), asked)
    assert "/feeds/" in read(client.get(url("circle", begun)))


def test_one_leaves_without_a_reason_and_reads_no_more(
    begun: Circle, crew: list[Any], client_of: Any, url: Any, read: Any
) -> None:
    client = client_of(crew[0])
    assert "Quitter ce groupe ?" in read(client.get(url("leave", begun)))
    client.post(url("leave", begun))
    assert Seat.objects.get(person=crew[0]).state == "left"
    assert client.get(url("sessions", begun)).status_code == 404
    assert "objectif de Kim" not in read(client.get(url("circle", begun)))
    assert "Ines Équipe" not in read(client_of(crew[1]).get(url("circle", begun)))


def test_a_facilitator_who_falls_ill_hands_over_or_the_opener_finds_another(
    begun: Circle, alice: Any, guide: Any, chloe: Any, network: Any, client_of: Any, url: Any, read: Any
) -> None:
    from reciproque.networks.actions import add_to_pool

    add_to_pool(network, chloe, by=alice, abilities=["facilitate"], at_most=3)
    leader = client_of(guide)
    assert "Chloé Le Goff" in read(leader.get(url("step_down", begun)))
    leader.post(url("step_down", begun), {"instead": chloe.public_id})
    begun.refresh_from_db()
    assert begun.facilitator == chloe
    assert leader.get(url("sessions", begun)).status_code == 404
    client_of(chloe).post(url("step_down", begun), {"instead": ""})
    begun.refresh_from_db()
    assert begun.facilitator is None
    # Who opened it finds somebody without reading anything of the group.
    page = read(client_of(alice).get(url("circle", begun)))
    assert "Choisir qui anime" in page
    client_of(alice).post(url("facilitator", begun), {"person": guide.public_id})
    begun.refresh_from_db()
    assert begun.facilitator == guide


def test_someone_who_waited_takes_a_place_that_was_freed(
    called: Circle, alice: Any, bob: Any, guide: Any, crew: list[Any], client_of: Any, url: Any, read: Any
) -> None:
    actions.name_facilitator(called, by=alice, person=guide)
    actions.specify_need(called, by=alice, seats_most=6)
    for person in (*crew, bob):
        actions.apply(called, by=person, goal=f"objectif de {person.first_name}", helping="Écouter")
    actions.constitute(called, by=alice)
    actions.leave_circle(Seat.objects.get(person=crew[0]), by=crew[0])
    leader = client_of(guide)
    page = read(leader.get(url("circle", called)))
    assert "Liste d’attente" in page
    assert "Bob Riou" not in read(client_of(crew[1]).get(url("circle", called)))
    seat = Seat.objects.get(person=bob)
    assert (
        client_of(crew[1]).post(url("act", called), {"act": "add", "seat": seat.public_id}).status_code == 404
    )
    leader.post(
        url("act", called),
        {"act": "waive", "kind": "function", "person": bob.public_id, "reason": "Même métier"},
    )
    leader.post(url("act", called), {"act": "add", "seat": seat.public_id})
    seat.refresh_from_db()
    assert seat.state == "seated"


def test_stopped_with_a_reason_that_members_read(
    begun: Circle, alice: Any, guide: Any, bob: Any, crew: list[Any], client_of: Any, url: Any, read: Any
) -> None:
    assert client_of(crew[0]).get(url("stop", begun)).status_code == 404
    leader = client_of(guide)
    assert leader.post(url("stop", begun), {"reason": ""}).status_code == 422
    leader.post(url("stop", begun), {"reason": "Fusion des sites"})
    assert "Fusion des sites" in read(client_of(crew[0]).get(url("circle", begun)))
    for person in (alice, bob):
        assert "Fusion des sites" not in read(client_of(person).get(url("circle", begun)))
