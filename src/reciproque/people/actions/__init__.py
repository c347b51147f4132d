"""Change what is known of people: by hand, or by the directory."""

from reciproque.people.actions.directory import CleanPerson, check_people, import_people
from reciproque.people.actions.links import forget_used_links, use_link
from reciproque.people.actions.persons import (
    change_profile,
    create_administrator,
    get_site,
    get_unit,
    leave_on_time,
    leave_organisation,
)

__all__ = [
    "CleanPerson",
    "change_profile",
    "check_people",
    "create_administrator",
    "forget_used_links",
    "get_site",
    "get_unit",
    "import_people",
    "leave_on_time",
    "leave_organisation",
    "use_link",
]
