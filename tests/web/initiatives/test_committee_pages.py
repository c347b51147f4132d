"""The committee and its desk, as pages: due dates, answers with reasons, recusal, notes, obstacles."""

from __future__ import annotations

import re
from typing import Any

from reciproque.initiatives import actions
from reciproque.initiatives.models import Answer, AnswerTemplate, Frame, HierarchyNote, Obstacle, PostureCheck
from reciproque.kit import clock
from tests.initiatives.conftest import TEXT, day, later
from tests.web.initiatives.test_frame_pages import text_of, url


def test_the_committee_is_made_up_and_its_chair_named(
    frame: Frame, alice: Any, bob: Any, dora: Any, chloe: Any, client_of: Any
) -> None:
    client = client_of(alice)
    client.post(url("join_committee", frame), {"person": "dora@example.org", "role": "RH"})
    client.post(url("join_committee", frame), {"person": "Chloé Le Goff", "until": day(300).isoformat()})
    again = client.post(url("join_committee", frame), {"person": "dora@example.org"})
    assert again.status_code == 422
    assert "fait déjà partie du comité" in text_of(again)
    slug = frame.network.slug
    client.post(url("chair_committee", slug=slug, committee_id=chloe.public_id))
    assert frame.committee.get(chairs=True).person == chloe
    page = text_of(client_of(bob).get(url("committee", frame)))
    assert "Dora Haddad" in page
    assert "Mettre fin au mandat" not in page
    leave = url("leave_committee", slug=slug, committee_id=chloe.public_id)
    assert client_of(bob).get(leave).status_code == 404
    client_of(chloe).post(leave)
    assert frame.committee.get(left_at=None).person == dora


def test_the_desk_shows_what_waits_with_its_date_and_late_first(
    working: Frame, make_proposal: Any, make_trial: Any, bob: Any, dora: Any, client_of: Any
) -> None:
    assert client_of(bob).get(url("desk", working)).status_code == 404
    first = make_proposal("submitted", title="La première")
    with clock.at(later(3)):
        make_proposal("submitted", title="La seconde")
        make_trial("asked")
        actions.raise_obstacle(working, by=bob, words="Pas d’accès au plan")
    page = text_of(client_of(dora).get(url("desk", working)))
    for words in ("La première", "La seconde", "Accueil debout", "Pas d’accès au plan", "À répondre avant"):
        assert words in page
    assert page.index("La première") < page.index("La seconde")
    with clock.at(first.due_at + (later(1) - later(0))):
        late = text_of(client_of(dora).get(url("desk", working)))
    assert "En retard : attendu avant" in late
    assert "et tout le réseau le voit" in late


def test_an_answer_needs_reasons_and_says_what_to_change(
    working: Frame, make_proposal: Any, bob: Any, dora: Any, client_of: Any
) -> None:
    proposal = make_proposal("submitted")
    assert client_of(bob).get(url("answer_proposal", proposal)).status_code == 404
    client = client_of(dora)
    address = url("answer_proposal", proposal)
    empty = client.post(address, {"kind": "declined", "reasons": "  "})
    assert empty.status_code == 422
    assert "une réponse sans raisons n’en est pas une" in text_of(empty)
    vague = client.post(address, {"kind": "reframed", "reasons": "Trop cher tel quel."})
    assert "Dites ce qui est à changer." in text_of(vague)
    assert "Trop cher tel quel." in text_of(vague)
    undated = client.post(address, {"kind": "deferred", "reasons": "Le budget se vote en mai."})
    assert "Dites jusqu’à quand" in text_of(undated)
    assert Answer.objects.count() == 0
    stale = {"kind": "validated", "reasons": "Utile et simple.", "version": "7"}
    assert "a changé depuis que vous l’avez lue" in text_of(client.post(address, stale))
    done = client.post(
        address,
        {"kind": "reframed", "reasons": "Trop cher tel quel.", "change": "Un seul écran", "version": "1"},
    )
    assert done.status_code == 303
    page = text_of(client_of(bob).get(url("proposal", proposal)))
    for words in ("Trop cher tel quel.", "Un seul écran", "Dora Haddad, pour le comité"):
        assert words in page


def test_several_are_answered_at_once_each_with_its_own_reasons(
    working: Frame, make_proposal: Any, dora: Any, client_of: Any
) -> None:
    first, second = make_proposal("submitted"), make_proposal("submitted", title="Une autre")
    client, address = client_of(dora), url("answer_many", working)
    keys = (first.public_id, second.public_id)
    both = {"kind": "declined", **{f"pick_{key}": "on" for key in keys}}
    bare = client.post(address, both | {f"reasons_{keys[0]}": "L’écran existe déjà."})
    assert bare.status_code == 422
    assert "une réponse sans raisons n’en est pas une" in text_of(bare)
    same = client.post(address, both | {f"reasons_{key}": "Trop cher." for key in keys})
    assert "Ces raisons servent deux fois" in text_of(same)
    assert Answer.objects.count() == 0
    reasons = {f"reasons_{keys[0]}": "L’écran existe déjà.", f"reasons_{keys[1]}": "La salle est louée."}
    assert client.post(address, both | reasons).status_code == 303
    assert {row.reasons for row in Answer.objects.all()} == set(reasons.values())


def test_a_template_begins_an_answer_and_never_is_one(
    working: Frame, make_proposal: Any, dora: Any, client_of: Any
) -> None:
    proposal = make_proposal("submitted")
    client, address = client_of(dora), url("answer_templates", working)
    assert client.post(address, {"name": "Merci", "words": ""}).status_code == 422
    client.post(address, {"name": "Merci", "words": "Merci de ce travail."})
    template = AnswerTemplate.objects.get()
    page = url("answer_proposal", proposal)
    assert "Merci de ce travail.</textarea>" in text_of(client.get(f"{page}?template={template.public_id}"))
    only = client.post(page, {"kind": "declined", "reasons": "Merci de ce travail."})
    assert "Ce sont les mots du modèle" in text_of(only)
    changed = {"name": "Merci", "words": "Merci à vous.", "template": template.public_id}
    client.post(address, changed)
    template.refresh_from_db()
    assert template.words == "Merci à vous."
    client.post(address, {"act": "drop", "template": template.public_id})
    assert AnswerTemplate.objects.count() == 0


def test_who_signed_is_recused_and_it_shows(
    working: Frame, dora: Any, chloe: Any, bob: Any, client_of: Any
) -> None:
    own = actions.draft_proposal(working, by=dora, title="Celle de Dora", **TEXT)
    actions.submit_proposal(own, by=dora)
    client = client_of(dora)
    assert "C’est le vôtre" in text_of(client.get(url("desk", working)))
    assert "Vous n’y répondez pas" in text_of(client.get(url("answer_proposal", own)))
    refused = client.post(
        url("answer_proposal", own), {"kind": "validated", "reasons": "La mienne est bonne."}
    )
    assert refused.status_code == 422
    assert "quelqu’un d’autre du comité y répond" in text_of(refused)
    assert "Celle de Dora" not in text_of(client.get(url("answer_many", working))).split("<main", 1)[1]
    assert "celle de son groupe : Dora Haddad" in text_of(client_of(chloe).get(url("answer_proposal", own)))
    client_of(chloe).post(url("answer_proposal", own), {"kind": "validated", "reasons": "Utile et simple."})
    page = text_of(client_of(bob).get(url("proposal", own)))
    told = (
        "N’a pas pris part à cette réponse, parce qu’elle est la sienne ou celle de son groupe : Dora Haddad"
    )
    assert told in page


def test_a_score_stays_with_oneself_until_the_answer(
    working: Frame, make_proposal: Any, bob: Any, dora: Any, chloe: Any, client_of: Any
) -> None:
    proposal = make_proposal("submitted")
    assert client_of(bob).get(url("score_proposal", proposal)).status_code == 404
    client_of(chloe).post(url("score_proposal", proposal), {"value": "2", "words": "Trop tôt"})
    assert "Trop tôt" in text_of(client_of(chloe).get(url("proposal", proposal)))
    assert "Trop tôt" not in text_of(client_of(dora).get(url("proposal", proposal)))
    actions.answer_proposal(proposal, by=dora, kind="declined", reasons="L’écran existe déjà.")
    assert "Trop tôt" in text_of(client_of(dora).get(url("proposal", proposal)))
    assert "Trop tôt" not in text_of(client_of(bob).get(url("proposal", proposal)))


def test_the_hierarchy_is_told_and_acknowledges(
    working: Frame, dora: Any, bob: Any, chloe: Any, fatou: Any, client_of: Any
) -> None:
    assert client_of(bob).get(url("notes_up", working)).status_code == 404
    typed = {
        "person": "fatou@example.org",
        "what": "Les groupes commencent lundi.",
        "due_on": day(4).isoformat(),
    }
    client_of(dora).post(url("write_note_up", working), typed)
    note = HierarchyNote.objects.get()
    assert client_of(fatou).get(url("note_up", note)).status_code == 404
    assert "à envoyer" in text_of(client_of(chloe).get(url("notes_up", working)))
    client_of(dora).post(url("note_up", note), {"act": "send"})
    assert "Les groupes commencent lundi." in text_of(client_of(fatou).get(url("note_up", note)))
    assert client_of(bob).post(url("note_up", note), {"act": "read"}).status_code == 404
    client_of(fatou).post(url("note_up", note), {"act": "read"})
    note.refresh_from_db()
    assert note.acknowledged_at is not None
    assert "lue" in text_of(client_of(dora).get(url("notes_up", working)))


def test_an_obstacle_is_decided_with_reasons_by_somebody_else(
    working: Frame, group: Any, bob: Any, dora: Any, chloe: Any, client_of: Any
) -> None:
    client = client_of(bob)
    assert client.post(url("raise_obstacle", working), {"words": ""}).status_code == 422
    client.post(url("raise_obstacle", working), {"words": "Pas d’accès au plan", "group": group.public_id})
    obstacle = Obstacle.objects.get()
    assert obstacle.group == group
    assert "Votre décision" not in text_of(client.get(url("obstacle", obstacle)))
    assert client.post(url("obstacle", obstacle), {"lifted": "yes", "reasons": "x"}).status_code == 403
    bare = client_of(dora).post(url("obstacle", obstacle), {"lifted": "no"})
    assert bare.status_code == 422
    client_of(dora).post(url("obstacle", obstacle), {"lifted": "no", "reasons": "Le plan est classé."})
    assert "Le plan est classé." in text_of(client.get(url("obstacles", working)))
    own = actions.raise_obstacle(working, by=chloe, words="Le mien")
    assert "Vous n’en décidez pas" in text_of(client_of(chloe).get(url("obstacle", own)))


def test_posture_is_read_as_means_without_names(
    working: Frame, bob: Any, dora: Any, chloe: Any, alice: Any, emile: Any, client_of: Any
) -> None:
    assert client_of(bob).get(url("posture", working)).status_code == 404
    assert client_of(dora).post(url("posture", working), {"listens": "3"}).status_code == 422
    marks = {"listens": "3", "lifts": "2", "answers": "4"}
    client_of(dora).post(url("posture", working), marks | {"words": "Répondre plus tôt"})
    assert PostureCheck.objects.get().lifts == 2
    page = text_of(client_of(bob).get(url("committee", working)))
    assert "trop peu pour donner une moyenne" in page
    assert "Répondre plus tôt" not in page
    for person in (alice, emile, bob):
        actions.join_committee(working, by=alice, person=person)
    for person in (chloe, alice, emile, bob):
        client_of(person).post(url("posture", working), marks)
    shown = text_of(client_of(bob).get(url("committee", working)))
    assert "écoute : 3,0 sur 4" in shown
    assert "Répondre plus tôt" in shown


def test_whoever_only_reads_the_desk_meets_no_closed_door(
    working: Frame, make_proposal: Any, emile: Any, client_of: Any
) -> None:
    make_proposal("submitted")
    client = client_of(emile)
    page = text_of(client.get(url("desk", working)))
    assert "ce sont ses membres qui répondent" in re.sub(r"<[^>]+>", "", page)
    links = re.findall(r'<h3><a href="([^"]+)"', page)
    assert links
    assert [client.get(link).status_code for link in links] == [200] * len(links)


def test_what_is_late_says_which_part(working: Frame, make_proposal: Any, bob: Any, client_of: Any) -> None:
    asked, carried = make_proposal("submitted"), make_proposal("carrying")
    with clock.at(later(900)):
        page = text_of(client_of(bob).get(url("proposals", working)))
    cards = {
        one: card for card in page.split("<article") for one in (asked, carried) if one.public_id in card
    }
    assert "réponse en retard" in cards[asked]
    assert "réalisation en retard" in cards[carried]
    assert "réponse en retard" not in cards[carried]
