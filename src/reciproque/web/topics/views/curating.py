"""Put the topics of a network in order: names, families, links to frameworks, topics that are one."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from reciproque.catalogue.access import can_rename, get_curated, get_entry, is_settled, used_elsewhere
from reciproque.catalogue.actions import (
    add_topic_name,
    link_topic,
    merge_topics,
    remove_topic_name,
    rename_family,
    rename_topic,
    set_family,
)
from reciproque.catalogue.queries import (
    TO_CURATE,
    family_names,
    find_topics,
    links_of,
    merged_into,
    names_of,
    topic_suggestions,
    topics_to_curate,
)
from reciproque.kit.errors import NotThere
from reciproque.matching.queries import entries_like, search_entries, topics_like
from reciproque.networks.access import is_member, require_settler
from reciproque.people.access import can_administer
from reciproque.people.queries import administrators
from reciproque.people.rules import SPOKEN
from reciproque.web.http import attempt, page_number, see, submit, tell
from reciproque.web.topics.forms import FamilyForm, FamilyNameForm, MergeForm, NameForm, RenameForm
from reciproque.web.topics.views import closeness_words, place_of

if TYPE_CHECKING:
    from django.forms import Form

    from reciproque.catalogue.models import Entry, Topic
    from reciproque.networks.models import Network

_LANGUAGES = dict(SPOKEN)


def _crumbs(network: Network, *more: str) -> list[dict[str, str]]:
    here = reverse("topics:curation", args=[network.slug])
    crumbs = [
        {"label": _("Animation"), "url": reverse("animation:desk", args=[network.slug])},
        {"label": _("Sujets à ordonner"), "url": here if more else ""},
    ]
    return crumbs + [{"label": label} for label in more]


@require_safe
def curation(request: HttpRequest, slug: str) -> HttpResponse:
    """Show the topics that wait for a family or a link, most used first."""
    request.network = network = require_settler(request.user, slug)
    which, words = request.GET.get("show", ""), request.GET.get("q", "").strip()[:80]
    page, counts, which = topics_to_curate(network, which=which, words=words, page=page_number(request))
    labels = {"unfiled": _("Sans famille"), "unlinked": _("Sans lien"), "all": _("Tous")}
    here = reverse("topics:curation", args=[slug])
    context = {
        "slug": slug,
        "words": words,
        "which": which,
        "page": page,
        "rows": [(topic, reverse("topics:curate", args=[slug, topic.public_id])) for topic in page],
        "tabs": [
            {
                "label": labels[name],
                "url": reverse("topics:curation", args=[slug], query={"show": name}),
                "current": name == which,
                "count": counts[name],
            }
            for name in TO_CURATE
        ],
        "here": here,
        "crumbs": _crumbs(network),
        "families": family_names() if can_administer(request.user) else [],
    }
    return render(request, "topics/curation.html", context)


def _proposed(entry: Entry, closeness: float | None) -> dict[str, Any]:
    return {
        "id": entry.public_id,
        "label": entry.label,
        "place": place_of(entry),
        "url": reverse("topics:entry", args=[entry.public_id]),
        "why": "" if closeness is None else closeness_words(closeness),
        "closeness": "" if closeness is None else round(100 * closeness),
        "linkable": not entry.group,
    }


def _forms(topic: Topic) -> dict[str, Form]:
    known = family_names()
    return {
        "rename": RenameForm(initial={"name": topic.name}, auto_id="rename_%s"),
        "name": NameForm(auto_id="name_%s"),
        "family": FamilyForm(known, initial={"known": topic.family}, auto_id="family_%s"),
    }


def _posted(
    request: HttpRequest, topic: Topic, what: str
) -> tuple[Form, Callable[[dict[str, Any]], Any], str]:
    """The form sent, what it does, and what is said when it is done."""
    by = request.user
    if what == "rename":
        form: Form = RenameForm(request.POST, auto_id="rename_%s")
        return form, lambda values: rename_topic(topic, by=by, **values), _("Le sujet a changé de nom.")
    if what == "family":
        form = FamilyForm(family_names(), request.POST, auto_id="family_%s")
        return (
            form,
            lambda values: set_family(topic, by=by, family=values["family"] or values["known"]),
            _("La famille du sujet est notée."),
        )
    if what == "name":
        form = NameForm(request.POST, auto_id="name_%s")
        return form, lambda values: add_topic_name(topic, by=by, **values), _("Cet autre nom mène au sujet.")
    raise NotThere


@require_http_methods(["GET", "POST"])
def curate(request: HttpRequest, slug: str, topic_id: str) -> HttpResponse:
    """Show all that can be put in order about one topic; change its name, its other names, its family."""
    request.network = network = require_settler(request.user, slug)
    topic = get_curated(request.user, topic_id, network)
    here, forms = reverse("topics:curate", args=[slug, topic.public_id]), _forms(topic)
    wrong = ""
    if request.method == "POST":
        what = request.POST.get("what", "")
        form, action, said = _posted(request, topic, what)
        done, _result = submit(form, action)
        if done:
            tell(request, said)
            return see(here)
        forms[what], wrong = form, what
    words = request.GET.get("q", "").strip()[:120]
    found = [(entry, None) for entry in search_entries(words, limit=8)] if words else entries_like(topic)
    renames, settled = can_rename(request.user, topic), is_settled([topic])
    elsewhere, hidden = ([], False) if renames or settled else used_elsewhere(request.user, topic)
    context = {
        "slug": slug,
        "topic": topic,
        "forms": forms,
        "wrong": wrong,
        "here": here,
        "words": words,
        "links": [(link, _proposed(link.entry, None)) for link in links_of(topic)],
        "proposed": [_proposed(entry, closeness) for entry, closeness in found],
        "names": [(name, _LANGUAGES.get(name.language, "")) for name in names_of(topic)],
        "merged": merged_into(topic),
        "near": [(other, round(100 * score)) for other, score in topics_like(topic, network)],
        "renames": renames,
        "settled": settled,
        "elsewhere": [(row.name, reverse("join:network", args=[row.slug])) for row in elsewhere],
        "hidden": hidden,
        "administrators": [] if renames else administrators(),
        "crumbs": _crumbs(network, topic.name),
        # Who only animates does not read the pages of members.
        "topic_url": reverse("find:topic", args=[slug, topic.public_id])
        if is_member(request.user, network)
        else "",
    }
    return render(request, "topics/curate.html", context, status=422 if wrong else 200)


@require_POST
def link(request: HttpRequest, slug: str, topic_id: str) -> HttpResponse:
    """Say that a topic is, or is not, a skill of a framework."""
    request.network = network = require_settler(request.user, slug)
    topic = get_curated(request.user, topic_id, network)
    entry, kept = get_entry(request.user, request.POST.get("entry", "")), request.POST.get("kept") == "yes"
    closeness = request.POST.get("closeness", "")
    near = (
        min(100, int(closeness))
        if closeness.isascii() and closeness.isdigit() and len(closeness) < 4
        else None
    )
    attempt(
        request,
        lambda: link_topic(topic, by=request.user, entry=entry, kept=kept, closeness=near),
        _("Le lien est noté.") if kept else _("C’est noté : ce lien ne sera plus proposé."),
    )
    return see("topics:curate", slug, topic.public_id)


@require_POST
def unname(request: HttpRequest, slug: str, topic_id: str) -> HttpResponse:
    """Take one of its other names away from a topic."""
    request.network = network = require_settler(request.user, slug)
    topic = get_curated(request.user, topic_id, network)
    name = next((row for row in names_of(topic) if str(row.pk) == request.POST.get("name")), None)
    if name is not None:
        attempt(request, lambda: remove_topic_name(name, by=request.user), _("Ce nom ne mène plus au sujet."))
    return see("topics:curate", slug, topic.public_id)


@require_http_methods(["GET", "POST"])
def merge(request: HttpRequest, slug: str, topic_id: str) -> HttpResponse:
    """Choose the topics that are the same as one, read what will happen, make them one."""
    request.network = network = require_settler(request.user, slug)
    topic = get_curated(request.user, topic_id, network)
    words = request.GET.get("q", "").strip()[:80]
    chosen = find_topics(network, request.GET.getlist("others") or request.POST.getlist("others"))
    near = [other for other, _score in topics_like(topic, network)]
    looked = topic_suggestions(words, limit=12, network=network) if words else []
    choices = {one.pk: one for one in [*chosen, *looked, *near] if one.pk != topic.pk}
    form = MergeForm(
        choices.values(),
        request.POST if request.method == "POST" else None,
        initial={"others": [one.public_id for one in chosen]},
    )
    if request.method == "POST":
        done, _kept = submit(
            form,
            lambda values: merge_topics(
                [get_curated(request.user, one, network) for one in values["others"]],
                into=topic,
                by=request.user,
            ),
        )
        if done:
            number = len(form.cleaned_data["others"])
            said = ngettext(
                "%(n)s sujet est réuni à celui-ci.", "%(n)s sujets sont réunis à celui-ci.", number
            )
            tell(request, said % {"n": number})
            return see("topics:curate", slug, topic.public_id)
    context = {
        "slug": slug,
        "topic": topic,
        "form": form,
        "words": words,
        "any": bool(choices),
        "crumbs": _crumbs(network, topic.name),
        "back": reverse("topics:curate", args=[slug, topic.public_id]),
        "here": reverse("topics:merge", args=[slug, topic.public_id]),
    }
    return render(request, "topics/merge.html", context, status=422 if form.errors else 200)


@require_http_methods(["GET", "POST"])
def family(request: HttpRequest, slug: str) -> HttpResponse:
    """Rename a family everywhere (whoever runs the installation)."""
    request.network = network = require_settler(request.user, slug)
    name = request.GET.get("family", "")
    if not can_administer(request.user) or name not in family_names():
        raise NotThere
    form = FamilyNameForm(request.POST if request.method == "POST" else None, initial={"name": name})
    if request.method == "POST":
        done, _count = submit(form, lambda values: rename_family(name, by=request.user, name=values["name"]))
        if done:
            tell(request, _("La famille a changé de nom partout."))
            return see("topics:curation", slug)
    context = {"slug": slug, "form": form, "family": name, "crumbs": _crumbs(network, name)}
    return render(request, "topics/family.html", context, status=422 if form.errors else 200)
