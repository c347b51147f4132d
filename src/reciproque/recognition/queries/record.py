"""One's own record: what a person did and is certified for, that they alone carry out of the house."""

from __future__ import annotations

import dataclasses
import datetime as dt
from typing import Any

from django.db.models import Prefetch
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import override

from reciproque.catalogue.queries import labels_of
from reciproque.exchanges.models import Exchange, ExchangePerson
from reciproque.exchanges.rules import Side
from reciproque.kit import clock
from reciproque.people.models import Person
from reciproque.recognition.engine import credentials, pictures
from reciproque.recognition.models import Badge, Certification, Confirmation, Evidence, Skill
from reciproque.recognition.queries.badges import kind_words
from reciproque.recognition.queries.confirming import counted
from reciproque.recognition.queries.keys import site


@dataclasses.dataclass(frozen=True)
class Certified:
    """One certification that holds today."""

    network: str
    since: dt.datetime
    until: dt.datetime


@dataclasses.dataclass(frozen=True)
class Trace:
    """One thing that shows the skill: what, where, when; never with whom."""

    kind: str
    label: str
    network: str
    on: dt.date


@dataclasses.dataclass(frozen=True)
class Quote:
    """What somebody who learned it says, when they accepted that it leaves under their name."""

    name: str
    words: str


@dataclasses.dataclass(frozen=True)
class RecordSkill:
    """One savoir of the record."""

    public_id: str
    savoir: str
    certified: list[Certified]
    traces: list[Trace]
    quotes: list[Quote]


@dataclasses.dataclass(frozen=True)
class Learned:
    """One exchange in which the person learned."""

    title: str
    network: str
    on: dt.date


@dataclasses.dataclass(frozen=True)
class Record:
    """Everything that a person may take along, as they see it before they do."""

    person: Person
    at: dt.datetime
    certified: list[RecordSkill]
    seen: list[RecordSkill]
    learned: list[Learned]
    badges: list[Badge]

    @property
    def is_empty(self) -> bool:
        return not (self.certified or self.seen or self.learned)


def _skill(row: Skill, savoir: str, counts: set[tuple[int, int, int]]) -> RecordSkill:
    return RecordSkill(
        public_id=row.public_id,
        savoir=savoir,
        certified=[Certified(one.network.name, one.since, one.until) for one in row.certifications.all()],
        traces=[
            Trace(one.kind, kind_words(one.kind, imported=one.imported), one.network.name, one.on)
            for one in row.evidence.all()
        ],
        quotes=[
            Quote(one.by.display_name, one.words)
            for one in row.confirmations.all()
            if one.signs and one.words and (row.pk, one.network_id, one.by_id) in counts
        ],
    )


def record_of(person: Person) -> Record:
    """Return what a person may take along: their skills that they have not put away, and what they learned."""
    now = clock.now()
    skills = (
        Skill.objects.filter(person=person, put_away_at=None)
        .select_related("topic")
        .prefetch_related(
            Prefetch("evidence", Evidence.objects.standing().with_origin().select_related("network")),
            Prefetch(
                "certifications",
                Certification.objects.filter(ended_at=None, until__gt=now).select_related("network"),
            ),
            Prefetch("confirmations", Confirmation.objects.standing().select_related("by")),
        )
        .order_by("topic__name")
    )
    names = labels_of(row.topic for row in skills)
    # Too old for the rule, or given before a contest was upheld or the certification given up: no longer said.
    networks = {one.network_id for row in skills for one in row.confirmations.all()}
    counts = counted({row.pk for row in skills}, networks)
    lines = [_skill(row, names[row.topic_id], counts) for row in skills]
    shown = [line for line in lines if line.traces or line.certified]
    badges = Badge.objects.filter(person=person, revoked_at=None, key__broken_at=None, until__gt=now)
    return Record(
        person=person,
        at=now,
        certified=[line for line in shown if line.certified],
        seen=[line for line in shown if not line.certified],
        learned=learned_by(person),
        badges=list(badges.exclude(credential="").select_related("network", "topic")),
    )


def learned_by(person: Person) -> list[Learned]:
    """Return what a person learned in exchanges that were held, the latest first."""
    parts = ExchangePerson.objects.filter(
        person=person, side=Side.REQUESTER, left_at=None, exchange__in=Exchange.objects.held()
    ).select_related("exchange__network")
    rows = [Learned(part.exchange.title, part.exchange.network.name, _day(part.exchange)) for part in parts]
    return sorted(rows, key=lambda row: (row.on, row.title), reverse=True)


def _day(exchange: Exchange) -> dt.date:
    return exchange.held_on or (exchange.finished_at or exchange.closed_at or exchange.opened_at).date()


def _date(day: dt.date) -> str:
    return date_format(day, "DATE_FORMAT")


def _printed(line: RecordSkill) -> dict[str, Any]:
    return {
        "savoir": pictures.clean(line.savoir),
        "certified": [
            _(
                "Certifié par la communauté « %(network)s » depuis le %(since)s, jusqu’au %(until)s au plus tard."
            )
            % {
                "network": pictures.clean(one.network),
                "since": _date(one.since),
                "until": _date(one.until),
            }
            for one in line.certified
        ],
        "lines": [
            {
                "what": one.label,
                "network": pictures.clean(one.network),
                "on": _date(one.on),
            }
            for one in line.traces
        ],
        "words": [
            {"words": _("« %s »") % pictures.clean(one.words), "by": pictures.clean(one.name)}
            for one in line.quotes
        ],
    }


def _sections(record: Record) -> list[dict[str, Any]]:
    found = [
        (
            _("Savoirs certifiés par des collègues"),
            _("Des collègues qui ont appris ce savoir auprès de cette personne le confirment."),
            [_printed(line) for line in record.certified],
        ),
        (
            _("Savoirs partagés"),
            _("Ce que montrent les offres, les échanges, les fiches et les groupes."),
            [_printed(line) for line in record.seen],
        ),
    ]
    return [
        {"title": title, "lead": lead, "skills": skills, "learned": []}
        for title, lead, skills in found
        if skills
    ]


def _learned(record: Record) -> list[dict[str, str]]:
    return [
        {"what": pictures.clean(one.title), "network": pictures.clean(one.network), "on": _date(one.on)}
        for one in record.learned
    ]


def record_pdf(person: Person, language: str) -> bytes:
    """Return someone's record as a tagged PDF (PDF/UA-1) in this language."""
    with override(language):
        record = record_of(person)
        line = ", ".join(part for part in (person.function, str(person.unit or "")) if part)
        name = pictures.clean(person.display_name)
        data = {
            "language": language,
            "title": _("Mes savoirs"),
            "name": name,
            "line": pictures.clean(line),
            "lead": _(
                "Ce relevé appartient à la personne dont il porte le nom. Elle seule peut le faire imprimer et le remettre."
            ),
            "sections": _sections(record),
            "learned": _learned(record),
            "nothing": _("Rien à montrer pour le moment."),
            "footer": _("%(name)s, relevé du %(date)s") % {"name": name, "date": _date(record.at)},
            "words": {
                "what": _("Ce qui le montre"),
                "network": _("Réseau"),
                "on": _("Date"),
                "learned": _("Savoirs appris"),
                "exchange": _("Échange"),
            },
        }
        return pictures.print_record(data, record.at)


def _achievement(line: RecordSkill) -> dict[str, Any]:
    traces = sorted(line.traces, key=lambda one: (one.on, one.kind))
    return {
        "id": f"urn:reciproque:skill:{line.public_id}",
        "type": ["Achievement"],
        "achievementType": "Competency",
        "name": line.savoir,
        "description": "; ".join(f"{one.label} ({one.network}, {one.on.isoformat()})" for one in traces),
        "criteria": {"narrative": _("Vu dans ce que la personne a fait ; pas certifié.")},
    }


def record_json(person: Person) -> dict[str, Any]:
    """Return someone's record as a Comprehensive Learner Record: signed badges whole, the rest as what was seen.

    The badges in it verify by themselves; the envelope is the person's own, and says so by bearing no signature.
    """
    record = record_of(person)
    where = site()
    names = {"type": "IdentityObject", "hashed": False, "identityType": "name"}
    return {
        "@context": [credentials.VC, credentials.OB3, credentials.CLR],
        "id": f"urn:reciproque:record:{person.public_id}:{int(record.at.timestamp())}",
        "type": ["VerifiableCredential", "ClrCredential"],
        "name": _("Mes savoirs"),
        "issuer": {
            "id": where.base,
            "type": ["Profile"],
            "name": person.display_name,
            "description": _("Relevé fait par la personne elle-même."),
        },
        "validFrom": credentials.iso(record.at),
        "credentialSubject": {
            "type": ["ClrSubject"],
            "identifier": [{**names, "identityHash": person.display_name}],
            "verifiableCredential": [credentials.enveloped(badge.credential) for badge in record.badges],
            "achievement": [_achievement(line) for line in (*record.certified, *record.seen)],
        },
    }
