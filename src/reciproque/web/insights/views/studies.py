"""Studies made by researchers: asked, agreed to, made once, taken, ended; and who objects to them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.text import slugify
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from reciproque.insights.access import agrees_to_studies, get_study, require_studies, runs_studies
from reciproque.insights.actions import (
    answer_study,
    ask_study,
    coarsen_study,
    end_study,
    make_study,
    object_to_studies,
    pieces_of,
    take_study,
    withdraw_study,
)
from reciproque.insights.queries.studies import (
    check_of,
    chosen_in_words,
    is_quick,
    lines_in_words,
    objects_to_studies,
    studies_about,
    studies_of,
    takings_of,
)
from reciproque.insights.rules import YEAR
from reciproque.insights.rules.studies import StudyState, TableName
from reciproque.kit import clock
from reciproque.web.http import attempt, see, submit, tell
from reciproque.web.insights.forms.studies import CoarsenForm, StudyAnswerForm, StudyForm, grains_of
from reciproque.web.insights.views.reading import crumbs

if TYPE_CHECKING:
    from reciproque.insights.models import Study

TONES = {StudyState.ASKED: "warn", StudyState.AGREED: "good"}
either = require_http_methods(["GET", "HEAD", "POST"])


@require_safe
def studies(request: HttpRequest, slug: str) -> HttpResponse:
    """List the studies of a network."""
    network = request.network = require_studies(request.user, slug)  # type: ignore[attr-defined,arg-type]
    rows = [
        {
            "study": study,
            "url": reverse("insights:study", args=[study.public_id]),
            "tone": TONES.get(StudyState(study.state), ""),
        }
        for study in studies_of(network)
    ]
    context = {
        "network": network,
        "rows": rows,
        "new_url": reverse("insights:study_new", args=[slug]) if runs_studies(request.user, network) else "",  # type: ignore[arg-type]
        "crumbs": crumbs(network, (_("Études"), "")),
    }
    return render(request, "insights/studies.html", context)


def _crumbs(study_or_network: Any, *trail: tuple[str, str]) -> list[dict[str, str]]:
    network = getattr(study_or_network, "network", study_or_network)
    return crumbs(network, (_("Études"), reverse("insights:studies", args=[network.slug])), *trail)


@either
def study_new(request: HttpRequest, slug: str) -> HttpResponse:
    """Ask for a study."""
    network = request.network = require_studies(request.user, slug)  # type: ignore[attr-defined,arg-type]
    if not runs_studies(request.user, network):  # type: ignore[arg-type]
        raise PermissionDenied
    first = {"until": clock.now().date() + YEAR, "tables": [TableName.MEMBERS, TableName.EXCHANGES]}
    form = StudyForm(request.POST if request.method == "POST" else None, initial=first)
    if request.method == "POST":
        done, study = submit(form, lambda _values: ask_study(network, by=request.user, **form.values()))  # type: ignore[arg-type]
        if done:
            tell(request, _("L’étude est demandée. Une autre personne dira si elle peut se faire."))
            return see("insights:study", study.public_id)
    context = {"network": network, "form": form, "crumbs": _crumbs(network, (_("Demander une étude"), ""))}
    return render(request, "insights/study_new.html", context, status=422 if form.is_bound else 200)


def _study(request: HttpRequest, study_id: str) -> Study:
    study = get_study(request.user, study_id)  # type: ignore[arg-type]
    request.network = study.network  # type: ignore[attr-defined]
    return study


@require_safe
def study(request: HttpRequest, study_id: str) -> HttpResponse:
    """Show a study: what is asked, who agreed, whether its files may be made, who took them."""
    row = _study(request, study_id)
    return _page(request, row, StudyAnswerForm())


def _page(request: HttpRequest, row: Study, form: StudyAnswerForm, status: int = 200) -> HttpResponse:
    runs = runs_studies(request.user, row.network)  # type: ignore[arg-type]
    agrees = agrees_to_studies(request.user, row.network) and row.asked_by_id != request.user.pk  # type: ignore[arg-type]
    agreed = row.state == StudyState.AGREED
    checked = row.state in (StudyState.ASKED, StudyState.AGREED) and not row.is_made and not row.is_closed
    checked = checked and (runs or agrees)
    later = checked and "check" not in request.GET and not is_quick(row)
    check = check_of(row) if checked and not later else None
    coarsen = None
    if check is not None and runs:
        coarsen = CoarsenForm(
            grains=row.grains, initial={f"grain_{key}": grain for key, grain in check.grains.items()}
        )
    context = {
        "network": row.network,
        "study": row,
        "tone": TONES.get(StudyState(row.state), ""),
        "known": _known(row),
        "runs": runs,
        "answers": agrees and row.state == StudyState.ASKED,
        "agreed": agreed,
        "check": check,
        "later": later,
        "coarsen": coarsen,
        "form": form,
        "lines": lines_in_words(row),
        "takings": [(one.by.display_name, one.at) for one in takings_of(row)],
        "crumbs": _crumbs(row, (row.title, "")),
    }
    return render(request, "insights/study.html", context, status=status)


def _known(row: Study) -> list[tuple[str, str]]:
    tables = ", ".join(str(TableName(name).label) for name in row.tables)
    linked = _("oui") if row.linked else _("non")
    return [
        (_("Menée par"), row.researcher),
        (_("Établissement"), row.institution),
        (_("Ce qui la permet en droit"), row.get_basis_display()),
        (_("Tableaux"), tables),
        *chosen_in_words(row.grains),
        (_("Même numéro d’un tableau à l’autre"), linked),
        (_("Demandée par"), row.asked_by.display_name),
        (_("Réponse de"), row.answered_by.display_name if row.answered_by else _("attendue")),
    ]


@require_POST
def study_answer(request: HttpRequest, study_id: str) -> HttpResponse:
    """Agree to a study, or not."""
    row = _study(request, study_id)
    agreed = request.POST.get("answer") == "yes"
    form = StudyAnswerForm(request.POST)
    done, _row = submit(
        form,
        lambda values: answer_study(row, by=request.user, agreed=agreed, **values),  # type: ignore[arg-type]
    )
    if not done:
        return _page(request, row, form, 422)
    tell(request, _("L’étude est acceptée.") if agreed else _("L’étude est refusée."))
    return see("insights:study", study_id)


@require_POST
def study_withdraw(request: HttpRequest, study_id: str) -> HttpResponse:
    """Take back what was asked."""
    row = _study(request, study_id)
    attempt(request, lambda: withdraw_study(row, by=request.user), _("La demande est retirée."))  # type: ignore[arg-type]
    return see("insights:study", study_id)


@require_POST
def study_coarsen(request: HttpRequest, study_id: str) -> HttpResponse:
    """Make what is given coarser."""
    row = _study(request, study_id)
    form = CoarsenForm(request.POST, grains=row.grains)
    if form.is_valid():
        values = grains_of(form.cleaned_data)
        attempt(
            request,
            lambda: coarsen_study(row, by=request.user, grains=values),  # type: ignore[arg-type]
            _("Les données seront regroupées ainsi."),
        )
    return see("insights:study", study_id)


@require_POST
def study_make(request: HttpRequest, study_id: str) -> HttpResponse:
    """Make the files of a study."""
    row = _study(request, study_id)
    attempt(
        request,
        lambda: make_study(row, by=request.user),  # type: ignore[arg-type]
        _("Les fichiers sont prêts. Ils ne se font qu’une fois : les prendre deux fois donne les mêmes."),
    )
    return see("insights:study", study_id)


@require_POST
def study_take(request: HttpRequest, study_id: str) -> HttpResponse | StreamingHttpResponse:
    """Give the files of a study, and note who took them."""
    row = _study(request, study_id)
    done, _taking = attempt(request, lambda: take_study(row, by=request.user))  # type: ignore[arg-type]
    if not done:
        return see("insights:study", study_id)
    answer = StreamingHttpResponse(pieces_of(row), content_type="application/zip")
    name = slugify(row.title)[:60] or "etude"
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}.zip"'
    answer.headers["Cache-Control"] = "private, no-store"
    return answer


@either
def study_end(request: HttpRequest, study_id: str) -> HttpResponse:
    """End a study before its day."""
    row = _study(request, study_id)
    if request.method == "POST":
        attempt(
            request,
            lambda: end_study(row, by=request.user),  # type: ignore[arg-type]
            _("L’étude est terminée : ses fichiers et la clef de ses numéros sont détruits."),
        )
        return see("insights:study", study_id)
    back = reverse("insights:study", args=[study_id])
    context = {"network": row.network, "study": row, "back": back, "crumbs": _crumbs(row, (row.title, back))}
    return render(request, "insights/study_end.html", context)


@either
def my_studies(request: HttpRequest) -> HttpResponse:
    """Show somebody the studies that may hold their data, and let them object to all."""
    person = request.user
    if request.method == "POST":
        objects = request.POST.get("objects") == "yes"
        object_to_studies(person, by=person, objects=objects)  # type: ignore[arg-type]
        tell(
            request,
            _("C’est noté : vos données ne servent à aucune étude.")
            if objects
            else _("C’est noté : vos données peuvent servir à des études, sans votre nom."),
        )
        return see("insights:my_studies")
    context = {
        "objects": objects_to_studies(person),  # type: ignore[arg-type]
        "rows": [
            (row, ", ".join(str(TableName(name).label) for name in row.tables))
            for row in studies_about(person)  # type: ignore[arg-type]
        ],
        "crumbs": [
            {"label": _("Ma fiche"), "url": reverse("account:profile")},
            {"label": _("Études"), "url": ""},
        ],
    }
    return render(request, "insights/my_studies.html", context)
