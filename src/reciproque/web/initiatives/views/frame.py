"""The first page of a learning network and its frame: vision, phases, expected results, debate, themes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from reciproque.initiatives import actions
from reciproque.initiatives.access import (
    can_frame,
    can_open_frame,
    get_network_to_open,
    is_committee,
)
from reciproque.initiatives.queries import (
    frame_of,
    overview,
)
from reciproque.initiatives.queries.days import days_of
from reciproque.initiatives.rules import (
    DAY_LIVE,
    RIGHTS,
    ExperimentState,
    Phase,
    ProblemState,
    ProposalState,
)
from reciproque.kit.errors import NotThere
from reciproque.networks.access import require_member
from reciproque.web.http import see
from reciproque.web.initiatives.forms.frame import (
    FrameForm,
    ShownForm,
)
from reciproque.web.initiatives.views.results import measured
from reciproque.web.initiatives.views.sheets import (
    EXPERIMENT_TONES,
    PROBLEM_TONES,
    PROPOSAL_TONES,
    Sheet,
    Turn,
    anyone,
    either,
    enter,
    fill,
    framed,
    of,
    sent,
    steered,
    sure,
    today,
    trail,
)

if TYPE_CHECKING:
    from reciproque.initiatives.models import Frame

VERBS = {
    "comment": gettext_lazy("débattre"),
    "score": gettext_lazy("voter ou noter"),
    "decide": gettext_lazy("décider"),
    "search": gettext_lazy("chercher, essayer, proposer"),
}
PARTS = {
    "frame": gettext_lazy("animation et parrainage"),
    "committee": gettext_lazy("comité"),
    "panel": gettext_lazy("panel"),
    "member": gettext_lazy("membres"),
}
PHASE_WORDS = {
    Phase.FRAME: gettext_lazy("On cadre : une vision, des résultats attendus, un panel pour en débattre."),
    Phase.PANEL: gettext_lazy("Le panel débat et vote. Personne ne voit un vote avant la clôture."),
    Phase.LAUNCH: gettext_lazy("Le panel a voté. Une journée de lancement réunit les volontaires."),
    Phase.WORK: gettext_lazy("Les groupes cherchent, essaient, proposent ; le comité répond à chacun."),
    Phase.OVER: gettext_lazy("Ce réseau apprenant est terminé. Ce qu’il a appris reste ici."),
}


@require_safe
def learning(request: HttpRequest, slug: str) -> HttpResponse:
    """Show a learning network: where it is, what it aims at, what is tried, proposed and answered, what is late."""
    try:
        frame = enter(request, slug)
    except NotThere:
        return _not_open(request, slug)
    view = overview(frame, request.user)
    may = [VERBS[verb] for verb, parts in RIGHTS[Phase(frame.phase)].items() if parts & view.parts]
    days = [day for day in reversed(days_of(frame)) if day.state in DAY_LIVE]
    context = {
        "frame": frame,
        "view": view,
        "phase_words": PHASE_WORDS[Phase(frame.phase)],
        "may": [str(one) for one in may],
        "themes": [measured(theme.result) | {"work": theme.work} for theme in view.themes],
        "day": days[0] if days else None,
        "problems": _counted(frame, "problems", view.counts["problems"], ProblemState, PROBLEM_TONES),
        "experiments": _counted(
            frame, "experiments", view.counts["experiments"], ExperimentState, EXPERIMENT_TONES
        ),
        "proposals": _counted(frame, "proposals", view.counts["proposals"], ProposalState, PROPOSAL_TONES),
        "steers": bool(view.parts & {"committee", "frame"}),
        "frames": "frame" in view.parts,
        "protected": bool(frame.protected_until and frame.protected_until >= today()),
        "searches": bool(RIGHTS[Phase(frame.phase)]["search"] & view.parts),
        "votes": frame.phase == Phase.PANEL and "panel" in view.parts,
        "debates": frame.phase in (Phase.FRAME, Phase.PANEL) and bool(may),
    }
    return render(request, "initiatives/learning.html", context)


def _not_open(request: HttpRequest, slug: str) -> HttpResponse:
    """Lead those who may open the learning network to it; tell its members that it is not open yet."""
    try:
        network = get_network_to_open(request.user, slug)
    except NotThere:
        network, _membership = require_member(request.user, slug)
        request.network = network
        return render(request, "initiatives/learning_to_come.html", {"network": network})
    return see("initiatives:open_learning", network.slug)


def _counted(
    frame: Frame, page: str, counts: dict[str, int], states: Any, tones: Any
) -> list[dict[str, Any]]:
    return [
        {
            "label": state.label,
            "n": counts[state.value],
            "url": f"{of(frame, page)}?state={state.value}",
            "tone": tones.get(state, ""),
        }
        for state in states
        if counts.get(state.value)
    ]


@either
def open_learning(request: HttpRequest, slug: str) -> HttpResponse:
    """Make a learning network of a network."""
    network = request.network = get_network_to_open(request.user, slug)
    if frame_of(network) is not None:
        return see("initiatives:learning", slug)
    form = FrameForm(sent(request), find=anyone)
    back = reverse("join:network", args=[slug])
    title = _("Ouvrir un réseau apprenant")
    sheet = Sheet(
        title,
        _("Ouvrir"),
        back,
        [{"label": network.name, "url": back}, {"label": title}],
        lead=_(
            "Des volontaires de tous les niveaux, voulus par la direction, libres de chercher, "
            "et dont chaque proposition reçoit une réponse datée et motivée."
        ),
    )
    return fill(
        request,
        form,
        sheet,
        lambda values: actions.open_frame(network, by=request.user, **values),
        _("Le réseau apprenant est ouvert. Proposez maintenant des résultats attendus."),
        reverse("initiatives:results", args=[slug]),
    )


@require_safe
def frame(request: HttpRequest, slug: str) -> HttpResponse:
    """Show the frame: sponsor, vision, the hierarchy's part, mandate, delays, and who may what in each phase."""
    row = enter(request, slug)
    columns = [_("Phase"), *(str(words).capitalize() for words in VERBS.values())]
    rows = [[phase.label, *(_people(RIGHTS[phase][verb]) for verb in VERBS)] for phase in Phase]
    context = {
        "frame": row,
        "columns": columns,
        "rows": rows,
        "phase_words": PHASE_WORDS[Phase(row.phase)],
        "frames": can_frame(request.user, row) and row.phase != Phase.OVER,
        "protected": bool(row.protected_until and row.protected_until >= today()),
        "shows": can_frame(request.user, row) or is_committee(request.user, row),
        "crumbs": trail(row, (_("Le cadre"), "")),
    }
    return render(request, "initiatives/frame.html", context)


def _people(parts: set[str]) -> str:
    if not parts:
        return _("personne")
    return ", ".join(str(words) for name, words in PARTS.items() if name in parts)


@either
def edit(request: HttpRequest, slug: str) -> HttpResponse:
    """Change what the frame says."""
    row = framed(request, slug)
    names = ("vision", "hierarchy", "mandate", "answer_days", "protected_until")
    form = FrameForm(
        sent(request),
        find=anyone,
        known=row.sponsor,
        names_sponsor=can_open_frame(request.user, row.network),
        initial={name: getattr(row, name) for name in names},
    )
    back = of(row, "frame")
    title = _("Modifier le cadre")
    sheet = Sheet(title, _("Enregistrer"), back, trail(row, (_("Le cadre"), back), (title, "")))
    return fill(
        request,
        form,
        sheet,
        lambda values: actions.edit_frame(row, by=request.user, **values),
        _("Le cadre est enregistré."),
    )


TURNS = {
    "start": Turn(
        actions.start_work,
        gettext_lazy("Mettre les groupes au travail ?"),
        gettext_lazy("La phase de lancement se termine. Le comité note et répond ; les groupes continuent."),
        gettext_lazy("Commencer le travail"),
        gettext_lazy("Les groupes sont au travail."),
    ),
    "end": Turn(
        actions.end_frame,
        gettext_lazy("Terminer ce réseau apprenant ?"),
        gettext_lazy(
            "Les brouillons sont rangés. Ce qui est validé se réalise jusqu’au bout. Tout reste lisible. "
            "Cela ne se défait pas."
        ),
        gettext_lazy("Terminer"),
        gettext_lazy("Le réseau apprenant est terminé."),
        "danger",
    ),
}


@either
def turn(request: HttpRequest, slug: str, verb: str) -> HttpResponse:
    """Start the work of the groups, or end the learning network, once asked whether one is sure."""
    row, gesture = framed(request, slug), TURNS[verb]
    back = of(row, "frame")
    return sure(
        request, gesture, row, back, trail(row, (_("Le cadre"), back), (gesture.verb, "")), to=of(row)
    )


@either
def shown(request: HttpRequest, slug: str) -> HttpResponse:
    """Choose what the rest of the organisation reads of the network."""
    row = steered(request, slug)
    title = _("Ce que l’on montre")
    sheet = Sheet(
        title, _("Enregistrer"), of(row, "frame"), trail(row, (_("Le cadre"), of(row, "frame")), (title, ""))
    )
    return fill(
        request,
        ShownForm(sent(request), initial={"blocks": row.shown}),
        sheet,
        lambda values: actions.show_blocks(row, by=request.user, **values),
        _("C’est enregistré."),
    )
