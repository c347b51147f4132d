"""A learning network from its frame to its bulletin: a vote, a launch day, what fails with a lesson, what is carried out."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable
from typing import Any

import pytest

from reciproque.agenda.models import Step
from reciproque.agenda.rules import StepState
from reciproque.initiatives import actions
from reciproque.initiatives.actions import days, groups, seats, subjects
from reciproque.initiatives.models import (
    Bulletin,
    ExpectedResult,
    Experiment,
    Frame,
    LaunchDay,
    Proposal,
    SignUp,
    WallSubject,
    WorkGroup,
)
from reciproque.kit import clock
from reciproque.networks.actions import add_to_pool, create_network, grant_role, join_network
from reciproque.notices.models import Outgoing
from reciproque.people.models import Person

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

HOUR = dt.timedelta(hours=1)
PHONE = {"width": 360, "height": 740}
RESULTS = ["Une réponse le jour même", "Des débutants à l’aise en un mois", "Des colis au bon endroit"]


def page(name: str, thing: Any) -> str:
    """The address of a page, without the names that a browser does not know."""
    return f"/{name}/{thing.public_id}/"


def press(tab: Any, label: str) -> None:
    """Press a button of the page and wait for the next one."""
    with tab.expect_navigation():
        tab.locator("main").get_by_role("button", name=label, exact=True).last.click()


def fill(tab: Any, **values: str) -> None:
    """Type in fields by their names."""
    for name, value in values.items():
        tab.locator(f"main [name={name}]").fill(value)


def tick(tab: Any, name: str, value: str) -> None:
    tab.locator(f"main [name={name}][value='{value}']").check(force=True)


class Life:
    """The people of the network, and what is done in numbers: what one person clicks is in the test."""

    def __init__(self, make_person: Callable[..., Person]) -> None:
        ada = make_person("Ada", "Admin", email="ada@example.org", is_superuser=True)
        self.network = create_network(
            "Répondre mieux",
            by=ada,
            slug="repondre",
            reciprocity="open",
            mediation="direct",
            systems=["learning"],
        )
        self.alice = make_person("Alice", "Martin", email="alice@example.org")
        self.dora = make_person("Dora", "Haddad", email="dora@example.org")
        self.emile = make_person("Émile", "Nguyen", email="emile@example.org")
        levels = ("agent", "maitrise", "cadre")
        self.people = [
            make_person(
                f"Prénom{n}",
                f"Nom{n}",
                email=f"p{n}@example.org",
                unit=("Courrier", "Colis", "Guichets")[n % 3],
                site=("Rennes", "Lille")[n % 2],
                level=levels[n % 3],
            )
            for n in range(60)
        ]
        for person in (self.alice, self.dora, *self.people):
            join_network(self.network, person, by=person)
        grant_role(self.network, self.alice, "animator", by=ada)
        self.bob = self.people[0]
        self.frame: Frame = actions.open_frame(
            self.network,
            by=self.alice,
            sponsor=self.emile,
            vision="Qui nous appelle a sa réponse le jour même.",
        )

    def invite_and_open_the_vote(self) -> None:
        panel = self.people[:12]
        actions.invite_panel(self.frame, by=self.alice, people=panel)
        actions.open_vote(self.frame, by=self.alice, closes_at=clock.now() + dt.timedelta(days=10))
        rows = list(self.frame.results.order_by("pk"))
        for n, person in enumerate(panel[1:]):
            values = {row.public_id: ((5, 4, 2)[(k + n // 9) % 3], "") for k, row in enumerate(rows)}
            first = rows[0].public_id
            values[first] = (values[first][0], "Les clients nous le disent d’abord.")
            actions.vote(self.frame, by=person, values=values)

    def close_the_vote(self) -> None:
        self.frame.refresh_from_db()
        actions.close_vote(self.frame, by=self.alice)
        ranked = self.frame.results.order_by("rank", "pk")
        actions.choose_themes(self.frame, by=self.alice, results=list(ranked[:2]))
        actions.join_committee(self.frame, by=self.alice, person=self.dora, role="Direction")

    def open_the_day(self) -> LaunchDay:
        start = clock.now() + HOUR
        slots = [(start + k * HOUR, start + (k + 1) * HOUR) for k in range(3)]
        rooms = [(f"Salle {n}", 3 if n == 1 else 30) for n in range(1, 6)]
        day = days.plan_day(
            self.frame, by=self.alice, title="Notre lancement", slots=slots, rooms=rooms, place="Siège"
        )
        days.open_day(day, by=self.alice)
        cells = [(slot, room) for slot in day.slots.all() for room in day.rooms.all()]
        for n in range(14):
            subject = subjects.add_subject(day, by=self.people[n + 20], title=f"Sujet du mur numéro {n + 1}")
            slot, room = cells[n]
            subjects.place_subject(
                subject, by=self.people[n + 20], slot=slot.public_id, room=room.public_id, version=None
            )
        return day

    def sign_up(self, day: LaunchDay) -> None:
        wall = list(day.subjects.order_by("pk"))
        for n, person in enumerate(self.people[1:], start=1):
            for subject in {wall[n % 15], wall[(n * 7 + 3) % 15]}:
                if subject.host_id != person.pk:
                    seats.sign_up(subject, by=person)

    def experiment(self, title: str, group: WorkGroup) -> Experiment:
        today = clock.now().date()
        one = actions.draft_experiment(
            self.frame,
            by=self.bob,
            title=title,
            group=group,
            hypothesis="Si l’on rappelle avant midi, on rappelle moins.",
            where="Lille",
            with_whom="Onze volontaires",
            consent="Chacun a dit oui.",
            tied_to="customer",
            measure="Réponses du jour",
            start_value="41 %",
            criteria="Au moins 55 %.",
            starts_on=today,
            ends_on=today + dt.timedelta(days=20),
        )
        actions.ask_support(one, by=self.bob)
        actions.answer_support(one, by=self.dora, supported=True)
        return actions.start_experiment(one, by=self.bob)


def test_from_the_frame_to_the_bulletin(
    make_person: Any, enter: Any, healthy: Any, run_reactions: Any
) -> None:
    life = Life(make_person)
    learning = "/networks/repondre/learning/"
    alice, dora = enter(life.alice), enter(life.dora)
    bob = enter(life.bob, viewport=PHONE)

    # The frame: what is expected, one result after the other.
    for title in RESULTS:
        alice.goto(learning + "results/new/")
        fill(alice, title=title)
        tick(alice, "tied_to", "customer")
        tick(alice, "horizon", "direct")
        with alice.expect_navigation():
            alice.locator("main form button.primary, main form [type=submit]").first.click()
    assert list(ExpectedResult.objects.order_by("pk").values_list("title", flat=True)) == RESULTS

    # The panel: eleven have voted, the twelfth votes on a phone; nobody sees anything before the close.
    life.invite_and_open_the_vote()
    bob.goto(learning + "vote/")
    healthy(bob)
    for row in ExpectedResult.objects.all():
        tick(bob, f"value_{row.public_id}", "4")
    fill(bob, **{f"reason_{ExpectedResult.objects.order_by('pk')[0].public_id}": "On le mesure dès demain."})
    press(bob, "Voter")
    assert life.frame.panel.filter(voted_at=None).count() == 0
    assert "On le mesure dès demain" not in enter(life.people[1]).goto(learning + "vote/outcome/").text()
    life.close_the_vote()
    bob.goto(learning + "vote/outcome/")
    assert RESULTS[0] in bob.locator("main").inner_text()
    healthy(bob)

    # The launch day: sixty people, fifteen subjects, three times in five rooms.
    day = life.open_the_day()
    bob.goto(page("launch-days", day) + "add/")
    fill(bob, title="Rappeler avant midi")
    with bob.expect_navigation():
        bob.locator("main form button[type=submit]").last.click()
    mine = WallSubject.objects.get(title="Rappeler avant midi")
    bob.goto(page("wall-subjects", mine) + "place/")
    free = bob.locator("main [name=cell]")
    if free.first.evaluate("field => field.tagName") == "SELECT":
        values = free.locator("option").evaluate_all(
            "rows => rows.filter(r => !r.disabled).map(r => r.value)"
        )
        free.select_option([value for value in values if value][-1])
    else:
        free.last.check(force=True)
    press(bob, "Placer")
    mine.refresh_from_db()
    assert mine.room is not None
    assert day.subjects.exclude(slot=None).count() == 15
    life.sign_up(day)
    bob.goto(page("launch-days", day))
    bob.get_by_role("button", name=re.compile("J’y vais")).first.click()
    bob.get_by_role("button", name=re.compile("Me désinscrire")).first.wait_for()
    healthy(bob)
    assert SignUp.objects.filter(state="seated").values("person").distinct().count() > 50
    assert SignUp.objects.filter(state="waiting").exists()
    bob.goto(page("wall-subjects", mine) + "report/")
    fill(bob, words="Trois équipes ont un créneau sans le dire. Essayons.")
    press(bob, "Publier")
    screen = enter(life.alice, viewport={"width": 1920, "height": 1080})
    screen.goto(page("launch-days", day) + "screen/")
    assert "Rappeler avant midi" in screen.locator("body").inner_text()
    healthy(screen)

    # A group is born of the subject; somebody of the pool facilitates it.
    bob.goto(f"{learning}groups/new/?subject={mine.public_id}")
    fill(bob, name="Le rappel du jour")
    with bob.expect_navigation():
        bob.locator("main form button[type=submit]").last.click()
    group = WorkGroup.objects.get(name="Le rappel du jour")
    add_to_pool(life.network, life.people[3], by=life.alice, abilities=["facilitate"])
    for n, person in enumerate(life.people[4:8]):
        groups.join_group(group, by=person, brings=[("trade", "field", "cross", "manager")[n]])
    groups.name_group_facilitator(group, by=life.alice, person=life.people[3])
    groups.turn_group(group, by=life.people[3], verb="start")
    actions.start_work(life.frame, by=life.alice)
    bob.goto(page("working-groups", group))
    healthy(bob)

    # An experiment fails: its result is written, it stops with a lesson, and that is shown as a success.
    failed = life.experiment("Une feuille de plus", group)
    bob.goto(page("experiments", failed) + "measure/")
    fill(bob, result_value="41 %", result="La feuille est lue trop tard.")
    tick(bob, "met", "no")
    press(bob, "Écrire le résultat")
    dora.goto(page("experiments", failed) + "decide/")
    tick(dora, "decision", "stop")
    fill(dora, lesson="Ajouter un papier ne change pas le moment où l’on se parle.")
    press(dora, "Décider")
    assert "le moment où l’on se parle" in dora.locator("main").inner_text()
    healthy(dora)
    adopted = life.experiment("Un créneau avant midi", group)
    actions.measure_experiment(adopted, by=life.bob, result_value="57 %", result="Tenu.", met="yes")
    actions.decide_experiment(adopted, by=life.dora, decision="adopt", lesson="Une heure et un nom.")

    # A proposal: a no without reasons is refused; it is reframed, validated, carried out.
    bob.goto(learning + "proposals/new/")
    fill(
        bob,
        title="Un créneau de rappel partout",
        problem="On rappelle le lendemain.",
        words="Une heure avant midi.",
        gains="Les clients.",
    )
    tick(bob, "tied_to", "customer")
    with bob.expect_navigation():
        bob.locator("main form button[type=submit]").last.click()
    proposal = Proposal.objects.get()
    bob.goto(page("proposals", proposal) + "submit/")
    with bob.expect_navigation():
        bob.locator("main form button[type=submit]").last.click()
    dora.goto(page("proposals", proposal) + "answer/")
    tick(dora, "kind", "reframed")
    press(dora, "Donner cette réponse")
    assert not proposal.answers.exists()
    fill(dora, reasons="L’essai le montre ; mais sur quel temps ?", change="Dites sur quel temps.")
    press(dora, "Donner cette réponse")
    bob.goto(page("proposals", proposal) + "edit/")
    fill(bob, words="Une heure avant midi, prise sur les relances.")
    with bob.expect_navigation():
        bob.locator("main form button[type=submit]").last.click()
    bob.goto(page("proposals", proposal) + "submit/")
    with bob.expect_navigation():
        bob.locator("main form button[type=submit]").last.click()
    dora.goto(page("proposals", proposal) + "answer/")
    tick(dora, "kind", "validated")
    fill(dora, reasons="Le temps est trouvé, le critère est dépassé.")
    press(dora, "Donner cette réponse")
    proposal.refresh_from_db()
    assert (proposal.state, proposal.version) == ("validated", 2)
    review = (clock.now() + dt.timedelta(days=30)).date()
    actions.carry_proposal(proposal, by=life.dora, owner=life.bob, review_on=review)
    bob.goto(page("proposals", proposal) + "finish/")
    fill(bob, outcome="Douze équipes, 58 % de réponses du jour.")
    press(bob, "C’est réalisé")
    bob.goto(page("proposals", proposal))
    told = bob.locator("main").inner_text()
    assert "Douze équipes" in told
    assert "mais sur quel temps ?" in told.replace("\u00a0", " ")
    healthy(bob)
    assert not Step.objects.filter(subject_id=proposal.public_id, state=StepState.OPEN).exists()

    # The bulletin: prepared from all that, read again, sent, read by everybody.
    alice.goto(learning + "bulletins/")
    press(alice, "Préparer un bulletin")
    text = alice.locator("[name=text]").input_value()
    for words in ("Une feuille de plus", "Ajouter un papier", "Un créneau de rappel partout", "58 %"):
        assert words in text
    healthy(alice)
    alice.locator("[name=text]").fill("Ce trimestre, on a essayé.\n\n" + text)
    press(alice, "Enregistrer et relire")
    bulletin = Bulletin.objects.get()
    alice.goto(page("bulletins", bulletin) + "send/")
    press(alice, "Envoyer aux membres")
    run_reactions()
    readers = Outgoing.objects.filter(fact_name="bulletin.sent").values("person").distinct().count()
    assert readers == len(life.people) + 1  # Dora too; not Alice, who sent it
    bob.goto(page("bulletins", bulletin))
    assert "Ce trimestre, on a essayé." in bob.locator("main").inner_text()
    healthy(bob)
    dora.goto(learning + "kit/")
    healthy(dora)
