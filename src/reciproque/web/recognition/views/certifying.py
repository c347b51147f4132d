"""A certification by the community: what it rests on, the badge its holder carries, and how one contests it."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from reciproque.kit.errors import NotThere
from reciproque.networks.access import is_animator, is_member
from reciproque.recognition.access import (
    can_contest,
    can_settle_contest,
    get_certification,
    get_contest,
)
from reciproque.recognition.actions import contest as contest_certification
from reciproque.recognition.actions import (
    give_up_certification,
    issue_badge,
    revoke_badge,
    settle_contest,
)
from reciproque.recognition.queries import badges_of, contests_about, own_badge, stand_of
from reciproque.web.http import attempt, see, submit, tell
from reciproque.web.parts.posts import person_line
from reciproque.web.parts.recognition import contest_lines, rule_words, said_words, topic_words
from reciproque.web.recognition.forms import BadgeForm, ContestForm, SettleForm
from reciproque.web.recognition.views import crumbs, either, skill_url, status_of


def _page(request: HttpRequest, row: Any, form: BadgeForm | None = None) -> HttpResponse:
    person, holder = request.user, row.skill.person
    own = holder.pk == person.pk
    if is_member(person, row.network):
        request.network = row.network
    stand = stand_of(row)
    name = holder.display_name
    context = {
        "certification": row,
        "topic": topic_words(row.skill.topic),
        "own": own,
        "holder": holder,
        "holder_line": person_line(holder),
        "skill_url": skill_url(row.skill),
        "said": said_words(stand.confirmations, stand.units) if stand and not row.ended_at else "",
        "rule": rule_words(stand.rule) if stand and stand.rule else "",
        "can_contest": can_contest(person, row),
        "contests": contest_lines(contests_about(row.skill, person), network=row.network),
        "badges": badges_of(row) if own else [],
        "form": (form or BadgeForm()) if own and row.ended_at is None else None,
        "crumbs": [
            {"label": _("Mes savoirs") if own else name, "url": _up(request, row, own=own)},
            {"label": row.skill.topic.name, "url": skill_url(row.skill)},
            {"label": _("Certification")},
        ],
    }
    return render(request, "recognition/certification.html", context, status=status_of(form))


def _up(request: HttpRequest, row: Any, *, own: bool) -> str:
    if own:
        return reverse("recognition:mine")
    return reverse("people:person", args=[row.network.slug, row.skill.person.public_id])


@either
def certification(request: HttpRequest, certification_id: str) -> HttpResponse:
    """Show what a certification rests on; its holder asks for their badge here."""
    row = get_certification(request.user, certification_id)
    if request.method != "POST":
        return _page(request, row)
    form = BadgeForm(request.POST)
    done, _badge = submit(
        form, lambda values: issue_badge(row, by=request.user, signed_name=values["signed_name"])
    )
    if not done:
        return _page(request, row, form)
    tell(request, _("Votre badge est prêt. À vous de décider à qui le remettre."))
    return see(reverse("recognition:certification", args=[certification_id]) + "#badge")


@either
def give_up(request: HttpRequest, certification_id: str) -> HttpResponse:
    """Give up a certification of one's own, after asking whether one is sure."""
    row = get_certification(request.user, certification_id)
    if row.skill.person_id != request.user.pk or row.ended_at is not None:
        raise NotThere
    if request.method == "POST":
        attempt(
            request,
            lambda: give_up_certification(row, by=request.user),
            _("C’est fait. Ce savoir n’est plus certifié, et vos badges ne valent plus."),
        )
        return see(skill_url(row.skill))
    context = {
        "certification": row,
        "topic": topic_words(row.skill.topic),
        "back": reverse("recognition:certification", args=[certification_id]),
        "crumbs": crumbs((row.skill.topic.label, skill_url(row.skill)), _("Renoncer")),
    }
    return render(request, "recognition/give_up.html", context)


@either
def give_up_badge(request: HttpRequest, badge_id: str) -> HttpResponse:
    """Take back a badge one had carried out: whoever checks it learns that it holds no more."""
    row = own_badge(request.user, badge_id)
    if request.method == "POST":
        attempt(
            request,
            lambda: revoke_badge(row, by=request.user),
            _("Le badge est repris : qui le vérifie lit qu’il ne vaut plus."),
        )
        return see("recognition:mine")
    context = {"badge": row, "crumbs": crumbs(_("Reprendre un badge"))}
    return render(request, "recognition/give_up_badge.html", context)


@either
def contest_new(request: HttpRequest, certification_id: str) -> HttpResponse:
    """Say why one doubts a certification."""
    row = get_certification(request.user, certification_id)
    if not can_contest(request.user, row):
        raise NotThere
    if is_member(request.user, row.network):
        request.network = row.network
    form = ContestForm(request.POST if request.method == "POST" else None)
    if request.method == "POST":
        done, made = submit(
            form, lambda values: contest_certification(row, by=request.user, words=values["words"])
        )
        if done:
            tell(request, _("C’est transmis à l’animation, qui vous répondra avec ses raisons."))
            return see("recognition:contest", made.public_id)
    back = reverse("recognition:certification", args=[certification_id])
    context = {
        "certification": row,
        "topic": topic_words(row.skill.topic),
        "holder": row.skill.person,
        "form": form,
        "back": back,
        "crumbs": [{"label": _("Certification"), "url": back}, {"label": _("Contester")}],
    }
    return render(request, "recognition/contest_new.html", context, status=status_of(form))


@either
def contest(request: HttpRequest, contest_id: str) -> HttpResponse:
    """Show a contest to those it concerns; whoever settles it does so here."""
    row = get_contest(request.user, contest_id)
    certification_ = row.certification
    network = certification_.network
    if is_member(request.user, network):
        request.network = network
    settles = row.settled_at is None and can_settle_contest(request.user, row)
    form = SettleForm(request.POST if request.method == "POST" else None)
    if request.method == "POST":
        if not settles:
            raise PermissionDenied
        done, _contest = submit(form, lambda values: settle_contest(row, by=request.user, **values))
        if done:
            tell(request, _("C’est décidé. Les deux personnes lisent vos raisons."))
            return see("recognition:contest", contest_id)
    own = certification_.skill.person_id == request.user.pk
    stand = stand_of(certification_) if settles else None
    by_me = row.by_id == request.user.pk
    context = {
        "contest": row,
        "certification": certification_,
        "topic": topic_words(certification_.skill.topic),
        "holder": certification_.skill.person,
        "own": own,
        "by_me": by_me,
        # Who is certified reads the reasons, not the name.
        "by": "" if own or by_me else row.by.display_name,
        "form": form if settles else None,
        "rule": rule_words(stand.rule) if stand and stand.rule else "",
        "said": said_words(stand.confirmations, stand.units) if stand else "",
        "crumbs": _contest_crumbs(request, network),
    }
    return render(request, "recognition/contest.html", context, status=status_of(form))


def _contest_crumbs(request: HttpRequest, network: Any) -> list[dict[str, str]]:
    """Back to where one came from: the team's page for those who animate, one's own savoirs for others."""
    if is_animator(request.user, network):
        desk = reverse("recognition:desk", args=[network.slug])
        return [{"label": _("Savoirs certifiés"), "url": desk}, {"label": _("Contestation")}]
    return crumbs(_("Contestation"))
