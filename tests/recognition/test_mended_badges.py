"""What strangers learn from badges, what badges rest on, and how one’s name is taken back."""

from __future__ import annotations

import base64
import datetime as dt
import io
import json
import urllib.parse
from typing import Any

import pytest
from django.test import Client
from django.urls import NoReverseMatch, reverse

from reciproque.kit import clock
from reciproque.people.actions import leave_organisation
from reciproque.recognition.actions import (
    break_key,
    give_up_certification,
    issue_badge,
    revoke_badge,
    revoke_for,
)
from reciproque.recognition.actions.certifying import certify_due
from reciproque.recognition.engine import baking, signing
from reciproque.recognition.models import Badge, Certification, Confirmation
from reciproque.recognition.queries import endorser_keys, given_by, old_assertion, verify
from reciproque.recognition.queries.badges import counted_confirmations
from reciproque.recognition.queries.certifying import voices_of
from reciproque.recognition.rules import EndReason
from tests.recognition.badges_made import SAVOIR, certify

DAY = dt.timedelta(days=1)


@pytest.fixture
def certification(network: Any, bob: Any, alice: Any, chloe: Any, dora: Any) -> Certification:
    return certify(network, bob, [alice, chloe, dora], signs=(chloe,))


@pytest.fixture
def badge(certification: Certification, bob: Any) -> Badge:
    return issue_badge(certification, by=bob)


# -- what is certified, without whom --------------------------------------------------------------------------


def test_no_address_made_of_a_network_and_a_savoir_leads_to_a_badge(
    badge: Badge, certification: Certification
) -> None:
    network, topic = certification.network.public_id, certification.skill.topic.public_id
    assert Client().get(f"/badges/issuer/{network}/{topic}.json").status_code == 404
    with pytest.raises(NoReverseMatch):
        reverse("recognition:certified", args=[network, topic])
    payload = signing.peek(badge.credential)[1]
    for text in (json.dumps(payload), json.dumps(old_assertion(badge)[0])):
        assert topic not in text


def test_what_old_readers_fetch_of_the_certified_savoir_names_nobody(badge: Badge, bob: Any) -> None:
    address = old_assertion(badge)[0]["badge"]
    answer = Client().get(urllib.parse.urlsplit(address).path)
    assert answer.status_code == 200
    assert answer.headers["Access-Control-Allow-Origin"] == "*"
    found = answer.json()
    assert (found["id"], found["name"], found["type"]) == (address, SAVOIR, "BadgeClass")
    kind, _comma, words = found.pop("image").partition(",")
    drawing = base64.b64decode(words).decode()
    assert kind == "data:image/svg+xml;base64"
    assert SAVOIR in drawing
    for text in (drawing, json.dumps(found, ensure_ascii=False)):
        assert bob.last_name not in text
    assert ".png" not in json.dumps(found)
    revoke_badge(badge, by=bob)
    assert Client().get(urllib.parse.urlsplit(address).path).status_code == 404


# -- what a badge rests on -------------------------------------------------------------------------------------


def test_words_given_before_the_certification_was_given_up_are_not_in_the_next_badge(
    network: Any, certification: Certification, bob: Any, alice: Any, emile: Any
) -> None:
    skill = certification.skill
    give_up_certification(certification, by=bob)
    with clock.at(clock.now() + 2 * DAY):
        for person in (emile, alice):
            said = Confirmation.objects.filter(skill=skill, by=person)
            said.update(withdrawn_at=clock.now(), words="", signs=False)
            Confirmation.objects.create(
                skill=skill,
                network=network,
                by=person,
                unit=person.unit,
                source_kind="exchange",
                source_id="n",
                at=clock.now(),
            )
        again = certify_due(skill, network)
        assert again is not None
        counted = {row.by for row in counted_confirmations(again)}
        assert counted == {emile, alice}
        assert len(voices_of(network, [skill.pk])[skill.pk]) == len(counted)
        badge = issue_badge(again, by=bob)
    # Chloé accepted to be named, for a certification that was given up since.
    assert badge.endorsements == []
    assert any("Confirmé par 2 personnes" in line for line in verify(badge.credential).evidence)


# -- the page that checks ---------------------------------------------------------------------------------------


class Film(io.RawIOBase):
    def read(self, *_: Any) -> bytes:
        raise AssertionError("nothing of it should be read")


@pytest.mark.parametrize("length", [str(4 * 1024 * 1024), f"+{4 * 1024 * 1024}", f" {100 * 1024 * 1024}"])
@pytest.mark.parametrize("name", ["recognition:verify", "account:sign_in"])
def test_nobody_unknown_sends_more_than_a_badge(db: None, name: str, length: str) -> None:
    answer = Client().generic(
        "POST",
        reverse(name),
        b"",
        content_type="multipart/form-data; boundary=x",
        CONTENT_LENGTH=length,
        **{"wsgi.input": Film()},
    )
    assert answer.status_code == 413
    assert "Sans être connecté" in answer.content.decode()


@pytest.mark.parametrize("kid", ['"\\ud800"', '"a\\u0000b"', '"did:web:x#\\udfff"', "3", "null"])
def test_no_name_of_a_key_breaks_the_page_that_checks(db: None, kid: str) -> None:
    def part(words: str) -> str:
        return base64.urlsafe_b64encode(words.encode()).decode().rstrip("=")

    token = f'{part(f"""{{"alg":"ES256","kid":{kid}}}""")}.{part("{}")}.{part("x" * 64)}'
    assert verify(token).code == "stranger"
    assert Client().post(reverse("recognition:verify"), {"text": token}).status_code == 200


# -- why a badge holds no more ---------------------------------------------------------------------------------


@pytest.mark.parametrize("reason", [EndReason.CONTESTED, EndReason.UNCONFIRMED, EndReason.RULE])
def test_why_a_badge_was_revoked_is_told_to_nobody_outside(
    badge: Badge, certification: Certification, reason: EndReason
) -> None:
    revoke_for(certification, reason)
    badge.refresh_from_db()
    client, label = Client(), str(reason.label)
    pages = [
        client.get(reverse("recognition:badge", args=[badge.public_id])),
        client.get(reverse("recognition:badge_json", args=[badge.public_id])),
        client.post(reverse("recognition:verify"), {"text": badge.credential}),
    ]
    for answer in pages:
        text = answer.content.decode()
        assert label not in text
        assert "Ce badge n’est plus valable." in text
    assert pages[1].json()["revoked"] is True
    assert label not in verify(badge.credential).sentence


def test_taken_back_or_ended_it_is_the_same_outside(badge: Badge, bob: Any, admin: Any) -> None:
    revoke_badge(badge, by=bob)
    badge.refresh_from_db()
    assert verify(badge.credential).sentence == "Ce badge n’est plus valable."
    assert old_assertion(badge)[0]["revocationReason"] == "Ce badge n’est plus valable."
    # That a key is broken says nothing of anybody: what to do about it is told.
    break_key(badge.key, by=admin)
    badge.refresh_from_db()
    assert "clé" in old_assertion(badge)[0]["revocationReason"]


# -- one's name ------------------------------------------------------------------------------------------------


def test_who_signed_takes_their_name_back_even_after_the_holder_left(
    badge: Badge, bob: Any, alice: Any, chloe: Any, client_of: Any, run_reactions: Any
) -> None:
    leave_organisation(bob, by=None)
    run_reactions()
    signed = Confirmation.objects.get(by=chloe)
    assert given_by(chloe) == [signed]
    # Alice's name is in no badge: someone who left is not shown to her any more.
    assert given_by(alice) == []
    withdraw = reverse("recognition:withdraw", args=[signed.public_id])
    client = client_of(chloe)
    assert withdraw in client.get(reverse("recognition:to_confirm")).content.decode()
    assert client.get(withdraw).status_code == 200
    assert client.post(withdraw).status_code == 303
    assert [one.stands for one in verify(badge.credential).endorsements] == [False]
    assert given_by(chloe) == []


def test_the_departure_of_who_signed_takes_nothing_back(badge: Badge, chloe: Any, run_reactions: Any) -> None:
    leave_organisation(chloe, by=None)
    run_reactions()
    signed = Confirmation.objects.get(by=chloe)
    assert endorser_keys(signed.public_id)["verificationMethod"]
    assert [one.name for one in verify(badge.credential).endorsements] == [chloe.display_name]


def test_a_record_is_checked_as_the_badge_it_holds() -> None:
    badge = {"id": "data:application/vc+jwt,a.b.c", "type": "EnvelopedVerifiableCredential"}

    def record(*badges: dict[str, str]) -> bytes:
        return json.dumps({"id": "urn:x", "credentialSubject": {"verifiableCredential": badges}}).encode()

    assert baking.extract(record(badge)) == "a.b.c"
    with pytest.raises(baking.SeveralBadges):
        baking.extract(record(badge, badge))
    with pytest.raises(baking.NoBadge):
        baking.extract(record())
    for odd in (b"{}", b'{"credentialSubject": 1}', b'{"credentialSubject": {"verifiableCredential": [1]}}'):
        with pytest.raises(baking.NoBadge):
            baking.extract(odd)
