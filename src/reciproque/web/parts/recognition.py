"""A savoir seen, confirmed or certified, as pages say it: what shows it, where that opens, the rule, what is missing."""

from __future__ import annotations

import dataclasses
from collections import Counter
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from django.urls import reverse
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from reciproque.catalogue.queries import labels_of
from reciproque.recognition.rules import Audience, EvidenceKind
from reciproque.web.parts.posts import join_words, person_line
from reciproque.web.parts.small import words

if TYPE_CHECKING:
    from reciproque.recognition.rules import Rule

# Where each kind of source has its page.
SOURCES = {
    "post": "posts:post",
    "exchange": "exchanges:exchange",
    "sheet": "library:sheet",
    "case": "library:case",
    "circle": "circles:circle",
}
ICONS = {
    EvidenceKind.OFFERED: "arrow-up-right",
    EvidenceKind.GIVEN: "arcs",
    EvidenceKind.WROTE: "book-open-text",
    EvidenceKind.RATED: "thumbs-up",
    EvidenceKind.ANSWERED: "message-circle-question-mark",
    EvidenceKind.FACILITATED: "users",
}
# What one thing is, said of anyone; the words of the rules speak to the person alone.
ONE = {
    EvidenceKind.OFFERED: gettext_lazy("Une offre publiée"),
    EvidenceKind.GIVEN: gettext_lazy("Un échange où ce savoir a été transmis"),
    EvidenceKind.WROTE: gettext_lazy("Une fiche publiée"),
    EvidenceKind.RATED: gettext_lazy("Une fiche dont des collègues se sont servis"),
    EvidenceKind.ANSWERED: gettext_lazy("Une réponse à une question de pratique"),
    EvidenceKind.FACILITATED: gettext_lazy("Un groupe animé"),
}
SEEN_BY = {
    Audience.ME: gettext_lazy("Vous, et personne d’autre"),
    Audience.MET: gettext_lazy("Les personnes avec qui vous avez eu un échange"),
    Audience.NETWORK: gettext_lazy("Les membres des réseaux où il a été vu"),
}


def source_url(kind: str, public_id: str) -> str:
    """Return the page of what shows a savoir, "" when it has none."""
    name = SOURCES.get(kind)
    return reverse(name, args=[public_id]) if name and public_id else ""


def _counted(kind: str, number: int) -> str:
    match kind:
        case EvidenceKind.OFFERED:
            said = ngettext("%(n)s offre", "%(n)s offres", number)
        case EvidenceKind.GIVEN:
            said = ngettext("%(n)s échange", "%(n)s échanges", number)
        case EvidenceKind.WROTE:
            said = ngettext("%(n)s fiche", "%(n)s fiches", number)
        case EvidenceKind.RATED:
            said = ngettext(
                "%(n)s fiche utile à des collègues", "%(n)s fiches utiles à des collègues", number
            )
        case EvidenceKind.ANSWERED:
            said = ngettext("%(n)s réponse", "%(n)s réponses", number)
        case _:
            said = ngettext("%(n)s groupe animé", "%(n)s groupes animés", number)
    return said % {"n": number}


def evidence_words(evidence: Iterable[Any]) -> str:
    """Return in a few words what shows a savoir: "2 échanges, 1 fiche"."""
    counts = Counter(row.kind for row in evidence)
    return join_words(_counted(kind, counts[kind]) for kind in EvidenceKind.values if counts[kind])


def evidence_lines(evidence: Iterable[Any]) -> list[dict[str, Any]]:
    """Return each thing that shows a savoir: what, when, its network and its page for who may read them."""
    return [
        {
            "icon": ICONS[row.kind],
            "what": _("Un échange importé où ce savoir a été transmis") if row.imported else ONE[row.kind],
            "on": row.on,
            "network": row.network.name if row.named else "",
            "words": row.words,
            "url": source_url(row.source_kind, row.source_id) if row.opens else "",
        }
        for row in evidence
    ]


def people_words(number: int) -> str:
    """Return how many people, in words."""
    return ngettext("%(n)s personne", "%(n)s personnes", number) % {"n": number}


def units_words(number: int) -> str:
    """Return how many units, in words."""
    return ngettext("%(n)s service", "%(n)s services", number) % {"n": number}


def months_words(number: int) -> str:
    """Return how many months, in words."""
    return ngettext("%(n)s mois", "%(n)s mois", number) % {"n": number}


def rule_words(rule: Rule) -> str:
    """Return a network's rule in one sentence, as it is written on every page that applies it."""
    return _(
        "Un savoir est certifié quand %(people)s qui l’ont appris de la personne le confirment, "
        "de %(units)s au moins ; une confirmation compte pendant %(months)s."
    ) % {
        "people": people_words(rule.confirmations),
        "units": units_words(rule.units),
        "months": months_words(rule.months),
    }


def said_words(confirmations: int, units: int) -> str:
    """Return how many confirmed and from how many units: never who."""
    if not confirmations:
        return _("Personne ne l’a encore confirmé.")
    if confirmations == 1:
        return _("Une personne qui l’a appris le confirme.")
    return _("%(people)s qui l’ont appris le confirment, de %(units)s.") % {
        "people": people_words(confirmations),
        "units": units_words(units),
    }


def missing_words(people: int, units: int) -> str:
    """Return what is missing for the rule to hold: the same people may be what both lack."""
    total = max(people, units)
    if not total:
        return ""
    said = {"people": people_words(total), "n": units}
    if not units:
        return _("Il manque %(people)s.") % said
    if units < total:
        return (
            ngettext(
                "Il manque %(people)s, dont une au moins d’un service qui ne l’a pas encore confirmé.",
                "Il manque %(people)s, dont %(n)s au moins de services différents qui ne l’ont pas encore confirmé.",
                units,
            )
            % said
        )
    return (
        ngettext(
            "Il manque %(people)s, d’un service qui ne l’a pas encore confirmé.",
            "Il manque %(people)s, de %(n)s services différents qui ne l’ont pas encore confirmé.",
            units,
        )
        % said
    )


@dataclasses.dataclass(frozen=True)
class StandView:
    """Where a savoir stands in one network: the rule, what is said, what is missing, the certification if it holds."""

    network: str
    rule: str
    said: str
    missing: str
    certified: str = ""
    url: str = ""


def stand_views(standings: Iterable[Any], *, own: bool) -> list[StandView]:
    """Return where a savoir stands in each network; what is missing is for its holder alone."""
    views = []
    for row in standings:
        live = row.certification
        if not (own or live or row.confirmations):
            continue
        views.append(
            StandView(
                network=row.network.name,
                rule=rule_words(row.rule) if row.rule else "",
                said=said_words(row.confirmations, row.units),
                missing=missing_words(row.missing_confirmations, row.missing_units)
                if own and row.rule and not live
                else "",
                certified=certified_words(live) if live else "",
                url=reverse("recognition:certification", args=[live.public_id]) if live else "",
            )
        )
    return views


def contest_lines(contests: Iterable[Any], *, network: Any = None) -> list[dict[str, Any]]:
    """Return contests one may read as lines that lead to them: what became of each, and when."""
    said = {None: _("attend une réponse"), True: _("retenue"), False: _("non retenue")}
    return [
        {
            "url": reverse("recognition:contest", args=[row.public_id]),
            "network": row.certification.network.name,
            "state": said[row.upheld if row.settled_at else None],
            "at": row.settled_at or row.at,
        }
        for row in contests
        if network is None or row.certification.network_id == network.pk
    ]


def certified_words(certification: Any) -> str:
    """Return since when a certification holds, and until when at the latest."""
    return _("Certifié par la communauté depuis le %(since)s, jusqu’au %(until)s au plus tard.") % {
        "since": words(certification.since, "full"),
        "until": words(certification.until, "full"),
    }


@dataclasses.dataclass(frozen=True)
class SkillCard:
    """All that a list says of one savoir of someone; `recognition/card.html` draws it."""

    title: str
    url: str
    shown: str
    seen_by: str
    certified: list[dict[str, str]]
    said: str
    own: bool
    public_id: str


def topic_words(topic: Any) -> str:
    """Return the name of a savoir in the reader's language."""
    return str(topic.label)


def skill_card(seen: Any, name: str) -> SkillCard:
    """Return a savoir as a list shows it (a `Seen` of the queries)."""
    certified = [
        {
            "label": _("Certifié · %(network)s") % {"network": row.network.name},
            "url": reverse("recognition:certification", args=[row.certification.public_id]),
        }
        for row in seen.standings
        if row.certification
    ]
    confirmed = sum(row.confirmations for row in seen.standings)
    return SkillCard(
        title=name,
        url=reverse("recognition:skill", args=[seen.skill.public_id]),
        shown=capfirst(evidence_words(seen.evidence)),
        seen_by=str(SEEN_BY[seen.audience]),
        certified=certified,
        said=ngettext("%(n)s confirmation", "%(n)s confirmations", confirmed) % {"n": confirmed}
        if confirmed
        else "",
        own=seen.own,
        public_id=seen.skill.public_id,
    )


def skill_cards(rows: Iterable[Any]) -> list[SkillCard]:
    """Return savoirs as a list shows them."""
    rows = list(rows)
    names = labels_of(row.skill.topic for row in rows)
    return [skill_card(row, names[row.skill.topic_id]) for row in rows]


def learned_words(row: Any) -> str:
    """Return from what somebody learned: the exchange or the sheet, with its title and its day."""
    said = {"title": row.words, "day": words(row.at, "full") if row.at else ""}
    if row.source_kind == "sheet":
        return _("Sa fiche « %(title)s », dont vous vous êtes servi") % said
    return _("Votre échange « %(title)s », clos le %(day)s") % said


def learned_from(row: Any) -> str:
    """Return, for the one who passed it on, from what somebody learned."""
    if row.source_kind == "sheet":
        return _("votre fiche « %(title)s »") % {"title": row.words}
    return _("votre échange « %(title)s »") % {"title": row.words}


def said_by(confirmation: Any) -> dict[str, Any]:
    """Return one confirmation as the holder reads it: who, when, their words, whether they may leave in a badge."""
    return {
        "name": confirmation.by.display_name,
        "initials": confirmation.by.initials,
        "line": person_line(confirmation.by),
        "at": confirmation.at,
        "words": confirmation.words,
        "signs": confirmation.signs,
        "network": confirmation.network.name,
    }


def confirmable_views(rows: Iterable[Any]) -> list[dict[str, Any]]:
    """Return what the reader may confirm: whose savoir, from what they learned it, where to say so."""
    rows = list(rows)
    names = labels_of(row.skill.topic for row in rows)
    return [
        {
            "person": row.skill.person.display_name,
            "initials": row.skill.person.initials,
            "topic": names[row.skill.topic_id],
            "from": learned_words(row),
            "network": row.network.name,
            "asked": row.asked,
            "url": reverse("recognition:confirm", args=[row.skill.public_id]),
        }
        for row in rows
    ]
