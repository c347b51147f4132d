"""Working groups: born of a subject of the day or of a name, joined freely, with a facilitator from the pool."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterable
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from reciproque.initiatives.access import (
    can_frame,
    can_lead_group,
    can_take_part,
    in_work_group,
    is_committee,
)
from reciproque.initiatives.actions.committee import seat_again
from reciproque.initiatives.actions.owing import hold, theme_of
from reciproque.initiatives.actions.problems import free_problems
from reciproque.initiatives.models import (
    CheckIn,
    Frame,
    SignUp,
    WallSubject,
    WorkGroup,
    WorkGroupMember,
)
from reciproque.initiatives.queries.groups import facilitators_for
from reciproque.initiatives.rules import (
    GROUP_MOST,
    GROUP_MOVES,
    TITLE_MAX,
    TITLE_MIN,
    WORDS_MAX,
    Bring,
    DayState,
    GroupState,
    Phase,
    SignState,
)
from reciproque.journal.actions import record
from reciproque.kit import clock
from reciproque.kit.rows import ALREADY_CHANGED, move
from reciproque.kit.text import clean
from reciproque.kit.tokens import is_id, new_id
from reciproque.networks.models import Network
from reciproque.people.models import Person

MARKS = range(5)


def _tell(
    name: str, group: WorkGroup, /, by: Person | None, people: Iterable[Person] = (), **data: Any
) -> None:
    record(name, group, by=by, network=group.frame.network, people=people, title=group.name, **data)


def _brings(brings: Collection[str]) -> list[str]:
    if not set(brings) <= set(Bring.values):
        raise ValidationError({"brings": _("Choisissez parmi ce qui est proposé.")})
    return [kind.value for kind in Bring if kind in brings]


@transaction.atomic
def form_group(
    frame: Frame,
    *,
    by: Person,
    name: str = "",
    theme: str = "",
    subject: WallSubject | None = None,
    brings: Collection[str] = (),
    key: str = "",
) -> WorkGroup:
    """Make a working group, from a subject of the day or from a name; who makes it is of it, the others are invited."""
    if not can_take_part(by, frame):
        raise PermissionDenied
    if is_id(key):
        known = WorkGroup.objects.filter(public_id=key, frame=frame, made_by=by).first()
        if known is not None:
            return known
    hold(frame)
    if frame.phase == Phase.OVER:
        raise ValidationError(_("Ce réseau apprenant est terminé : on n’y forme plus de groupe."))
    if subject is not None:
        _check_subject(frame, subject)
    title = " ".join(clean(name or (subject.title if subject else "")).split())
    if not TITLE_MIN <= len(title) <= TITLE_MAX:
        raise ValidationError({"name": _("Donnez un nom au groupe, de 3 à 160 caractères.")})
    group = WorkGroup.objects.create(
        public_id=key if is_id(key) else new_id(),
        frame=frame,
        name=title,
        theme=theme_of(frame, theme) or (subject.theme if subject else None),
        made_by=by,
        made_at=clock.now(),
    )
    invited: list[Person] = []
    if subject is not None:
        _claim(subject, group)
        seated = SignUp.objects.filter(subject=subject, state=SignState.SEATED).exclude(person=by)
        invited = [row.person for row in seated.select_related("person")]
        invited += [one for one in (subject.host, *subject.hosts_too.all()) if one not in [*invited, by]]
    WorkGroupMember.objects.create(group=group, person=by, brings=_brings(brings), joined_at=clock.now())
    _tell("work_group.made", group, by, invited)
    return group


def _check_subject(frame: Frame, subject: WallSubject) -> None:
    if subject.day.frame_id != frame.pk or subject.withdrawn_at or subject.merged_into_id:
        raise ValidationError(_("Ce sujet n’est plus sur le mur."))
    if subject.day.state not in (DayState.OPEN, DayState.CLOSED):
        raise ValidationError(
            _("La journée n’a pas encore eu lieu : les groupes se forment à partir de ce qui s’y dit.")
        )


def _claim(subject: WallSubject, group: WorkGroup) -> None:
    """Say that a group was born of a subject, once."""
    if not WallSubject.objects.filter(pk=subject.pk, group=None).update(group=group):
        raise ValidationError(_("Un groupe est déjà né de ce sujet : rejoignez-le."))
    subject.group = group


def _check_going(group: WorkGroup) -> None:
    if group.state == GroupState.ENDED:
        raise ValidationError(_("Ce groupe a terminé son travail."))


@transaction.atomic
def join_group(group: WorkGroup, *, by: Person, brings: Collection[str] = ()) -> WorkGroupMember:
    """Join a working group, saying what one brings; a member who comes again changes what they bring."""
    if not can_take_part(by, group.frame):
        raise PermissionDenied
    _check_going(group)
    values = _brings(brings)
    mine = group.members.filter(person=by, left_at=None).first()
    if mine is not None:
        WorkGroupMember.objects.filter(pk=mine.pk).update(brings=values)
        mine.brings = values
        return mine
    # One at a time: of two who join at once, only one takes the last place.
    list(WorkGroup.objects.select_for_update().filter(pk=group.pk).values_list("pk"))
    if group.members.filter(left_at=None).count() >= GROUP_MOST:
        raise ValidationError(_("Ce groupe est au complet : formez-en un autre sur le même thème."))
    try:
        with transaction.atomic():
            member = WorkGroupMember.objects.create(
                group=group, person=by, brings=values, joined_at=clock.now()
            )
    except IntegrityError:
        return group.members.get(person=by, left_at=None)
    facilitator = [group.facilitator] if group.facilitator else []
    _tell("work_group.joined", group, by, facilitator)
    # What the group asks of the committee is from now on their own.
    if is_committee(by, group.frame):
        seat_again(group.frame)
    return member


@transaction.atomic
def leave_group(group: WorkGroup, *, by: Person) -> None:
    """Leave a working group, without having to say why."""
    done = group.members.filter(person=by, left_at=None).update(left_at=clock.now())
    if not done:
        raise ValidationError(_("Vous n’êtes pas de ce groupe."))
    facilitator = [group.facilitator] if group.facilitator and group.facilitator_id != by.pk else []
    _tell("work_group.left", group, by, facilitator)
    _end_if_empty(group)


def _end_if_empty(group: WorkGroup) -> None:
    """End a group that nobody is of any more: what it had taken may be taken by another."""
    if group.members.filter(left_at=None, person__is_active=True).exists():
        return
    rows = WorkGroup.objects.filter(pk=group.pk).exclude(state=GroupState.ENDED)
    if rows.update(state=GroupState.ENDED, ended_at=clock.now()):
        group.state = GroupState.ENDED
        free_problems(group)
        people = [group.made_by, *([group.facilitator] if group.facilitator else [])]
        _tell("work_group.turned", group, None, people, state=str(GroupState.ENDED))


@transaction.atomic
def turn_group(group: WorkGroup, *, by: Person, verb: str) -> WorkGroup:
    """Start the work of a group, let it rest, or end it."""
    if not can_lead_group(by, group):
        raise PermissionDenied
    if group.frame.phase == Phase.OVER:
        raise ValidationError(_("Ce réseau apprenant est terminé."))
    if verb not in GROUP_MOVES:
        raise ValidationError(_("Choisissez parmi ce qui est proposé."))
    since, to = GROUP_MOVES[verb]
    if group.state == to:
        return group
    if verb == "start" and group.facilitator_id is None:
        raise ValidationError(
            _("Un groupe commence avec une personne qui l’anime : choisissez-la d’abord dans le vivier.")
        )
    changes: dict[str, Any] = {"ended_at": clock.now()} if to == GroupState.ENDED else {}
    move(group, to, since=since, **changes)
    if to == GroupState.ENDED:
        free_problems(group)
    _tell("work_group.turned", group, by, _people(group), state=str(to))
    return group


def _people(group: WorkGroup) -> list[Person]:
    rows = group.members.filter(left_at=None, person__is_active=True).select_related("person")
    return [row.person for row in rows]


@transaction.atomic
def name_group_facilitator(group: WorkGroup, *, by: Person, person: Person) -> WorkGroup:
    """Entrust a group to someone of the pool who facilitates groups and holds no more than they agreed to."""
    if not can_frame(by, group.frame):
        raise PermissionDenied
    _check_going(group)
    if group.facilitator_id == person.pk:
        return group
    # One at a time in a network: the load that was read stays true.
    list(Frame.objects.select_for_update().filter(pk=group.frame_id).values_list("pk"))
    choices = {row.person.pk: row for row in facilitators_for(group.frame)}
    chosen = choices.get(person.pk)
    if chosen is None:
        raise ValidationError({"person": _("Choisissez quelqu’un du vivier qui anime des groupes.")})
    if chosen.full:
        sentence = _("%(name)s anime déjà %(n)s groupes, autant qu’il lui est possible.")
        raise ValidationError({"person": sentence % {"name": person.display_name, "n": chosen.load}})
    former = group.facilitator
    rows = WorkGroup.objects.filter(pk=group.pk, facilitator=former)
    if not rows.update(facilitator=person):
        raise ValidationError(ALREADY_CHANGED, code="changed")
    group.facilitator = person
    if is_committee(person, group.frame):
        seat_again(group.frame)
    people = [person, *([former] if former else []), *_people(group)]
    _tell("work_group.led", group, by, people, name=person.display_name, to=person.public_id)
    return group


@transaction.atomic
def check_in(
    group: WorkGroup,
    *,
    by: Person,
    listened: int,
    all_spoke: int,
    individual: str = "",
    collective: str = "",
    organisational: str = "",
    on: dt.date | None = None,
) -> CheckIn:
    """Say after a session how one listened, who spoke, what was learned; written again the same day, it replaces itself."""
    if not in_work_group(by, group):
        raise PermissionDenied
    _check_going(group)
    today = clock.now().date()
    on = on or today
    if on > today:
        raise ValidationError({"on": _("Cette séance n’a pas encore eu lieu.")})
    if on < group.made_at.date():
        raise ValidationError({"on": _("Le groupe n’existait pas encore ce jour-là.")})
    for name, value in (("listened", listened), ("all_spoke", all_spoke)):
        if value not in MARKS:
            raise ValidationError({name: _("Choisissez parmi ce qui est proposé.")})
    words = {"individual": individual, "collective": collective, "organisational": organisational}
    values: dict[str, Any] = {name: clean(text).strip()[:WORDS_MAX] for name, text in words.items()}
    values |= {"listened": listened, "all_spoke": all_spoke}
    row, created = CheckIn.objects.update_or_create(group=group, person=by, on=on, defaults=values)
    if created:
        _tell("check_in.made", group, by)
    return row


@transaction.atomic
def leave_groups(person: Person, network: Network) -> int:
    """Take someone who left the network out of its groups; what they facilitated waits for somebody else."""
    members = WorkGroupMember.objects.filter(group__frame__network=network, person=person, left_at=None)
    theirs = list(members.values_list("group", flat=True))
    done = members.update(left_at=clock.now())
    led = WorkGroup.objects.filter(frame__network=network, facilitator=person).exclude(state=GroupState.ENDED)
    for group in led.select_related("frame__network"):
        WorkGroup.objects.filter(pk=group.pk).update(facilitator=None)
        group.facilitator = None
        _tell("work_group.unled", group, None, _people(group))
        done += 1
    for group in WorkGroup.objects.filter(pk__in=theirs).select_related("frame__network", "made_by"):
        _end_if_empty(group)
    return done
