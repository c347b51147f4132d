"""Ask for a study, agree to it, make its files, take them, end it; object to all of them."""

from __future__ import annotations

import datetime as dt
import secrets
from collections.abc import Iterable, Mapping
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from reciproque.agenda.actions import close_steps, open_step
from reciproque.agenda.rules import StepState, Verb, deadline
from reciproque.insights.access import agrees_to_studies, runs_studies
from reciproque.insights.actions.study_files import keep_files
from reciproque.insights.models import Study, StudyObjection, StudyPart, StudySource, StudyTaking
from reciproque.insights.queries.studies import exposed_in, exposed_in_words, numbering, sheets_of
from reciproque.insights.queries.study_leaving import first_raw, without
from reciproque.insights.queries.study_source import (
    objected_since,
    objectors_in,
    raw_of,
    sealed,
    sources_to_look_at,
)
from reciproque.insights.rules.studies import (
    ANSWER_DAYS,
    GRAINS,
    KEPT_WITHIN,
    PURPOSE_MAX,
    TITLE_MAX,
    Basis,
    StudyState,
    TableName,
)
from reciproque.journal.actions import record
from reciproque.kit import clock, seal
from reciproque.kit.rows import ALREADY_CHANGED
from reciproque.kit.text import clean
from reciproque.networks.models import Network
from reciproque.networks.queries import people_with_role
from reciproque.networks.rules import Role
from reciproque.people.models import Person

NOT_NOW = _("Rien ne se prépare ni ne se prend aujourd’hui : revenez demain.")
NOT_AGAIN = _(
    "Cette étude ne se refait pas : deux états de fichiers où l’on suit des personnes diraient qui n’y est plus."
)


@transaction.atomic
def ask_study(
    network: Network,
    *,
    by: Person,
    title: str,
    researcher: str,
    institution: str,
    purpose: str,
    basis: str,
    tables: Iterable[str],
    grains: Mapping[str, str],
    linked: bool,
    until: dt.date,
) -> Study:
    """Ask that a researcher be given some tables of a network, until a day; somebody else agrees or not."""
    if not runs_studies(by, network):
        raise PermissionDenied
    words = {"title": title, "researcher": researcher, "institution": institution, "purpose": purpose}
    said = {name: _said(name, text) for name, text in words.items()}
    chosen = [name for name in TableName.values if name in set(tables)]
    if not chosen:
        raise ValidationError({"tables": _("Choisissez au moins un tableau.")})
    if basis not in Basis.values:
        raise ValidationError({"basis": _("Choisissez ce qui permet cette étude en droit.")})
    coarse = {name: grains.get(name, "") for name in GRAINS}
    wrong = [name for name, grain in coarse.items() if grain not in GRAINS[name].values]
    if wrong:
        raise ValidationError(dict.fromkeys(wrong, _("Choisissez une des possibilités.")))
    _check_until(until)
    asked = _who_agrees(network, by)
    if not asked:
        raise ValidationError(
            _(
                "Une étude se décide à deux : il faut une personne qui parraine le réseau, ou qui administre "
                "Réciproque, autre que vous."
            )
        )
    now = clock.now()
    study = Study.objects.create(
        network=network,
        **said,
        basis=basis,
        tables=chosen,
        grains=coarse,
        linked=linked,
        until=until,
        asked_by=by,
        asked_at=now,
        due_at=deadline(network, ANSWER_DAYS, now),
    )
    for person in asked:
        due = deadline(network, ANSWER_DAYS, now, person.time_zone)
        open_step(Verb.STUDY, study, network=network, owner=person, due_at=due, words=study.title)
    _note("study.asked", study, by=by, people=asked)
    return study


@transaction.atomic
def answer_study(study: Study, *, by: Person, agreed: bool, reason: str = "") -> Study:
    """Agree to a study, or not, with its reason; never one’s own."""
    if not agrees_to_studies(by, study.network) or by.pk == study.asked_by_id:
        raise PermissionDenied
    reason = clean(reason).strip()[:PURPOSE_MAX]
    if not agreed and not reason:
        raise ValidationError(
            {"reason": _("Dites pourquoi : la personne qui demande pourra s’y prendre autrement.")}
        )
    changes: dict[str, Any] = {"answered_by": by, "answered_at": clock.now(), "reason": reason}
    if agreed:
        _check_until(study.until)
        changes["salt"] = seal.seal(secrets.token_hex(32), about=_about(study))
    _move(study, [StudyState.ASKED], StudyState.AGREED if agreed else StudyState.DECLINED, **changes)
    close_steps(study, verb=Verb.STUDY)
    if agreed:
        _note("study.agreed", study, by=by, people=[study.asked_by])
    else:
        _note("study.declined", study, by=by, people=[study.asked_by])
    return study


@transaction.atomic
def withdraw_study(study: Study, *, by: Person) -> Study:
    """Take back what was asked, as long as nobody answered."""
    if not runs_studies(by, study.network):
        raise PermissionDenied
    _move(study, [StudyState.ASKED], StudyState.WITHDRAWN, ended_at=clock.now())
    close_steps(study, verb=Verb.STUDY, outcome=StepState.RELEASED)
    _note("study.withdrawn", study, by=by)
    return study


@transaction.atomic
def coarsen_study(study: Study, *, by: Person, grains: Mapping[str, str]) -> Study:
    """Make what a study is given coarser than was agreed, before its files are made; never finer."""
    if not runs_studies(by, study.network):
        raise PermissionDenied
    if study.state not in (StudyState.ASKED, StudyState.AGREED) or study.is_made:
        raise ValidationError(ALREADY_CHANGED, code="changed")
    wanted = {name: grains.get(name, study.grains[name]) for name in GRAINS}
    for name, grain in wanted.items():
        order = list(GRAINS[name].values)
        if grain not in order or order.index(grain) < order.index(study.grains[name]):
            raise ValidationError(
                _("On ne peut que regrouper davantage : l’accord a été donné pour moins précis.")
            )
    kept = Study.objects.filter(pk=study.pk, state=study.state, grains=study.grains, size=0)
    if not kept.update(grains=wanted):
        raise ValidationError(ALREADY_CHANGED, code="changed")
    study.refresh_from_db()
    _note("study.coarsened", study, by=by)
    return study


@transaction.atomic
def make_study(study: Study, *, by: Person) -> Study:
    """Make the files of a study, once; refused as long as a combination would say who somebody is."""
    network = study.network
    if not runs_studies(by, network):
        raise PermissionDenied
    today = clock.now().date()
    if study.state != StudyState.AGREED or study.until < today:
        raise ValidationError(_("Cette étude n’est pas en cours."))
    if study.is_made:
        raise ValidationError(_("Les fichiers sont déjà faits, et ne se font qu’une fois."))
    again = study.made_at is not None
    if again and not StudySource.objects.filter(study=study).exists():
        raise ValidationError(NOT_AGAIN)
    now = clock.now()
    try:
        raw = raw_of(study) if again else first_raw(study)
        # Numbers and order of their own: nothing of the new files is matched with the former ones.
        salt = secrets.token_hex(32) if again else seal.unseal(study.salt, about=_about(study))
    except seal.Unopenable:
        raise ValidationError(
            _("La clef de cette étude ne s’ouvre plus : terminez-la et demandez-en une autre.")
        ) from None
    if again and objectors_in(raw):
        raise ValidationError(NOT_NOW)
    found = exposed_in(raw, study.tables, study.grains, linked=study.linked)
    if found:
        raise ValidationError([exposed_in_words(one) for one in found])
    number = numbering(salt)
    sheets = sheets_of(raw, study.tables, study.grains, linked=study.linked, number=number)
    size, digest = keep_files(study, sheets)
    changes: dict[str, Any] = {
        "made_at": study.made_at or now,
        "digest": digest,
        "size": size,
        "lines": {sheet.name: len(sheet.rows) for sheet in sheets},
        "salt": seal.seal(salt, about=_about(study)),
    }
    kept = Study.objects.filter(pk=study.pk, state=StudyState.AGREED, size=0, grains=study.grains)
    if not kept.update(**changes):
        raise ValidationError(ALREADY_CHANGED, code="changed")
    if not again:
        StudySource.objects.create(study=study, sealed=sealed(raw, study), looked_at=now)
    study.refresh_from_db()
    _note("study.made", study, by=by, digest=digest, lines=sum(len(sheet.rows) for sheet in sheets))
    return study


@transaction.atomic
def take_study(study: Study, *, by: Person) -> StudyTaking:
    """Note that somebody takes the files of a study; `pieces_of` gives them."""
    if not runs_studies(by, study.network):
        raise PermissionDenied
    study.refresh_from_db()
    source = StudySource.objects.filter(study=study).select_related("study").first()
    running = study.state == StudyState.AGREED and study.until >= clock.now().date()
    if not running or not study.is_made or source is None:
        raise ValidationError(_("Les fichiers de cette étude ne sont pas là."))
    # Looked at once a day: until then nothing is given, and nothing says why.
    try:
        closed = objected_since(source)
    except seal.Unopenable:
        closed = True
    if closed:
        raise ValidationError(NOT_NOW)
    taking = StudyTaking.objects.create(
        study=study, by=by, at=clock.now(), tables=study.tables, digest=study.digest
    )
    _note("study.taken", study, by=by, digest=study.digest, tables=study.tables)
    return taking


@transaction.atomic
def end_study(study: Study, *, by: Person) -> Study:
    """End a study before its day: the files and the key of its numbers are destroyed."""
    if not runs_studies(by, study.network) and not agrees_to_studies(by, study.network):
        raise PermissionDenied
    _end(study)
    _note("study.ended", study, by=by)
    return study


def tend_studies() -> int:
    """End the studies whose day is over, and those nobody answered (by the clock); return how many."""
    now = clock.now()
    late = Study.objects.filter(state=StudyState.ASKED, due_at__lt=now)
    over = Study.objects.filter(state=StudyState.AGREED, until__lt=now.date())
    done = 0
    for study in late.select_related("network", "asked_by"):
        done += _by_the_clock(study, lapsed=True)
    for study in over.select_related("network", "asked_by"):
        done += _by_the_clock(study, lapsed=False)
    for source in sources_to_look_at():
        done += _leave_out(source)
    return done


@transaction.atomic
def _leave_out(source: StudySource) -> bool:
    """Take who objected out of the rows of a study, others with them; its files are then to be made again."""
    study = source.study
    now = clock.now()
    try:
        raw = raw_of(study)
        gone = objectors_in(raw)
    except seal.Unopenable:
        return False
    StudySource.objects.filter(pk=source.pk).update(looked_at=now)
    if not gone:
        return False
    StudyPart.objects.filter(study=study).delete()
    Study.objects.filter(pk=study.pk).update(size=0, digest="", lines={})
    if study.linked:
        # Whoever is followed from file to file is known again by what they did, whatever their number.
        StudySource.objects.filter(pk=source.pk).delete()
    else:
        rows = sealed(without(raw, study, gone), study)
        StudySource.objects.filter(pk=source.pk).update(sealed=rows)
    return True


@transaction.atomic
def _by_the_clock(study: Study, *, lapsed: bool) -> bool:
    try:
        if lapsed:
            _move(study, [StudyState.ASKED], StudyState.LAPSED, ended_at=clock.now())
        else:
            _end(study)
    except ValidationError:
        return False
    if lapsed:
        close_steps(study, verb=Verb.STUDY, outcome=StepState.LAPSED)
        _note("study.lapsed", study, people=[study.asked_by])
    else:
        _note("study.ended", study)
    return True


@transaction.atomic
def object_to_studies(person: Person, *, by: Person, objects: bool) -> None:
    """Say that one’s data serve no study, or no longer say so; the clock then takes them out of the files made."""
    if by.pk != person.pk:
        raise PermissionDenied
    if not objects:
        if StudyObjection.objects.filter(person=person).delete()[0]:
            record("study.allowed", person, by=by)
        return
    _row, new = StudyObjection.objects.get_or_create(person=person, defaults={"at": clock.now()})
    if new:
        record("study.objected", person, by=by)


# -- inside --------------------------------------------------------------------------------------------------


def _who_agrees(network: Network, by: Person) -> list[Person]:
    """Return who is asked: those who sponsor the network, else who administers the installation; never who asks."""
    sponsors = [person for person in people_with_role(network, Role.SPONSOR) if person.pk != by.pk]
    if sponsors:
        return sponsors
    administrators = Person.objects.present().filter(is_superuser=True).exclude(pk=by.pk)
    return list(administrators.order_by("pk")[:3])


def _move(study: Study, before: list[str], after: str, **changes: Any) -> None:
    kept = Study.objects.filter(pk=study.pk, state__in=before)
    if not kept.update(state=after, **changes):
        raise ValidationError(ALREADY_CHANGED, code="changed")
    study.refresh_from_db()


def _end(study: Study) -> None:
    _move(study, [StudyState.AGREED], StudyState.ENDED, salt="", size=0, lines={}, ended_at=clock.now())
    StudyPart.objects.filter(study=study).delete()
    StudySource.objects.filter(study=study).delete()


def _note(fact: str, study: Study, *, by: Person | None = None, people: Any = (), **data: Any) -> None:
    record(fact, study, by=by, network=study.network, people=people, title=study.title, **data)


def _about(study: Study) -> str:
    return f"study:{study.public_id}"


def _said(name: str, text: str) -> str:
    most = PURPOSE_MAX if name == "purpose" else TITLE_MAX
    said = clean(text).strip()
    if not said:
        raise ValidationError({name: _("Ce champ est nécessaire.")})
    if len(said) > most:
        raise ValidationError({name: _("C’est trop long : %(n)s caractères au plus.") % {"n": most}})
    return said


def _check_until(until: dt.date) -> None:
    today = clock.now().date()
    if not today < until <= today + KEPT_WITHIN:
        raise ValidationError({"until": _("Choisissez une date à venir, dans les deux ans.")})
