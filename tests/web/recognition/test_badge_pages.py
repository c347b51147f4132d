"""The pages of badges: for whoever was given one, and for the programs that check them."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from reciproque.journal.models import Fact
from reciproque.kit import clock
from reciproque.people.actions import leave_organisation
from reciproque.recognition.actions import issue_badge, revoke_badge, take_name_off
from reciproque.recognition.models import Badge, Confirmation, Key
from reciproque.recognition.queries import badge_png
from tests.recognition.badges_made import SAVOIR, WORDS, certify


@pytest.fixture
def badge(network: Any, bob: Any, alice: Any, chloe: Any) -> Badge:
    return issue_badge(certify(network, bob, [alice, chloe], signs=(chloe,)), by=bob)


def text_of(answer: Any) -> str:
    return str(answer.content.decode())


def test_whoever_has_the_address_reads_what_the_badge_says(badge: Badge, client_of: Any, fatou: Any) -> None:
    for client in (Client(), client_of(fatou)):
        answer = client.get(reverse("recognition:badge", args=[badge.public_id]))
        text = text_of(answer)
        assert answer.status_code == 200
        for words in (SAVOIR, "Bob Riou", "Badge valable", "Chloé Le Goff", WORDS):
            assert words in text
        assert "Alice" not in text
        assert "C’est votre badge" not in text
        assert text.count("<h1") == 1
        ids = re.findall(r'\sid="([^"]+)"', text)
        assert len(ids) == len(set(ids))
        assert answer.headers["X-Robots-Tag"] == "noindex"
        assert "no-store" in answer.headers["Cache-Control"]


def test_its_holder_is_told_that_it_is_theirs(badge: Badge, client_of: Any, bob: Any) -> None:
    assert "C’est votre badge" in text_of(
        client_of(bob).get(reverse("recognition:badge", args=[badge.public_id]))
    )


def test_a_badge_nobody_made_is_not_there(db: None) -> None:
    for name in ("badge", "badge_json", "badge_jwt", "badge_svg", "badge_png", "badge_europass"):
        assert Client().get(reverse(f"recognition:{name}", args=["zzzzzzzzzzzz"])).status_code == 404


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("badge_jwt", "application/vc+jwt"),
        ("badge_svg", "image/svg+xml"),
        ("badge_png", "image/png"),
        ("badge_json", "application/ld+json"),
        ("badge_europass", "application/vc"),
    ],
)
def test_every_file_of_a_badge_is_given_and_verifies(badge: Badge, name: str, kind: str) -> None:
    client = Client()
    answer = client.get(reverse(f"recognition:{name}", args=[badge.public_id]))
    assert answer.status_code == 200
    assert answer.headers["Content-Type"] == kind
    if name == "badge_json":
        assert json.loads(answer.content)["type"] == "Assertion"
        return
    file = SimpleUploadedFile("badge", answer.content)
    assert "Badge valable" in text_of(client.post(reverse("recognition:verify"), {"file": file}))


def test_a_badge_pasted_is_checked_and_nothing_is_kept(badge: Badge, queries: Any) -> None:
    client, facts = Client(), Fact.objects.count()
    with queries() as seen:
        answer = client.post(
            reverse("recognition:verify"), {"text": badge.credential, "email": "bob@example.org"}
        )
    text = text_of(answer)
    assert "Badge valable" in text
    assert "Cette adresse est bien celle" in text
    assert badge.credential not in text
    ids = re.findall(r'\sid="([^"]+)"', text)
    assert len(ids) == len(set(ids))
    assert set(re.findall(r'<label[^>]* for="([^"]+)"', text)) <= set(ids)
    assert not [one for one in seen if not one["sql"].lstrip().startswith(("SELECT", "SAVEPOINT", "RELEASE"))]
    assert Fact.objects.count() == facts
    changed = badge.credential[:-6] + "AAAAAA"
    text = text_of(client.post(reverse("recognition:verify"), {"text": changed}))
    assert "Badge non valable" in text
    assert "Bob" not in text


def test_what_is_no_badge_is_said_in_a_sentence(db: None) -> None:
    address = reverse("recognition:verify")
    assert "que nous sachions lire" in text_of(Client().post(address, {"text": "bonjour"}))
    answer = Client().post(address, {})
    assert answer.status_code == 422
    assert "Donnez un fichier" in text_of(answer)
    heavy = SimpleUploadedFile("badge.png", b"\x89PNG\r\n\x1a\n" + b"0" * (2 * 1024 * 1024))
    answer = Client().post(address, {"file": heavy})
    assert answer.status_code == 422
    assert "trop lourd" in text_of(answer)


def test_a_badge_taken_back_says_so_and_gives_no_file(badge: Badge, bob: Any) -> None:
    picture = badge_png(badge)
    revoke_badge(badge, by=bob)
    client = Client()
    text = text_of(client.get(reverse("recognition:badge", args=[badge.public_id])))
    assert "Badge non valable" in text
    assert "Image PNG" not in text
    assert client.get(reverse("recognition:badge_png", args=[badge.public_id])).status_code == 404
    old = client.get(reverse("recognition:badge_json", args=[badge.public_id]))
    assert (old.status_code, old.json()["revoked"]) == (410, True)
    answer = client.post(reverse("recognition:verify"), {"file": SimpleUploadedFile("badge.png", picture)})
    assert "n’est plus valable" in text_of(answer)


def test_programs_find_what_verifies_a_badge(badge: Badge, network: Any, chloe: Any) -> None:
    client = Client()
    signer = Confirmation.objects.get(by=chloe)
    addresses = [
        reverse("recognition:jwks"),
        reverse("recognition:key", args=[badge.key.kid]),
        reverse("recognition:issuer", args=[network.public_id]),
        reverse("recognition:issuer_did", args=[network.public_id]),
        reverse("recognition:certified", args=[badge.public_id]),
        reverse("recognition:endorser_did", args=[signer.public_id]),
        reverse("recognition:status", args=[network.public_id, 0]),
    ]
    for address in addresses:
        answer = client.get(address)
        assert answer.status_code == 200, address
        assert answer.headers["Access-Control-Allow-Origin"] == "*"
        for words in ("Bob", "Riou", "bob@"):
            assert words not in text_of(answer)
    assert client.get(reverse("recognition:status", args=["zzzzzzzzzzzz", 0])).status_code == 404
    assert client.get(reverse("recognition:key", args=["zzzzzzzzzzzz"])).status_code == 404
    assert client.get("/badges/status/" + network.public_id + "/" + "9" * 40 + "/").status_code in (200, 404)


def test_the_keys_are_for_those_who_run_the_installation(
    badge: Badge, client_of: Any, admin: Any, alice: Any
) -> None:
    page, rotate = reverse("recognition:keys"), reverse("recognition:rotate")
    broken = reverse("recognition:broken", args=[badge.key.kid])
    assert client_of(alice).get(page).status_code == 404
    assert client_of(alice).post(rotate).status_code == 404
    assert client_of(alice).post(broken).status_code == 403
    mine = client_of(admin)
    assert badge.key.kid in text_of(mine.get(page))
    assert mine.post(rotate).status_code == 303
    assert Key.objects.count() == 2
    assert "D’autres connaissent cette clé" in text_of(mine.get(broken))
    assert mine.post(broken).status_code == 303
    assert Key.objects.get(pk=badge.key_id).broken_at == clock.now()
    assert mine.post(broken).status_code == 404
    assert "compromise" in text_of(mine.get(page))
    assert "n’est plus sûre" in text_of(Client().get(reverse("recognition:badge", args=[badge.public_id])))


def test_the_pages_cost_the_same_whatever_they_show(
    network: Any, bob: Any, alice: Any, chloe: Any, dora: Any, admin: Any, client_of: Any, queries: Any
) -> None:
    one = issue_badge(certify(network, bob, [alice, chloe], signs=(chloe,)), by=bob)
    many = issue_badge(certify(network, chloe, [alice, bob, dora], signs=(alice, bob, dora)), by=chloe)
    seen = []
    for badge in (one, many):
        with queries() as page:
            Client().get(reverse("recognition:badge", args=[badge.public_id]))
        seen.append(len(page))
    assert seen == [4, 4]
    mine, costs = client_of(admin), []
    for _time in range(2):
        mine.get(reverse("recognition:keys"))
        with queries() as page:
            mine.get(reverse("recognition:keys"))
        costs.append(len(page))
        for _key in range(4):
            mine.post(reverse("recognition:rotate"))
    assert costs[0] == costs[1]


# -- someone who left asks that their name be read no more ---------------------------------------------------------


def test_an_administrator_takes_off_the_name_of_someone_who_left(
    network: Any, bob: Any, alice: Any, chloe: Any, dora: Any, admin: Any, client_of: Any, said: Any
) -> None:
    held = certify(network, bob, [alice, chloe, dora], signs=(chloe, dora))
    badge = issue_badge(held, by=bob)
    page, names = Client(), reverse("recognition:names")
    address = reverse("recognition:badge", args=[badge.public_id])
    off = reverse("recognition:name_off", args=[chloe.public_id])
    mine = client_of(admin)
    assert mine.get(off).status_code == 404  # she is there: it is hers to do
    leave_organisation(chloe, by=None)
    for other in (alice, bob):
        assert client_of(other).get(names).status_code == 404
        assert client_of(other).post(off, {"reason": "Parce que"}).status_code == 404
    assert "Chloé Le Goff" in text_of(page.get(address))
    assert "Chloé" not in text_of(mine.get(names))  # nobody is listed unasked
    found = text_of(mine.get(names, {"q": "le goff"}))
    assert off in found
    assert "Bob" not in found
    assert held.skill.topic.name not in found
    assert "Dora" not in text_of(mine.get(names, {"q": dora.last_name}))  # still there
    assert mine.post(off, {"reason": " "}).status_code == 422
    assert mine.post(off, {"reason": "Sa lettre du 3 mars."}).status_code == 303
    signed = held.skill.confirmations.get(by=chloe)
    assert (signed.signs, signed.withdrawn_at, signed.words) == (False, None, WORDS)
    read = text_of(page.get(address))
    assert "Chloé" not in read
    assert "Une personne a depuis retiré ce qu’elle disait." in read
    assert dora.display_name in read
    endorser = reverse("recognition:endorser_did", args=[signed.public_id])
    assert page.get(endorser).status_code == 404
    held.refresh_from_db()
    assert held.ended_at is None
    assert "Chloé" not in str(issue_badge(held, by=bob).endorsements)
    (fact,) = said("endorsements.withdrawn")
    assert (fact.by, fact.data["reason"]) == (admin, "Sa lettre du 3 mars.")
    assert "Sa lettre du 3 mars." in text_of(mine.get(names))
    assert mine.post(off, {"reason": "Encore"}).status_code == 404


def test_a_name_is_taken_off_for_reasons_by_those_who_run_the_installation(
    network: Any, bob: Any, alice: Any, chloe: Any, admin: Any
) -> None:
    certify(network, bob, [alice, chloe], signs=(chloe,))
    with pytest.raises(ValidationError, match="elle seule"):
        take_name_off(chloe, by=admin, reason="Pour voir")
    leave_organisation(chloe, by=None)
    with pytest.raises(PermissionDenied):
        take_name_off(chloe, by=alice, reason="Pour voir")
    for reason in (" \n", "x" * 501):
        with pytest.raises(ValidationError):
            take_name_off(chloe, by=admin, reason=reason)
    assert take_name_off(chloe, by=admin, reason="Elle l’a écrit.") == 1
    with pytest.raises(ValidationError, match="aucun badge"):
        take_name_off(chloe, by=admin, reason="Encore")


def test_each_page_leads_to_the_next(network: Any, alice: Any, admin: Any, bob: Any, client_of: Any) -> None:
    rule, keys = reverse("recognition:rule", args=[network.slug]), reverse("recognition:keys")
    assert f'href="{keys}"' in text_of(client_of(admin).get(rule))
    assert f'href="{keys}"' not in text_of(client_of(alice).get(rule))
    assert f'href="{reverse("recognition:names")}"' in text_of(client_of(admin).get(keys))
    mine = text_of(client_of(bob).get(reverse("recognition:mine")))
    assert f'href="{reverse("community:my_calls")}"' in mine
