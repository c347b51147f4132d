"""Send to a Learning Record Store what was handed over: kept until it is taken, never twice, annulled when taken back."""

from __future__ import annotations

import base64
import datetime as dt
import json
import secrets
from ipaddress import ip_address
from urllib.parse import quote, urlsplit

from django.conf import settings
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.db.models import Exists, F, OuterRef, Q
from django.utils.translation import gettext as _

from reciproque.journal.actions import record
from reciproque.kit import clock
from reciproque.kit.fetch import Fetched, FetchError, Refused, check_url, fetch
from reciproque.kit.seal import seal, seal_mark
from reciproque.kit.text import clean
from reciproque.networks.access import can_settle
from reciproque.networks.models import Network
from reciproque.people.models import Person
from reciproque.recognition.engine import xapi
from reciproque.recognition.models import LearningStore, Statement, TrainingRecord
from reciproque.recognition.queries.keys import site
from reciproque.recognition.queries.statements import Secret, open_store, store_of, store_subject
from reciproque.recognition.rules.training import (
    StatementKind,
    StatementState,
    StoreVersion,
    TrainingState,
    retry_after,
)

TIMEOUT = 10.0
# While one statement is on its way, nobody else sends it.
LEASE = dt.timedelta(minutes=5)
NAME_MAX = 200
# What a store says of an attachment, or of a whole parcel in parts, that it does not take.
NOT_IN_PARTS = (400, 406, 415, 422, 501)
TAKEN = (200, 204)
KEY_REFUSED = (401, 403)
# What will be answered again, however often it is sent.
WRONG = (400, 404, 405, 413, 415, 422)


# -- which store ---------------------------------------------------------------------------------------------


@transaction.atomic
def set_store(
    network: Network, *, by: Person, on: bool, url: str, version: str, user: str, password: str = ""
) -> LearningStore:
    """Settle to which store a network sends what was handed over; off by default. Without a password: the same one.

    Another address is another store: nothing of the former one is carried to it, all that is handed over is sent anew.
    """
    if not can_settle(by, network):
        raise PermissionDenied
    if version not in StoreVersion.values:
        raise ValidationError({"version": _("Choisissez parmi ce qui est proposé.")})
    checked, user, password = _checked_url(url), clean(user).strip(), clean(password).strip()
    if not user or len(user) > NAME_MAX or ":" in user:
        raise ValidationError({"user": _("Donnez le nom que l’entrepôt demande, sans deux-points.")})
    store = store_of(network)
    if store is not None and store.url != checked:
        _remove(store)
        store = None
    held = open_store(store) if store is not None else None
    if not password and held is None:
        raise ValidationError({"password": _("Donnez le mot de passe que l’entrepôt demande.")})
    if store is None:
        private, public = xapi.new_pair()
        store = LearningStore(
            network=network, url=checked, public=public, salt=secrets.token_hex(32), added_by=by
        )
    else:
        private = held.private if held is not None else {}
        if held is None:
            private, store.public = xapi.new_pair()
    words = {"user": user, "password": password or (held.password if held else ""), "private": private}
    store.sealed = seal(json.dumps(words), about=store_subject(store.public_id))
    store.on, store.version = on, version
    store.failures, store.wait_until, store.last_error = 0, None, ""
    store.save()
    host = urlsplit(checked).netloc
    record("learning_store.changed", store, by=by, network=network, on=on, host=host, version=version)
    return store


def _checked_url(url: str) -> str:
    try:
        checked = check_url(url).rstrip("/")
    except Refused as error:
        raise ValidationError({"url": error.sentence}) from None
    parts = urlsplit(checked)
    if parts.scheme != "https" and not (
        _is_loopback(parts.hostname or "") and parts.netloc in settings.FETCH_HOSTS
    ):
        raise ValidationError(
            {"url": _("Un mot de passe y passe : cette adresse doit commencer par https://.")}
        )
    if parts.query:
        raise ValidationError({"url": _("Donnez l’adresse de l’entrepôt sans rien après le « ? ».")})
    return checked.removesuffix("/statements")


def _is_loopback(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _remove(store: LearningStore) -> None:
    now = clock.now()
    store.statements.filter(state=StatementState.WAITING).update(state=StatementState.CANCELLED, ended_at=now)
    store.on, store.removed_at = False, now
    # Nobody will ever need its password again; what it was sent still verifies.
    store.sealed = ""
    store.save(update_fields=["on", "removed_at", "sealed"])


@transaction.atomic
def send_again(network: Network, *, by: Person) -> int:
    """Put back in the queue what the store refused, once what was wrong is mended; return how many."""
    if not can_settle(by, network):
        raise PermissionDenied
    store = store_of(network)
    if store is None:
        return 0
    now = clock.now()
    LearningStore.objects.filter(pk=store.pk).update(wait_until=None, failures=0)
    refused = store.statements.filter(state=StatementState.REFUSED, ended_at=None)
    store.statements.filter(state=StatementState.WAITING).update(next_at=now)
    return refused.update(state=StatementState.WAITING, next_at=now, last_error="")


def tend_stores() -> int:
    """Seal under the first key what an older one sealed (by the clock); return how many were."""
    done = 0
    for store in LearningStore.objects.filter(removed_at=None).exclude(sealed__startswith=seal_mark()):
        held = open_store(store)
        if held is None:
            continue
        words = {"user": held.user, "password": held.password, "private": held.private}
        fresh = seal(json.dumps(words), about=store_subject(store.public_id))
        done += LearningStore.objects.filter(pk=store.pk, sealed=store.sealed).update(sealed=fresh)
    return done


# -- what is to leave ----------------------------------------------------------------------------------------


def queue_statements(limit: int = 500) -> int:
    """Write what is handed over and not yet said, and annul what no longer is (by the clock); return how many."""
    done = 0
    for store in LearningStore.objects.filter(removed_at=None).select_related("network"):
        held = open_store(store)
        if held is None:
            continue
        for statement in _taken_back(store)[:limit]:
            done += _annul(store, statement, held)
        if store.on:
            said = Statement.objects.filter(
                store=store, record=OuterRef("pk"), kind=StatementKind.RECORD, ended_at=None
            )
            rows = TrainingRecord.objects.handed().filter(~Exists(said), network=store.network).order_by("pk")
            for row in rows.select_related("network", "learner", "trainer")[:limit]:
                done += _write(store, row, held)
    return done


def _taken_back(store: LearningStore) -> list[Statement]:
    handed = Q(
        record__state=TrainingState.AGREED,
        record__learner_hands_at__isnull=False,
        record__trainer_hands_at__isnull=False,
    )
    rows = store.statements.filter(~handed, kind=StatementKind.RECORD, ended_at=None)
    return list(rows.select_related("record").order_by("pk"))


@transaction.atomic
def _write(store: LearningStore, row: TrainingRecord, held: Secret) -> int:
    number = Statement.objects.filter(store=store, record=row, kind=StatementKind.RECORD).count()
    identifier = xapi.statement_id(store.salt, row.public_id, StatementKind.RECORD, number)
    assert row.hours is not None
    what = xapi.Followed(
        # Opaque as the people are: the store and we alone know which record it is.
        record=xapi.opaque(store.salt, row.public_id),
        learner=xapi.opaque(store.salt, row.learner.public_id),
        trainer=xapi.opaque(store.salt, row.trainer.public_id),
        network=row.network.public_id,
        network_name=row.network.name_fr,
        title=row.title,
        language=row.network.language,
        mode=row.mode,
        hours=row.hours,
        ended_on=row.ends_on,
        afest=row.afest,
    )
    body, signature = xapi.sign(xapi.followed(site().base, what, identifier), held.private)
    _made, new = Statement.objects.get_or_create(
        store=store,
        record=row,
        kind=StatementKind.RECORD,
        round=number,
        defaults={"statement_id": identifier, "body": body, "signature": signature, "next_at": clock.now()},
    )
    return int(new)


@transaction.atomic
def _annul(store: LearningStore, statement: Statement, held: Secret) -> int:
    statement = (
        Statement.objects.select_for_update(of=("self",)).select_related("record").get(pk=statement.pk)
    )
    if statement.ended_at is not None:
        return 0
    now = clock.now()
    # Tried at least once, it may have arrived although no answer came back: it is annulled all the same.
    left = statement.state == StatementState.SENT or statement.tries > 0
    statement.ended_at = now
    if statement.state == StatementState.WAITING:
        statement.state = StatementState.CANCELLED
    statement.save(update_fields=["ended_at", "state"])
    if not left or statement.state == StatementState.REFUSED:
        return 1
    public_id = statement.record.public_id
    identifier = xapi.statement_id(store.salt, public_id, StatementKind.VOID, statement.round)
    account = xapi.opaque(store.salt, store.public_id)
    said = xapi.voided(site().base, account, statement.statement_id, identifier, now)
    body, signature = xapi.sign(said, held.private)
    Statement.objects.get_or_create(
        store=store,
        record=statement.record,
        kind=StatementKind.VOID,
        round=statement.round,
        defaults={"statement_id": identifier, "body": body, "signature": signature, "next_at": now},
    )
    return 1


# -- sending -------------------------------------------------------------------------------------------------


def send_statements(limit: int = 200) -> int:
    """Send what waits, store by store (by the clock); return how many were taken.

    A store that is down, or refuses our key, is left alone for a while: all that waits for it is kept.
    """
    queue_statements()
    now, taken = clock.now(), 0
    stores = LearningStore.objects.filter(on=True, removed_at=None)
    for store in stores.filter(Q(wait_until=None) | Q(wait_until__lte=now)).select_related("network"):
        held = open_store(store)
        if held is None:
            _wait(store, _("Le mot de passe gardé ne s’ouvre plus : donnez-le de nouveau."))
            continue
        waiting = store.statements.filter(state=StatementState.WAITING, next_at__lte=now).order_by("pk")
        for statement in list(waiting[:limit]):
            if not _lease(statement):
                continue
            answer = _send(store, statement, held)
            if answer is None:
                break
            taken += answer
    return taken


def _lease(statement: Statement) -> bool:
    now = clock.now()
    free = Statement.objects.filter(pk=statement.pk, state=StatementState.WAITING, next_at__lte=now)
    held = bool(free.update(next_at=now + LEASE, tries=F("tries") + 1))
    statement.tries += held
    return held


def _headers(store: LearningStore, held: Secret) -> dict[str, str]:
    key = base64.b64encode(f"{held.user}:{held.password}".encode()).decode()
    return {
        "Authorization": f"Basic {key}",
        "X-Experience-API-Version": store.version,
        "Accept": "application/json",
    }


def _post(store: LearningStore, held: Secret, parcel: xapi.Parcel) -> Fetched:
    headers = {**_headers(store, held), "Content-Type": parcel.kind}
    return fetch(f"{store.url}/statements", method="POST", data=parcel.body, headers=headers, timeout=TIMEOUT)


def _send(store: LearningStore, statement: Statement, held: Secret) -> int | None:
    """Send one statement: 1 when it is taken, 0 when it is not, None when nothing more is to be sent to this store now."""
    try:
        in_parts = store.attaches
        parcel = (
            xapi.with_signature(statement.body, statement.signature)
            if in_parts
            else xapi.alone(statement.body)
        )
        answer = _post(store, held, parcel)
        if in_parts and answer.status in NOT_IN_PARTS:
            answer = _post(store, held, xapi.alone(statement.body))
            if answer.status in TAKEN:
                # It takes statements, not what signs them: the signatures stay with us, where they are checked.
                store.attaches = False
                store.save(update_fields=["attaches"])
        return _read(store, statement, held, answer)
    except FetchError as error:
        _put_back(statement, 0, error.sentence)
        _wait(store, error.sentence)
        return None


def _read(store: LearningStore, statement: Statement, held: Secret, answer: Fetched) -> int | None:
    status = answer.status
    if status in TAKEN or (status == 409 and _has_it(store, statement, held)):
        _taken(store, statement, status)
        return 1
    if status in KEY_REFUSED:
        words = _("L’entrepôt refuse le nom ou le mot de passe (%(status)s).") % {"status": status}
        _put_back(statement, status, words)
        _wait(store, words)
        return None
    if status == 409 or status in WRONG:
        words = (
            _("L’entrepôt a déjà autre chose sous cet identifiant (409).")
            if status == 409
            else _("L’entrepôt refuse cette déclaration (%(status)s).") % {"status": status}
        )
        Statement.objects.filter(pk=statement.pk).update(
            state=StatementState.REFUSED, last_status=status, last_error=words
        )
        return 0
    words = _("L’entrepôt n’a pas pu la prendre (%(status)s).") % {"status": status}
    _put_back(statement, status, words)
    if status in (429, 502, 503, 504):
        _wait(store, words)
        return None
    # Something in this one only, perhaps: the next ones are not held up by it.
    return 0


def _has_it(store: LearningStore, statement: Statement, held: Secret) -> bool:
    """Whether the store already holds this very statement."""
    url = f"{store.url}/statements?statementId={quote(str(statement.statement_id))}"
    answer = fetch(url, headers=_headers(store, held), timeout=TIMEOUT)
    return answer.status == 200 and xapi.same(xapi.read(answer.body), json.loads(statement.body))


@transaction.atomic
def _taken(store: LearningStore, statement: Statement, status: int) -> None:
    now = clock.now()
    mine = Statement.objects.filter(pk=statement.pk, state=StatementState.WAITING)
    mine.update(state=StatementState.SENT, sent_at=now, last_status=status, last_error="")
    LearningStore.objects.filter(pk=store.pk).update(
        failures=0, wait_until=None, last_error="", last_ok_at=now
    )


def _put_back(statement: Statement, status: int, words: str) -> None:
    Statement.objects.filter(pk=statement.pk, state=StatementState.WAITING).update(
        next_at=clock.now() + retry_after(statement.tries - 1), last_status=status, last_error=words[:300]
    )


def _wait(store: LearningStore, words: str) -> None:
    store.failures = min(store.failures + 1, 30)
    store.wait_until = clock.now() + retry_after(store.failures - 1)
    store.last_error = words[:300]
    store.save(update_fields=["failures", "wait_until", "last_error"])
