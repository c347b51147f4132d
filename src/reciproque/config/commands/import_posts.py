"""`reciproque import-posts`: bring offers and requests in, one a line or two lists a person."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from reciproque.config.commands import console
from reciproque.kit.tables import Problem, Table

if TYPE_CHECKING:
    from reciproque.catalogue.actions import CleanPost
    from reciproque.people.models import Person

MAX_ID = 80


def add(parser: argparse.ArgumentParser) -> None:
    """Say the options."""
    console.add_import_options(parser)
    parser.description = (
        "Bring offers and requests in. One a line: person_id, kind (offer, request), title, description, purpose,"
        " topics, mode, language, level, capacity. Or one line a person: offers and requests, separated by ;"
        " Somebody unknown to the directory becomes “Membre 8718” (their id, else the number of their line)."
    )
    parser.add_argument(
        "--capacity", type=int, default=2, help="exchanges at a time of a post that does not say (default: 2)"
    )


@console.command
def run(options: argparse.Namespace) -> int:
    """Check the file, then publish its offers and requests and enrol their authors."""
    if not 1 <= options.capacity <= 20:
        raise console.WrongUse(_("--capacity : écrivez un nombre entre 1 et 20."))
    return console.conduct(options, lambda table: _plan(table, options))


def _plan(table: Table, options: argparse.Namespace) -> console.Plan:
    from reciproque.catalogue.actions import check_posts, import_posts, imports
    from reciproque.config.commands.lookups import published_marks
    from reciproque.networks.actions import enrol_in_bulk
    from reciproque.networks.rules import DEFAULT_GIVE, DEFAULT_RECEIVE

    posts, problems = check_posts(table, options.capacity)
    if not imports.is_wide(table):
        problems += _check_columns(table)
    target = console.find_network(options.network)
    people = _known_people(posts, target)
    problems += _check_people(posts, people, target)
    marks = published_marks(target.network)
    fresh = {
        (post.person, post.kind, post.title)
        for post in posts
        if post.person not in people or (people[post.person].pk, post.kind, post.title) not in marks
    }
    ids = dict.fromkeys(post.person for post in posts)
    unknown_people = [person for person in ids if person not in people]
    counts = {
        "people": len(ids),
        "new_people": len(unknown_people),
        "offers": sum(kind == "offer" for _person, kind, _title in fresh),
        "requests": sum(kind == "request" for _person, kind, _title in fresh),
        "already_there": len({(post.person, post.kind, post.title) for post in posts}) - len(fresh),
    }
    notes = [
        _("À publier : %(offers)s offres et %(requests)s demandes de %(people)s personnes.") % counts,
        _("Déjà publiées, laissées telles quelles : %(already_there)s.") % counts,
        _(
            "Sans indication : %(post)s échanges à la fois par annonce ; par membre, %(give)s à donner et"
            " %(receive)s à recevoir."
        )
        % {"post": options.capacity, "give": DEFAULT_GIVE, "receive": DEFAULT_RECEIVE},
    ]
    if unknown_people:
        notes.append(
            _("Personnes absentes de l’annuaire, créées par leur numéro : %(n)s (par exemple « %(name)s »).")
            % {"n": len(unknown_people), "name": _name(unknown_people[0])}
        )
    if target.network is None:
        notes.append(target.created_note)

    def write() -> dict[str, int]:
        network = target.get_or_create()
        everyone = people | _create_people(unknown_people, network.slug, options)
        enrolled = enrol_in_bulk(network, {row.pk: (None, None) for row in everyone.values()}, by=None)
        with console.progress(_("Annonces"), len(posts), options) as move:
            written = import_posts(network, posts, everyone, by=None, progress=move)
        return {"new_people": len(unknown_people), "enrolled": enrolled, "posts": written}

    return console.Plan(table, table.unknown(imports.KNOWN), counts, notes, problems, write, target)


def _name(person: str) -> str:
    # Names are data, not words of the interface: the same whoever imports.
    return f"Membre {person}"


def _check_columns(table: Table) -> list[Problem]:
    """Refuse once, rather than on every line, a file that has neither of the two forms."""
    from reciproque.catalogue.actions import imports

    names = {name for line in table.lines[:1] for name in line.cells}
    missing = [
        column for column in ("kind", "title") if table.lines and not names & set(imports.COLUMNS[column])
    ]
    sentence = _("cette colonne manque. Il faut « kind » et « title », ou « offers » et « requests ».")
    return [Problem(0, column, sentence) for column in missing]


def _known_people(posts: Sequence[CleanPost], target: console.Target) -> dict[str, Person]:
    """Return the people already there, by the id of the file: the directory's, else those of a former import."""
    from reciproque.config.commands.lookups import people_by_external_id

    ids = list(dict.fromkeys(post.person for post in posts))
    people = people_by_external_id(ids)
    if target.network is not None:
        slug = target.network.slug
        former = people_by_external_id([f"{slug}:{person}" for person in ids if person not in people])
        people |= {name.removeprefix(f"{slug}:"): row for name, row in former.items()}
    return people


def _check_people(
    posts: Sequence[CleanPost], people: dict[str, Person], target: console.Target
) -> list[Problem]:
    """Refuse the posts of people who left: nobody could answer for them."""
    from reciproque.config.commands.lookups import people_out_of

    slug_length = len(target.network.slug) if target.network is not None else 50
    out = people_out_of(target.network)
    problems = []
    for line, person in dict.fromkeys((post.line, post.person) for post in posts):
        row = people.get(person)
        if row is None and len(person) + slug_length >= MAX_ID:
            problems.append(Problem(line, "person_id", _("cet identifiant est trop long.")))
        elif row is not None and (not row.is_active or row.pk in out):
            sentence = _("« %(name)s » a quitté le réseau ou l’organisation.")
            problems.append(Problem(line, "person_id", sentence % {"name": row.display_name}))
    return problems


def _create_people(ids: Sequence[str], slug: str, options: argparse.Namespace) -> dict[str, Person]:
    from reciproque.people.actions import CleanPerson, import_people

    clean = [
        CleanPerson(
            line=number,
            external_id=f"{slug}:{person}",
            first_name="",
            last_name=_name(person),
            email=None,
            phone="",
            unit="",
            site="",
            function="",
            level="",
            manager="",
            spoken=[],
            time_zone="Europe/Paris",
            leaves_on=None,
            give=None,
            receive=None,
        )
        for number, person in enumerate(ids, start=1)
    ]
    with console.progress(_("Personnes"), len(clean), options) as move:
        rows = import_people(clean, by=None, progress=move)
    return {name.removeprefix(f"{slug}:"): row for name, row in rows.items()}
