"""Who may see and answer what matching found."""

from reciproque.kit.errors import NotThere
from reciproque.matching.models import Alert, Suggestion
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
