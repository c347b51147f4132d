"""What counts as training, for the two people whose it is: proposed, hours said by both, handed over, attested."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING, Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from reciproque.kit.errors import NotThere
from reciproque.recognition.access import (
    counts_training,
    departments_of,
    get_source,
    get_training,
    still_countable,
)
from reciproque.recognition.actions import (
    ask_training,
    decline_training,
    hand_over,
    say_hours,
    settle_hours,
    withdraw_training,
)
from reciproque.recognition.queries import (
    hours_words,
    proof_of,
    standing_attestation,
    taken_by,
    trainings_about,
    trainings_of,
)
from reciproque.recognition.rules.training import CONDITIONS, LIVE, TrainingState
from reciproque.web.http import attempt, see, submit, tell
from reciproque.web.parts.posts import person_line
from reciproque.web.recognition.forms.training import HoursForm, TrainingForm
from reciproque.web.recognition.views import either, status_of

if TYPE_CHECKING:
    from reciproque.recognition.models import TrainingRecord


def trail(*steps: str | tuple[str, str]) -> list[dict[str, str]]:
    """Return the way back up to one's own training records."""
    mine = [
        {"label": _("Mon espace"), "url": reverse("account:profile")},
        {"label": _("Mes formations"), "url": reverse("recognition:trainings")},
    ]
    rest = [{"label": one} if isinstance(one, str) else {"label": one[0], "url": one[1]} for one in steps]
    return [*mine, *rest]


def record_url(row: TrainingRecord) -> str:
    """Return the page of a record."""
    return reverse("recognition:training", args=[row.public_id])


def _card(row: TrainingRecord, reader: Any) -> dict[str, Any]:
    learned = row.learner_id == reader.pk
    other = row.other(reader)
    names = {"name": other.display_name}
    waits = _waits_for(row, reader)
    return {
        "title": row.title,
        "url": record_url(row),
        "with": _("Vous avez appris de %(name)s") % names
        if learned
        else _("Vous avez transmis à %(name)s") % names,
        "state": row.get_state_display(),
        "on": row.ends_on,
        "network": row.network.name,
        "waits": waits,
        "hours_url": reverse("recognition:training_hours", args=[row.public_id]) if waits else "",
    }


def _waits_for(row: TrainingRecord, reader: Any) -> bool:
    """Whether it is this reader's turn to say something of the hours."""
    asker = row.asked_by_id == reader.pk
    return row.state == (TrainingState.DIFFERENT if asker else TrainingState.ASKED)


@require_safe
def trainings(request: HttpRequest) -> HttpResponse:
    """Show one's own records; no hours here, and no sum of them anywhere."""
    cards = [_card(row, request.user) for row in trainings_of(request.user)]
    context = {
        "waiting": [card for card in cards if card["waits"]],
        "cards": [card for card in cards if not card["waits"]],
        "departments": departments_of(request.user),
        "crumbs": [*trail()[:1], {"label": _("Mes formations")}],
    }
    return render(request, "recognition/trainings.html", context)


@either
def propose(request: HttpRequest, kind: str, source_id: str) -> HttpResponse:
    """Propose that something one lived counts as training, with one's own hours."""
    source = get_source(request.user, kind, source_id)
    request.network = source.network
    setting = counts_training(source.network, kind)
    if setting is None:
        raise NotThere
    others = still_countable(request.user, source)
    about = trainings_about(request.user, kind, source_id)
    standing = [row for row in about if row.state in LIVE]
    if standing and not others:
        return see(record_url(standing[0]))
    # What counts already with its group is refused by the action, which says why.
    others = others or source.others
    initial = {
        "title": source.title,
        "starts_on": source.starts_on,
        "ends_on": source.ends_on,
        "mode": source.mode,
    }
    form = TrainingForm(
        request.POST if request.method == "POST" else None,
        source=dataclasses.replace(source, others=others),
        afest=setting.afest,
        initial=initial,
    )
    if request.method == "POST":
        by_id = {person.public_id: person for person in others}
        done, row = submit(
            form,
            lambda data: ask_training(
                kind, source_id, by=request.user, other=by_id[data["other"]], **form.values()
            ),
        )
        if done:
            names = {"name": row.other(request.user).display_name}
            tell(request, _("C’est proposé. %(name)s dira ses heures ; rien ne compte avant.") % names)
            return see(record_url(row))
    context = {
        "source": source,
        "form": form,
        "about": about,
        "crumbs": trail(_("Proposer")),
    }
    return render(request, "recognition/training_new.html", context, status=status_of(form))


def _facts(row: TrainingRecord, reader: Any) -> list[tuple[str, str]]:
    mine, theirs = (
        (row.learner_hours, row.trainer_hours)
        if row.learner_id == reader.pk
        else (row.trainer_hours, row.learner_hours)
    )
    # Before one has said one's own, the other's are not shown: each declares what they lived.
    waits = _waits_for(row, reader) and row.state == TrainingState.ASKED
    pairs = [
        (_("Ce qu’il s’agissait d’apprendre"), row.aims),
        (_("Comment"), row.get_mode_display()),
        (_("Vos heures"), hours_words(mine)),
        (_("Celles de l’autre personne"), "" if waits else hours_words(theirs)),
        (_("Heures qui comptent"), hours_words(row.hours)),
        (_("Ce qui le montre"), str(proof_of(row))),
    ]
    return [(term, value) for term, value in pairs if value]


@require_safe
def training(request: HttpRequest, record_id: str) -> HttpResponse:
    """Show a record to its two people: where it is, what counts, who may read it."""
    row = get_training(request.user, record_id)
    learned = row.learner_id == request.user.pk
    mine, theirs = (
        (row.learner_hands_at, row.trainer_hands_at)
        if learned
        else (row.trainer_hands_at, row.learner_hands_at)
    )
    other = row.other(request.user)
    context = {
        "record": row,
        "learned": learned,
        "other": other,
        "other_line": person_line(other),
        "facts": _facts(row, request.user),
        "conditions": [(one.name, getattr(row, one.field)) for one in CONDITIONS] if row.afest else [],
        "agreed": row.state == TrainingState.AGREED,
        "live": row.state in LIVE,
        "waits": _waits_for(row, request.user),
        "hands": mine is not None,
        "they_hand": theirs is not None,
        "taken": taken_by(row),
        "attestation": standing_attestation(row) if learned else None,
        "crumbs": trail(_("Formation")),
    }
    return render(request, "recognition/training.html", context)


@either
def training_hours(request: HttpRequest, record_id: str) -> HttpResponse:
    """Say one's own hours, or settle two that differ."""
    row = get_training(request.user, record_id)
    if not _waits_for(row, request.user):
        return see(record_url(row))
    if row.state == TrainingState.DIFFERENT:
        return _settle(request, row)
    form = HoursForm(request.POST if request.method == "POST" else None)
    if request.method == "POST":
        done, row_ = submit(form, lambda data: say_hours(row, by=request.user, hours=data["hours"]))
        if done:
            if row_.state == TrainingState.AGREED:
                tell(request, _("Vous êtes d’accord : cela compte comme formation."))
            else:
                names = {"name": row.other(request.user).display_name}
                tell(request, _("Vos heures diffèrent. %(name)s le lit et répondra.") % names)
            return see(record_url(row))
    context = {
        "record": row,
        "form": form,
        "other": row.other(request.user),
        "conditions": [(one.name, getattr(row, one.field)) for one in CONDITIONS] if row.afest else [],
        "crumbs": trail((row.title, record_url(row)), _("Les heures")),
    }
    return render(request, "recognition/training_hours.html", context, status=status_of(form))


def _settle(request: HttpRequest, row: TrainingRecord) -> HttpResponse:
    if request.method == "POST":
        agree = request.POST.get("choice") == "theirs"
        attempt(
            request,
            lambda: settle_hours(row, by=request.user, agree=agree),
            _("C’est réglé : cela compte comme formation."),
        )
        return see(record_url(row))
    learned = row.learner_id == request.user.pk
    mine, theirs = (
        (row.learner_hours, row.trainer_hours) if learned else (row.trainer_hours, row.learner_hours)
    )
    assert mine is not None
    assert theirs is not None
    context = {
        "record": row,
        "other": row.other(request.user),
        "mine": hours_words(mine),
        "theirs": hours_words(theirs),
        "mine_smaller": mine < theirs,
        "crumbs": trail((row.title, record_url(row)), _("Les heures")),
    }
    return render(request, "recognition/training_settle.html", context)


@require_POST
def training_decline(request: HttpRequest, record_id: str) -> HttpResponse:
    """Rather not have it counted."""
    row = get_training(request.user, record_id)
    attempt(
        request,
        lambda: decline_training(row, by=request.user),
        _("C’est noté : rien n’est compté comme formation."),
    )
    return see("recognition:trainings")


@either
def training_withdraw(request: HttpRequest, record_id: str) -> HttpResponse:
    """Take a record back, after asking whether one is sure."""
    row = get_training(request.user, record_id)
    if row.state not in LIVE:
        return see(record_url(row))
    if request.method == "POST":
        attempt(
            request, lambda: withdraw_training(row, by=request.user), _("Cette formation ne compte plus.")
        )
        return see("recognition:trainings")
    context = {
        "record": row,
        "back": record_url(row),
        "crumbs": trail((row.title, record_url(row)), _("Retirer")),
    }
    return render(request, "recognition/training_withdraw.html", context)


@require_POST
def training_hand_over(request: HttpRequest, record_id: str) -> HttpResponse:
    """Agree for oneself that the training department reads a record, or no longer."""
    row = get_training(request.user, record_id)
    yes = request.POST.get("yes") == "1"
    said = (
        _("C’est noté. Le service formation le lira si l’autre personne est d’accord aussi.")
        if yes
        else _("C’est noté : ce n’est plus transmis.")
    )
    attempt(request, lambda: hand_over(row, by=request.user, yes=yes), said)
    return see(record_url(row))
