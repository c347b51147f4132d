"""A row of the animators' queue as pages show it: who, what, since when, what was tried, and what to do now."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.urls import reverse
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from reciproque.agenda.rules import AttemptKind, Verb
from reciproque.insights.rules import Reason
from reciproque.kit.text import cut
from reciproque.networks.queries import known_in
from reciproque.web.animation.views import contact, member_url
from reciproque.web.parts.small import words
from reciproque.web.parts.steps import EXCHANGE, INTRODUCTION, describe

if TYPE_CHECKING:
    from collections.abc import Sequence

    from reciproque.agenda.models import Attempt
    from reciproque.insights.queries import Stuck
    from reciproque.networks.models import Network
    from reciproque.people.models import Person

EXCERPT = 240
LABELS = dict(Reason.choices)
TONES = {Reason.TEAM: "warn", Reason.SILENT: "danger", Reason.UNDELIVERED: "danger"}
ICONS = {"remind": "bell", "assign": "handshake", "admit": "check", "propose": "arcs", "call": "phone"}


def rows_of(network: Network, found: Sequence[Stuck]) -> list[dict[str, Any]]:
    """Return rows of the queue ready to be drawn."""
    known = known_in(network, [0, *(person.pk for row in found for person in row.people)])
    return [row_of(network, row, known) for row in found]


def row_of(network: Network, row: Stuck, known: set[int]) -> dict[str, Any]:
    """Return one row of the queue ready to be drawn; `known` are those who have a page here."""
    act = primary(row)
    return {
        "key": row.key,
        "id": f"case-{row.key}",
        "reason": capfirst(LABELS[row.reason]),
        "tone": TONES.get(Reason(row.reason), ""),
        "people": [_reach(network, person, known) for person in row.people],
        "names": ", ".join(person.display_name for person in row.people),
        "what": what(row),
        "dossier": dossier(network, row, known),
        "since": row.since,
        "before": row.reason == Reason.LAPSING,
        "tried": [*_by_clock(row), *(tried(one) for one in row.tried)],
        "act": act,
        "label": label(row, act),
        "icon": ICONS.get(act, ""),
        "act_url": act_url(network, row.key, act),
        "remindable": act == "remind",
        "url": reverse("animation:case", args=[network.slug, row.key]),
        "quiet_until": row.quiet_until,
    }


def act_url(network: Network, key: str, act: str) -> str:
    """Return where one gesture about one row is posted."""
    return reverse("animation:act", args=[network.slug, key, act])


def _reach(network: Network, person: Person, known: set[int]) -> dict[str, Any]:
    return contact(network, person, known=person.pk in known) | {"mail": person.email or ""}


def what(row: Stuck) -> str:
    """Return what does not move, in a sentence."""
    if row.step is not None:
        if row.step.owner_id is None:
            return describe(row.step).title
        said = capfirst(str(row.step.get_verb_display()))
        return _("%(what)s : « %(title)s »") % {"what": said, "title": row.title} if row.title else said
    return {
        "application": _application,
        "request": _request,
        "load": _load,
        "mail": _mail,
        "member": _one_sided,
    }[row.source](row)


def _application(row: Stuck) -> str:
    membership: Any = row.membership
    said = cut(membership.application, EXCERPT)
    return (
        _("Demande à rejoindre le réseau : « %(words)s »") % {"words": said}
        if said
        else _("Demande à rejoindre le réseau")
    )


def _request(row: Stuck) -> str:
    if row.suggestion is None:
        return _("Cherche « %(title)s », et personne n’a été sollicité") % {"title": row.title}
    return _("Cherche « %(title)s » ; %(name)s propose « %(offer)s »") % {
        "title": row.title,
        "name": row.suggestion.offer.author.display_name,
        "offer": row.suggestion.offer.title,
    }


def _load(row: Stuck) -> str:
    membership: Any = row.membership
    return ngettext(
        "Transmet déjà %(held)s fois sur %(most)s, et %(n)s personne attend sa réponse",
        "Transmet déjà %(held)s fois sur %(most)s, et %(n)s personnes attendent sa réponse",
        membership.waiting,
    ) % {"held": membership.held, "most": membership.give_capacity, "n": membership.waiting}


def _mail(row: Stuck) -> str:
    return _("N’a pas reçu « %(title)s » : %(error)s") % {"title": row.title, "error": row.error}


def _one_sided(row: Stuck) -> str:
    membership: Any = row.membership
    if membership.offers:
        return _("N’a que des offres : que cherche cette personne ?")
    if membership.requests:
        return _("N’a que des demandes : que pourrait-elle transmettre ?")
    return _("N’a encore rien publié")


def _by_clock(row: Stuck) -> list[str]:
    """What the clock tried: the reminders that animators did not send themselves."""
    if row.step is None:
        return []
    by_hand = sum(one.kind == AttemptKind.REMINDED for one in row.tried)
    number = row.step.reminders - by_hand
    if number <= 0:
        return []
    return [
        ngettext("%(n)s rappel automatique", "%(n)s rappels automatiques", number) % {"n": number},
    ]


def tried(attempt: Attempt) -> str:
    """Return one thing that was tried: what, by whom, when, in which words."""
    said = {
        "what": capfirst(str(attempt.get_kind_display())),
        "by": attempt.by.display_name,
        "day": words(attempt.at, "day"),
        "words": attempt.words,
    }
    if attempt.words:
        return _("%(what)s (%(by)s, %(day)s) : « %(words)s »") % said
    return _("%(what)s (%(by)s, %(day)s)") % said


def dossier(network: Network, row: Stuck, known: set[int]) -> str:
    """Return where the whole matter is read: the introduction, the exchange, the application; empty otherwise."""
    if row.step is not None and row.step.subject_kind in (INTRODUCTION, EXCHANGE):
        return reverse(f"animation:{row.step.subject_kind}", args=[network.slug, row.step.subject_id])
    if row.source == "application" and row.people[0].pk in known:
        return member_url(network, row.people[0]) + "#admit"
    return ""


def primary(row: Stuck) -> str:
    """Return the gesture suggested for a row."""
    if row.step is not None:
        return "assign" if row.step.verb == Verb.ASSIGN else "remind"
    if row.source == "request":
        return "propose" if row.suggestion is not None else "call"
    return {"application": "admit", "member": "remind"}.get(row.source, "call")


def others(row: Stuck) -> list[str]:
    """Return the gestures that one tap makes besides the suggested one."""
    step = row.step
    awaited = step is not None and step.verb in (Verb.ANSWER, Verb.REPLY)
    asked = row.introduction is not None and row.introduction.initiator_id == row.introduction.requester_id
    return ["another"] if awaited and asked else []


def label(row: Stuck, act: str) -> str:
    """Return the words of a gesture's button."""
    if act == "propose" and row.suggestion is not None:
        return _("Lui proposer %(name)s") % {"name": row.suggestion.offer.author.display_name}
    if act == "remind" and row.source == "member":
        return _("Lui écrire un mot")
    return {
        "remind": _("Relancer"),
        "assign": _("Confier à qui a de la place"),
        "admit": _("Oui, bienvenue"),
        "call": _("J’ai appelé"),
        "another": _("Proposer quelqu’un d’autre"),
    }[act]


def done_for(row: Stuck, network: Network, known: set[int]) -> list[dict[str, str]]:
    """Return where things can be done in the people's names: links of a row's own page."""
    slug, links = network.slug, []
    people = [person for person in row.people if person.pk in known]
    step = row.step
    for person in people:
        name = person.display_name
        if step is not None and step.verb == Verb.REVIEW:
            page = reverse("animation:review_for", args=[slug, step.subject_id, person.public_id])
            links.append({"label": _("Faire le bilan avec %(name)s") % {"name": name}, "url": page})
        elif step is not None and step.subject_kind in (INTRODUCTION, EXCHANGE):
            args = [slug, step.subject_kind, step.subject_id, person.public_id]
            page = reverse("animation:on_behalf", args=args)
            links.append({"label": _("Répondre pour %(name)s") % {"name": name}, "url": page})
        elif row.source == "member":
            page = member_url(network, person) + "#act"
            links.append({"label": _("Publier avec %(name)s") % {"name": name}, "url": page})
        elif row.source == "request":
            page = reverse("animation:ask_for", args=[slug, person.public_id])
            links.append({"label": _("Chercher une offre pour %(name)s") % {"name": name}, "url": page})
    whole = dossier(network, row, known)
    if whole:
        links.append({"label": _("Ouvrir le dossier"), "url": whole})
    return links
