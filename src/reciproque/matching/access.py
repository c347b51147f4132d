"""Who may see and answer what matching found."""

from reciproque.kit.errors import NotThere
from reciproque.matching.models import Alert, Likeness, Loop, Nudge, PlannedPair, Ruling, Suggestion
from reciproque.matching.rules import LikenessKind, PlanState
from reciproque.networks.access import accompanies, scope_of
from reciproque.networks.models import Network
from reciproque.people.access import is_present
from reciproque.people.models import Person


def get_suggestion(person: Person, public_id: str) -> Suggestion:
    """Return a suggestion about one of this person's posts; a stranger meets `NotThere`."""
    suggestion = (
        Suggestion.objects.visible_to(person)
        .select_related("network", "request__author", "offer__author")
        .filter(public_id=public_id)
        .first()
    )
    if suggestion is None or not is_present(person):
        raise NotThere
    return suggestion


def get_alert(person: Person, public_id: str) -> Alert:
    """Return one's own alert; a stranger meets `NotThere`."""
    alert = Alert.objects.filter(person=person, public_id=public_id).select_related("network").first()
    if alert is None or not is_present(person):
        raise NotThere
    return alert


def _of(animator: Person, network: Network, row: Suggestion | PlannedPair | Ruling) -> bool:
    """Tell whether one of the two people is among those whom this person accompanies."""
    return accompanies(animator, network, row.request.author, row.offer.author)


def get_suggestion_to_lead(animator: Person, network: Network, public_id: str) -> Suggestion:
    """Return an open suggestion of the network that this person animates; else `NotThere`."""
    suggestion = (
        Suggestion.objects.open()
        .filter(network=network, public_id=public_id)
        .select_related("network", "request__author", "offer__author")
        .first()
    )
    if suggestion is None or not _of(animator, network, suggestion):
        raise NotThere
    return suggestion


def get_planned_pair(animator: Person, network: Network, public_id: str) -> PlannedPair:
    """Return a pair of the current plan of the network that this person animates; else `NotThere`."""
    pair = (
        PlannedPair.objects.filter(public_id=public_id, plan__network=network, plan__state=PlanState.READY)
        .select_related(
            "plan__network",
            "request__network",
            "request__author__unit",
            "request__author__site",
            "offer__author__unit",
            "offer__author__site",
        )
        .first()
    )
    if pair is None or not _of(animator, network, pair):
        raise NotThere
    return pair


def get_ruling(animator: Person, network: Network, public_id: str) -> Ruling:
    """Return what was decided of a pair in the network that this person animates; else `NotThere`."""
    rows = Ruling.objects.filter(public_id=public_id, network=network)
    ruling = rows.select_related("network", "request__author", "offer__author").first()
    if ruling is None or not _of(animator, network, ruling):
        raise NotThere
    return ruling


def get_nudge(person: Person, public_id: str) -> Nudge:
    """Return what was shown to this very person; a stranger meets `NotThere`."""
    nudge = Nudge.objects.visible_to(person).filter(public_id=public_id).select_related("network").first()
    if nudge is None or not is_present(person):
        raise NotThere
    return nudge


def get_likeness(person: Person, public_id: str) -> Likeness:
    """Return posts that say the same: one's own, or several people's in a network one animates; else `NotThere`."""
    rows = Likeness.objects.filter(public_id=public_id).select_related("network", "offer__author", "person")
    likeness = rows.first()
    if likeness is None or not is_present(person):
        raise NotThere
    own = likeness.kind == LikenessKind.MERGE and likeness.person_id == person.pk
    scope = scope_of(person, likeness.network) if likeness.kind == LikenessKind.GROUP else None
    leads = scope is not None and (scope.whole or likeness.posts.filter(scope.people("author")).exists())
    if not own and not leads:
        raise NotThere
    return likeness


def get_loop(person: Person, public_id: str) -> Loop:
    """Return a loop this person is in; a stranger meets `NotThere`."""
    loop = Loop.objects.visible_to(person).filter(public_id=public_id).select_related("network").first()
    if loop is None or not is_present(person):
        raise NotThere
    return loop
