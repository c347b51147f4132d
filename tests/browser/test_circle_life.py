"""A practice-exchange group from its need to its two reviews; its clock on three screens, one of them without network."""

from __future__ import annotations

import datetime as dt
import time
from collections.abc import Iterator
from typing import Any

import pytest
from pytest_django.live_server_helper import LiveServer

from reciproque.agenda.actions import answer_poll
from reciproque.circles import actions, queries
from reciproque.circles.access import get_session
from reciproque.circles.models import Circle, PrivateNote, Session
from reciproque.circles.queries.room import spent
from reciproque.kit import clock
from reciproque.networks.actions import add_to_pool, create_network, grant_role, join_network
from tests.circles.stage import make_circle, make_session

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

LONG = 90_000
MEMBERS = ["Ali", "Béa", "Carl", "Dina", "Élie", "Fanny", "Gaël"]


@pytest.fixture
def live_server(at_once: Any) -> Iterator[LiveServer]:
    """A server whose every request has its own connection: in memory, SQLite would share one between three screens."""
    server = LiveServer("localhost")
    yield server
    server.stop()


@pytest.fixture
def enter(enter: Any) -> Any:
    """The same browsers, more patient: a life has many pages, and the machine may be shared."""

    def enter_(person: Any, **options: Any) -> Any:
        tab = enter(person, **options)
        tab.context.set_default_timeout(LONG)
        return tab

    return enter_


@pytest.fixture
def cast(make_person: Any) -> dict[str, Any]:
    """A network, its animator, a facilitator of the pool, a decider, and seven colleagues of the same trade."""
    ada = make_person("Ada", "Admin", email="ada@example.org", is_superuser=True)
    network = create_network(
        "Savoirs du courrier", by=ada, slug="savoirs", reciprocity="open", mediation="direct"
    )
    people = {
        "alice": make_person("Alice", "Martin", email="alice@example.org", unit="Siège"),
        "flore": make_person("Flore", "Petit", email="flore@example.org", unit="RH"),
        "remi": make_person("Rémi", "Lenoir", email="remi@example.org", unit="Siège"),
    }
    for name in MEMBERS:
        people[name] = make_person(name, "Dupré", unit="Opérations > Ouest", function="Chef d’équipe")
    for person in people.values():
        join_network(network, person, by=person)
    grant_role(network, people["alice"], "animator", by=ada)
    add_to_pool(network, people["flore"], by=people["alice"], abilities=["facilitate"])
    return {"network": network, "ada": ada, **people}


def room(session: Any) -> str:
    return f"/group-sessions/{session.public_id}/room/"


def fresh(session: Any) -> Session:
    return Session.objects.get(pk=session.pk)


def shown(tab: Any) -> int:
    """The seconds left on a screen, negative once past."""
    text = tab.locator("[data-time]").inner_text()
    minutes, seconds = text.removeprefix("+").split(":")
    return (-1 if text.startswith("+") else 1) * (int(minutes) * 60 + int(seconds))


def true_left(session: Any) -> float:
    """The seconds left by the server's clock at this instant."""
    row = fresh(session)
    return row.part_seconds - spent(row, clock.now())


def within_one_second(session: Any, *tabs: Any) -> None:
    """Each screen is within one second of the server, so of the others (a whole second shows as one)."""
    for tab in tabs:
        before = true_left(session)
        said = shown(tab)
        after = true_left(session)
        assert after - 1 <= said <= before + 1, (said, before, after)


def press(tab: Any, name: str) -> None:
    tab.locator("#clock-acts").get_by_role("button", name=name).click()


def test_three_screens_show_one_clock_even_without_network(cast: Any, enter: Any, healthy: Any) -> None:
    members = [cast[name] for name in MEMBERS]
    circle = make_circle(cast["network"], cast["flore"], members)
    session = make_session(circle)
    flore, ali, bea = (enter(cast[name]) for name in ("flore", "Ali", "Béa"))
    bea.set_viewport_size({"width": 360, "height": 740})
    for tab in (flore, ali, bea):
        tab.goto(room(session))
    press(flore, "Commencer la séance")
    for tab in (flore, ali, bea):
        tab.locator("[data-time]").wait_for(timeout=LONG)
    within_one_second(session, flore, ali, bea)
    healthy(flore)
    healthy(bea)

    # Ali's screen loses the network; the clock goes on there, and says so.
    ali.context.set_offline(True)
    ali.locator("#room-cut").wait_for(timeout=LONG)
    until = time.monotonic() + 20
    time.sleep(8)
    within_one_second(session, flore, ali, bea)
    # Meanwhile the others go on: a pause, then the next part.
    press(flore, "Pause")
    flore.locator(".paused").wait_for(timeout=LONG)
    bea.locator(".paused").wait_for(timeout=LONG)
    press(flore, "Reprendre")
    flore.locator(".paused").wait_for(state="detached", timeout=LONG)
    press(flore, "Passer à : Choix du sujet")
    bea.locator("#clock-title", has_text="Choix du sujet").wait_for(timeout=LONG)
    # What one types for oneself without network is sealed when it comes back.
    ali.locator("#notes textarea").fill("Ne pas répondre à chaud")
    time.sleep(max(0.0, until - time.monotonic()))
    assert ali.locator("#clock-title").inner_text() == "Tour de nouvelles"
    ali.context.set_offline(False)
    ali.locator("#clock-title", has_text="Choix du sujet").wait_for(timeout=LONG)
    assert not ali.locator("#room-cut").is_visible()
    within_one_second(session, flore, ali, bea)
    ali.get_by_text("Notes enregistrées").wait_for(timeout=LONG)
    assert queries.note_of(fresh(session), cast["Ali"]).words == "Ne pas répondre à chaud"
    assert "chaud" not in PrivateNote.objects.get().sealed

    # It survives a reload, and a device whose own clock is an hour wrong.
    ali.reload()
    within_one_second(session, flore, ali, bea)
    wrong = enter(cast["Carl"])
    wrong.add_init_script("const now = Date.now; Date.now = () => now() + 3600000;")
    wrong.goto(room(session))
    wrong.wait_for_timeout(1000)
    within_one_second(session, wrong)

    # Everyone proposes, from one's own screen or by the facilitator's; what is typed stays while the room goes on.
    ali.locator("#subject textarea").fill("Annoncer un refus de congé")
    ali.locator("#lead summary").click()
    ali.locator("#lead textarea").fill("pas encore envoyé")
    ali.get_by_role("button", name="Proposer ce sujet").click()
    bea.locator("#subjects .words", has_text="Annoncer un refus de congé").wait_for(timeout=LONG)
    assert ali.locator("#lead textarea").input_value() == "pas encore envoyé"
    bea.get_by_role("button", name="Cela m’intéresse Ali Dupré").click()
    flore.get_by_text("intéresse 1 personne").wait_for(timeout=LONG)
    flore.get_by_role("button", name="Choisir ce sujet Ali Dupré").click()
    ali.get_by_text("C’est votre sujet", exact=True).wait_for(timeout=LONG)
    press(flore, "Passer à : 1. Exposé")
    press(flore, "Passer à : 2. Clarification")
    for tab in (flore, ali, bea):
        tab.get_by_text("Questions seulement", exact=True).wait_for(timeout=LONG)
    within_one_second(session, flore, ali, bea)
    for tab in (flore, ali, bea):
        healthy(tab)
    flore.goto(room(session) + "page/")
    flore.locator("[data-time]").wait_for()
    within_one_second(session, flore)
    healthy(flore)
    flore.goto(room(session) + "sheet/")
    healthy(flore)
    flore.goto(room(session) + "interests/")
    healthy(flore)


# -- a whole life -----------------------------------------------------------------------------------------------


def half_days(number: int) -> list[dt.datetime]:
    """Tuesdays at eight (UTC), every two weeks from the one after next."""
    today = clock.now().replace(hour=8, minute=0, second=0, microsecond=0)
    first = today + dt.timedelta(days=(1 - today.weekday()) % 7 + 14)
    return [first + dt.timedelta(days=14 * n) for n in range(number)]


def tick(tab: Any, name: str, value: str) -> None:
    tab.locator(f"[name='{name}'][value='{value}']").check(force=True)


def make_group(cast: dict[str, Any], enter: Any, healthy: Any) -> Any:
    """The need, the call, seven volunteers, a facilitator from outside: the group is made."""
    alice, ali = enter(cast["alice"]), enter(cast["Ali"])
    alice.goto("/networks/savoirs/groups/new/")
    alice.get_by_label("Comment s’appellera ce groupe ?").fill("Annoncer un refus")
    alice.get_by_label("Pour quel métier ?").fill("Encadrement")
    alice.locator("[name=aims]").fill("Tenir les entretiens difficiles sans s’épuiser.")
    alice.get_by_role("button", name="Continuer").click()
    alice.wait_for_url("**/need/2/")
    healthy(alice)
    circle = Circle.objects.get()
    actions.specify_need(
        circle,
        by=cast["alice"],
        specified_with="La direction de l’établissement",
        specified_on=clock.now().date(),
        deciders=[(cast["remi"], "", "directeur")],
        allowance="Une demi-journée par quinzaine, écrite au planning.",
        told="Le nombre de séances et les fiches.",
        untold="Ce qui se dit en séance.",
        functions="Chef d’équipe",
        sessions_wanted=7,
        place="https://visio.example.org/salle",
        mode="video",
    )
    alice.goto(f"/groups/{circle.public_id}/making/")
    until = clock.now().date() + dt.timedelta(days=10)
    alice.locator("[name=until]").fill(until.isoformat())
    alice.get_by_role("button", name="Lancer l’appel").click()
    alice.get_by_text("L’appel dure jusqu’au").wait_for(timeout=LONG)
    ali.goto(f"/groups/{circle.public_id}/apply/")
    ali.locator("[name=goal]").fill("Refuser sans blesser")
    ali.locator("[name=helping]").fill("En racontant mes ratés")
    ali.get_by_role("button", name="Se porter volontaire").click()
    ali.wait_for_url(f"**/groups/{circle.public_id}/")
    circle.refresh_from_db()
    for name in MEMBERS[1:]:
        actions.apply(circle, by=cast[name], goal=f"Le but de {name}", helping="Écouter")
    actions.name_facilitator(circle, by=cast["alice"], person=cast["flore"])
    alice.reload()
    healthy(alice)
    alice.get_by_role("button", name="Constituer le groupe").click()
    alice.wait_for_url(f"**/groups/{circle.public_id}/")
    circle.refresh_from_db()
    assert circle.state == "rules"
    # Who opened it and animates the network reads its face, and no more of what is inside.
    assert "Refuser sans blesser" not in alice.content()
    return circle


def sign_and_date(circle: Any, cast: dict[str, Any], enter: Any, healthy: Any) -> list[Session]:
    """The charter signed by each, the dates found by a poll."""
    flore, bea = enter(cast["flore"]), enter(cast["Béa"], viewport={"width": 360, "height": 740})
    actions.write_charter(
        circle, by=cast["flore"], text="Ce qui se dit ici reste ici.", leaving="Les fiches, si chacun veut."
    )
    for name in ["flore", *(one for one in MEMBERS if one != "Béa")]:
        actions.sign_group_charter(circle, by=cast[name], version=1)
    bea.goto(f"/groups/{circle.public_id}/charter/")
    healthy(bea)
    bea.get_by_role("button", name="Signer la charte du groupe").click()
    bea.get_by_text("Vous l’avez signée").wait_for(timeout=LONG)
    actions.begin_sessions(circle, by=cast["flore"])
    circle.refresh_from_db()

    poll = actions.open_session_poll(
        circle, by=cast["flore"], starts=half_days(8), closes_at=clock.now() + dt.timedelta(days=5), wanted=7
    )
    dates = [date.public_id for date in poll.dates.all()]
    bea.goto(f"/polls/{poll.public_id}/")
    for date in dates[:7]:
        tick(bea, date, "yes")
    tick(bea, dates[7], "no")
    bea.get_by_role("button", name="Envoyer mes réponses").click()
    bea.get_by_text("1 personne a répondu sur 7.").wait_for(timeout=LONG)
    healthy(bea)
    for name in MEMBERS:
        if name not in ("Béa", "Gaël"):  # one is silent: nobody waits for him
            answers = {date: "yes" if n else "if" for n, date in enumerate(dates[:7])}
            answer_poll(poll, by=cast[name], answers={**answers, dates[7]: "no"})
    flore.goto(f"/polls/{poll.public_id}/")
    healthy(flore)
    flore.get_by_role("button", name="Fixer ces dates").click()
    flore.get_by_role("heading", name="Séance 7").or_(flore.get_by_text("Séance 7")).first.wait_for(
        timeout=LONG
    )
    sessions = list(Session.objects.filter(circle=circle).select_related("meeting").order_by("number"))
    assert [row.meeting.starts_at for row in sessions] == half_days(8)[:7]
    return sessions


def hold(session: Any, number: int, cast: dict[str, Any]) -> None:
    """One session by its actions: each proposes, one is helped, all say what they learned; who is there is noted."""
    flore, client = cast["flore"], cast[MEMBERS[number - 1]]
    for name in MEMBERS:
        actions.propose_subject(
            get_session(cast[name], session.public_id), by=cast[name], words=f"Sujet {name}"
        )
    actions.start_clock(get_session(flore, session.public_id), by=flore)
    subject = next(
        row.subject
        for row in queries.room_of(get_session(flore, session.public_id), flore).proposals
        if row.subject.person == client
    )
    subject.session = get_session(flore, session.public_id)
    actions.choose_subject(subject, by=flore)
    for lead in queries.room_of(get_session(flore, session.public_id), flore).to_tell:
        actions.tell_lead(
            lead, by=flore, session=get_session(flore, session.public_id), state="tried", gave="Mieux."
        )
    for part in range(7):
        actions.go_to_part(get_session(flore, session.public_id), by=flore, since=part, to=part + 1)
    actions.add_lead(get_session(client, session.public_id), by=client, words=f"Essai {number}")
    for name in MEMBERS:
        actions.say_learning(get_session(cast[name], session.public_id), by=cast[name], helping="Me taire")
    actions.close_room(get_session(flore, session.public_id), by=flore)
    clock.move(dt.timedelta(hours=4))
    here = [cast[name].pk for name in MEMBERS if name != MEMBERS[-number]]
    actions.record_roll(get_session(flore, session.public_id), by=flore, here=here, by_phone=here[:1])


def publish_with_everyone(circle: Any, cast: dict[str, Any], enter: Any, healthy: Any, run: Any) -> None:
    """A sheet agreed by all but one stays in the group; agreed by all, it is found, rated and used."""
    ali, gael, alice = (enter(cast[name]) for name in ("Ali", "Gaël", "alice"))
    sheet = actions.write_group_sheet(
        circle,
        by=cast["Ali"],
        title="Dire non à un congé sans perdre la confiance",
        situation="Un planning plein, une demande tardive.",
        tried="Recevoir la personne le jour même, dire la règle, chercher un échange de jour.",
        given="Trois refus compris sur quatre.",
    )
    ali.goto(f"/groups/{circle.public_id}/sheets/")
    healthy(ali)
    outing = actions.propose_sheet(sheet, by=cast["Ali"])
    for name in MEMBERS[:-1]:
        actions.answer_outing(outing, by=cast[name], agrees=True, signs=name == "Ali", name="")
    run()
    found = "/networks/savoirs/find/?q=refuser+un+cong%C3%A9"
    alice.goto(found)
    assert "sans perdre la confiance" not in alice.content()
    assert alice.goto(f"/sheets/{sheet.public_id}/").status == 404
    gael.goto(f"/outings/{outing.public_id}/")
    healthy(gael)
    tick(gael, "agrees", "yes")
    gael.get_by_role("button", name="Envoyer ma réponse").click()
    gael.get_by_text("Voir la fiche publiée").wait_for(timeout=LONG)
    run()
    alice.goto(found)
    alice.locator("#sheets").get_by_text("Dire non à un congé sans perdre la confiance").wait_for()
    alice.locator(f"#sheets a[href*='{sheet.public_id}']").first.click()
    alice.wait_for_url(f"**/sheets/{sheet.public_id}/**")
    assert "Ali Dupré" in alice.content()
    assert "Béa Dupré" not in alice.content()
    tick(alice, "relevance", "5")
    alice.locator("[name=used]").check(force=True)
    alice.get_by_role("button", name="Donner mon avis").click()
    alice.get_by_text("1 collègue s’en est servi.").wait_for(timeout=LONG)
    healthy(alice)


def review_twice(circle: Any, cast: dict[str, Any], enter: Any, healthy: Any) -> None:
    """The group's review stays in it; the deciders read what each agreed to, and nothing else."""
    ali, flore, remi = (enter(cast[name]) for name in ("Ali", "flore", "remi"))
    ali.goto(f"/groups/{circle.public_id}/review/")
    tick(ali, "reached", "4")
    ali.locator("[name=brought]").fill("Je dis non sans trembler")
    ali.get_by_role("button", name="Enregistrer mon bilan").click()
    ali.get_by_text("Je dis non sans trembler").first.wait_for(timeout=LONG)
    healthy(ali)
    for name in MEMBERS[1:]:
        seat = queries.seat_of(circle, cast[name])
        actions.review_group(seat, by=cast[name], reached=3, brought="Du calme", wishes="")
    line = actions.propose_line(circle, by=cast["Béa"], words="Sept entretiens ont été préparés ensemble.")
    kept = actions.propose_line(circle, by=cast["Béa"], words="Les plannings arrivent trop tard.")
    for name in MEMBERS:
        actions.answer_outing(line, by=cast[name], agrees=True)
        actions.answer_outing(kept, by=cast[name], agrees=name != "Dina")
    flore.goto(f"/groups/{circle.public_id}/report/")
    healthy(flore)
    flore.get_by_role("button", name="Remettre le bilan aux décideurs").click()
    flore.get_by_text("Remis le").wait_for(timeout=LONG)
    remi.goto(f"/groups/{circle.public_id}/received/")
    text = remi.content()
    assert "Sept entretiens ont été préparés ensemble." in text
    for words in ("trop tard", "trembler", "Du calme", "Ali Dupré", "Dina"):
        assert words not in text
    healthy(remi)


def test_a_whole_life_from_the_need_to_the_two_reviews(
    cast: dict[str, Any], enter: Any, healthy: Any, run_reactions: Any
) -> None:
    circle = make_group(cast, enter, healthy)
    sessions = sign_and_date(circle, cast, enter, healthy)
    run_reactions()
    for number, session in enumerate(sessions, 1):
        clock.move(session.meeting.starts_at - clock.now())
        hold(session, number, cast)
    seen = queries.counted(circle)
    assert (seen.sessions, seen.helping, seen.leads, seen.tried) == (7, 49, 7, 6)
    flore = enter(cast["flore"])
    flore.goto(f"/group-sessions/{sessions[-1].public_id}/roll/")
    healthy(flore)
    flore.goto(f"/group-sessions/{sessions[-1].public_id}/room/sheet/")
    assert "Essai 7" in flore.content()
    actions.start_writing(circle, by=cast["flore"])
    circle.refresh_from_db()
    run_reactions()
    publish_with_everyone(circle, cast, enter, healthy, run_reactions)
    review_twice(circle, cast, enter, healthy)
    actions.close_circle(circle, by=cast["flore"])
    # Closed, its members still read it, and it still says nothing to whoever animates the network.
    ali, alice = enter(cast["Ali"]), enter(cast["alice"])
    for tab, known in ((ali, True), (alice, False)):
        tab.goto(f"/groups/{circle.public_id}/")
        assert ("Refuser sans blesser" in tab.content()) is known
        answer = tab.goto(f"/group-sessions/{sessions[0].public_id}/room/")
        assert answer.status == (200 if known else 404)
