"""Who may do what to a person's own data. Meeting other people goes through `networks.access`."""

from reciproque.people.models import Person


def is_present(person: Person | None) -> bool:
    """Tell whether this is a signed-in person who has not left."""
    return person is not None and person.is_authenticated and person.is_active


def can_administer(person: Person | None) -> bool:
    """Tell whether this person runs the installation (creates networks, imports the directory)."""
    return is_present(person) and person.is_superuser  # type: ignore[union-attr]
