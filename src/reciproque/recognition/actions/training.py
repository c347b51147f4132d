"""Count something as training: one of the two asks, the other says how many hours; nothing counts without both."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Mapping
from decimal import Decimal
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, transaction
from django.db.models import Exists, OuterRef
from django.utils.formats import date_format
from django.utils.translation import gettext_lazy as _

from reciproque.agenda.actions import close_steps, open_step
from reciproque.agenda.models import Step
from reciproque.agenda.rules import StepState, Verb, deadline
from reciproque.journal.actions import record
from reciproque.kit import clock
from reciproque.kit.rows import move
from reciproque.kit.text import clean
from reciproque.networks.access import can_settle
from reciproque.networks.models import Network
from reciproque.people.access import is_present
from reciproque.people.models import Person
from reciproque.recognition.access.training import (
    Source,
    counted_twice,
    counts_training,
    get_source,
    tells_group,
)
from reciproque.recognition.models import Attestation, TrainingRecord, TrainingSetting
from reciproque.recognition.rules.training import (
    AIMS_MAX,
    CONDITION_MOST,
    CONDITIONS,
    HOURS_A_DAY,
    HOURS_MOST,
    LIVE,
    OLDEST,
    TITLE_MAX,
    WAITING,
    Modality,
    TrainingKind,
    TrainingState,
    counted_hours,
    missing_conditions,
    readable_hours,
    room_for,
)

WRONG_HOURS = _("Donnez un nombre d’heures par quarts d’heure, de 0,25 à %(most)s.")
NOT_HERE = _("Ce réseau ne compte plus cela comme formation.")
NO_TITLE = _("Groupe d’échange de pratiques")


# -- what the network settles --------------------------------------------------------------------------------


@transaction.atomic
def set_training(
    network: Network, *, by: Person, on: bool, kinds: Collection[str], afest: bool = False
) -> TrainingSetting:
    """Settle whether a network counts local training, of which kinds; what waits for hours and no longer may ends."""
    if not can_settle(by, network):
        raise PermissionDenied
    chosen = [kind for kind in TrainingKind.values if kind in kinds]
    if on and (not chosen or set(kinds) - set(chosen)):
        raise ValidationError({"kinds": _("Choisissez ce qui peut compter comme formation.")})
    values = {"on": on, "kinds": chosen, "afest": afest, "changed_at": clock.now(), "changed_by": by}
    row, _made = TrainingSetting.objects.update_or_create(network=network, defaults=values)
    record("training_setting.changed", row, by=by, network=network, on=on, kinds=chosen, afest=afest)
    still = chosen if on else []
    for waiting in TrainingRecord.objects.filter(network=network, state__in=WAITING).exclude(kind__in=still):
        _lapse(waiting)
    return row


# -- asked by one of the two ---------------------------------------------------------------------------------


@transaction.atomic
def ask_training(
    kind: str,
    source_id: str,
    *,
    by: Person,
    other: Person,
    aims: str,
    starts_on: dt.date,
    ends_on: dt.date,
    mode: str,
    hours: Decimal,
    title: str = "",
    named: bool = False,
    afest: bool = False,
    reflected_on: dt.date | None = None,
    conditions: Mapping[str, str] | None = None,
) -> TrainingRecord:
    """Ask that something one lived counts as training, with one's own hours; the other side is asked theirs.

    `named`: the charter of the group lets its name leave (the learner says so). With `afest`, the four conditions.
    """
    source = get_source(by, kind, source_id)
    if other.pk not in {person.pk for person in source.others}:
        raise PermissionDenied
    values = _values(source, title, named, aims, starts_on, ends_on, mode, hours)
    if afest:
        values |= _afest(source, reflected_on, values, conditions or {})
    learner, trainer = (by, other) if source.learned else (other, by)
    given = values.pop("hours")
    _hold(learner)
    if counted_twice(source, learner):
        raise ValidationError(
            _("Un groupe et ses séances ne se comptent pas deux fois : retirez d’abord ce qui est compté.")
        )
    _check_room(learner, trainer, values["starts_on"], values["ends_on"], given)
    values["learner_hours" if source.learned else "trainer_hours"] = given
    row = TrainingRecord(
        network=source.network,
        kind=kind,
        source_id=source_id,
        learner=learner,
        trainer=trainer,
        asked_by=by,
        **values,
    )
    try:
        with transaction.atomic():
            row.save()
    except IntegrityError as error:
        raise ValidationError(_("C’est déjà compté, ou déjà demandé, entre vous deux.")) from error
    _expect(row, other)
    _tell(row, "training.asked", by, other)
    return row


def _values(
    source: Source,
    title: str,
    named: bool,
    aims: str,
    starts_on: dt.date,
    ends_on: dt.date,
    mode: str,
    hours: Decimal,
) -> dict[str, Any]:
    problems: dict[str, Any] = {}
    if tells_group(source.kind):
        if named and not source.leaving:
            problems["named"] = _(
                "La charte de ce groupe ne dit pas ce qui peut en sortir : son nom n’y figure pas."
            )
        # What it says of the group is its trade, that everyone reads, unless its charter lets its name leave.
        title = source.group if named else " : ".join(part for part in (str(NO_TITLE), source.title) if part)
    title = " ".join(clean(title).split())
    aims = clean(aims).strip()
    today = clock.now().date()
    if not title or len(title) > TITLE_MAX:
        problems["title"] = _("Donnez un intitulé, en 200 caractères au plus.")
    if not aims or len(aims) > AIMS_MAX:
        problems["aims"] = _("Dites ce qu’il s’agissait d’apprendre, en 1 500 caractères au plus.")
    if starts_on > ends_on:
        problems["ends_on"] = _("La fin ne peut pas précéder le début.")
    elif ends_on > today:
        problems["ends_on"] = _("Cette date est à venir : ce qui compte a déjà eu lieu.")
    elif starts_on < today - OLDEST:
        problems["starts_on"] = _("C’est trop ancien pour être compté : trois ans au plus.")
    elif starts_on < source.starts_on:
        problems["starts_on"] = _("Ce n’était pas commencé : donnez un jour à partir du %(day)s.") % {
            "day": date_format(source.starts_on)
        }
    elif ends_on > source.ends_on:
        problems["ends_on"] = _("C’était déjà fini : donnez un jour jusqu’au %(day)s.") % {
            "day": date_format(source.ends_on)
        }
    if mode not in Modality.values:
        problems["mode"] = _("Choisissez parmi ce qui est proposé.")
    if problems:
        raise ValidationError(problems)
    return {
        "title": title,
        "aims": aims,
        "starts_on": starts_on,
        "ends_on": ends_on,
        "mode": mode,
        "hours": _hours(hours),
    }


def _hours(hours: Decimal | None) -> Decimal:
    try:
        return readable_hours(hours)
    except ValueError:
        raise ValidationError({"hours": WRONG_HOURS % {"most": HOURS_MOST}}) from None


def _hold(learner: Person) -> None:
    """Have what one person counts at the same time come one after the other."""
    Person.objects.select_for_update(no_key=True, of=("self",)).get(pk=learner.pk)


def _check_room(
    learner: Person,
    trainer: Person,
    starts_on: dt.date,
    ends_on: dt.date,
    hours: Decimal,
    row: TrainingRecord | None = None,
) -> None:
    """Refuse more hours than these days hold; what the same two count on the same days is counted with it."""
    live = TrainingRecord.objects.live().filter(learner=learner, trainer=trainer)
    others = [
        (one.starts_on, one.ends_on, one.hours or max(filter(None, (one.learner_hours, one.trainer_hours))))
        for one in live
        if row is None or one.pk != row.pk
    ]
    if hours > room_for(starts_on, ends_on, others):
        sentence = _(
            "C’est trop pour ces jours-là : %(most)s heures par jour au plus, avec ce que vous comptez déjà entre vous "
            "deux."
        )
        raise ValidationError({"hours": sentence % {"most": HOURS_A_DAY}})


def _afest(
    source: Source, reflected_on: dt.date | None, values: dict[str, Any], conditions: Mapping[str, str]
) -> dict[str, Any]:
    """Return the four conditions of a training in work, complete; refused otherwise, with what is missing."""
    setting = counts_training(source.network, source.kind)
    if setting is None or not setting.afest or tells_group(source.kind):
        raise ValidationError(
            {"afest": _("Ici, rien ne compte comme formation en situation de travail (AFEST).")}
        )
    words = {one.field: clean(conditions.get(one.field, "")).strip() for one in CONDITIONS}
    problems = missing_conditions(words)
    if values["mode"] != Modality.WORK:
        problems["mode"] = _("Une AFEST se fait en situation de travail.")
    if reflected_on is None:
        problems["reflected_on"] = _("Donnez le jour d’un temps de réflexion, à part du travail.")
    elif not values["starts_on"] <= reflected_on <= clock.now().date():
        problems["reflected_on"] = _("Ce jour est hors de la formation : donnez-en un depuis son début.")
    problems |= {
        name: _("Ce texte est trop long : 1 500 caractères au plus.")
        for name, text in words.items()
        if len(text) > CONDITION_MOST
    }
    if problems:
        raise ValidationError(problems)
    return {"afest": True, "reflected_on": reflected_on, **words}


def _expect(row: TrainingRecord, owner: Person) -> None:
    due = deadline(row.network, row.network.review_days, clock.now(), owner.time_zone)
    open_step(Verb.HOURS, row, network=row.network, owner=owner, due_at=due, words=row.title)


def _tell(row: TrainingRecord, name: str, by: Person | None, *to: Person, **data: Any) -> None:
    # The hours themselves are on the record alone: no fact, no letter repeats them.
    record(
        name,
        row,
        by=by,
        network=row.network,
        people=[row.learner, row.trainer],
        to=[person.public_id for person in to],
        title=row.title,
        **data,
    )


# -- answered by the other -----------------------------------------------------------------------------------


def _of(row: TrainingRecord, by: Person) -> TrainingRecord:
    """Return the record as it is now, for one of its two people; where it no longer may count, nothing is answered."""
    if not is_present(by) or by.pk not in (row.learner_id, row.trainer_id):
        raise PermissionDenied
    rows = TrainingRecord.objects.select_for_update(of=("self",)).select_related(
        "network", "learner", "trainer"
    )
    return rows.get(pk=row.pk)


@transaction.atomic
def say_hours(row: TrainingRecord, *, by: Person, hours: Decimal) -> TrainingRecord:
    """Say one's own hours: the same, and the record counts; others, and the one who asked is told before anything does."""
    row = _of(row, by)
    if by.pk == row.asked_by_id:
        raise PermissionDenied
    if counts_training(row.network, row.kind) is None:
        raise ValidationError(NOT_HERE)
    given = _hours(hours)
    mine = "learner_hours" if by.pk == row.learner_id else "trainer_hours"
    theirs = row.trainer_hours if by.pk == row.learner_id else row.learner_hours
    asker = row.other(by)
    _hold(row.learner)
    _check_room(row.learner, row.trainer, row.starts_on, row.ends_on, given, row)
    if given == theirs:
        changes: dict[str, Any] = {mine: given, "hours": given, "settled_at": clock.now()}
        move(row, TrainingState.AGREED, since=[TrainingState.ASKED], **changes)
        close_steps(row, verb=Verb.HOURS)
        _tell(row, "training.agreed", by, asker)
        return row
    mine_alone: dict[str, Any] = {mine: given}
    move(row, TrainingState.DIFFERENT, since=[TrainingState.ASKED], **mine_alone)
    close_steps(row, verb=Verb.HOURS, owner=by)
    _expect(row, asker)
    _tell(row, "training.differs", by, asker)
    return row


@transaction.atomic
def settle_hours(row: TrainingRecord, *, by: Person, agree: bool) -> TrainingRecord:
    """Settle different hours, both figures known: take the other's (`agree`), or let the smaller count."""
    row = _of(row, by)
    if by.pk != row.asked_by_id:
        raise PermissionDenied
    if counts_training(row.network, row.kind) is None:
        raise ValidationError(NOT_HERE)
    if row.learner_hours is None or row.trainer_hours is None:
        raise ValidationError(_("L’autre personne n’a pas encore dit ses heures."))
    other = row.trainer_hours if by.pk == row.learner_id else row.learner_hours
    hours = other if agree else counted_hours(row.learner_hours, row.trainer_hours)
    _hold(row.learner)
    _check_room(row.learner, row.trainer, row.starts_on, row.ends_on, hours, row)
    move(row, TrainingState.AGREED, since=[TrainingState.DIFFERENT], hours=hours, settled_at=clock.now())
    close_steps(row, verb=Verb.HOURS)
    _tell(row, "training.agreed", by, row.other(by))
    return row


@transaction.atomic
def decline_training(row: TrainingRecord, *, by: Person) -> TrainingRecord:
    """Rather not have it counted: no reason is asked."""
    row = _of(row, by)
    if by.pk == row.asked_by_id:
        raise PermissionDenied
    move(row, TrainingState.DECLINED, since=[TrainingState.ASKED], settled_at=clock.now())
    close_steps(row, verb=Verb.HOURS)
    _tell(row, "training.declined", by, row.other(by))
    return row


@transaction.atomic
def withdraw_training(row: TrainingRecord, *, by: Person) -> TrainingRecord:
    """Take a record back, whichever of the two one is: it counts no more, and what attested it says so."""
    row = _of(row, by)
    move(row, TrainingState.WITHDRAWN, since=LIVE, settled_at=clock.now(), withdrawn_by=by)
    close_steps(row, verb=Verb.HOURS, outcome=StepState.RELEASED)
    Attestation.objects.filter(record=row, withdrawn_at=None).update(withdrawn_at=clock.now())
    _tell(row, "training.withdrawn", by, row.other(by))
    return row


# -- handed over, by each alone ------------------------------------------------------------------------------


@transaction.atomic
def hand_over(row: TrainingRecord, *, by: Person, yes: bool) -> TrainingRecord:
    """Agree, for oneself, that the training department reads a record; or no longer. It takes both."""
    row = _of(row, by)
    if row.state != TrainingState.AGREED:
        raise ValidationError(_("Seule une formation sur laquelle vous êtes d’accord se transmet."))
    mine = "learner_hands_at" if by.pk == row.learner_id else "trainer_hands_at"
    if (getattr(row, mine) is not None) == yes:
        return row
    setattr(row, mine, clock.now() if yes else None)
    row.save(update_fields=[mine])
    _tell(row, "training.handed_over" if yes else "training.kept_back", by)
    return row


# -- by the clock --------------------------------------------------------------------------------------------


def lapse_training(limit: int = 500) -> int:
    """End what waits for hours that nobody gave in time, or that nobody can give any more; return how many."""
    steps = Step.objects.open().filter(
        verb=Verb.HOURS,
        subject_kind=TrainingRecord.subject_kind,
        subject_id=OuterRef("public_id"),
        due_at__gt=clock.now(),
    )
    waiting = TrainingRecord.objects.filter(~Exists(steps), state__in=WAITING).order_by("pk")
    rows = list(waiting.select_related("network", "learner", "trainer")[:limit])
    for row in rows:
        _lapse(row)
    return len(rows)


@transaction.atomic
def _lapse(row: TrainingRecord) -> None:
    done = TrainingRecord.objects.filter(pk=row.pk, state__in=WAITING).update(
        state=TrainingState.LAPSED, settled_at=clock.now()
    )
    if done:
        close_steps(row, verb=Verb.HOURS, outcome=StepState.LAPSED)
        _tell(row, "training.lapsed", None, row.asked_by)
