"""Who may see and change an offer or a request."""

from reciproque.catalogue.models import Post, Topic
from reciproque.catalogue.rules import PostState
from reciproque.kit.errors import NotThere
from reciproque.networks.access import is_animator
from reciproque.people.access import is_present
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
    # An animator also reads what is paused or withdrawn (never drafts), to accompany and moderate.
    post = (
        Post.objects.exclude(state=PostState.DRAFT)
        .select_related("network", "author", "author__unit", "author__site", "written_by")
        .filter(public_id=public_id)
        .first()
    )
    if post is None or not is_animator(person, post.network):
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
    return is_present(person) and (post.author_id == person.pk or is_animator(person, post.network))
