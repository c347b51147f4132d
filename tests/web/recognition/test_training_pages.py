"""The pages of training: from a closed exchange to the attestation that a stranger checks, and the yearly export."""

from __future__ import annotations

import csv
import datetime as dt
import io
import os
import re
import subprocess
import sys
from decimal import Decimal
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from django.test import Client
from django.urls import reverse

from reciproque.agenda.models import Attendance, Meeting
from reciproque.circles.models import Circle, GroupCharter
from reciproque.kit import clock
from reciproque.recognition import actions
from reciproque.recognition.engine import signing
from reciproque.recognition.models import LearningStore, TrainingRecord
from reciproque.recognition.queries import attestation_pdf
from reciproque.recognition.rules.training import Shown
from tests.circles.stage import make_circle, make_session
from tests.recognition import trainings_made as made

pytestmark = pytest.mark.django_db
ROOT = Path(__file__).resolve().parents[3]


@pytest.fixture(autouse=True)
def _counted(network: Any, admin: Any) -> None:
    made.switch_on(network, admin)


def text_of(answer: Any) -> str:
    text = str(answer.content.decode())
    if "<html" in text:
        assert text.count("<h1") == 1
        ids = re.findall(r'\sid="([^"]+)"', text)
        assert len(ids) == len(set(ids))
    return text


def path(name: str, *args: Any) -> str:
    return reverse(f"recognition:{name}", args=args)


def proposal(exchange: Any, other: Any, **more: Any) -> dict[str, Any]:
    day = exchange.held_on.isoformat()
    return {
        "other": other.public_id,
        "title": exchange.title,
        "aims": "Accueillir sans aide.",
        "starts_on": day,
        "ends_on": day,
        "mode": "face",
        "hours": "2.5",
    } | more


# -- from an exchange to hours on which both agree -----------------------------------------------------------


def test_from_the_exchange_to_the_record(network: Any, bob: Any, chloe: Any, client_of: Any) -> None:
    exchange = made.closed(network, chloe, bob)
    learner, trainer = client_of(chloe), client_of(bob)
    page = text_of(learner.get(reverse("exchanges:exchange", args=[exchange.public_id])))
    address = path("training_new", "exchange", exchange.public_id)
    assert address in page
    assert "Avec qui" in text_of(learner.get(address))
    answer = learner.post(address, proposal(exchange, bob))
    assert answer.status_code == 303
    row = TrainingRecord.objects.get()
    assert answer.headers["Location"] == path("training", row.public_id)
    # The other says their own hours without having read these.
    hours = text_of(trainer.get(path("training_hours", row.public_id)))
    seen = text_of(trainer.get(path("training", row.public_id)))
    assert "2,5" not in hours + seen
    assert path("training_hours", row.public_id) in text_of(trainer.get(path("trainings")))
    assert trainer.post(path("training_hours", row.public_id), {"hours": "2"}).status_code == 303
    settle = text_of(learner.get(path("training_hours", row.public_id)))
    assert "2,5\u00a0h" in settle
    assert "Compter 2\u00a0h" in settle
    assert learner.post(path("training_hours", row.public_id), {"choice": "smaller"}).status_code == 303
    row.refresh_from_db()
    assert (row.state, row.hours) == ("agreed", Decimal(2))
    for client in (learner, trainer):
        page = text_of(client.get(path("training", row.public_id)))
        assert "Heures qui comptent" in page
        assert path("training", row.public_id) in text_of(client.get(path("trainings")))
    # What counts already says so and leads there; it is not offered again.
    page = text_of(learner.get(reverse("exchanges:exchange", args=[exchange.public_id])))
    assert path("training", row.public_id) in page
    assert "les deux personnes sont d’accord" in page
    assert address not in page
    assert learner.get(address).headers["Location"] == path("training", row.public_id)


def test_what_is_wrong_is_put_on_the_form_and_nothing_typed_is_lost(
    network: Any, bob: Any, chloe: Any, client_of: Any
) -> None:
    exchange = made.closed(network, chloe, bob)
    client, address = client_of(chloe), path("training_new", "exchange", exchange.public_id)
    for wrong in (
        {"hours": "2.3"},
        {"hours": "0"},
        {"aims": ""},
        {"other": "x"},
        {"mode": ""},
        {"ends_on": "x"},
    ):
        answer = client.post(address, proposal(exchange, bob, title="Un intitulé à garder") | wrong)
        assert answer.status_code == 422
        assert "Un intitulé à garder" in text_of(answer)
    answer = client.post(address, proposal(exchange, bob, afest="on", mode="work", **made.CONDITIONS))
    assert answer.status_code == 422
    assert "jour d’un temps de réflexion" in text_of(answer)
    assert not TrainingRecord.objects.exists()
    day = exchange.held_on.isoformat()
    done = proposal(exchange, bob, afest="on", mode="work", reflected_on=day, **made.CONDITIONS)
    assert client.post(address, done).status_code == 303
    row = TrainingRecord.objects.get()
    assert made.CONDITIONS["reflection"] in text_of(client_of(bob).get(path("training_hours", row.public_id)))


def test_declined_withdrawn_handed_over(network: Any, bob: Any, chloe: Any, client_of: Any) -> None:
    learner, trainer = client_of(chloe), client_of(bob)
    row = made.asked(made.closed(network, chloe, bob), chloe, bob)
    trainer.post(path("training_decline", row.public_id))
    row.refresh_from_db()
    assert row.state == "declined"
    row = made.agreed(network, chloe, bob, title="Autre chose")
    for client in (learner, trainer):
        client.post(path("training_hand_over", row.public_id), {"yes": "1"})
    row.refresh_from_db()
    assert row.is_handed
    learner.post(path("training_hand_over", row.public_id), {"yes": "0"})
    row.refresh_from_db()
    assert not row.is_handed
    assert "Retirer cette formation" in text_of(trainer.get(path("training_withdraw", row.public_id)))
    trainer.post(path("training_withdraw", row.public_id))
    row.refresh_from_db()
    assert row.state == "withdrawn"
    assert "Retirée" in text_of(learner.get(path("training", row.public_id)))


def test_nobody_else_opens_any_of_it(
    network: Any,
    admin: Any,
    alice: Any,
    bob: Any,
    chloe: Any,
    dora: Any,
    emile: Any,
    fatou: Any,
    client_of: Any,
) -> None:
    row = made.handed(network, chloe, bob)
    actions.issue_attestation(row, by=chloe, shown=[])
    names = ["training", "training_hours", "training_withdraw", "attestation"]
    for person in (admin, alice, dora, emile, fatou):
        client = client_of(person)
        for name in names:
            assert client.get(path(name, row.public_id)).status_code == 404
        for name in ("training_decline", "training_hand_over", "attestation_withdraw", "training_withdraw"):
            assert client.post(path(name, row.public_id), {"yes": "1"}).status_code == 404
        assert client.get(path("attestation_pdf", row.public_id, "fr")).status_code == 404
        assert client.get(path("training_new", "exchange", row.source_id)).status_code == 404
        assert row.title not in text_of(client.get(path("trainings")))
    # What attests it is the learner's alone.
    trainer = client_of(bob)
    assert trainer.get(path("attestation", row.public_id)).status_code == 404
    assert trainer.get(path("attestation_pdf", row.public_id, "fr")).status_code == 404
    assert trainer.get(path("training", row.public_id)).status_code == 200


# -- hours are no credit -------------------------------------------------------------------------------------


def test_hours_are_never_summed_nor_shown_elsewhere(
    network: Any, alice: Any, bob: Any, chloe: Any, dora: Any, client_of: Any, run_reactions: Any
) -> None:
    """7.25 and 4.25 hours: 11.5 is nowhere; each is on its record alone."""
    rows = [
        made.handed(network, chloe, bob, hours=hours, title=f"Savoir en {hours[0]} leçons")
        for hours in ("7.25", "4.25")
    ]
    run_reactions()
    pages = [
        path("trainings"),
        path("mine"),
        path("record"),
        path("history"),
        reverse("home:home"),
        reverse("account:profile"),
        reverse("account:history"),
        reverse("exchanges:mine"),
        reverse("agenda:agenda"),
        reverse("join:network", args=[network.slug]),
        reverse("people:members", args=[network.slug]),
        *(reverse("people:person", args=[network.slug, person.public_id]) for person in (bob, chloe)),
        *(reverse("exchanges:exchange", args=[row.source_id]) for row in rows),
    ]
    numbers = re.compile(r"\b(7[.,]25|4[.,]25|11[.,]5)\b")
    for person in (chloe, bob, alice, dora):
        client = client_of(person)
        for address in pages:
            answer = client.get(address)
            if answer.status_code == 200:
                assert not numbers.search(re.sub("<svg.*?</svg>", "", text_of(answer), flags=re.DOTALL)), (
                    address
                )
    for person in (chloe, bob):
        for row, hours in zip(rows, ("7,25", "4,25"), strict=True):
            page = text_of(client_of(person).get(path("training", row.public_id)))
            assert set(numbers.findall(page)) == {hours}


# -- groups --------------------------------------------------------------------------------------------------


@pytest.fixture
def group(network: Any, alice: Any, bob: Any, chloe: Any, dora: Any) -> Circle:
    return make_circle(network, bob, [chloe, dora], title="Secret de chefs")


def held(circle: Circle, *present: Any) -> Any:
    session = make_session(circle)
    Meeting.objects.filter(pk=session.meeting_id).update(state="held")
    Attendance.objects.filter(meeting=session.meeting_id, person__in=present).update(attended=True)
    return session


def group_proposal(circle: Circle, **more: Any) -> dict[str, Any]:
    return {
        "other": circle.facilitator.public_id,
        "aims": "Préparer un entretien.",
        "starts_on": "2026-03-02",
        "ends_on": "2026-03-02",
        "mode": "remote",
        "hours": "3.5",
    } | more


def test_a_session_counts_for_who_was_there_and_tells_nothing_of_the_group(
    group: Circle, bob: Any, chloe: Any, dora: Any, alice: Any, client_of: Any
) -> None:
    session = held(group, chloe)
    address = path("training_new", "session", session.public_id)
    client = client_of(chloe)
    assert address in text_of(client.get(reverse("circles:room_sheet", args=[session.public_id])))
    # Not who was absent, nor who facilitates, nor who animates the network.
    for person in (dora, bob, alice):
        assert client_of(person).get(address).status_code == 404
    page = text_of(client.get(address))
    assert "L’intitulé dira seulement" in page
    assert 'name="title"' not in page
    assert 'name="named"' not in page
    answer = client.post(address, group_proposal(group, title="Secret de chefs", named="on"))
    assert answer.status_code == 303
    row = TrainingRecord.objects.get()
    assert row.title == "Groupe d’échange de pratiques"
    assert (row.learner, row.trainer, row.asked_by) == (chloe, bob, chloe)
    assert "Secret" not in text_of(client.get(path("training", row.public_id)))
    row = actions.say_hours(row, by=bob, hours=Decimal("3.5"))
    assert "présence notée" in text_of(client.get(path("training", row.public_id)))


def test_a_group_is_named_only_as_its_charter_allows(
    group: Circle, bob: Any, chloe: Any, client_of: Any
) -> None:
    address = path("training_new", "group", group.public_id)
    client = client_of(chloe)
    assert client.get(address).status_code == 404
    Circle.objects.filter(pk=group.pk).update(state="closed", closed_at=clock.now())
    assert address in text_of(client.get(reverse("circles:circle", args=[group.public_id])))
    GroupCharter.objects.create(
        circle=group, version=1, text="x", leaving="Le nom du groupe.", written_by=bob
    )
    assert "Le nom du groupe." in text_of(client.get(address))
    assert client.post(address, group_proposal(group, named="on")).status_code == 303
    assert TrainingRecord.objects.get().title == "Secret de chefs"


def test_a_group_and_its_sessions_count_once(group: Circle, bob: Any, chloe: Any, client_of: Any) -> None:
    session = held(group, chloe)
    client = client_of(chloe)
    one, whole = (
        path("training_new", "session", session.public_id),
        path("training_new", "group", group.public_id),
    )
    assert client.post(one, group_proposal(group)).status_code == 303
    Circle.objects.filter(pk=group.pk).update(state="closed", closed_at=clock.now())
    refused = client.post(whole, group_proposal(group))
    assert refused.status_code == 422
    assert "deux fois" in text_of(refused)
    actions.withdraw_training(TrainingRecord.objects.get(), by=chloe)
    assert client.post(whole, group_proposal(group)).status_code == 303
    assert client.post(one, group_proposal(group)).status_code == 422


# -- what attests it -----------------------------------------------------------------------------------------


def test_a_stranger_checks_no_more_than_was_allowed(
    network: Any, bob: Any, chloe: Any, client_of: Any
) -> None:
    row = made.agreed(network, chloe, bob, "2.5")
    client = client_of(chloe)
    address = path("attestation", row.public_id)
    assert client.get(path("attestation_pdf", row.public_id, "fr")).status_code == 404
    # Nothing is ticked in one’s place.
    assert " checked" not in text_of(client.get(address))
    assert client.post(address, {}).status_code == 303
    bare = row.attestations.get()
    text = text_of(Client().get(path("attestation_check", bare.code)))
    assert "est authentique" in text
    assert "ne se vérifie pas sur cette page" in text
    for hidden in ("Chloé", row.title, network.name, "2,5", "2026"):
        assert hidden not in text
    assert set(signing.peek(bare.token)[1]) == {"iss", "jti", "type", "attests"}
    assert client.post(address, {"shown": ["hours", "dates"]}).status_code == 303
    code = row.attestations.get(withdrawn_at=None).code
    page = text_of(client.get(address))
    assert f"/attestations/{code}/" in page
    check = path("attestation_check", code)
    answer = Client().get(check)
    text = text_of(answer)
    assert answer.status_code == 200
    assert answer.headers["X-Robots-Tag"] == "noindex"
    assert "2,5\u00a0h" in text
    assert "2 mars 2026" in text
    for hidden in ("Chloé", "Le Goff", "Bob", "Riou", row.title, network.name, row.aims, row.public_id):
        assert hidden not in text
    assert Client().get(path("attestation_signed", code)).status_code == 200
    assert client.post(address, {"shown": list(Shown.values)}).status_code == 303
    other = row.attestations.get(withdrawn_at=None).code
    text = text_of(Client().get(path("attestation_check", other)))
    for shown in ("Chloé Le Goff", row.title, network.name):
        assert shown in text
    for hidden in ("Bob", "Riou", row.aims):
        assert hidden not in text
    # The former code, then the last one, say that they were withdrawn and nothing else.
    client.post(path("attestation_withdraw", row.public_id))
    for one in (code, other):
        answer = Client().get(path("attestation_check", one))
        assert answer.status_code == 410
        text = text_of(answer)
        assert "a été retirée" in text
        assert "2,5" not in text
        assert Client().get(path("attestation_signed", one)).status_code == 404
    assert Client().get(path("attestation_check", "b" * 24)).status_code == 404


@pytest.fixture(scope="session")
def checker() -> Path:
    """An independent checker of PDF/UA-1, apart from ours."""
    made_ = subprocess.run(
        [sys.executable, str(ROOT / "tools/aside.py"), "pdf"], capture_output=True, text=True, check=False
    )
    if made_.returncode:
        if os.environ.get("CI") == "true":
            pytest.fail(made_.stderr)
        pytest.skip(f"the checker cannot be made: {made_.stderr.strip()}")
    return Path(made_.stdout.strip().splitlines()[-1]) / "outloud"


@pytest.mark.parametrize("language", ["fr", "en"])
def test_the_pdf_reads_aloud(
    network: Any, bob: Any, chloe: Any, client_of: Any, checker: Path, tmp_path: Path, language: str
) -> None:
    more = {"afest": True, "mode": "work", "reflected_on": dt.date(2026, 3, 2), "conditions": made.CONDITIONS}
    row = made.agreed(network, chloe, bob, "2.5", title="Tenir <un> #guichet *avec* $soin$ مرحبا", **more)
    client = client_of(chloe)
    client.post(path("attestation", row.public_id), {"shown": ["hours"]})
    answer = client.get(path("attestation_pdf", row.public_id, language))
    assert answer.headers["Content-Type"] == "application/pdf"
    assert answer.headers["Cache-Control"] == "private, no-store"
    assert client.get(path("attestation_pdf", row.public_id, "de")).status_code == 404
    held = row.attestations.select_related(
        "record__network", "record__learner__unit", "record__trainer"
    ).get()
    assert attestation_pdf(held, language) == answer.content
    plain = made.agreed(network, chloe, bob, "2.5")
    file = tmp_path / f"{language}.pdf"
    file.write_bytes(attestation_pdf(actions.issue_attestation(plain, by=chloe, shown=[]), language))
    found = check_pdf(checker, file)
    assert found.returncode == 0, found.stdout + found.stderr


def check_pdf(checker: Path, file: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run([str(checker), str(file)], capture_output=True, text=True, check=False)


# -- what the training department takes ----------------------------------------------------------------------


def test_the_department_takes_what_was_handed_over(
    network: Any, alice: Any, admin: Any, bob: Any, chloe: Any, dora: Any, emile: Any, client_of: Any
) -> None:
    row = made.handed(network, chloe, bob, hours="2.5", title="=1+1")
    made.agreed(network, chloe, bob, title="Gardée pour soi")
    address = path("training_export", network.slug)
    for person in (admin, alice, bob, chloe, emile):
        client = client_of(person)
        assert client.get(address).status_code == 404
        assert client.post(address, {"year": "2026", "form": "csv"}).status_code == 404
    client = client_of(dora)
    assert "2026\u00a0: 1 formation" in text_of(client.get(address))
    answer = client.post(address, {"year": "2026", "form": "csv"})
    assert answer.streaming
    content = b"".join(answer.streaming_content).decode()
    assert content.startswith("\ufeff")
    head, *lines = list(csv.reader(io.StringIO(content[1:]), delimiter=";"))
    assert len(lines) == 1
    line = dict(zip(head, lines[0], strict=True))
    assert line["Intitulé de l’action"] == "'=1+1"
    assert (line["Nom"], line["Prénom"], line["Durée suivie (heures)"]) == ("Le Goff", "Chloé", "2.50")
    assert (line["Date de début"], line["Modalité"]) == ("2026-03-02", "en présentiel")
    answer = client.post(address, {"year": "2026", "form": "xlsx"})
    book = openpyxl.load_workbook(io.BytesIO(b"".join(answer.streaming_content)))
    sheet = book.active
    assert sheet is not None
    cells = {sheet.cell(1, n).value: sheet.cell(2, n) for n in range(1, sheet.max_column + 1)}
    assert sheet.max_row == 2
    assert [sheet.cell(1, n).value for n in range(1, sheet.max_column + 1)] == head
    assert cells["Intitulé de l’action"].value == "'=1+1"
    assert {cell.data_type for cell in cells.values()} <= {"s", "n", "d", "inlineStr"}
    assert cells["Durée suivie (heures)"].value == 2.5
    page = text_of(client.get(address))
    assert page.count("année 2026, 1 formation") == 2
    assert "service formation" in text_of(client_of(chloe).get(path("training", row.public_id)))
    assert client.post(address, {"year": "1999", "form": "csv"}).status_code == 422


def test_cells_never_compute(
    network: Any, bob: Any, chloe: Any, dora: Any, client_of: Any, naughty: Any
) -> None:
    for n, words in enumerate(naughty[:60]):
        aims = words.strip() or "rien"
        # A day holds twelve hours between the same two.
        pair = (chloe, bob) if n % 2 else (bob, chloe)
        row = made.handed(network, *pair, hours="0.25", title=f"Savoir {n}")
        TrainingRecord.objects.filter(pk=row.pk).update(aims=aims.replace("\x00", "")[:1500])
    client, address = client_of(dora), path("training_export", network.slug)
    content = b"".join(client.post(address, {"year": "2026", "form": "csv"}).streaming_content).decode()
    lines = list(csv.reader(io.StringIO(content[1:]), delimiter=";"))
    assert {len(line) for line in lines} == {len(lines[0])}
    assert not [cell for line in lines for cell in line if cell[:1] in ("=", "+", "-", "@", "\t", "\r")]
    answer = client.post(address, {"year": "2026", "form": "xlsx"})
    book = openpyxl.load_workbook(io.BytesIO(b"".join(answer.streaming_content)))
    assert book.active is not None
    assert not [cell for line in book.active.iter_rows() for cell in line if cell.data_type == "f"]


# -- what a network settles ----------------------------------------------------------------------------------


def test_settings(network: Any, alice: Any, bob: Any, dora: Any, client_of: Any, settings: Any) -> None:
    address, store = path("training_settings", network.slug), path("training_store", network.slug)
    for person in (bob, dora):
        client = client_of(person)
        assert client.get(address).status_code == 404
        assert client.post(store, {}).status_code == 404
        assert client.post(path("training_again", network.slug)).status_code == 404
    client = client_of(alice)
    assert path("training_settings", network.slug) in text_of(
        client.get(reverse("settings:index", args=[network.slug]))
    )
    assert client.post(address, {"on": "on"}).status_code == 422
    assert client.post(address, {"on": "on", "kinds": ["group"]}).status_code == 303
    assert "Ce qui peut compter" in text_of(client.get(address))
    given = {"store-on": "on", "store-url": "https://lrs.example.org/xAPI", "store-version": "1.0.3"}
    given |= {"store-user": "moi", "store-password": "un-mot-très-secret"}
    answer = client.post(store, given | {"store-url": "http://10.0.0.1/xAPI"})
    assert answer.status_code == 422
    assert "très-secret" not in text_of(answer)
    assert client.post(store, given).status_code == 303
    row = LearningStore.objects.get()
    assert (row.url, row.on) == ("https://lrs.example.org/xAPI", True)
    page = text_of(client.get(address))
    assert "À envoyer\u00a0: 0" in page
    assert "très-secret" not in page
    LearningStore.objects.update(last_error="L’entrepôt se tait.", wait_until=clock.now())
    assert "L’entrepôt se tait." in text_of(client.get(address))
    assert client.post(path("training_again", network.slug)).status_code == 303
