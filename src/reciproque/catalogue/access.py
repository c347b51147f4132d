"""Who may see and change an offer or a request."""

from collections.abc import Callable, Collection, Iterable
from typing import Any

from django.db.models import Prefetch, Q

from reciproque.catalogue.models import Entry, Framework, Post, Topic
from reciproque.catalogue.rules import PostState
from reciproque.kit.errors import NotThere
from reciproque.networks.access import accompanies, has_role
from reciproque.networks.models import Membership, Network, RoleGrant
from reciproque.networks.rules import Role
from reciproque.people.access import can_administer, is_present
from reciproque.people.models import Person


def get_post(person: Person, public_id: str) -> Post:
    """Return a post this person may see, with what its page shows; a stranger meets `NotThere`."""
    post = (
        Post.objects.visible_to(person)
        .select_related("network", "author", "author__unit", "author__site", "written_by")
        .prefetch_related(Prefetch("topics", Topic.objects.named()))
        .filter(public_id=public_id)
        .first()
    )
    return post if post is not None else _animators_view(person, public_id)


def _animators_view(person: Person, public_id: str) -> Post:
    # An animator also reads what is paused or withdrawn (never drafts, nor what a report hid), to accompany.
    post = (
        Post.objects.exclude(state__in=[PostState.DRAFT, PostState.HIDDEN, PostState.REMOVED])
        .select_related("network", "author", "author__unit", "author__site", "written_by")
        .filter(public_id=public_id)
        .first()
    )
    if post is None or not accompanies(person, post.network, post.author):
        raise NotThere
    return post


def get_topic(public_id: str) -> Topic:
    """Return a topic, or the one that took it in when merged."""
    topic = Topic.objects.named().filter(public_id=public_id).first()
    if topic is None:
        raise NotThere
    while topic.merged_into_id is not None:
        topic = Topic.objects.named().get(pk=topic.merged_into_id)
    return topic


def can_change(person: Person, post: Post) -> bool:
    """Tell whether this person may edit, pause, renew or withdraw the post: its author, or an animator for them."""
    return is_present(person) and (
        post.author_id == person.pk or accompanies(person, post.network, post.author)
    )


def can_moderate(person: Person, post: Post) -> bool:
    """Tell whether this person may take the post out of sight after a report: never its author."""
    return post.author_id != person.pk and (
        can_administer(person) or has_role(person, post.network, Role.ANIMATOR)
    )


def get_own_post(person: Person, public_id: str) -> Post:
    """Return one's own post, whatever became of it; anyone else meets `NotThere`."""
    post = Post.objects.filter(author=person, public_id=public_id).select_related("network", "author").first()
    if post is None or not is_present(person):
        raise NotThere
    return post


# What the floors above say of topics whose meaning nobody but an administrator changes: registered at the start.
_settled: list[Callable[[Collection[int]], bool]] = []


def keep_meaning(says: Callable[[Collection[int]], bool]) -> None:
    """Have `says` asked, of topics by primary key, whether people gave their word on what they mean."""
    if says not in _settled:
        _settled.append(says)


def is_settled(topics: Iterable[Topic]) -> bool:
    """Tell whether people gave their word on what one of these topics means: it is renamed by administrators only."""
    keys = [topic.pk for topic in topics]
    return any(says(keys) for says in _settled)


def networks_using(topics: Iterable[Topic]) -> set[int]:
    """Return the keys of the networks in which something carries one of these topics, whatever it is.

    Every kind of row that names a topic and belongs to a network counts, those of the floors above too; and, where
    a row names a topic without belonging to a network (someone's skill), what hangs on it and does.
    """
    keys = [topic.pk for topic in topics]
    rows = [
        model._default_manager.filter(**{f"{path}__in": keys}).order_by().values_list("network_id", flat=True)
        for model, path in _paths_to_topics()
    ]
    return set(rows[0].union(*rows[1:])) - {None} if rows else set()


def _pointing_at(model: Any) -> list[tuple[Any, str]]:
    """Return the models that refer to this one, those that it does not know by name too, and by which field."""
    relations = [row for row in model._meta.get_fields(include_hidden=True) if row.auto_created]
    return [(row.related_model, row.field.name) for row in relations if not row.concrete]


def _paths_to_topics() -> list[tuple[Any, str]]:
    found = []
    for model, field in _pointing_at(Topic):
        if _in_a_network(model):
            found.append((model, field))
        elif model is not Topic:
            hanging = [(row, name) for row, name in _pointing_at(model) if _in_a_network(row)]
            found += [(row, f"{name}__{field}") for row, name in hanging]
    return found


def _in_a_network(model: Any) -> bool:
    return any(field.name == "network" for field in model._meta.get_fields())


def _animated(person: Person, networks: set[int]) -> set[int]:
    """Return which of these networks this person animates, in whole."""
    grants = RoleGrant.objects.held().filter(person=person, role=Role.ANIMATOR, network__in=networks)
    return set(grants.filter(site=None, unit=None).values_list("network_id", flat=True))


def can_name(person: Person, *topics: Topic) -> bool:
    """Tell whether this person may name and link these topics: each is used in a network they animate."""
    if can_administer(person):
        return True
    return is_present(person) and all(bool(_animated(person, networks_using([topic]))) for topic in topics)


def can_rename(person: Person, *topics: Topic) -> bool:
    """Tell whether this person may rename, file and merge these topics: they animate every network that uses them.

    Not what colleagues confirmed or certify: it would say something else than what they gave their word for.
    """
    if can_administer(person):
        return True
    if not is_present(person) or is_settled(topics):
        return False
    used = [networks_using([topic]) for topic in topics]
    return all(networks and _animated(person, networks) == networks for networks in used)


def used_elsewhere(person: Person, topic: Topic) -> tuple[list[Network], bool]:
    """Return the networks that use a topic and that this person does not animate in whole, and whether some are not told.

    Told are their own, where something open carries it: elsewhere, or of a draft, the name alone would say too much.
    """
    keys = networks_using([topic])
    keys -= _animated(person, keys)
    theirs = Q(memberships__in=Membership.objects.current().filter(person=person)) | Q(
        roles__in=RoleGrant.objects.held().filter(person=person)
    )
    posts = Post.objects.open().filter(topics__in=[topic, *topic.merged.all()])
    rows = Network.objects.filter(theirs, pk__in=keys).filter(pk__in=posts.order_by().values("network"))
    known = list(rows.distinct().order_by("name_fr", "pk"))
    return known, len(known) < len(keys)


def get_framework(person: Person, slug: str) -> Framework:
    """Return a list of skills made by others; whoever is signed in may read it."""
    framework = Framework.objects.filter(slug=slug).first()
    if framework is None or not is_present(person):
        raise NotThere
    return framework


def get_entry(person: Person, public_id: str) -> Entry:
    """Return one skill of a framework, with where it stands in it."""
    entry = Entry.objects.filter(public_id=public_id).select_related("framework", "parent").first()
    if entry is None or not is_present(person):
        raise NotThere
    return entry


def get_curated(person: Person, public_id: str, network: Network) -> Topic:
    """Return a topic used in a network, as those who may put it in order see it; anyone else meets `NotThere`."""
    topic = get_topic(public_id)
    animates = can_administer(person) or network.pk in _animated(person, {network.pk})
    used = can_administer(person) or network.pk in networks_using([topic, *topic.merged.all()])
    if not animates or not used:
        raise NotThere
    return topic
