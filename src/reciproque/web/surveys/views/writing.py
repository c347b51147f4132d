"""Writing a questionnaire: its list, its parts, one question at a time, preview, paper, publication."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from reciproque.kit.errors import NotThere
from reciproque.networks.access import require_settler
from reciproque.surveys.access import get_questionnaire, get_written
from reciproque.surveys.actions import (
    copy_supplied,
    create_questionnaire,
    edit_version,
    publish_version,
    retire_questionnaire,
)
from reciproque.surveys.queries import campaigns_of, edited, questionnaires_of, supplied_ones
from reciproque.surveys.queries.pages import Edited
from reciproque.surveys.rules import (
    Definition,
    Kind,
    moved,
    new_question,
    new_section,
    question_named,
    say,
    shown,
    unfinished,
    without,
)
from reciproque.web.http import attempt, refuse, see, submit, tell
from reciproque.web.surveys.forms.answering import SectionForm
from reciproque.web.surveys.forms.writing import FrameForm, QuestionForm, SectionWordsForm, TitleForm


@require_http_methods(["GET", "POST"])
def desk(request: HttpRequest, slug: str) -> HttpResponse:
    """List the questionnaires of a network and what was sent; begin one."""
    network = require_settler(request.user, slug)
    request.network = network
    form = TitleForm(request.POST or None)
    if request.method == "POST":
        done, made = submit(form, lambda values: create_questionnaire(network, by=request.user, **values))
        if done:
            return see("surveys:write", made.public_id)
    context = {
        "network": network,
        "form": form,
        "lines": questionnaires_of(network, request.user),
        "campaigns": campaigns_of(network),
        "supplied": [
            {"key": one.key, "title": say(one.title), "about": say(one.about)} for one in supplied_ones()
        ],
        "crumbs": _crumbs(network, ""),
    }
    return render(request, "surveys/desk.html", context, status=422 if request.method == "POST" else 200)


@require_POST
def copy(request: HttpRequest, slug: str, key: str) -> HttpResponse:
    """Copy a supplied questionnaire."""
    network = require_settler(request.user, slug)
    done, made = attempt(request, lambda: copy_supplied(network, key, by=request.user))
    return see("surveys:write", made.public_id) if done else see("surveys:desk", slug)


def _crumbs(network: Any, title: str) -> list[dict[str, str]]:
    if network is None:
        return [{"label": title}]
    here = [
        {"label": _("Animation"), "url": reverse("animation:desk", args=[network.slug])},
        {"label": _("Questionnaires"), "url": reverse("surveys:desk", args=[network.slug])},
        {"label": title},
    ]
    return here if title else [here[0], {"label": _("Questionnaires")}]


REVISION = re.compile(r"[0-9]{1,9}")


def _save(request: HttpRequest, row: Any, held: Edited, definition: Definition, **titles: str) -> Any:
    """Keep the draft, if nobody wrote in it since this page was made."""
    revision = request.POST.get("revision") or str(held.revision)
    if not REVISION.fullmatch(revision):
        raise ValidationError(_("Cette page n’a pas pu être lue : rouvrez-la, puis recommencez."))
    titles = {"title_fr": held.title_fr, "title_en": held.title_en, **titles}
    return edit_version(row, by=request.user, definition=definition, revision=int(revision), **titles)


CHANGES: dict[str, Callable[[Definition, str], Definition]] = {
    "up": lambda definition, key: moved(definition, key, up=True),
    "down": lambda definition, key: moved(definition, key, up=False),
    "remove": without,
    "section": lambda definition, _key: new_section(definition),
}


@require_http_methods(["GET", "POST"])
def write(request: HttpRequest, questionnaire_id: str) -> HttpResponse:
    """Show a questionnaire as its author writes it: order, add, remove, publish."""
    row = get_questionnaire(request.user, questionnaire_id)
    request.network = row.network or getattr(request, "network", None)
    held = edited(row)
    if request.method == "POST":
        get_written(request.user, questionnaire_id)
        what, _colon, key = request.POST.get("do", "").partition(":")
        return _change(request, row, held, what, key)
    return _editor(request, row, held, can_write=_may_write(request, questionnaire_id))


def _editor(
    request: HttpRequest,
    row: Any,
    held: Edited,
    *,
    can_write: bool = True,
    refused: ValidationError | None = None,
) -> HttpResponse:
    """Show what is asked, and what is left to finish before it may be published: marked in red once it was refused."""
    wrong = unfinished(held.definition, held.title_en) if held.is_draft else {}
    context = {
        "row": row,
        "held": held,
        "sections": _outline(held.definition, wrong if refused else {}),
        "left": _places(row, held, wrong),
        "refused": refused.messages if refused and not wrong else [],
        "is_refused": refused is not None,
        "kinds": Kind.choices,
        "can_write": can_write,
        "crumbs": _crumbs(row.network, held.title),
        "plan_url": row.network and reverse("surveys:plan", args=[row.network.slug, row.public_id]),
    }
    return render(request, "surveys/write.html", context, status=422 if refused else 200)


def _places(row: Any, held: Edited, wrong: dict[str, list[str]]) -> list[dict[str, Any]]:
    """Return each place that is not finished: its name, where it is written, what is missing."""
    names = {
        "title_en": (_("Titre, en anglais"), reverse("surveys:frame", args=[row.public_id]) + "#id_title_en")
    }
    for section in _outline(held.definition, {}):
        names[section["key"]] = (
            section["title"],
            reverse("surveys:section", args=[row.public_id, section["key"]]),
        )
        for one in section["questions"]:
            names[one["key"]] = (one["text"], reverse("surveys:question", args=[row.public_id, one["key"]]))
    return [
        {"name": name, "url": url, "missing": sentences}
        for key, sentences in wrong.items()
        for name, url in [names.get(key, ("", ""))]
    ]


def _may_write(request: HttpRequest, questionnaire_id: str) -> bool:
    try:
        get_written(request.user, questionnaire_id)
    except NotThere:
        return False
    return True


def _change(request: HttpRequest, row: Any, held: Edited, what: str, key: str) -> HttpResponse:
    if what == "publish":
        return _publish(request, row, held)
    if what == "retire":
        done, _row = attempt(request, lambda: retire_questionnaire(row, by=request.user), _("Il est rangé."))
        return (
            see("surveys:desk", row.network.slug)
            if done and row.network
            else see("surveys:write", row.public_id)
        )
    try:
        if what == "question":
            made = new_question(held.definition, key, request.POST.get("kind", ""))
            _save(request, row, held, made)
            last = next(s for s in made["sections"] if s["key"] == key)["questions"][-1]["key"]
            return see("surveys:question", row.public_id, last)
        if what not in CHANGES:
            raise ValidationError(_("Choisissez ce qui change."))
        _save(request, row, held, CHANGES[what](held.definition, key))
    except ValidationError as error:
        refuse(request, error)
    return see("surveys:write", row.public_id)


def _publish(request: HttpRequest, row: Any, held: Edited) -> HttpResponse:
    try:
        publish_version(row, by=request.user)
    except ValidationError as error:
        return _editor(request, row, held, refused=error)
    tell(
        request,
        _("C’est publié. Qui avait commencé la version d’avant la termine ; les autres reçoivent celle-ci."),
    )
    return see("surveys:write", row.public_id)


def _outline(definition: Definition, wrong: dict[str, list[str]]) -> list[dict[str, Any]]:
    """Return the parts and their questions as the editor lists them, with what is still to be finished."""
    words = {
        question["key"]: say(question["text"]) for s in definition["sections"] for question in s["questions"]
    }
    # One part alone needs no title.
    untitled = _("Questions") if len(definition["sections"]) == 1 else _("Partie sans titre")
    return [
        {
            "key": section["key"],
            "title": say(section["title"]) or untitled,
            "wrong": wrong.get(section["key"], []),
            "questions": [
                {
                    "key": question["key"],
                    "text": say(question["text"]) or _("Question sans texte"),
                    "kind": Kind(question["kind"]).label,
                    "required": question["required"],
                    "only_if": question["only_if"] and words.get(question["only_if"]["question"], ""),
                    "wrong": wrong.get(question["key"], []),
                }
                for question in section["questions"]
            ],
        }
        for section in definition["sections"]
    ]


@require_http_methods(["GET", "POST"])
def frame(request: HttpRequest, questionnaire_id: str) -> HttpResponse:
    """Write the titles, and what is said before and after the questions."""
    row = get_written(request.user, questionnaire_id)
    held = edited(row)
    titles = {"title_fr": held.title_fr, "title_en": held.title_en}
    form = FrameForm(request.POST or None, definition=held.definition, initial=titles)

    def keep(values: dict[str, Any]) -> Any:
        changed = form.changed(held.definition)
        return _save(request, row, held, changed, title_fr=values["title_fr"], title_en=values["title_en"])

    return _part(request, row, held, form, keep, _("Titres et accueil"))


@require_http_methods(["GET", "POST"])
def section(request: HttpRequest, questionnaire_id: str, key: str) -> HttpResponse:
    """Write what a section is called."""
    row = get_written(request.user, questionnaire_id)
    held = edited(row)
    here = next((one for one in held.definition["sections"] if one["key"] == key), None)
    if here is None:
        raise NotThere
    form = SectionWordsForm(request.POST or None, section=here)

    def keep(_values: dict[str, Any]) -> Any:
        sections = [form.changed(one) if one["key"] == key else one for one in held.definition["sections"]]
        return _save(request, row, held, {**held.definition, "sections": sections})

    return _part(request, row, held, form, keep, _("Une partie"))


@require_http_methods(["GET", "POST"])
def question(request: HttpRequest, questionnaire_id: str, key: str) -> HttpResponse:
    """Write one question."""
    row = get_written(request.user, questionnaire_id)
    held = edited(row)
    here = question_named(held.definition, key)
    if here is None:
        raise NotThere
    form = QuestionForm(request.POST or None, definition=held.definition, question=here)

    def keep(_values: dict[str, Any]) -> Any:
        made = form.changed()
        sections = [
            {**one, "questions": [made if q["key"] == key else q for q in one["questions"]]}
            for one in held.definition["sections"]
        ]
        return _save(request, row, held, {**held.definition, "sections": sections})

    return _part(request, row, held, form, keep, Kind(here["kind"]).label)


def _part(
    request: HttpRequest, row: Any, held: Edited, form: Any, keep: Callable[[dict[str, Any]], Any], title: Any
) -> HttpResponse:
    request.network = row.network or getattr(request, "network", None)
    if request.method == "POST":
        done, _version = submit(form, keep)
        if done:
            tell(request, _("C’est enregistré dans le brouillon."))
            return see("surveys:write", row.public_id)
    context = {
        "row": row,
        "held": held,
        "form": form,
        "revision": request.POST.get("revision", held.revision),
        "part": title,
        "crumbs": [
            *_crumbs(row.network, held.title)[:-1],
            {"label": held.title, "url": reverse("surveys:write", args=[row.public_id])},
            {"label": title},
        ],
    }
    return render(request, "surveys/part.html", context, status=422 if request.method == "POST" else 200)


@require_safe
def preview(request: HttpRequest, questionnaire_id: str) -> HttpResponse:
    """Show the draft as it will be seen, in one language or the other; or on paper."""
    row = get_questionnaire(request.user, questionnaire_id)
    request.network = row.network or getattr(request, "network", None)
    held = edited(row)
    language = request.GET.get("language", "")
    with translation.override(language if language in ("fr", "en") else translation.get_language()):
        sections = [
            {
                "title": say(one["title"]),
                "text": say(one["text"]),
                "fields": SectionForm(questions=one["questions"]),
                "only_if": any(q["only_if"] for q in one["questions"]),
            }
            for one in _all(held.definition)
        ]
        context = {
            "row": row,
            "title": held.title,
            "intro": say(held.definition["intro"]),
            "thanks": say(held.definition["thanks"]),
            "sections": sections,
            "paper": "paper" in request.GET,
            "crumbs": [
                *_crumbs(row.network, held.title)[:-1],
                {"label": held.title, "url": reverse("surveys:write", args=[row.public_id])},
                {"label": _("Aperçu")},
            ],
        }
        return render(request, "surveys/preview.html", context)


def _all(definition: Definition) -> list[dict[str, Any]]:
    """Return every section with every question, the conditional ones too."""
    everything = {
        question["key"]: [option["key"] for option in question.get("options", [])]
        for one in definition["sections"]
        for question in one["questions"]
    }
    return shown(definition, everything)
