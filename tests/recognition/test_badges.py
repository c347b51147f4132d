"""Badges as other programs read them: accepted by an independent verifier, refused once changed, revoked or betrayed.

The verifier is openbadgeslib. It fetches what it needs from the pages of the site, through the test client: no test
reaches the network.
"""

from __future__ import annotations

import base64
import datetime as dt
import json
import secrets
import urllib.parse
from collections.abc import Callable
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.test import Client
from openbadgeslib import ob3
from openbadgeslib.ob2 import OB2Verifier
from openbadgeslib.ob2.verifier import OB2VerificationError
from openbadgeslib.ob3 import OB3VerificationError, OB3Verifier
from openbadgeslib.verify import issuer_did_from_token, verify_badge

from reciproque.journal.models import Fact
from reciproque.kit import clock
from reciproque.kit.errors import NotThere
from reciproque.kit.seal import new_key, seal_mark
from reciproque.people.actions import leave_organisation
from reciproque.recognition.actions import (
    break_key,
    forget_badges,
    issue_badge,
    revoke_badge,
    revoke_for,
    rotate_key,
    tend_keys,
)
from reciproque.recognition.engine import baking, signing, status
from reciproque.recognition.models import Badge, Certification, Confirmation, Key
from reciproque.recognition.queries import (
    KeyMissing,
    badge_page,
    badge_png,
    badge_svg,
    badges_of,
    endorser_keys,
    envelope,
    issuer_keys,
    old_assertion,
    own_badge,
    record_json,
    status_list,
    verify,
)
from reciproque.recognition.queries.keys import open_key, signing_key
from tests.recognition.badges_made import SAVOIR, WORDS, certify

BASE = "https://savoirs.example.org"


@pytest.fixture(autouse=True)
def _today(settings: Any) -> Any:
    """The verifier reads the clock of the machine: so does the house, here."""
    settings.BASE_URL = BASE
    with clock.at(dt.datetime.now(dt.UTC)):
        yield


@pytest.fixture
def certification(network: Any, bob: Any, alice: Any, chloe: Any, dora: Any) -> Certification:
    return certify(network, bob, [alice, chloe, dora], signs=(chloe,))


@pytest.fixture
def badge(certification: Certification, bob: Any) -> Badge:
    return issue_badge(certification, by=bob)


@pytest.fixture
def fetch(db: None) -> Callable[[str], bytes]:
    """Fetch a document as another program does, from the pages of the site."""

    def fetch_(url: str) -> bytes:
        assert url.startswith(f"{BASE}/"), url
        answer = Client().get(urllib.parse.urlsplit(url).path)
        if answer.status_code != 200:
            raise OSError(f"{answer.status_code} {url}")
        return answer.content

    return fetch_


def outside(token: str, fetch: Callable[[str], bytes], **options: Any) -> Any:
    """Verify as a stranger would: only from what the file says, and the pages it names."""
    verifier = OB3Verifier.for_issuer_did(issuer_did_from_token(token), download=fetch)
    return verifier.verify(token, check_status=True, download=fetch, **options)


def rewritten(token: str, part: int, change: Callable[[dict[str, Any]], None]) -> str:
    """Return a token one part of which says something else."""
    parts = token.split(".")
    words = json.loads(base64.urlsafe_b64decode(parts[part] + "=="))
    change(words)
    parts[part] = base64.urlsafe_b64encode(json.dumps(words).encode()).decode().rstrip("=")
    return ".".join(parts)


# -- accepted -----------------------------------------------------------------------------------------------


def test_an_independent_verifier_accepts_a_badge_and_reads_it(badge: Badge, fetch: Any, network: Any) -> None:
    found = outside(badge.credential, fetch)
    assert found.achievement.name == SAVOIR
    assert found.issuer.name == network.name_fr
    assert found.issuer.id == f"did:web:savoirs.example.org:badges:issuer:{network.public_id}"
    assert found.expiration_date == badge.until.replace(microsecond=0)
    names = [one.identity_hash for one in found.identifiers if not one.hashed]
    assert names == ["Bob Riou"]
    assert "3 personnes" in found.evidence[-1].narrative
    assert "2 échanges" in found.evidence[0].narrative


def test_its_pictures_carry_it_in_both_generations(badge: Badge, fetch: Any) -> None:
    for picture in (badge_png(badge), badge_svg(badge)):
        result = verify_badge(picture, "3", resolve_did=True, check_status=True, download=fetch)
        assert (result.valid, result.trusted, result.reason) == (True, True, None)
        assert verify(picture).valid
    old = OB2Verifier(download=fetch)
    assertion = old.verify_hosted(
        OB2Verifier.extract_token_from_png(badge_png(badge)), expected_recipient="bob@example.org"
    )
    assert assertion.badge == f"{BASE}/badges/{badge.public_id}/class.json"
    assert json.loads(fetch(assertion.badge))["type"] == "BadgeClass"
    with pytest.raises(OB2VerificationError, match="Recipient mismatch"):
        old.verify_hosted(old_assertion(badge)[0], expected_recipient="chloe@example.org")
    # In a drawing, old readers find the address at which it is kept.
    address = OB2Verifier.extract_token_from_svg(badge_svg(badge))
    assert old.verify_hosted(fetch(address).decode()).id == address


def test_who_signs_endorses_until_they_take_it_back(badge: Badge, fetch: Any, chloe: Any) -> None:
    (token,) = outside(badge.credential, fetch).all_endorsement_jwts()
    said = ob3.verify_endorsement_jwt(token, download=fetch)
    assert said["comment"] == WORDS
    assert said["endorses"] == f"{BASE}/badges/{badge.public_id}/"
    assert [one.name for one in verify(badge.credential).endorsements] == ["Chloé Le Goff"]
    Confirmation.objects.filter(by=chloe).update(withdrawn_at=clock.now(), words="", signs=False)
    with pytest.raises(OB3VerificationError, match="could not fetch"):
        ob3.verify_endorsement_jwt(token, download=fetch)
    (gone,) = verify(badge.credential).endorsements
    assert (gone.stands, gone.name, gone.words) == (False, "", "")


def test_nobody_else_is_named_in_a_badge(badge: Badge) -> None:
    _header, payload = signing.peek(badge.credential)
    text = json.dumps(payload, ensure_ascii=False)
    for words in ("Alice", "Haddad", "example.org>", "bob@example.org", "Des mots qui restent entre eux"):
        assert words not in text
    assert "Chloé" not in text  # she signs, in a credential of her own
    assert "Chloé" in json.dumps(signing.peek(payload["endorsementJwt"][0])[1], ensure_ascii=False)


def test_a_badge_without_a_name_is_known_by_the_address(
    certification: Certification, bob: Any, fetch: Any
) -> None:
    badge = issue_badge(certification, by=bob, signed_name=False)
    assert "Riou" not in json.dumps(signing.peek(badge.credential)[1])
    assert verify(badge.credential).holder == ""
    assert verify(badge.credential, email=" BOB@example.org").theirs is True
    assert verify(badge.credential, email="alice@example.org").theirs is False
    assert outside(badge.credential, fetch).achievement.name == SAVOIR


def test_someone_without_an_address_is_named_and_has_no_old_badge(
    network: Any, make_person: Any, join: Any, alice: Any, chloe: Any, fetch: Any
) -> None:
    yann = make_person("Yann", "Le Bris", email=None)
    join(yann, network)
    badge = issue_badge(certify(network, yann, [alice, chloe]), by=yann, signed_name=False)
    assert verify(badge.credential, email="x@example.org").holder == "Yann Le Bris"
    assert outside(badge.credential, fetch).achievement.name == SAVOIR
    with pytest.raises(NotThere):
        old_assertion(badge)
    assert OB3Verifier.extract_token_from_png(badge_png(badge)) == badge.credential


def test_a_badge_still_verifies_after_its_holder_left(
    badge: Badge, bob: Any, fetch: Any, run_reactions: Any
) -> None:
    leave_organisation(bob, by=None)
    run_reactions()
    bob.refresh_from_db()
    assert not bob.is_active
    assert outside(badge.credential, fetch).achievement.name == SAVOIR
    assert verify(badge.credential).valid
    assert verify(badge.credential).holder == "Bob Riou"


def test_the_document_of_wallets_holds_the_same_credential(badge: Badge) -> None:
    text = json.dumps(envelope(badge))
    assert baking.extract(text.encode()) == badge.credential
    assert verify(text).valid
    assert verify(
        "\n".join(badge.credential[at : at + 76] for at in range(0, len(badge.credential), 76))
    ).valid


def test_every_term_of_our_documents_means_something(badge: Badge, bob: Any) -> None:
    """Read as linked data under the contexts they name: no term of ours is unknown to them, or would be dropped."""
    from openbadgeslib.ob3.clr import bundled_clr_contexts
    from openbadgeslib.ob3.contexts import document_loader
    from pyld import jsonld

    load = document_loader(bundled_clr_contexts())
    payload = signing.peek(badge.credential)[1]
    documents = [
        payload,
        signing.peek(payload["endorsementJwt"][0])[1],
        signing.peek(status_list(badge.network.public_id, 0))[1],
        record_json(bob),
        envelope(badge),
    ]
    for document in documents:
        dropped: list[str] = []
        said = {
            key: value for key, value in document.items() if key not in ("iss", "sub", "jti", "nbf", "exp")
        }
        jsonld.expand(said, {"documentLoader": load}, on_property_dropped=dropped.append)
        assert dropped == []


# -- refused: changed ---------------------------------------------------------------------------------------


def _other_name(words: dict[str, Any]) -> None:
    words["credentialSubject"]["identifier"][0]["identityHash"] = "Eve Voleuse"


def _other_savoir(words: dict[str, Any]) -> None:
    words["credentialSubject"]["achievement"]["name"] = "Piloter un avion"


def _longer(words: dict[str, Any]) -> None:
    words["validUntil"], words["exp"] = "2099-01-01T00:00:00Z", 4_070_908_800


def _other_issuer(words: dict[str, Any]) -> None:
    words["issuer"]["name"] = "Une autre communauté"


def _other_status(words: dict[str, Any]) -> None:
    words["credentialStatus"]["statusListIndex"] = "7"


def _no_status(words: dict[str, Any]) -> None:
    del words["credentialStatus"]


def _more_evidence(words: dict[str, Any]) -> None:
    words["evidence"].append({"type": ["Evidence"], "narrative": "Cent échanges."})


def _no_endorsement(words: dict[str, Any]) -> None:
    words["endorsementJwt"] = []


def _other_algorithm(words: dict[str, Any]) -> None:
    words["alg"] = "none"


def _symmetric(words: dict[str, Any]) -> None:
    words["alg"] = "HS256"


def _other_key(words: dict[str, Any]) -> None:
    words["kid"] = words["kid"].split("#")[0] + "#zzzzzzzzzzzz"


@pytest.mark.parametrize(
    ("part", "change"),
    [
        (1, _other_name),
        (1, _other_savoir),
        (1, _longer),
        (1, _other_issuer),
        (1, _other_status),
        (1, _no_status),
        (1, _more_evidence),
        (1, _no_endorsement),
        (0, _other_algorithm),
        (0, _symmetric),
        (0, _other_key),
    ],
)
def test_a_badge_changed_anywhere_is_refused(badge: Badge, fetch: Any, part: int, change: Any) -> None:
    changed = rewritten(badge.credential, part, change)
    with pytest.raises(OB3VerificationError):
        outside(changed, fetch)
    found = verify(changed)
    assert not found.valid
    assert found.code in ("forged", "stranger")
    # Of a badge that is not ours, nothing is repeated as if it were.
    assert (found.holder, found.savoir, found.endorsements) == ("", "", [])


def test_a_changed_signature_is_refused(badge: Badge, fetch: Any) -> None:
    words, _dot, signature = badge.credential.rpartition(".")
    raw = bytearray(base64.urlsafe_b64decode(signature + "=="))
    raw[5] ^= 1
    changed = f"{words}.{base64.urlsafe_b64encode(bytes(raw)).decode().rstrip('=')}"
    with pytest.raises(OB3VerificationError, match="Invalid signature"):
        outside(changed, fetch)
    assert verify(changed).code == "forged"


def test_a_badge_signed_by_somebody_else_under_the_name_of_our_key_is_refused(
    badge: Badge, fetch: Any
) -> None:
    header, payload = signing.peek(badge.credential)
    forged = signing.sign(payload, signing.new_pair().private, header["kid"])
    with pytest.raises(OB3VerificationError, match="Invalid signature"):
        outside(forged, fetch)
    assert verify(forged).code == "forged"


def test_what_we_signed_that_is_no_badge_is_no_badge(badge: Badge, network: Any) -> None:
    assert verify(status_list(network.public_id, 0)).code == "unreadable"
    assert verify(badge.endorsements[0]["jwt"]).code == "unreadable"
    # A badge of ours that we never issued (a copy of the database, say).
    key, private = signing_key()
    payload = signing.peek(badge.credential)[1] | {"id": f"{BASE}/badges/zzzzzzzzzzzz/"}
    assert verify(signing.sign(payload, private, key.kid)).code == "unknown"


@pytest.mark.parametrize(
    "given",
    [
        b"",
        b"a.b.c",
        b"\x89PNG\r\n\x1a\n",
        b"\x89PNG\r\n\x1a\n\xff\xff\xff\xffiTXtopenbadgecredential",
        b"<svg/>",
        b"{" * 50_000,
        b'{"id": 3}',
        b"[1]",
        b"e30.e30.e30",
        "é.é.é".encode(),
        b"\x00\xff" * 100,
    ],
)
def test_what_is_no_badge_is_said_to_be_none(db: None, given: bytes) -> None:
    assert verify(given).code in ("unreadable", "stranger")


def test_naughty_texts_never_break_the_check(db: None) -> None:
    for _time in range(50):
        assert not verify(b".".join(base64.urlsafe_b64encode(secrets.token_bytes(9)) for _ in range(3))).valid


# -- refused: revoked, expired, betrayed --------------------------------------------------------------------


def test_a_revoked_badge_is_refused_everywhere(
    badge: Badge, fetch: Any, certification: Certification
) -> None:
    picture = badge_png(badge)
    assert revoke_for(certification, "contested") == 1
    assert revoke_for(certification, "contested") == 0
    with pytest.raises(OB3VerificationError, match="revocation"):
        outside(badge.credential, fetch)
    assert not verify_badge(picture, "3", resolve_did=True, check_status=True, download=fetch).valid
    with pytest.raises(OB2VerificationError, match="410"):
        OB2Verifier(download=fetch).verify_hosted(OB2Verifier.extract_token_from_png(picture))
    found = verify(picture)
    assert (found.valid, found.code) == (False, "revoked")
    assert "n’est plus valable" in found.sentence
    assert badges_of(certification) == []


def test_only_its_bit_is_set_in_the_list(
    badge: Badge, certification: Certification, network: Any, bob: Any, alice: Any, chloe: Any
) -> None:
    other = issue_badge(certify(network, chloe, [alice, bob]), by=chloe)
    revoke_badge(badge, by=bob)
    payload = signing.peek(status_list(network.public_id, 0))[1]
    assert status.decode(payload["credentialSubject"]["encodedList"]) == {badge.index}
    assert badge.index != other.index
    assert verify(other.credential).valid


def test_an_old_copy_of_the_list_says_nothing(badge: Badge, fetch: Any, network: Any) -> None:
    with clock.at(clock.now() - dt.timedelta(days=3)):
        old = status_list(network.public_id, 0)

    def replay(url: str) -> bytes:
        return old.encode() if "/status/" in url else fetch(url)

    with pytest.raises(OB3VerificationError):
        outside(badge.credential, replay)


def test_a_list_signed_by_somebody_else_is_refused(badge: Badge, fetch: Any, network: Any) -> None:
    header, payload = signing.peek(status_list(network.public_id, 0))
    false = signing.sign(payload, signing.new_pair().private, header["kid"])

    def replaced(url: str) -> bytes:
        return false.encode() if "/status/" in url else fetch(url)

    with pytest.raises(OB3VerificationError, match="proof is invalid"):
        outside(badge.credential, replaced)


def test_past_its_date_a_badge_says_so_and_is_not_revoked(badge: Badge, certification: Certification) -> None:
    with clock.at(badge.until + dt.timedelta(seconds=1)):
        assert verify(badge.credential).code == "expired"
        assert revoke_for(certification, "expired") == 0
    payload = signing.peek(badge.credential)[1]
    assert payload["exp"] == int(badge.until.timestamp())


def test_what_a_broken_key_signed_verifies_no_more(badge: Badge, fetch: Any, admin: Any, bob: Any) -> None:
    old, picture = badge.key, badge_png(badge)
    break_key(old, by=admin)
    with pytest.raises(OB3VerificationError):
        outside(badge.credential, fetch)
    found = verify(badge.credential)
    assert (found.code, found.savoir) == ("broken", "")
    with pytest.raises(OB2VerificationError, match="410"):
        OB2Verifier(download=fetch).verify_hosted(OB2Verifier.extract_token_from_png(picture))
    fact = Fact.objects.get(name="key.broken")
    assert [one.person_id for one in fact.concerns.all()] == [bob.pk, admin.pk]
    # Their holders ask again, and have another.
    again = issue_badge(badge.certification, by=bob)
    assert again.pk != badge.pk
    assert outside(again.credential, fetch).achievement.name == SAVOIR
    with pytest.raises(ValidationError):
        break_key(old, by=admin)


def test_the_thief_of_a_key_signs_nothing_that_holds(badge: Badge, fetch: Any, admin: Any) -> None:
    stolen = open_key(badge.key)
    header, payload = signing.peek(badge.credential)
    break_key(badge.key, by=admin)
    payload["credentialSubject"]["achievement"]["name"] = "Piloter un avion"
    forged = signing.sign(payload, stolen, header["kid"])
    with pytest.raises(OB3VerificationError):
        outside(forged, fetch)
    assert verify(forged).code == "broken"
    assert Key.objects.get(pk=badge.key_id).sealed == ""


# -- keys ---------------------------------------------------------------------------------------------------


def test_after_a_rotation_old_and_new_badges_verify(
    badge: Badge, fetch: Any, admin: Any, network: Any, chloe: Any, alice: Any, bob: Any
) -> None:
    rotate_key(by=admin)
    new = issue_badge(certify(network, chloe, [alice, bob]), by=chloe)
    assert new.key_id != badge.key_id
    for one in (badge, new):
        assert outside(one.credential, fetch).achievement.name == SAVOIR
        assert verify(one.credential).valid
    with pytest.raises(PermissionDenied):
        rotate_key(by=alice)
    with pytest.raises(PermissionDenied):
        break_key(new.key, by=alice)


def test_a_lost_key_is_replaced_and_what_it_signed_still_verifies(
    badge: Badge, fetch: Any, settings: Any, network: Any
) -> None:
    settings.NOTES_KEYS = [new_key()]
    assert open_key(badge.key) is None
    with pytest.raises(KeyMissing):
        status_list(network.public_id, 0)
    assert Client().get(f"/badges/status/{network.public_id}/0/").status_code == 503
    assert tend_keys() == 1
    assert outside(badge.credential, fetch).achievement.name == SAVOIR
    assert verify(badge.credential).valid
    assert Fact.objects.get(name="key.rotated").data["lost"] is True
    assert tend_keys() == 0


def test_asking_for_a_badge_makes_the_key_that_is_missing(
    badge: Badge, settings: Any, network: Any, chloe: Any, alice: Any, bob: Any, fetch: Any
) -> None:
    settings.NOTES_KEYS = [new_key()]
    new = issue_badge(certify(network, chloe, [alice, bob]), by=chloe)
    assert new.key_id != badge.key_id
    assert outside(new.credential, fetch).achievement.name == SAVOIR
    assert outside(badge.credential, fetch).achievement.name == SAVOIR


def test_the_clock_changes_an_old_key_and_seals_it_under_the_first_one(badge: Badge, settings: Any) -> None:
    settings.NOTES_KEYS = [new_key(), *settings.NOTES_KEYS]
    assert not Key.objects.get().sealed.startswith(seal_mark())
    assert tend_keys() == 1
    assert Key.objects.get().sealed.startswith(seal_mark())
    assert open_key(Key.objects.get()) is not None
    with clock.at(clock.now() + dt.timedelta(days=366)):
        assert tend_keys() == 1
        assert Key.objects.filter(retired_at=None).get().pk != badge.key_id


def test_a_private_key_is_nowhere_in_clear_and_opens_in_its_own_row_only(badge: Badge, network: Any) -> None:
    key = badge.key
    private = open_key(key)
    assert private is not None
    assert private["d"] not in key.sealed
    assert "d" not in key.public
    other = Key(kid="another", public=key.public, sealed=key.sealed)
    assert open_key(other) is None
    published = (
        json.dumps(issuer_keys(network.public_id)) + Client().get("/.well-known/jwks.json").content.decode()
    )
    assert private["d"] not in published
    assert f'"{key.public["x"]}"' in published


# -- who may ------------------------------------------------------------------------------------------------


def test_only_the_person_certified_asks_and_revokes(
    certification: Certification, bob: Any, alice: Any, admin: Any
) -> None:
    for person in (alice, admin):
        with pytest.raises(PermissionDenied):
            issue_badge(certification, by=person)
    badge = issue_badge(certification, by=bob)
    assert own_badge(bob, badge.public_id) == badge
    for person in (alice, admin):
        with pytest.raises(PermissionDenied):
            revoke_badge(badge, by=person)
        with pytest.raises(NotThere):
            own_badge(person, badge.public_id)
    revoke_badge(badge, by=bob)
    with pytest.raises(ValidationError, match="déjà révoqué"):
        revoke_badge(badge, by=bob)


def test_asked_twice_it_is_the_same_badge_until_it_would_say_something_else(
    badge: Badge, certification: Certification, bob: Any, dora: Any
) -> None:
    assert issue_badge(certification, by=bob) == badge
    assert issue_badge(certification, by=bob, signed_name=False) != badge
    Confirmation.objects.filter(by=dora).update(signs=True)
    assert len(issue_badge(certification, by=bob).endorsements) == 2
    assert verify(badge.credential).valid


def test_a_certification_that_ended_gives_no_badge(certification: Certification, bob: Any) -> None:
    with clock.at(certification.until), pytest.raises(ValidationError, match="plus en cours"):
        issue_badge(certification, by=bob)
    Certification.objects.update(ended_at=clock.now(), end_reason="rule")
    with pytest.raises(ValidationError, match="plus en cours"):
        issue_badge(certification, by=bob)
    assert not Badge.objects.exists()


def test_whoever_has_everything_erased_leaves_a_revoked_place_and_no_word(
    badge: Badge, certification: Certification, bob: Any, fetch: Any, network: Any
) -> None:
    token = badge.credential
    assert forget_badges(bob) == 1
    certification.skill.delete()
    badge.refresh_from_db()
    assert (badge.credential, badge.endorsements, badge.certification_id) == ("", [], None)
    with pytest.raises(OB3VerificationError, match="revocation"):
        outside(token, fetch)
    found = verify(token)
    assert (found.code, found.holder, found.savoir) == ("revoked", "", "")
    assert badge_page(badge.public_id).found.code == "revoked"
    assert SAVOIR not in json.dumps(list(Fact.objects.values_list("data", flat=True)))
    assert Client().get(f"/badges/{badge.public_id}/").status_code == 410


def test_networks_and_people_who_gave_no_badge_are_unknown_outside(
    badge: Badge, other_network: Any, alice: Any
) -> None:
    with pytest.raises(NotThere):
        issuer_keys(other_network.public_id)
    silent = Confirmation.objects.get(by=alice)
    with pytest.raises(NotThere):
        endorser_keys(silent.public_id)


def test_without_a_certificate_of_the_site_badges_still_sign_and_verify_here(
    certification: Certification, bob: Any, settings: Any
) -> None:
    settings.BASE_URL = "http://localhost:8000"
    badge = issue_badge(certification, by=bob)
    header, payload = signing.peek(badge.credential)
    assert payload["iss"].startswith("http://localhost:8000/badges/issuer/")
    address = urllib.parse.urlsplit(header["kid"]).path
    public = Client().get(address).json()
    assert OB3Verifier(_pem(public)).verify(badge.credential).achievement.name == SAVOIR
    assert verify(badge.credential).valid


def _pem(public: dict[str, Any]) -> bytes:
    from joserfc.jwk import ECKey

    return bytes(ECKey.import_key(public).as_pem(private=False))
