"""Who may see and change an offer or a request."""

from reciproque.catalogue.models import Post, Topic
from reciproque.catalogue.rules import PostState
from reciproque.kit.errors import NotThere
from reciproque.networks.access import accompanies, has_role
from reciproque.networks.rules import Role
from reciproque.people.access import can_administer, is_present
from reciproque.people.models import Person


def get_post(person: Person, public_id: str) -> Post:
    """Return a post this person may see, with what its page shows; a stranger meets `NotThere`."""
    post = (
        Post.objects.visible_to(person)
        .select_related("network", "author", "author__unit", "author__site", "written_by")
        .prefetch_related("topics")
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
    topic = Topic.objects.filter(public_id=public_id).select_related("merged_into").first()
    if topic is None:
        raise NotThere
    while topic.merged_into is not None:
        topic = topic.merged_into
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
