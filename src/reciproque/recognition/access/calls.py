"""Who may read a call to those who know."""

from __future__ import annotations

from django.db.models import Q

from reciproque.kit.errors import NotThere
from reciproque.networks.access import is_animator
from reciproque.people.access import is_present
from reciproque.people.models import Person
from reciproque.recognition.models import Call


def get_call(person: Person, public_id: str) -> Call:
    """Return a call as whoever was asked, or the network's animators, may read it; anyone else meets `NotThere`."""
    # Not by whom they accompany, nor by their line (`call_view` hides the name): of somebody asked by the program, that
    # would say where they work.
    told = Call.objects.telling_no_departure().order_by().values("pk")
    rows = Call.objects.filter(Q(person=person) | Q(pk__in=told), public_id=public_id)
    row = rows.select_related("network", "topic", "person__unit", "person__site", "asked_by").first()
    if row is None or not is_present(person):
        raise NotThere
    if row.person_id != person.pk and not is_animator(person, row.network):
        raise NotThere
    return row
