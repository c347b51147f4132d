"""Badges as their holder carries them, and what anybody may check of one that is shown to them."""

from __future__ import annotations

import dataclasses
import datetime as dt
from typing import Any

from django.db.models import Count, Max
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, override

from reciproque.catalogue.models import TopicLink
from reciproque.kit import clock
from reciproque.kit.errors import NotThere
from reciproque.people.models import Person
from reciproque.recognition.engine import baking, credentials, pictures, signing
from reciproque.recognition.models import (
    Badge,
    Certification,
    CertificationRule,
    Confirmation,
    Evidence,
    Key,
)
from reciproque.recognition.queries.certifying import voices_by_network
from reciproque.recognition.queries.keys import find_key, site
from reciproque.recognition.rules import (
    CONFIRMATIONS,
    MONTHS,
    UNITS,
    EndReason,
    EvidenceKind,
    Rule,
    fresh,
)


@dataclasses.dataclass(frozen=True)
class Endorsement:
    """What somebody who learned it says, under their name; no longer `stands` once they took it back."""

    name: str
    words: str
    stands: bool


@dataclasses.dataclass(frozen=True)
class Verification:
    """What became of checking a badge: whether it holds, why in one sentence, and what it says."""

    valid: bool
    code: str
    sentence: str
    holder: str = ""
    savoir: str = ""
    issuer: str = ""
    since: dt.datetime | None = None
    issued_at: dt.datetime | None = None
    until: dt.datetime | None = None
    criteria: str = ""
    evidence: list[str] = dataclasses.field(default_factory=list)
    endorsements: list[Endorsement] = dataclasses.field(default_factory=list)
    public_id: str = ""
    # Whether the address given is the holder's; None when none was given, or when the badge holds none.
    theirs: bool | None = None


@dataclasses.dataclass(frozen=True)
class BadgePage:
    """A badge at its own address."""

    badge: Badge
    found: Verification


# -- what a badge will say ----------------------------------------------------------------------------------


def rule_for(network_pk: int) -> Rule:
    """Return the rule by which a network certifies, or the usual one when it wrote none."""
    row = CertificationRule.objects.filter(network_id=network_pk).first()
    return row.rule if row is not None else Rule(CONFIRMATIONS[0], UNITS[0], MONTHS[0])


def counted_confirmations(certification: Certification) -> list[Confirmation]:
    """Return the confirmations on which a certification rests today: those that count for the rule, no other."""
    skill, network = certification.skill_id, certification.network_id
    voices = voices_by_network([skill], [network]).get((skill, network), [])
    kept = {(voice.person, voice.at) for voice in fresh(voices, rule_for(network), clock.now())}
    rows = Confirmation.objects.standing().filter(skill=skill, network=network).select_related("by")
    return [row for row in rows if (row.by_id, row.at) in kept]


def criteria_words(rule: Rule) -> str:
    """Return in a sentence what the community asks before it certifies."""
    return _(
        "La communauté certifie un savoir quand au moins %(people)s personnes différentes, de %(units)s services "
        "au moins, qui l’ont appris auprès de la personne, le confirment depuis moins de %(months)s mois."
    ) % {"people": rule.confirmations, "units": rule.units, "months": rule.months}


def _seen(kind: str, number: int, *, imported: bool) -> str:
    if imported:
        return (
            ngettext(
                "%s échange importé où ce savoir a été transmis",
                "%s échanges importés où ce savoir a été transmis",
                number,
            )
            % number
        )
    words = {
        EvidenceKind.OFFERED: ngettext("%s offre publiée", "%s offres publiées", number),
        EvidenceKind.GIVEN: ngettext(
            "%s échange où ce savoir a été transmis", "%s échanges où ce savoir a été transmis", number
        ),
        EvidenceKind.WROTE: ngettext("%s fiche publiée", "%s fiches publiées", number),
        EvidenceKind.RATED: ngettext(
            "%s fiche jugée utile par des collègues", "%s fiches jugées utiles par des collègues", number
        ),
        EvidenceKind.ANSWERED: ngettext(
            "%s réponse à une question de pratique", "%s réponses à des questions de pratique", number
        ),
        EvidenceKind.FACILITATED: ngettext("%s groupe facilité", "%s groupes facilités", number),
    }
    return words[EvidenceKind(kind)] % number


def kind_words(kind: str, *, imported: bool = False) -> str:
    """Return what one piece of evidence is, as others read it; `imported`: a table says so, not the people themselves."""
    if imported:
        return _("Échange importé où ce savoir a été transmis")
    words = {
        EvidenceKind.OFFERED: _("Offre publiée"),
        EvidenceKind.GIVEN: _("Échange où ce savoir a été transmis"),
        EvidenceKind.WROTE: _("Fiche publiée"),
        EvidenceKind.RATED: _("Fiche jugée utile par des collègues"),
        EvidenceKind.ANSWERED: _("Réponse à une question de pratique"),
        EvidenceKind.FACILITATED: _("Groupe facilité"),
    }
    return words[EvidenceKind(kind)]


def evidence_words(certification: Certification) -> tuple[tuple[str, str], ...]:
    """Return what shows the skill in this network, counted: no name of anybody else, no link into the house."""
    rows = (
        Evidence.objects.standing()
        .with_origin()
        .filter(skill_id=certification.skill_id, network_id=certification.network_id)
        .values("kind", "imported")  # type: ignore[misc]
        .annotate(number=Count("pk"), last=Max("on"))
        .order_by("kind", "imported")
    )
    return tuple(
        (
            kind_words(row["kind"], imported=row["imported"]),
            (
                _("%(what)s, le dernier élément le %(date)s.")
                if row["number"] > 1
                else _("%(what)s, le %(date)s.")
            )
            % {
                "what": _seen(row["kind"], row["number"], imported=row["imported"]),
                "date": date_format(row["last"], "DATE_FORMAT"),
            },
        )
        for row in rows
    )


def alignments(topic_pk: int) -> tuple[credentials.Aligned, ...]:
    """Return the entries of frameworks that a person said are the same savoir, when they have an address."""
    rows = TopicLink.objects.filter(topic_id=topic_pk, kept=True, entry__code__startswith="http")
    return tuple(
        credentials.Aligned(
            link.entry.label, link.entry.code, str(link.entry.framework), link.entry.code.rsplit("/", 1)[-1]
        )
        for link in rows.select_related("entry__framework").order_by("entry__label")
    )


def draft_badge(
    certification: Certification, *, public_id: str, index: int, name: str, salt: str
) -> credentials.Draft:
    """Return everything the badge of a certification will say, in the network's language."""
    network, skill = certification.network, certification.skill
    with override(network.language):
        counted = counted_confirmations(certification)
        units = len({row.unit_id for row in counted})
        evidence = (
            *evidence_words(certification),
            (
                _("Confirmations"),
                _("Confirmé par %(people)s personnes qui l’ont appris, de %(units)s services.")
                % {"people": len(counted), "units": units},
            ),
        )
        return credentials.Draft(
            public_id=public_id,
            network=network.public_id,
            network_name=network.name,
            savoir=skill.topic.name,
            description=_("Sait transmettre ce savoir : des collègues qui l’ont appris le confirment."),
            criteria=criteria_words(rule_for(network.pk)),
            holder=credentials.Holder(name, skill.person.email or "", salt),
            since=certification.since,
            issued_at=clock.now(),
            until=certification.until,
            evidence=evidence,
            aligned=alignments(skill.topic_id),
            index=index,
            language=network.language,
        )


# -- checking one -------------------------------------------------------------------------------------------


def _identity(payload: dict[str, Any], kind: str) -> dict[str, Any]:
    found = payload["credentialSubject"].get("identifier", [])
    return next((one for one in found if one.get("identityType") == kind), {})


def _moment(text: str) -> dt.datetime:
    return dt.datetime.fromisoformat(text)


def _said(payload: dict[str, Any], email: str) -> dict[str, Any]:
    """Return what a credential says, as a page shows it."""
    address = _identity(payload, "emailAddress")
    asked = bool(email.strip()) and bool(address)
    achievement = payload["credentialSubject"]["achievement"]
    return {
        "holder": _identity(payload, "name").get("identityHash", ""),
        "savoir": achievement["name"],
        "issuer": payload["issuer"]["name"],
        "since": _moment(payload["awardedDate"]),
        "issued_at": _moment(payload["validFrom"]),
        "until": _moment(payload["validUntil"]),
        "criteria": achievement["criteria"]["narrative"],
        "evidence": [one["narrative"] for one in payload.get("evidence", [])],
        "theirs": credentials.hashed(email, address["salt"]) == address["identityHash"] if asked else None,
    }


def _endorsements(payload: dict[str, Any], key: Key) -> list[Endorsement]:
    """Return what those who sign say, checked again, and whether they still say it."""
    said: list[tuple[str, str, str]] = []
    for token in payload.get("endorsementJwt", []):
        try:
            one = signing.check(token, dict(key.public))
        except signing.Forged:
            continue
        who = one["issuer"]["id"].removesuffix("/did.json").rsplit(":", 1)[-1].rsplit("/", 1)[-1]
        said.append((who, one["issuer"]["name"], one["credentialSubject"]["endorsementComment"]))
    standing = set(
        Confirmation.objects.filter(
            public_id__in=[who for who, _name, _words in said], signs=True, withdrawn_at=None
        ).values_list("public_id", flat=True)
    )
    # Who took it back is no longer named, though the file still holds their name.
    return [
        Endorsement(name if who in standing else "", words if who in standing else "", who in standing)
        for who, name, words in said
    ]


def _no(code: str, sentence: str, **said: Any) -> Verification:
    return Verification(valid=False, code=code, sentence=sentence, **said)


def _revoked_words() -> str:
    # Why stays between the person and their community: a contest upheld is nobody's business outside.
    return _("Ce badge n’est plus valable.")


def verify(file: bytes | str, *, email: str = "") -> Verification:
    """Check a badge given as a file, a picture or a text: its signature, its dates, and whether it was revoked."""
    try:
        token = baking.extract(file.encode("utf-8", "ignore") if isinstance(file, str) else file)
        header, payload = signing.peek(token)
    except baking.SeveralBadges:
        return _no(
            "several",
            _("Ce dossier contient plusieurs badges : donnez-les un par un, chacun a son fichier."),
        )
    except (baking.NoBadge, signing.Unreadable):
        return _no("unreadable", _("Ce n’est pas un badge que nous sachions lire."))
    key = find_key(signing.short_kid(header.get("kid")))
    if key is None:
        return _no("stranger", _("Ce badge n’a pas été signé ici : adressez-vous à qui l’a émis."))
    try:
        payload = signing.check(token, dict(key.public))
    except signing.Forged:
        return _no("forged", _("Ce badge a été modifié : sa signature ne correspond plus à ce qu’il dit."))
    if "OpenBadgeCredential" not in payload.get("type", []):
        return _no("unreadable", _("Ce n’est pas un badge que nous sachions lire."))
    return _judge(payload, key, email)


def _judge(payload: dict[str, Any], key: Key, email: str) -> Verification:
    """Say whether a credential that one of our keys really signed holds now."""
    public_id = str(payload["id"]).rstrip("/").rsplit("/", 1)[-1]
    badge = Badge.objects.filter(public_id=public_id, key=key).first()
    if key.broken_at is not None:
        # Anybody may have written what it signed since: nothing of it is repeated.
        sentence = _(
            "La clé qui a signé ce badge n’est plus sûre : demandez à la personne un badge plus récent."
        )
        return _no("broken", sentence)
    if badge is None:
        return _no("unknown", _("Ce badge porte notre signature, mais nous n’en avons aucune trace."))
    if not badge.credential:
        return _no("revoked", _revoked_words())
    said = {**_said(payload, email), "endorsements": _endorsements(payload, key), "public_id": public_id}
    now = clock.now()
    if badge.revoked_at is not None and badge.revoked_for != EndReason.EXPIRED:
        return _no("revoked", _revoked_words(), **said)
    if badge.revoked_at is not None or now >= badge.until:
        sentence = _("Ce badge n’est plus valable : la certification a pris fin le %(date)s.")
        ended = min(badge.until, badge.revoked_at or badge.until)
        return _no("expired", sentence % {"date": date_format(ended, "DATE_FORMAT")}, **said)
    return Verification(
        valid=True,
        code="valid",
        sentence=_("Ce badge est authentique et toujours valable."),
        **said,
    )


# -- pages --------------------------------------------------------------------------------------------------


def badges_of(certification: Certification) -> list[Badge]:
    """Return the badges of a certification that were not revoked, the latest first."""
    return list(
        certification.badges.filter(revoked_at=None, key__broken_at=None).select_related("network", "key")
    )


def own_badge(person: Person, public_id: str) -> Badge:
    """Return one's own badge; anyone else meets `NotThere`."""
    rows = Badge.objects.filter(person=person, public_id=public_id).select_related("network", "key", "topic")
    badge = rows.first()
    if badge is None or not person.is_active:
        raise NotThere
    return badge


def get_badge(public_id: str) -> Badge:
    """Return a badge by its address: whoever was given it may look, as with the file itself."""
    badge = Badge.objects.filter(public_id=public_id).select_related("network", "key").first()
    if badge is None:
        raise NotThere
    return badge


def badge_page(public_id: str, *, email: str = "") -> BadgePage:
    """Return what the address of a badge shows."""
    badge = get_badge(public_id)
    if not badge.credential:
        return BadgePage(badge, _no("revoked", _revoked_words()))
    return BadgePage(badge, verify(badge.credential, email=email))


def _payload(badge: Badge) -> dict[str, Any]:
    return signing.peek(badge.credential)[1]


def holds(badge: Badge) -> bool:
    """Tell whether a badge may still be downloaded: neither revoked, nor signed by a broken key."""
    return bool(badge.credential) and badge.revoked_at is None and badge.key.broken_at is None


def old_assertion(badge: Badge) -> tuple[dict[str, Any], bool]:
    """Return a badge for readers of Open Badges 2.0, and whether it holds; NotThere when it has no such form."""
    if not holds(badge):
        why = _revoked_words() if badge.key.broken_at is None else _("la clé n’est plus sûre")
        return credentials.revoked_2(site(), badge.public_id, why), False
    found = credentials.assertion_2(site(), badge.public_id, _payload(badge))
    if found is None:
        raise NotThere
    return found, True


def envelope(badge: Badge) -> dict[str, Any]:
    """Return the signed credential as a JSON document, for wallets and Europass."""
    return credentials.enveloped(badge.credential)


def old_class(badge: Badge) -> dict[str, Any]:
    """Return what a badge certifies for readers of Open Badges 2.0, without a word or a picture of its holder."""
    if not holds(badge):
        raise NotThere
    payload = _payload(badge)
    savoir = payload["credentialSubject"]["achievement"]["name"]
    with override(badge.network.language):
        drawing = pictures.draw(savoir, _("Certifié par la communauté"), payload["issuer"]["name"], "", "")
    image = pictures.inline(drawing)
    return credentials.class_2(site(), badge.public_id, badge.network.public_id, payload, image)


def _drawing(badge: Badge) -> str:
    payload = _payload(badge)
    said = _said(payload, "")
    with override(badge.network.language):
        until = _("jusqu’au %(date)s") % {"date": date_format(said["until"], "DATE_FORMAT")}
        above = _("Certifié par la communauté")
    return pictures.draw(said["savoir"], above, said["issuer"], said["holder"], until)


def _baked(badge: Badge) -> dict[str, Any] | None:
    return credentials.assertion_2(site(), badge.public_id, _payload(badge))


def badge_svg(badge: Badge) -> bytes:
    """Return the picture of a badge with the badge in it (SVG)."""
    return baking.bake_svg(_drawing(badge), badge.credential, _baked(badge))


def badge_png(badge: Badge) -> bytes:
    """Return the picture of a badge with the badge in it (PNG)."""
    return baking.bake_png(pictures.paint(_drawing(badge)), badge.credential, _baked(badge))
