"""Experiments, as pages: written page by page, supported, run in sight of all, decided with a lesson."""

from __future__ import annotations

import io
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from PIL import Image

from reciproque.initiatives import actions
from reciproque.initiatives.models import Checkpoint, Experiment, Frame, LogEntry
from tests.initiatives.conftest import TRIAL, day
from tests.web.initiatives.test_frame_pages import text_of, url


def page_of(experiment: Experiment, n: int) -> str:
    return reverse("initiatives:edit_experiment", args=[experiment.public_id, n])


def test_an_experiment_is_written_page_by_page(working: Frame, bob: Any, chloe: Any, client_of: Any) -> None:
    client = client_of(bob)
    assert client.post(url("new_experiment", working), {"title": ""}).status_code == 422
    idea = {"title": "Accueil debout", "hypothesis": TRIAL["hypothesis"], "key": "abc"}
    done = client.post(url("new_experiment", working), idea)
    one = Experiment.objects.get()
    assert done.headers["Location"] == page_of(one, 2)
    assert client.post(url("new_experiment", working), idea).headers["Location"] == page_of(one, 2)
    assert Experiment.objects.count() == 1
    client.post(url("ask_support", one))
    assert "Dites où cela se passera." in text_of(client.get(url("experiment", one)))
    place = {name: TRIAL[name] for name in ("where", "with_whom", "consent")}
    wrong = place | {"starts_on": day(30).isoformat(), "ends_on": day(10).isoformat()}
    assert "La fin vient après le début." in text_of(client.post(page_of(one, 2), wrong))
    client.post(page_of(one, 2), wrong | {"ends_on": day(60).isoformat()})
    measured = {name: TRIAL[name] for name in ("tied_to", "measure", "start_value", "criteria")}
    assert client.post(page_of(one, 3), measured).headers["Location"] == url("experiment", one)
    assert client_of(chloe).get(page_of(one, 1)).status_code == 404
    client.post(url("ask_support", one))
    one.refresh_from_db()
    assert one.state == "asked"
    assert "soutien demandé" in text_of(client_of(chloe).get(url("experiments", working)))
    changed = client.post(page_of(one, 3), measured | {"criteria": "Moins de 20 minutes"})
    assert "Le comité lit cette version" in text_of(changed)


def test_the_committee_supports_and_a_no_says_why(
    working: Frame, make_trial: Any, bob: Any, dora: Any, client_of: Any
) -> None:
    one = make_trial("asked")
    assert client_of(bob).get(url("answer_support", one)).status_code == 404
    client = client_of(dora)
    bare = client.post(url("answer_support", one), {"supported": "no"})
    assert bare.status_code == 422
    assert "ce qui permettrait de la soutenir" in text_of(bare)
    client.post(url("answer_support", one), {"supported": "no", "words": "Qui remplace au guichet ?"})
    assert "Qui remplace au guichet ?" in text_of(client_of(bob).get(url("experiment", one)))
    own = make_trial("asked", owner=dora)
    assert client.get(url("answer_support", own)).status_code == 404
    assert "C’est votre expérimentation" in text_of(client.get(url("experiment", own)))


def test_criteria_are_frozen_and_their_changes_are_seen(
    working: Frame, make_trial: Any, bob: Any, chloe: Any, client_of: Any
) -> None:
    one = make_trial("ready")
    client = client_of(bob)
    client.post(url("start_experiment", one))
    assert "avant de commencer." in text_of(client_of(chloe).get(url("experiment", one)))
    assert client.get(page_of(one, 3)).status_code == 404
    silent = client.post(
        url("change_criteria", one), {"criteria": "Moins de 12 minutes, trois semaines de suite"}
    )
    assert silent.status_code == 422
    client.post(
        url("change_criteria", one),
        {"criteria": "Moins de 12 minutes, trois semaines de suite", "reason": "Un guichet est fermé"},
    )
    page = text_of(client_of(chloe).get(url("experiment", one)))
    assert "<del>9</del>" in page
    assert "<ins>12</ins>" in page
    assert "Un guichet est fermé" in page
    actions.measure_experiment(one, by=bob, result_value="11", result="Mieux", met="yes")
    late = client.post(url("change_criteria", one), {"criteria": "Moins de 11", "reason": "Tricher"})
    assert "Le résultat est connu" in text_of(late)


def test_checkpoints_and_a_journal_with_pictures(
    working: Frame, make_trial: Any, bob: Any, chloe: Any, fatou: Any, client_of: Any
) -> None:
    one = make_trial("running")
    client = client_of(bob)
    client.post(url("add_checkpoint", one), {"due_on": day(20).isoformat(), "words": "La file à 11 h"})
    point = Checkpoint.objects.get()
    do = reverse("initiatives:do_checkpoint", args=[one.public_id, point.public_id])
    assert client.post(do, {"words": ""}).status_code == 422
    client.post(do, {"words": "Douze minutes"})
    drawn = io.BytesIO()
    Image.new("RGB", (4, 4), "teal").save(drawn, "PNG")
    typed = {"words": "Premier matin", "picture": SimpleUploadedFile("file.png", drawn.getvalue())}
    mute = client.post(url("write_log", one), typed)
    assert "Dites en quelques mots ce que montre l’image." in text_of(mute)
    typed["picture"] = SimpleUploadedFile("file.png", drawn.getvalue())
    client.post(url("write_log", one), typed | {"picture_words": "La file, de dos"})
    fake = {"words": "x", "picture": SimpleUploadedFile("a.png", b"<script>"), "picture_words": "x"}
    assert client.post(url("write_log", one), fake).status_code == 422
    entry = LogEntry.objects.get()
    address = reverse("initiatives:experiment_picture", args=[one.public_id, entry.public_id])
    page = text_of(client_of(chloe).get(url("experiment", one)))
    assert f'<img src="{address}" alt="La file, de dos"' in page
    assert "Douze minutes" in page
    answer = client_of(chloe).get(address)
    assert answer.headers["Content-Type"] == "image/png"
    assert answer.headers["Content-Disposition"].startswith("attachment")
    assert "sandbox" in answer.headers["Content-Security-Policy"]
    assert b"".join(answer.streaming_content).startswith(b"\x89PNG")
    assert client_of(fatou).get(address).status_code == 404
    assert client_of(chloe).get(url("write_log", one)).status_code == 404


def test_stopping_with_a_lesson_is_shown_as_a_success(
    working: Frame, make_trial: Any, bob: Any, dora: Any, chloe: Any, client_of: Any
) -> None:
    one = make_trial("running")
    typed = {"result_value": "13", "met": "no", "result": "Rien n’a bougé"}
    client_of(bob).post(url("measure_experiment", one), typed)
    assert client_of(bob).get(url("decide_experiment", one)).status_code == 404
    client = client_of(dora)
    bare = client.post(url("decide_experiment", one), {"decision": "stop"})
    assert bare.status_code == 422
    client.post(url("decide_experiment", one), {"decision": "stop", "lesson": "L’attente est ailleurs"})
    page = text_of(client_of(chloe).get(url("experiment", one)))
    assert "Arrêtée, avec une leçon" in page
    assert "C’est une réussite" in page
    assert 'class="timeline"' in page
    assert "Les mêmes moments, en tableau" in page
    lessons = text_of(client_of(chloe).get(url("lessons", working)))
    assert "L’attente est ailleurs" in lessons


def test_it_is_followed_handed_over_and_dropped(
    working: Frame, make_trial: Any, bob: Any, chloe: Any, client_of: Any
) -> None:
    one = make_trial("draft")
    client_of(chloe).post(url("follow_experiment", one), {"act": "follow"})
    assert "1 personne la suit." in text_of(client_of(chloe).get(url("experiment", one)))
    client_of(chloe).post(url("follow_experiment", one), {"act": "unfollow"})
    assert one.followers.count() == 0
    assert client_of(chloe).get(url("hand_experiment", one)).status_code == 404
    client_of(bob).post(url("hand_experiment", one), {"person": "Chloé Le Goff"})
    one.refresh_from_db()
    assert one.owner == chloe
    client_of(chloe).post(url("drop_experiment", one))
    one.refresh_from_db()
    assert one.state == "dropped"


def test_the_list_costs_the_same_for_few_and_many(
    working: Frame, make_trial: Any, bob: Any, client_of: Any, queries: Any
) -> None:
    client, address = client_of(bob), url("experiments", working)

    def cost() -> int:
        with queries() as seen:
            client.get(address)
        return len(seen)

    make_trial("draft")
    cost()
    few = cost()
    for _n in range(5):
        make_trial("draft")
    assert cost() == few
