"""The pages of risks, costs and studies: who reads them, what they say, what they let do."""

from __future__ import annotations

import datetime as dt
import io
import zipfile
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from reciproque.insights.actions import follow_hazard, tend_studies
from reciproque.insights.models import Costs, HazardCare, Study, StudyObjection
from reciproque.kit import clock
from reciproque.networks.models import RoleGrant
from tests.insights.figures_made import NOW, write
from tests.insights.test_studies import COARSE, agreed

pytestmark = pytest.mark.django_db
DAY = dt.timedelta(days=1)


@pytest.fixture
def sponsor(network: Any, make_person: Any) -> Any:
    person = make_person("Sam", "Parrain")
    RoleGrant.objects.create(network=network, person=person, role="sponsor")
    return person


def at(name: str, *args: Any) -> str:
    return reverse(f"insights:{name}", args=args)


def get(client: Client, person: Any, url: str) -> Any:
    client.force_login(person)
    return client.get(url)


def test_animators_and_sponsors_read_the_register_members_do_not(
    client: Client, network: Any, alice: Any, bob: Any, sponsor: Any
) -> None:
    follow_hazard(network, "fear", by=alice, owner=alice, review_on=clock.now().date() + 30 * DAY)
    for url in (at("hazards", network.slug), at("hazard", network.slug, "fear")):
        assert get(client, bob, url).status_code == 403
        page = get(client, alice, url).content.decode()
        assert "être surveillé ou jugé" in page
        assert alice.display_name in page.split("<main")[1]
        page = get(client, sponsor, url).content.decode()
        assert "être surveillé ou jugé" in page
        assert alice.display_name not in page.split("<main")[1]
    assert get(client, alice, at("hazard", network.slug, "flood")).status_code == 404


def test_a_risk_is_entrusted_and_reviewed_from_its_pages(
    client: Client, network: Any, alice: Any, bob: Any
) -> None:
    day = (clock.now().date() + 40 * DAY).isoformat()
    client.force_login(alice)
    url = at("hazard_follow", network.slug, "fear")
    wrong = client.post(url, {"owner": "", "review_on": "2020-01-01", "answer": "Une charte relue."})
    assert wrong.status_code == 422
    assert "Une charte relue." in wrong.content.decode()
    done = client.post(url, {"owner": alice.public_id, "review_on": day, "answer": "Une charte relue."})
    assert done.status_code == 303
    care = HazardCare.objects.get()
    assert (care.owner, care.answer) == (alice, "Une charte relue.")
    assert client.get(at("followed", care.public_id)).status_code == 303
    page = at("hazard", network.slug, "fear")
    seen = care.revision
    assert (
        client.post(page, {"level": "high", "words": "", "next_on": day, "revision": seen}).status_code == 422
    )
    assert client.post(page, {"level": "high", "words": "Dit à la pause.", "next_on": day}).status_code == 303
    assert "Dit à la pause." in client.get(page).content.decode()
    stale = client.post(page, {"level": "low", "words": "Non.", "next_on": day, "revision": seen})
    assert stale.status_code == 422
    assert get(client, bob, at("followed", care.public_id)).status_code == 404
    assert client.post(page, {"level": "low", "words": "Non.", "next_on": day}).status_code == 403


def test_costs_are_given_by_who_settles_and_read_by_all(
    client: Client, network: Any, alice: Any, bob: Any
) -> None:
    page = at("costs", network.slug)
    assert "Aucun montant donné" in get(client, bob, page).content.decode()
    assert get(client, bob, at("costs_change", network.slug)).status_code == 403
    client.force_login(alice)
    today = clock.now().date().isoformat()
    url = at("costs_change", network.slug)
    wrong = client.post(url, {"since": today, "spread": "20", "training_day_price": "700"})
    assert wrong.status_code == 422
    sent = {
        "since": today,
        "spread": "20",
        "animation_hours": "100",
        "hour_cost": "40,50",
        "tools": "0",
        "events": "950",
        "training_day_price": "700",
        "training_day_hours": "7",
        "words": "Compté par le contrôle de gestion.",
    }
    assert client.post(url, sent).status_code == 303
    assert str(Costs.objects.get().hour_cost) == "40.50"
    said = get(client, bob, page).content.decode()
    for words in (
        "4\u00a0000\u00a0€",
        "5\u00a0000\u00a0€",
        "6\u00a0000\u00a0€",
        "100\u00a0€",
        "Compté par le contrôle",
    ):
        assert words in said


def test_a_study_from_asking_to_its_end(
    client: Client, network: Any, alice: Any, bob: Any, sponsor: Any
) -> None:
    people = write(network)
    with clock.at(NOW):
        assert get(client, bob, at("studies", network.slug)).status_code == 403
        client.force_login(alice)
        assert client.get(at("studies", network.slug)).status_code == 200
        sent = {
            "title": "Apprendre de pair à pair",
            "researcher": "C. Cheur",
            "institution": "Université",
            "purpose": "Comprendre qui apprend de qui.",
            "basis": "legitimate",
            "tables": ["members", "exchanges"],
            "until": (clock.now().date() + 90 * DAY).isoformat(),
            **{f"grain_{name}": grain for name, grain in COARSE.items()},
            "grain_unit": "unit",
        }
        new = at("study_new", network.slug)
        assert client.post(new, {**sent, "title": ""}).status_code == 422
        assert client.post(new, sent).status_code == 303
        study = Study.objects.get()
        page = at("study", study.public_id)
        assert "se reconnaîtraient à" in client.get(page).content.decode()
        assert client.post(at("study_answer", study.public_id), {"answer": "yes"}).status_code == 403
        assert get(client, bob, page).status_code == 404

        client.force_login(sponsor)
        answer = at("study_answer", study.public_id)
        assert "Elle peut se faire" in client.get(page).content.decode()
        assert client.post(answer, {"answer": "no"}).status_code == 422
        assert client.post(answer, {"answer": "yes"}).status_code == 303
        assert client.post(at("study_make", study.public_id)).status_code == 403

        client.force_login(alice)
        client.post(at("study_make", study.public_id))
        study.refresh_from_db()
        assert not study.is_made
        client.post(at("study_coarsen", study.public_id), {f"grain_{name}": "" for name in COARSE})
        client.post(at("study_make", study.public_id))
        assert client.get(at("study_take", study.public_id)).status_code == 405
        given = client.post(at("study_take", study.public_id))
        assert given["Content-Type"] == "application/zip"
        with zipfile.ZipFile(io.BytesIO(b"".join(given.streaming_content))) as archive:
            assert "codebook.csv" in archive.namelist()
        assert alice.display_name in client.get(page).content.decode().split("Qui les a pris")[1]

        client.force_login(people[3])
        mine = at("my_studies")
        assert "Comprendre qui apprend de qui." in client.get(mine).content.decode()
        assert client.post(mine, {"objects": "yes"}).status_code == 303
        assert StudyObjection.objects.filter(person=people[3]).exists()
        client.force_login(alice)
        said = client.get(page).content.decode()
        assert "lignes" in said
        client.post(at("study_take", study.public_id))
        assert study.takings.count() == 1
    with clock.at(NOW + DAY):
        tend_studies()
        said = client.get(page).content.decode()
        assert "à refaire" in said
        assert "opposé" not in said
        assert "lignes</li>" not in said
        assert client.get(at("study_end", study.public_id)).status_code == 200
        assert client.post(at("study_end", study.public_id)).status_code == 303
        client.post(at("study_take", study.public_id))
        study.refresh_from_db()
        assert (study.state, study.takings.count()) == ("ended", 1)


def test_a_study_withdrawn(client: Client, network: Any, alice: Any, sponsor: Any) -> None:
    from tests.insights.test_studies import ask

    study = ask(network, alice, tables=["members"])
    client.force_login(alice)
    assert client.post(at("study_withdraw", study.public_id)).status_code == 303
    study.refresh_from_db()
    assert study.state == "withdrawn"
    other = agreed(network, alice, sponsor, tables=["members"])
    client.post(at("study_withdraw", other.public_id))
    other.refresh_from_db()
    assert other.state == "agreed"


def test_in_a_large_network_the_check_waits_until_it_is_asked_for(
    client: Client, network: Any, alice: Any, sponsor: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    from reciproque.insights.queries import studies

    study = agreed(network, alice, sponsor, tables=["members"])
    monkeypatch.setattr(studies, "QUICK", 1)
    page = at("study", study.public_id)
    assert get(client, alice, page).context["check"] is None
    assert get(client, alice, page + "?check=1").context["check"] is not None
