"""Who of the learning networks one can step in as, and what awaits each: read once their story is told."""

from __future__ import annotations

from django.urls import reverse

from reciproque.agenda.models import Step
from reciproque.agenda.rules import Verb
from reciproque.config.demo.history import History
from reciproque.initiatives.models import CommitteeMember, Frame, MergeRequest, SignUp
from reciproque.initiatives.queries.committee import overdue
from reciproque.initiatives.rules import SignState
from reciproque.people.models import Person

RUNNING, LAUNCHING = "repondre", "saisonniers"


def learning_doors(history: History) -> list[dict[str, str]]:
    """Return a door for each person met there who has something to do, none for what did not come about."""
    found = [_chair(), _author(), _informed(), _host(), _late_comer()]
    cast = {colleague.person.pk for colleague in history.people if colleague.role}
    doors: dict[str, dict[str, str]] = {}
    for entry in found:
        if entry is not None and entry[0].pk not in cast and entry[0].public_id not in doors:
            person, french, english, url = entry
            doors[person.public_id] = {
                "public_id": person.public_id,
                "name": person.display_name,
                "line_fr": french,
                "line_en": english,
                "about": "learning",
                "url": url,
            }
    return list(doors.values())


def sponsor_lines() -> tuple[str, str] | None:
    """Return what awaits the sponsor of these networks, who answers for the committee."""
    frame = _frame(RUNNING)
    late = len(overdue(frame)) if frame is not None else 0
    if not late:
        return None
    return (
        f"Il parraine le réseau apprenant « Répondre mieux, ensemble » : réponses en retard, {late}.",
        f"He sponsors the learning network “Answering better, together”: late answers, {late}.",
    )


Door = tuple[Person, str, str, str]


def _frame(slug: str) -> Frame | None:
    return Frame.objects.filter(network__slug=slug).select_related("network").first()


def _page(name: str, *args: str) -> str:
    return reverse(f"initiatives:{name}", args=args)


def _expected(slug: str, verb: Verb) -> Step | None:
    """Return what is expected of somebody there, soonest due first."""
    rows = Step.objects.open().filter(network__slug=slug, verb=verb).exclude(owner=None)
    return rows.select_related("owner").order_by("due_at", "pk").first()


def _chair() -> Door | None:
    member = CommitteeMember.objects.filter(frame__network__slug=RUNNING, chairs=True, left_at=None).first()
    if member is None:
        return None
    waiting = Step.objects.open().filter(network__slug=RUNNING, owner=member.person).count()
    return (
        member.person,
        (
            f"Préside le comité de « Répondre mieux, ensemble », {_at_work(member.person)} :"
            f" réponses et décisions attendues, {waiting}."
        ),
        f"Chairs the committee of “Answering better, together”: answers and decisions awaited, {waiting}.",
        _page("desk", RUNNING),
    )


def _at_work(person: Person) -> str:
    return person.function[:1].lower() + person.function[1:]


def _author() -> Door | None:
    step = _expected(RUNNING, Verb.REFRAME)
    if step is None or step.owner is None:
        return None
    return (
        step.owner,
        f"Membre d’un groupe de travail : sa proposition « {step.words} » est à recadrer.",
        "Member of a working group: the committee asked for a proposal to be reframed.",
        _page("proposal", step.subject_id),
    )


def _informed() -> Door | None:
    step = _expected(RUNNING, Verb.ACK)
    if step is None or step.owner is None:
        return None
    return (
        step.owner,
        f"N’est pas du réseau, {_at_work(step.owner)} : une note du réseau apprenant l’informe et attend d’être lue.",
        "Not of the network, but runs a site: a note from the learning network waits to be read.",
        _page("note_up", step.subject_id),
    )


def _host() -> Door | None:
    step = _expected(LAUNCHING, Verb.MERGE)
    if step is None or step.owner is None:
        return None
    merge = MergeRequest.objects.select_related("kept", "folded").get(public_id=step.subject_id)
    return (
        step.owner,
        (
            f"À la journée de lancement des saisonniers, porte « {merge.kept.title} » : faut-il y réunir"
            f" « {merge.folded.title} » ?"
        ),
        "At the launch day about seasonal workers, hosts a subject: should another be merged into it?",
        _page("merge", merge.public_id),
    )


def _late_comer() -> Door | None:
    """Return somebody of the panel who waits for a place in a subject of today."""
    frame = _frame(LAUNCHING)
    if frame is None:
        return None
    panel = frame.panel.values("person")
    rows = SignUp.objects.filter(subject__day__frame=frame, state=SignState.WAITING, person__in=panel)
    sign = rows.select_related("person", "subject__day").order_by("-pk").first()
    if sign is None:
        return None
    return (
        sign.person,
        f"Volontaire, et du panel des saisonniers : sur la liste d’attente de « {sign.subject.title} ».",
        "A volunteer, of the panel about seasonal workers: on the waiting list of a subject.",
        _page("day", sign.subject.day.public_id),
    )
