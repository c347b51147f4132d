"""Where an introduction or an exchange stands, in the words of the one who reads."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as _

from reciproque.exchanges.rules import ExchangeState, IntroductionState, Side
from reciproque.web.parts.small import words

if TYPE_CHECKING:
    from reciproque.exchanges.models import Exchange, Introduction
    from reciproque.people.models import Person

A = IntroductionState
E = ExchangeState

TONES: dict[str, str] = {
    A.ASKED: "exchange",
    A.QUESTIONED: "exchange",
    A.ACCEPTED: "good",
    A.AGREED: "good",
    E.OPEN: "exchange",
    E.FINISHED: "exchange",
    E.CLOSED: "good",
    E.DECLARED: "warn",
}


@dataclasses.dataclass(frozen=True)
class Standing:
    """Where things stand: the state in a word, one sentence, and what comes after."""

    label: str
    tone: str
    sentence: str
    after: str = ""

    @property
    def callout(self) -> str:
        """The tone of the callout that says it."""
        return self.tone if self.tone in ("good", "warn") else "info"


def about(introduction: Introduction, reader: Person) -> str:
    """Say in one sentence who wants what of whom."""
    names = {
        "requester": introduction.requester.display_name,
        "offerer": introduction.offerer.display_name,
    }
    asked_by_requester = introduction.initiator_id == introduction.requester_id
    if reader.pk == introduction.requester_id:
        text = (
            _("Vous aimeriez apprendre avec %(offerer)s.")
            if asked_by_requester
            else _("%(offerer)s vous propose de répondre à votre demande.")
        )
    elif reader.pk == introduction.offerer_id:
        text = (
            _("%(requester)s aimerait apprendre de vous.")
            if asked_by_requester
            else _("Vous proposez votre aide à %(requester)s.")
        )
    else:
        text = _("Vous réunissez %(requester)s, qui demande, et %(offerer)s, qui offre.")
    return text % names


def other_of(introduction: Introduction, reader: Person) -> Person:
    """Return the one of the two whom the reader will meet (the requester, for a mediator)."""
    return introduction.offerer if reader.pk == introduction.requester_id else introduction.requester


def stand_introduction(introduction: Introduction, reader: Person) -> Standing:
    """Return where an introduction stands for this reader (its people loaded beforehand)."""
    initiating = reader.pk == introduction.initiator_id
    answering = reader.pk == introduction.answerer.pk
    values = {
        "initiator": introduction.initiator.display_name,
        "answerer": introduction.answerer.display_name,
        "mediator": introduction.mediator.display_name if introduction.mediator else "",
        "due": words(introduction.due_at),
        "reason": introduction.reason.rstrip("."),
        "refusal": introduction.get_refusal_display(),
    }
    sentence, after = _INTRODUCTION[A(introduction.state)](introduction, initiating, answering)
    return Standing(
        label=str(introduction.get_state_display()),
        tone=TONES.get(introduction.state, "neutral"),
        sentence=sentence % values,
        after=after % values,
    )


def _asked(introduction: Introduction, initiating: bool, answering: bool) -> tuple[str, str]:
    if answering:
        return (
            _("Votre réponse est attendue avant %(due)s."),
            _(
                "Oui, non, ou une question d’abord : chaque réponse convient. Sans réponse, "
                "une autre personne sera proposée à %(initiator)s."
            ),
        )
    return (
        _("%(answerer)s a jusqu’au %(due)s pour répondre."),
        _("Sans réponse, ou si c’est non, nous cherchons une autre personne et vous demandons votre accord.")
        if initiating
        else "",
    )


def _questioned(introduction: Introduction, initiating: bool, answering: bool) -> tuple[str, str]:
    if initiating:
        return (
            _("%(answerer)s vous pose une question avant de répondre. Répondez avant %(due)s."),
            _("Ensuite, %(answerer)s dira oui ou non. Sans votre réponse, la mise en relation s’arrête là."),
        )
    return (
        _("Vous avez posé une question. %(initiator)s a jusqu’au %(due)s pour y répondre."),
        _("Vous pouvez aussi dire oui ou non dès maintenant."),
    )


def _accepted(introduction: Introduction, initiating: bool, answering: bool) -> tuple[str, str]:
    if introduction.mediator is None:
        return (
            _("La mise en relation est acceptée. L’animation cherche quelqu’un pour la médiation."),
            _("Dès que cette personne est trouvée, vous l’apprenez, et elle propose des dates."),
        )
    if not initiating and not answering:
        return (
            _("Vous menez la première rencontre."),
            _(
                "Ensuite, vous noterez si les deux personnes s’accordent : l’échange s’ouvre, ou l’on s’arrête là."
            ),
        )
    return (
        _("La mise en relation est acceptée. %(mediator)s vous réunit pour une première rencontre."),
        _("À cette rencontre, vous convenez ensemble du contenu, de la méthode et du rythme."),
    )


def _agreed(introduction: Introduction, initiating: bool, answering: bool) -> tuple[str, str]:
    return _("L’échange est convenu."), _("La suite se passe sur la page de l’échange.")


def _refused(introduction: Introduction, initiating: bool, answering: bool) -> tuple[str, str]:
    if answering:
        return _("Vous avez décliné : « %(refusal)s »."), _(
            "La réponse est transmise avec tact à %(initiator)s. Rien d’autre n’est attendu de vous."
        )
    return (
        _("%(answerer)s a décliné : « %(refusal)s »."),
        _(
            "Un refus n’est pas un jugement. Si une autre personne convient, elle vous est proposée ; "
            "rien ne part sans votre accord."
        ),
    )


def _lapsed(introduction: Introduction, initiating: bool, answering: bool) -> tuple[str, str]:
    return (
        _("Le délai est passé sans réponse."),
        _("Si une autre personne convient, elle vous est proposée ; rien ne part sans votre accord.")
        if initiating
        else "",
    )


def _ended(introduction: Introduction, initiating: bool, answering: bool) -> tuple[str, str]:
    if introduction.state == A.WITHDRAWN:
        text = _("La mise en relation a été retirée.")
        if introduction.reason:
            text = _("La mise en relation a été retirée : %(reason)s.")
        return text, ""
    if introduction.state == A.NOT_MATCHED:
        after = _("Si une autre personne convient, elle vous est proposée.") if initiating else ""
        return _("Vous en êtes restés là : ce n’était pas tout à fait ce qu’il fallait."), after
    if introduction.reason:
        return _("La mise en relation a été interrompue : %(reason)s."), ""
    return _("La mise en relation a été interrompue."), ""


_INTRODUCTION: dict[str, Any] = {
    A.ASKED: _asked,
    A.QUESTIONED: _questioned,
    A.ACCEPTED: _accepted,
    A.AGREED: _agreed,
    A.REFUSED: _refused,
    A.LAPSED: _lapsed,
    A.WITHDRAWN: _ended,
    A.NOT_MATCHED: _ended,
    A.CANCELLED: _ended,
}


def about_exchange(side: str, others: str) -> str:
    """Say in one sentence what the reader does in an exchange; `others` are the names of the others."""
    if not others:
        return ""
    text = (
        _("Vous apprenez avec %(names)s.") if side == Side.REQUESTER else _("Vous transmettez à %(names)s.")
    )
    return text % {"names": others}


def stand_exchange(exchange: Exchange, reader: Person, *, reviewed: bool = False) -> Standing:
    """Return where an exchange stands for this reader."""
    values = {
        "due": words(exchange.review_due_at) if exchange.review_due_at else "",
        "held_on": words(exchange.held_on) if exchange.held_on else "",
        "reason": exchange.reason.rstrip("."),
        "declarer": exchange.declared_by.display_name if exchange.declared_by else "",
    }
    declared_here = exchange.declared_by_id == reader.pk
    sentences: dict[str, tuple[str, str]] = {
        E.OPEN: (
            _("L’échange est en cours."),
            _("Fixez une date, rencontrez-vous, puis dites ici si c’est terminé ou si vous vous reverrez."),
        ),
        E.FINISHED: (
            _("L’échange a eu lieu. Votre bilan est fait.")
            if reviewed
            else _("L’échange a eu lieu. Votre bilan est attendu avant %(due)s."),
            _("Les bilans se lisent quand chacun a répondu, ou après le %(due)s."),
        ),
        E.CLOSED: (_("L’échange a eu lieu, il est clos."), ""),
        E.STOPPED: (
            _("L’échange s’est arrêté : %(reason)s.") if exchange.reason else _("L’échange s’est arrêté."),
            "",
        ),
        E.DECLARED: (
            _("Vous avez déclaré cet échange, tenu le %(held_on)s.")
            if declared_here
            else _("%(declarer)s a déclaré cet échange, tenu le %(held_on)s."),
            _("Il compte dès que l’autre personne l’a confirmé.")
            if declared_here
            else _("Il compte dès qu’il est confirmé."),
        ),
        E.DENIED: (_("Cet échange a été déclaré, puis contesté : il n’est pas compté."), ""),
    }
    sentence, after = sentences[exchange.state]
    return Standing(
        label=str(exchange.get_state_display()),
        tone=TONES.get(exchange.state, "neutral"),
        sentence=sentence % values,
        after=after % values,
    )
