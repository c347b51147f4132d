"""One's own record: what one takes along, as a document that a screen reader reads and as data; nothing of others."""

from __future__ import annotations

import datetime as dt
import json
import zlib
from typing import Any

import pytest

from reciproque.exchanges.actions import declare_exchange
from reciproque.kit import clock
from reciproque.recognition.actions import issue_badge
from reciproque.recognition.models import Certification, Skill
from reciproque.recognition.queries import badge_png, badge_svg, record_json, record_of, record_pdf, verify
from tests.recognition.badges_made import SAVOIR, WORDS, certify


@pytest.fixture
def certification(network: Any, bob: Any, alice: Any, chloe: Any, dora: Any) -> Certification:
    return certify(network, bob, [alice, chloe, dora], signs=(chloe,))


def test_it_holds_what_one_shows_and_names_only_who_signs(certification: Certification, bob: Any) -> None:
    record = record_of(bob)
    (line,) = record.certified
    assert line.savoir == SAVOIR
    assert [one.kind for one in line.traces] == ["given", "given"]
    assert [(one.name, one.words) for one in line.quotes] == [("Chloé Le Goff", WORDS)]
    assert record.seen == []
    text = json.dumps(record_json(bob), ensure_ascii=False)
    for words in ("Alice", "Haddad", "Des mots qui restent entre eux", "bob@example.org"):
        assert words not in text


def test_what_is_put_away_or_ended_is_left_out(certification: Certification, bob: Any) -> None:
    with clock.at(certification.until):
        assert record_of(bob).certified == []
        assert [line.savoir for line in record_of(bob).seen] == [SAVOIR]
    Skill.objects.update(put_away_at=clock.now())
    assert record_of(bob).is_empty
    assert record_json(bob)["credentialSubject"]["achievement"] == []


def test_the_badges_in_it_verify_by_themselves(certification: Certification, bob: Any) -> None:
    issue_badge(certification, by=bob)
    document = record_json(bob)
    (inside,) = document["credentialSubject"]["verifiableCredential"]
    assert verify(json.dumps(inside)).valid
    assert document["credentialSubject"]["identifier"][0]["identityHash"] == "Bob Riou"


def test_what_one_learned_is_in_it(network: Any, bob: Any, chloe: Any) -> None:
    held = clock.now().date() - dt.timedelta(days=2)
    exchange = declare_exchange(
        network, requester=bob, offerer=chloe, by=None, title="Lire un bilan", held_on=held
    )
    assert [(one.title, one.on) for one in record_of(bob).learned] == [(exchange.title, held)]
    assert record_of(chloe).learned == []


def _words(pdf: bytes) -> bytes:
    """Return the pages and structures of a PDF, inflated."""
    found = [pdf]
    for part in pdf.split(b"stream\n")[1:]:
        inflator = zlib.decompressobj()
        try:
            found.append(inflator.decompress(part))
        except zlib.error:
            continue
    return b"\n".join(found)


@pytest.mark.parametrize("language", ["fr", "en"])
def test_the_document_is_tagged_and_always_the_same(
    certification: Certification, bob: Any, language: str
) -> None:
    pdf = record_pdf(bob, language)
    assert pdf.startswith(b"%PDF-")
    assert pdf == record_pdf(bob, language)
    said = _words(pdf)
    assert b"<pdfuaid:part>1</pdfuaid:part>" in said
    assert f"/Lang({language})".encode() in said.replace(b"/Lang (", b"/Lang(")
    for structure in (b"/StructTreeRoot", b"/TH", b"/Table", b"/H1", b"/H2", b"/H3"):
        assert structure in said


def test_what_people_write_is_never_read_as_code(
    network: Any, make_person: Any, join: Any, alice: Any, chloe: Any
) -> None:
    hostile = make_person('#read("record.typ")', "$x$ *y* \\ </text>\u202e\U0001f600", function="#panic()")
    join(hostile, network)
    certification = certify(network, hostile, [alice, chloe], savoir='#include "x" <b> & \u200b')
    assert record_pdf(hostile, "fr").startswith(b"%PDF-")
    badge = issue_badge(certification, by=hostile)
    assert verify(badge_png(badge)).valid
    drawing = badge_svg(badge)
    assert b"<b>" not in drawing
    assert verify(drawing).savoir == certification.skill.topic.name


def test_an_empty_record_says_so(bob: Any) -> None:
    assert record_of(bob).is_empty
    assert record_pdf(bob, "fr").startswith(b"%PDF-")


def test_it_costs_the_same_whatever_its_length(
    network: Any, bob: Any, alice: Any, chloe: Any, queries: Any
) -> None:
    certify(network, bob, [alice, chloe])
    with queries() as few:
        record_of(bob)
    for number in range(5):
        certify(network, bob, [alice, chloe], savoir=f"Savoir {number}")
    with queries() as many:
        record_of(bob)
    assert len(few) == len(many)
