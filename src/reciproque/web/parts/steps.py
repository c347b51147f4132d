"""A step as pages show it: what is expected in a sentence, where it is done, what one tap can answer."""

from __future__ import annotations

import dataclasses
import datetime as dt
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from reciproque.agenda.rules import PRIVATE_VERBS, Verb
from reciproque.kit import clock
from reciproque.web.parts import steps_of_community as community
from reciproque.web.parts import steps_of_learning as learning
from reciproque.web.parts import steps_of_recognition as recognition
from reciproque.web.parts import steps_of_steering as steering
from reciproque.web.parts import steps_of_surveys as surveys
from reciproque.web.parts.small import words

if TYPE_CHECKING:
    from reciproque.agenda.models import Step
    from reciproque.people.models import Person

INTRODUCTION, EXCHANGE, CIRCLE = "introduction", "exchange", "circle"
GROUP = gettext_lazy("Groupe d’échange de pratiques")
SOON = dt.timedelta(hours=36)


@dataclasses.dataclass(frozen=True)
class Answer:
    """One button of a step: a POST of `name=value` to `url`, or a plain link when `post` is false."""

    label: str
    url: str
    name: str = ""
    value: str = ""
    tone: str = "primary"
    post: bool = True


@dataclasses.dataclass(frozen=True)
class StepView:
    """All that a page says of one step; `parts/expected.html` draws it."""

    kind: str
    title: str
    text: str
    url: str
    due_at: dt.datetime
    after: str
    answers: list[Answer]
    due: str = ""
    state: str = ""
    tone: str = "exchange"
    network: str = ""
    verb: str = ""


# verb → (kind, what is asked of its owner, what is said to the animation team when it takes over, colour)
SENTENCES: dict[str, tuple[Any, Any, Any, str]] = {
    Verb.SIGN: (
        gettext_lazy("Charte"),
        gettext_lazy("Relisez et signez la charte du réseau « %(network)s »"),
        "",
        "neutral",
    ),
    Verb.OFFER: (
        gettext_lazy("Première offre"),
        gettext_lazy("Publiez votre première offre dans « %(network)s »"),
        "",
        "offer",
    ),
    Verb.REQUEST: (
        gettext_lazy("Première demande"),
        gettext_lazy("Publiez votre première demande dans « %(network)s »"),
        "",
        "request",
    ),
    Verb.ADMIT: (
        gettext_lazy("Adhésion"),
        "",
        gettext_lazy("%(words)s demande à rejoindre le réseau"),
        "neutral",
    ),
    Verb.ANSWER: (
        gettext_lazy("Mise en relation"),
        gettext_lazy("Une mise en relation vous est demandée : « %(words)s »"),
        "",
        "exchange",
    ),
    Verb.REPLY: (
        gettext_lazy("Mise en relation"),
        gettext_lazy("Une question vous est posée avant de répondre : « %(words)s »"),
        "",
        "exchange",
    ),
    Verb.NEXT: (
        gettext_lazy("Mise en relation"),
        gettext_lazy("Une autre personne est trouvée pour vous : « %(words)s »"),
        "",
        "exchange",
    ),
    Verb.TRY: (
        gettext_lazy("Rapprochement"),
        gettext_lazy("L’animation vous propose : %(words)s"),
        "",
        "exchange",
    ),
    Verb.ASSIGN: (
        gettext_lazy("Médiation"),
        "",
        gettext_lazy("Il manque un médiateur ou une médiatrice : « %(words)s »"),
        "exchange",
    ),
    Verb.PROPOSE: (
        gettext_lazy("Rendez-vous"),
        gettext_lazy("Proposez des dates : « %(words)s »"),
        gettext_lazy("Personne n’a proposé de date : « %(words)s »"),
        "exchange",
    ),
    Verb.CHOOSE: (
        gettext_lazy("Rendez-vous"),
        gettext_lazy("Choisissez une date : « %(words)s »"),
        gettext_lazy("Aucune date n’a été choisie : « %(words)s »"),
        "exchange",
    ),
    Verb.HELD: (
        gettext_lazy("Rendez-vous"),
        gettext_lazy("Cette rencontre a-t-elle eu lieu ? « %(words)s »"),
        gettext_lazy("Personne n’a dit si la rencontre a eu lieu : « %(words)s »"),
        "exchange",
    ),
    Verb.TERMS: (
        gettext_lazy("Médiation"),
        gettext_lazy("Notez ce dont les deux personnes sont convenues : « %(words)s »"),
        gettext_lazy("On ne sait pas ce qui a été convenu : « %(words)s »"),
        "exchange",
    ),
    Verb.GO_ON: (
        gettext_lazy("Échange"),
        gettext_lazy("Terminez l’échange ou prévoyez une suite : « %(words)s »"),
        gettext_lazy("On ne sait pas si l’échange est terminé : « %(words)s »"),
        "exchange",
    ),
    Verb.CONFIRM: (
        gettext_lazy("Échange déclaré"),
        gettext_lazy("Un échange avec vous a été déclaré : « %(words)s »"),
        "",
        "exchange",
    ),
    Verb.REVIEW: (
        gettext_lazy("Bilan"),
        gettext_lazy("Faites le bilan, en deux minutes : « %(words)s »"),
        "",
        "exchange",
    ),
    Verb.RENEW: (
        gettext_lazy("Annonce"),
        gettext_lazy("Votre annonce est-elle toujours d’actualité ? « %(words)s »"),
        "",
        "warn",
    ),
    Verb.MODERATE: (gettext_lazy("Signalement"), gettext_lazy("Un signalement vous est confié"), "", "warn"),
    Verb.AMEND: (
        gettext_lazy("Annonce"),
        gettext_lazy("Une correction vous est demandée : « %(words)s »"),
        "",
        "warn",
    ),
    Verb.APPEAL: (gettext_lazy("Recours"), gettext_lazy("Un recours vous est confié"), "", "warn"),
    Verb.SPECIFY: (
        GROUP,
        gettext_lazy("Précisez le besoin du groupe « %(words)s » avec les décideurs"),
        gettext_lazy("Le besoin du groupe « %(words)s » n’est pas précisé"),
        "neutral",
    ),
    Verb.SEATS: (
        GROUP,
        gettext_lazy("Constituez le groupe « %(words)s » : des personnes attendent une réponse"),
        gettext_lazy("Le groupe « %(words)s » n’est pas constitué"),
        "neutral",
    ),
    Verb.LEAD: (
        GROUP,
        gettext_lazy("Trouvez qui facilitera le groupe « %(words)s »"),
        gettext_lazy("Le groupe « %(words)s » n’a plus de facilitation"),
        "warn",
    ),
    Verb.PLEDGE: (GROUP, gettext_lazy("Lisez et signez la charte du groupe « %(words)s »"), "", "neutral"),
    Verb.DATES: (
        GROUP,
        gettext_lazy("Fixez les dates des séances du groupe « %(words)s »"),
        gettext_lazy("Le groupe « %(words)s » n’a pas de dates"),
        "neutral",
    ),
    Verb.POLL: (
        GROUP,
        gettext_lazy("Dites quelles dates vous conviennent pour le groupe « %(words)s »"),
        "",
        "neutral",
    ),
    Verb.ROLL: (
        GROUP,
        gettext_lazy("Notez qui était là à la séance du groupe « %(words)s »"),
        "",
        "neutral",
    ),
    Verb.AGREE: (
        GROUP,
        gettext_lazy("Dites si cela peut sortir du groupe « %(words)s »"),
        "",
        "neutral",
    ),
    Verb.SUM_UP: (GROUP, gettext_lazy("Faites le bilan du groupe « %(words)s »"), "", "neutral"),
    Verb.TELL: (
        GROUP,
        gettext_lazy("Préparez le bilan du groupe « %(words)s » pour les décideurs"),
        gettext_lazy("Le bilan du groupe « %(words)s » n’est pas parti"),
        "neutral",
    ),
    Verb.ADVISE: (
        gettext_lazy("Question"),
        gettext_lazy("Une question vous est posée : « %(words)s »"),
        gettext_lazy("Une question attend une réponse : « %(words)s »"),
        "request",
    ),
    Verb.REREAD: (
        gettext_lazy("Fiche"),
        gettext_lazy("Votre fiche est-elle toujours juste ? « %(words)s »"),
        gettext_lazy("Une fiche n’a pas été relue : « %(words)s »"),
        "warn",
    ),
    **learning.LEARNING,
    **recognition.RECOGNITION,
    **community.COMMUNITY,
    **surveys.SURVEYS,
    **steering.STEERING,
}


def describe(step: Step) -> StepView:
    """Return a step in words, computed from its own fields and its network's (loaded beforehand): no query."""
    team = step.owner_id is None
    kind, mine, handed_over, tone = SENTENCES[step.verb]
    title = (handed_over if team and handed_over else mine) or step.get_verb_display()
    url = _url(step)
    now = clock.now()
    return StepView(
        kind=str(kind),
        title=str(title) % {"words": step.words, "network": step.network.name},
        text="",
        url=url,
        due_at=step.due_at,
        after="" if team else str(step.consequence),
        answers=_team_answers(step, url) if team else _answers(step, url),
        due=(
            _("En retard : attendu avant %(moment)s") if step.due_at < now else _("À faire avant %(moment)s")
        )
        % {"moment": words(step.due_at)},
        state="late" if step.due_at < now else "soon" if step.due_at < now + SOON else "",
        tone=tone,
        network=step.network.name,
        verb=step.verb,
    )


# verb → the page of its subject where it is done, when it is not the introduction's or the exchange's own
PAGES: dict[str, str] = {
    Verb.NEXT: "exchanges:next",
    Verb.TRY: "matching:suggestion",
    Verb.CONFIRM: "exchanges:confirm",
    Verb.REVIEW: "exchanges:review",
    Verb.RENEW: "posts:post",
    Verb.AMEND: "posts:edit",
    Verb.MODERATE: "moderation:case",
    Verb.APPEAL: "moderation:appeal",
    Verb.SEATS: "circles:making",
    Verb.LEAD: "circles:facilitator",
    Verb.PLEDGE: "circles:charter",
    Verb.DATES: "circles:sessions",
    Verb.POLL: "circles:poll",
    Verb.ROLL: "circles:roll",
    Verb.AGREE: "circles:outing",
    Verb.SUM_UP: "circles:review",
    Verb.TELL: "circles:report",
    Verb.ADVISE: "library:case",
    Verb.REREAD: "library:sheet",
}
# The pages of what is the same for its owner and for the team: of a whole network, of one thing.
OF_NETWORK: dict[str, str] = {**learning.OF_FRAME, **community.OF_NETWORK}
OF_SUBJECT: dict[str, str] = {
    **learning.OF_SUBJECT,
    **community.OF_SUBJECT,
    **recognition.OF_SUBJECT,
    **surveys.OF_SUBJECT,
    **steering.OF_SUBJECT,
}


def _url(step: Step) -> str:
    slug, subject = step.network.slug, step.subject_id
    if step.verb == Verb.ADMIT:
        return reverse("animation:application", args=[slug, subject])
    if step.verb in OF_NETWORK:
        return reverse(OF_NETWORK[step.verb], args=[slug])
    if step.subject_kind in OF_SUBJECT:
        return reverse(OF_SUBJECT[step.subject_kind], args=[subject])
    if step.owner_id is None:
        # What animators take over they do from their own pages: the two people's pages stay private.
        if step.subject_kind in (INTRODUCTION, EXCHANGE):
            return reverse(f"animation:{step.subject_kind}", args=[slug, subject])
        if step.subject_kind == CIRCLE:
            return reverse("circles:circle", args=[subject])  # its face, where an animator takes over
        return reverse("animation:desk", args=[slug])
    match step.verb:
        case Verb.SIGN:
            return reverse("join:charter", args=[slug])
        case Verb.OFFER | Verb.REQUEST:
            return reverse("posts:new", args=[slug, step.verb])
        case Verb.SPECIFY:
            return reverse("circles:need", args=[subject, 1])
        case Verb.POLL if step.subject_kind == CIRCLE:
            return reverse("circles:circle_poll", args=[subject])
    if step.verb in PAGES:
        return reverse(PAGES[step.verb], args=[subject])
    page = reverse(f"exchanges:{step.subject_kind}", args=[subject])
    anchors = {
        Verb.ANSWER: "#answer",
        Verb.REPLY: "#thread",
        Verb.PROPOSE: "#meeting",
        Verb.CHOOSE: "#meeting",
        Verb.HELD: "#meeting",
        Verb.TERMS: "#terms",
    }
    return page + anchors.get(Verb(step.verb), "")


def _team_answers(step: Step, url: str) -> list[Answer]:
    label = _("Répondre") if step.verb == Verb.ADMIT else _("S’en occuper")
    return [Answer(label, url, post=False)]


def _answers(step: Step, url: str) -> list[Answer]:
    subject = step.subject_id
    match step.verb:
        case Verb.ANSWER:
            answer, page = (
                reverse("exchanges:answer", args=[subject]),
                reverse("exchanges:introduction", args=[subject]),
            )
            return [
                Answer(_("Oui, volontiers"), answer, "answer", "yes"),
                Answer(
                    _("Une question d’abord"), f"{page}?answer=question#answer", tone="normal", post=False
                ),
                Answer(_("Non, pas cette fois"), f"{page}?answer=no#answer", tone="quiet", post=False),
            ]
        case Verb.HELD:
            held = reverse("agenda:held_about", args=[step.subject_kind, subject])
            if step.subject_kind == INTRODUCTION:
                return [
                    Answer(_("Oui"), held, "held", "yes"),
                    Answer(_("Non"), held, "held", "no", tone="quiet"),
                ]
            return [
                Answer(_("Oui, et c’est terminé"), held, "held", "yes"),
                Answer(_("Oui, et nous nous reverrons"), held, "held", "more", tone="normal"),
                Answer(_("Non"), held, "held", "no", tone="quiet"),
            ]
        case Verb.CONFIRM:
            return [
                Answer(_("Oui, c’est exact"), url, "answer", "yes"),
                Answer(_("Non"), url, tone="quiet", post=False),
            ]
        case Verb.RENEW:
            return [
                Answer(_("Renouveler"), reverse("posts:renew", args=[subject])),
                Answer(_("Voir l’annonce"), url, tone="quiet", post=False),
            ]
    labels = {
        Verb.SIGN: _("Lire et signer"),
        Verb.OFFER: _("Écrire mon offre"),
        Verb.REQUEST: _("Écrire ma demande"),
        Verb.REPLY: _("Répondre à la question"),
        Verb.NEXT: _("Voir cette personne"),
        Verb.TRY: _("Voir cette personne"),
        Verb.PROPOSE: _("Proposer des dates"),
        Verb.CHOOSE: _("Choisir une date"),
        Verb.TERMS: _("Remplir la fiche"),
        Verb.GO_ON: _("Voir l’échange"),
        Verb.REVIEW: _("Faire le bilan"),
        Verb.AMEND: _("Corriger l’annonce"),
        Verb.SPECIFY: _("Préciser le besoin"),
        Verb.SEATS: _("Voir les candidatures"),
        Verb.LEAD: _("Trouver quelqu’un"),
        Verb.PLEDGE: _("Lire et signer"),
        Verb.DATES: _("Fixer les dates"),
        Verb.POLL: _("Répondre"),
        Verb.ROLL: _("Noter qui était là"),
        Verb.AGREE: _("Lire et répondre"),
        Verb.SUM_UP: _("Faire le bilan"),
        Verb.TELL: _("Préparer le bilan"),
        Verb.ADVISE: _("Voir la question"),
        Verb.REREAD: _("Relire la fiche"),
        **learning.LABELS,
        **recognition.LABELS,
        **community.LABELS,
        **surveys.LABELS,
        **steering.LABELS,
    }
    tones = {Verb.OFFER: "offer", Verb.REQUEST: "request"}
    verb = Verb(step.verb)
    return [Answer(str(labels.get(verb, _("Voir"))), url, tone=tones.get(verb, "primary"), post=False)]


@dataclasses.dataclass(frozen=True)
class Expectation:
    """One line of a page: who must do what by when, and what happens otherwise; drawn by `deadline`."""

    who: str
    text: str
    at: dt.datetime
    after: str
    state: str
    mine: bool
    verb: str


def expectations(steps: Iterable[Step], reader: Person, *, named: bool = False) -> list[Expectation]:
    """Return what is still expected about a subject, whoever must do it, as its people read it.

    `named` says what each is about, where a page puts together things about several subjects.
    """
    now = clock.now()
    return [
        Expectation(
            who=_owner(step, reader),
            text=_expected(step, named),
            at=step.due_at,
            after=str(step.consequence) if step.owner_id == reader.pk else "",
            state="late" if step.due_at < now else "soon" if step.due_at < now + SOON else "",
            mine=step.owner_id == reader.pk,
            verb=step.verb,
        )
        for step in steps
    ]


def _expected(step: Step, named: bool) -> str:
    said = {"what": step.get_verb_display(), "moment": words(step.due_at), "title": step.words}
    if named and step.words and step.verb not in PRIVATE_VERBS:
        # What already quotes a title is not put between quotation marks again.
        if "«" in step.words:
            return _("%(what)s (%(title)s), avant %(moment)s") % said
        return _("%(what)s : « %(title)s », avant %(moment)s") % said
    return _("%(what)s, avant %(moment)s") % said


def _owner(step: Step, reader: Person) -> str:
    if step.owner is None:
        return _("L’animation du réseau")
    return _("Vous") if step.owner_id == reader.pk else step.owner.display_name
