"""What is done to an experiment: support, start, criteria, checkpoints, journal and pictures, measure, decide."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.http import FileResponse, HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from reciproque.initiatives import actions
from reciproque.initiatives.access import (
    can_frame,
    can_write_experiment,
    get_checkpoint,
    get_experiment,
    get_log_entry,
    may_answer,
)
from reciproque.initiatives.queries import picture_path
from reciproque.kit.errors import NotThere
from reciproque.library.rules.files import identify
from reciproque.web.initiatives.forms.experiments import (
    CheckpointForm,
    CriteriaForm,
    DecisionForm,
    HandForm,
    LogForm,
    ProlongForm,
    ResultForm,
    SeenForm,
    SupportForm,
)
from reciproque.web.initiatives.views.experiments import to_experiments
from reciproque.web.initiatives.views.sheets import (
    Sheet,
    Turn,
    at,
    either,
    fill,
    members_of,
    sent,
    sure,
    within,
)

if TYPE_CHECKING:
    from reciproque.initiatives.models import Experiment

# Opened by itself, a picture is alone in an empty room: it runs nothing, fetches nothing, and is nobody's page.
POLICY = "default-src 'none'; sandbox; frame-ancestors 'none'; base-uri 'none'; form-action 'none'"


def _own(request: HttpRequest, experiment_id: str) -> Experiment:
    """Return an experiment to those who write it; anyone else meets `NotThere`."""
    one: Experiment = within(request, get_experiment(request.user, experiment_id))
    if not can_write_experiment(request.user, one):
        raise NotThere
    return one


def _judged(request: HttpRequest, experiment_id: str) -> Experiment:
    """Return an experiment to those who answer for the committee; anyone else meets `NotThere`."""
    one: Experiment = within(request, get_experiment(request.user, experiment_id))
    if not may_answer(request.user, one):
        raise NotThere
    return one


def _sheet(one: Experiment, title: Any, verb: Any, lead: Any = "", **more: Any) -> Sheet:
    here = at(one, "experiment")
    return Sheet(
        title,
        verb,
        here,
        to_experiments(one.frame, (one.title, here), (title, "")),
        lead or one.title,
        more={"experiment": one},
        **more,
    )


TURNS = {
    "ask": Turn(
        actions.ask_support,
        gettext_lazy("Demander le soutien du comité ?"),
        gettext_lazy(
            "Le comité a dix jours ouvrés pour répondre. D’ici là, seuls le lieu, les personnes et les dates changent."
        ),
        gettext_lazy("Demander le soutien"),
        gettext_lazy("Le soutien du comité est demandé."),
    ),
    "start": Turn(
        actions.start_experiment,
        gettext_lazy("Commencer maintenant ?"),
        gettext_lazy("Les critères de réussite sont arrêtés : tout changement se verra, avec sa raison."),
        gettext_lazy("Commencer"),
        gettext_lazy("L’expérimentation a commencé."),
    ),
    "drop": Turn(
        actions.drop_experiment,
        gettext_lazy("Abandonner avant d’avoir commencé ?"),
        gettext_lazy("Elle reste lisible, et plus rien n’est attendu de personne."),
        gettext_lazy("Abandonner"),
        gettext_lazy("L’expérimentation est abandonnée."),
        "danger",
    ),
}


@either
def turn(request: HttpRequest, experiment_id: str, verb: str) -> HttpResponse:
    """Ask for support, start, or give up, once asked whether one is sure."""
    one, gesture = _own(request, experiment_id), TURNS[verb]
    here = at(one, "experiment")
    return sure(request, gesture, one, here, to_experiments(one.frame, (one.title, here), (gesture.verb, "")))


@either
def support(request: HttpRequest, experiment_id: str) -> HttpResponse:
    """Say for the committee whether it is supported."""
    one = _judged(request, experiment_id)

    def act(values: dict[str, Any]) -> Any:
        supported = values["supported"] == "yes"
        return actions.answer_support(one, by=request.user, supported=supported, words=values["words"])

    sheet = _sheet(one, _("Soutenir ?"), _("Répondre"), template="initiatives/experiment_judge.html")
    return fill(request, SupportForm(sent(request)), sheet, act, _("La réponse est donnée."))


@either
def decide(request: HttpRequest, experiment_id: str) -> HttpResponse:
    """Decide what follows, and write the lesson."""
    one = _judged(request, experiment_id)
    return fill(
        request,
        DecisionForm(sent(request)),
        _sheet(one, _("Décider de la suite"), _("Décider"), template="initiatives/experiment_judge.html"),
        lambda values: actions.decide_experiment(one, by=request.user, **values),
        _("C’est décidé. La leçon rejoint celles du réseau."),
    )


@either
def criteria(request: HttpRequest, experiment_id: str) -> HttpResponse:
    """Change the criteria, in sight of all and saying why."""
    one = _own(request, experiment_id)
    return fill(
        request,
        CriteriaForm(sent(request), initial={"criteria": one.criteria}),
        _sheet(one, _("Changer les critères"), _("Changer les critères")),
        lambda values: actions.change_criteria(one, by=request.user, **values),
        _("Les critères sont changés. Les anciens restent lisibles."),
    )


@either
def prolong(request: HttpRequest, experiment_id: str) -> HttpResponse:
    """Give it until a later day, while it runs."""
    one = _own(request, experiment_id)
    return fill(
        request,
        ProlongForm(sent(request), initial={"ends_on": one.ends_on}),
        _sheet(one, _("Prolonger"), _("Prolonger")),
        lambda values: actions.prolong_experiment(one, by=request.user, **values),
        _("L’expérimentation est prolongée."),
    )


@either
def add_checkpoint(request: HttpRequest, experiment_id: str) -> HttpResponse:
    """Plan a day on which to look at it."""
    one = _own(request, experiment_id)
    return fill(
        request,
        CheckpointForm(sent(request)),
        _sheet(one, _("Prévoir un point d’étape"), _("Prévoir")),
        lambda values: actions.add_checkpoint(one, by=request.user, **values),
        _("Le point d’étape est prévu."),
    )


@either
def do_checkpoint(request: HttpRequest, experiment_id: str, checkpoint_id: str) -> HttpResponse:
    """Say what was seen at a checkpoint."""
    one = _own(request, experiment_id)
    point = get_checkpoint(one, checkpoint_id)
    return fill(
        request,
        SeenForm(sent(request), initial={"words": point.words}),
        _sheet(one, _("Faire le point"), _("Noter")),
        lambda values: actions.do_checkpoint(point, by=request.user, **values),
        _("Le point est fait."),
    )


@either
def write_log(request: HttpRequest, experiment_id: str) -> HttpResponse:
    """Add a page to the journal, with a picture if there is one."""
    one = _own(request, experiment_id)
    files = request.FILES if request.method == "POST" else None
    return fill(
        request,
        LogForm(sent(request), files),
        _sheet(one, _("Écrire au journal"), _("Écrire")),
        lambda values: actions.write_log(one, by=request.user, **values),
        _("C’est écrit au journal."),
        at(one, "experiment") + "#log",
    )


@require_safe
def picture(request: HttpRequest, experiment_id: str, log_id: str) -> HttpResponse:
    """Give a picture of the journal to who reads the experiment, never to be opened as a page of ours."""
    one = within(request, get_experiment(request.user, experiment_id))
    path = picture_path(get_log_entry(one, log_id))
    if path is None or not path.is_file():
        raise NotThere
    answer = FileResponse(path.open("rb"), as_attachment=True, content_type=identify(path).content_type)
    answer.headers["X-Content-Type-Options"] = "nosniff"
    answer.headers["Content-Security-Policy"] = POLICY
    answer.headers["Cross-Origin-Resource-Policy"] = "same-origin"
    return answer


@either
def measure(request: HttpRequest, experiment_id: str) -> HttpResponse:
    """Write the result, next to the criteria written beforehand."""
    one = _own(request, experiment_id)
    return fill(
        request,
        ResultForm(sent(request)),
        _sheet(one, _("Mesurer"), _("Écrire le résultat"), template="initiatives/experiment_judge.html"),
        lambda values: actions.measure_experiment(one, by=request.user, **values),
        _("Le résultat est écrit. Le comité décide de la suite."),
    )


@either
def hand(request: HttpRequest, experiment_id: str) -> HttpResponse:
    """Give it to another member."""
    one = within(request, get_experiment(request.user, experiment_id))
    if not (can_write_experiment(request.user, one) or can_frame(request.user, one.frame)):
        raise NotThere
    return fill(
        request,
        HandForm(sent(request), find=members_of(one.frame, request.user)),
        _sheet(one, _("Confier à quelqu’un"), _("Confier")),
        lambda values: actions.hand_experiment(one, values["person"], by=request.user),
        _("C’est confié. La personne est prévenue."),
    )
