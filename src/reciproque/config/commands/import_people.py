"""`reciproque import-people`: bring the directory in, and enrol its people in a network."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from reciproque.config.commands import console
from reciproque.kit.tables import Table

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from reciproque.people.actions import CleanPerson
    from reciproque.people.models import Person


def add(parser: argparse.ArgumentParser) -> None:
    """Say the options."""
    console.add_import_options(parser, network=False)
    parser.description = (
        "Bring the directory in: external_id, first_name, last_name, email, phone, unit (path with >), site,"
        " function, level, manager (id), languages, time_zone, leaves_on, give, receive. French headings work too."
    )


@console.command
def run(options: argparse.Namespace) -> int:
    """Check the file, then create and update people, and enrol them in the network if one is named."""
    return console.conduct(options, lambda table: _plan(table, options))


def _plan(table: Table, options: argparse.Namespace) -> console.Plan:
    from reciproque.config.commands.lookups import people_by_email, people_by_external_id
    from reciproque.kit import clock
    from reciproque.networks.rules import DEFAULT_GIVE, DEFAULT_RECEIVE
    from reciproque.people.actions import check_people, directory, import_people, leave_organisation
    from reciproque.people.rules import has_left

    people, problems = check_people(table)
    target = console.find_network(options.network) if options.network else None
    ids = people_by_external_id(person.external_id for person in people)
    emails = people_by_email(person.email or "" for person in people)
    updated = sum(person.external_id in ids or person.email in emails for person in people)
    gone = [person for person in people if has_left(person.leaves_on, clock.now().date())]
    counts = {"people": len(people), "new": len(people) - updated, "updated": updated, "left": len(gone)}
    notes = [
        _("Personnes : %(new)s nouvelles, %(updated)s mises à jour.") % counts,
        _(
            "Sans indication : français, fuseau Europe/Paris ; au plus %(give)s échanges à donner et"
            " %(receive)s à recevoir à la fois."
        )
        % {"give": DEFAULT_GIVE, "receive": DEFAULT_RECEIVE},
    ]
    if gone:
        notes.append(
            _("Date de départ passée : %(n)s (elles ne pourront plus se connecter).") % {"n": len(gone)}
        )
    if target is not None:
        notes.append(
            _(
                "Elles deviendront membres de « %(name)s » ; la charte leur sera proposée à la première visite."
            )
            % {"name": target.name}
            if target.network is not None
            else target.created_note
        )

    def write() -> dict[str, int]:
        with console.progress(_("Personnes"), len(people), options) as move:
            rows = import_people(people, by=None, progress=move)
        for person in gone:
            leave_organisation(rows[person.external_id or person.email or ""], by=None)
        done = {key: counts[key] for key in ("new", "updated", "left")}
        if target is not None:
            done["enrolled"] = _enrol(target, people, rows)
        return done

    return console.Plan(table, table.unknown(directory.KNOWN), counts, notes, problems, write, target)


def _enrol(target: console.Target, people: Sequence[CleanPerson], rows: Mapping[str, Person]) -> int:
    from reciproque.networks.actions import enrol_in_bulk

    found = [(rows[person.external_id or person.email or ""], person) for person in people]
    wanted = {row.pk: (person.give, person.receive) for row, person in found if row.is_active}
    return enrol_in_bulk(target.get_or_create(), wanted, by=None)
