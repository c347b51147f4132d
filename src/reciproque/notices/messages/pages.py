"""Where each message leads: the page that opens the exact step, as a path of this site."""

from reciproque.notices.messages.story import Story
from reciproque.notices.rules import PAGES
from reciproque.people.models import Person


def page(name: str, **parts: str) -> str:
    """Return the path of a page by its name."""
    return PAGES[name].format(**parts)


def _slug(story: Story) -> str:
    return story.network.slug if story.network else ""


def home(story: Story, reader: Person) -> str:
    return page("home:home")


def introduction(story: Story, reader: Person) -> str:
    """The introduction; for a mediator whose part is over, their own list."""
    two = (story.data.get("requester"), story.data.get("offerer"), story.data.get("mediator"))
    if reader.public_id in two:
        return page("exchanges:introduction", id=story.fact.subject_id)
    return page("exchanges:mine")


def next_person(story: Story, reader: Person) -> str:
    return page("exchanges:next", id=story.fact.subject_id)


def exchange(story: Story, reader: Person) -> str:
    return page("exchanges:exchange", id=story.fact.subject_id)


def opened_exchange(story: Story, reader: Person) -> str:
    """The exchange that the introduction opened."""
    if not story.exchange_opened:
        return introduction(story, reader)
    return page("exchanges:exchange", id=story.exchange_opened)


def thread(story: Story, reader: Person) -> str:
    """The introduction or the exchange that holds the conversation."""
    if story.fact.subject_kind == "introduction":
        return page("exchanges:introduction", id=story.fact.subject_id)
    return exchange(story, reader)


def review(story: Story, reader: Person) -> str:
    return page("exchanges:review", id=story.fact.subject_id)


def confirm(story: Story, reader: Person) -> str:
    return page("exchanges:confirm", id=story.fact.subject_id)


def meeting(story: Story, reader: Person) -> str:
    return page("agenda:meeting", id=story.data["meeting"])


def held(story: Story, reader: Person) -> str:
    return page("agenda:held", id=story.data["meeting"])


def post(story: Story, reader: Person) -> str:
    return page("posts:post", id=story.fact.subject_id)


def my_posts(story: Story, reader: Person) -> str:
    return page("posts:mine", slug=_slug(story))


def network(story: Story, reader: Person) -> str:
    return page("join:network", slug=_slug(story))


def helping(story: Story, reader: Person) -> str:
    return page("animation:helping", slug=_slug(story))


def charter(story: Story, reader: Person) -> str:
    return page("join:charter", slug=_slug(story))


def found_post(story: Story, reader: Person) -> str:
    """The offer or request that was waited for, or what is found in the network."""
    if story.fact.subject_kind == "post":
        return post(story, reader)
    return suggestions(story, reader)


def suggestions(story: Story, reader: Person) -> str:
    return page("find:suggestions", slug=_slug(story))


def suggestion(story: Story, reader: Person) -> str:
    return page("matching:suggestion", id=story.fact.subject_id)


def loop(story: Story, reader: Person) -> str:
    return page("matching:loop", id=story.fact.subject_id)


def nudge(story: Story, reader: Person) -> str:
    return page("matching:nudge", id=story.fact.subject_id)


def applicants(story: Story, reader: Person) -> str:
    return page("animation:members", slug=_slug(story)) + "?state=applied"


def accompany(story: Story, reader: Person) -> str:
    return page("animation:introduction", slug=_slug(story), id=story.fact.subject_id)


def gathering(story: Story, reader: Person) -> str:
    return page("gatherings:gathering", id=story.fact.subject_id)


def own_entries(story: Story, reader: Person) -> str:
    return page("gatherings:mine", id=story.fact.subject_id)


def published_entry(story: Story, reader: Person) -> str:
    return page("posts:post", id=story.data["post"])


def new_offer(story: Story, reader: Person) -> str:
    return page("posts:new", slug=_slug(story), kind="offer")


def new_request(story: Story, reader: Person) -> str:
    return page("posts:new", slug=_slug(story), kind="request")


def agenda(story: Story, reader: Person) -> str:
    return page("agenda:agenda")


def sheet(story: Story, reader: Person) -> str:
    return page("library:sheet", id=story.fact.subject_id)


def sheet_authors(story: Story, reader: Person) -> str:
    return page("library:authors", id=story.fact.subject_id)


def case(story: Story, reader: Person) -> str:
    return page("library:case", id=story.fact.subject_id)


def answer_sheet(story: Story, reader: Person) -> str:
    return page("library:sheet", id=story.data["sheet"])


def talk(story: Story, reader: Person) -> str:
    return page("library:talk", id=story.fact.subject_id)
