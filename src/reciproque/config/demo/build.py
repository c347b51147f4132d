"""Build the demonstration in an empty database, through the product's own actions."""

from __future__ import annotations

import contextlib
import datetime as dt
import gc
import secrets
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from django.db import connection
from django.db.models import Count
from django.utils import translation

from reciproque.catalogue.actions import pause_post
from reciproque.catalogue.models import Post
from reciproque.catalogue.rules import PostState
from reciproque.config.demo.arrivals import MAIN, SECOND, SECOND_OPENS, Arrivals
from reciproque.config.demo.circles import Groups
from reciproque.config.demo.company import DOMAIN, write_directory
from reciproque.config.demo.declared import Declarations
from reciproque.config.demo.fairs import Fairs
from reciproque.config.demo.history import EVENING, History, Tell
from reciproque.config.demo.learning import Learning
from reciproque.config.demo.lives import OPENS, Life
from reciproque.config.demo.recognition import RECORDED, Recognition
from reciproque.config.demo.scale import Scale
from reciproque.config.demo.scenes import OPENED, Scenes, write_cast
from reciproque.config.demo.sheets import Library
from reciproque.config.demo.surveys import Surveys
from reciproque.config.demo.team import Team
from reciproque.config.demo.texts import texts
from reciproque.config.demo.training import Trainings
from reciproque.config.demo.vectors import encoded_beside
from reciproque.exchanges.models import Exchange, Introduction
from reciproque.exchanges.rules import IntroductionState, Origin
from reciproque.insights import actions as insights
from reciproque.insights.rules import Span
from reciproque.kit import clock
from reciproque.library.models import Sheet
from reciproque.networks.models import Membership
from reciproque.people.actions import create_administrator

# Refusals so recent that the next person proposed still waits for the asker's yes.
RECENT_DAYS = 8
# What is told to those who do not animate: enough for a year’s calendar and a report of each quarter.
TOLD = {Span.MONTH: 12, Span.QUARTER: 8, Span.EVER: 1, Span.YEAR: 2}
TOLD_OF_SMALL = dict.fromkeys(TOLD, 1)
# From so many posts on, encoding their texts is worth a process of its own.
BESIDE = 1000


def build(
    stage: str, folder: Path, *, scale: Scale | None = None, tell: Tell = print, matching: bool = True
) -> Counter[str]:
    """Write the demonstration up to a stage of its life that ends now, and its cast in `folder`."""
    begun, scale = time.monotonic(), scale or Scale()
    history = History(scale, stage, clock.now().date(), tell=tell)
    beside = matching and history.played * scale.posts > BESIDE * scale.days
    vectors = encoded_beside(folder) if beside else contextlib.nullcontext(lambda: None)
    with translation.override("fr"), _hurry(), vectors as keep_vectors:
        tell("Annuaire et réseau…")
        with history.together(told=True), history.on(0, 420):
            _found(history)
            history.react()
        if history.played:
            _plan(history)
            history.live()
            _complete(history)
        history.arrive()
        write_cast(history, folder / "demo-cast.json")
        if matching and history.played:
            keep_vectors()
            with history.together(told=True):
                _match(history)
                history.tell_all()
        if history.played:
            _count(history)
    tell(f"  fait en {time.monotonic() - begun:.0f} s")
    return history.counts


@contextlib.contextmanager
def _hurry() -> Iterator[None]:
    """Let SQLite not wait for the disk: an interrupted build is thrown away and done again."""
    if connection.vendor == "sqlite" and not connection.in_atomic_block:
        with connection.cursor() as cursor:
            cursor.execute("PRAGMA synchronous = OFF")
            cursor.execute("PRAGMA cache_size = -128000")
    # Few things made here die in circles: looking for them less often saves a tenth of the time.
    usual = gc.get_threshold()
    gc.set_threshold(100_000, 50, 50)
    try:
        yield
    finally:
        gc.set_threshold(*usual)


def _found(history: History) -> None:
    history.admin = create_administrator(
        f"administration@{DOMAIN}",
        first_name="Irène",
        last_name="Vasseur",
        password=secrets.token_urlsafe(24),
    )
    write_directory(history.people)
    Arrivals(history).found_main()


def _count(history: History) -> None:
    """Count what the networks bring, and tell what those who do not animate them read: the last periods that ended."""
    history.tell("Chiffres et rapports…")
    for market in history.markets.values():
        network = market.network
        insights.measure_network(network, whole=True)
        insights.release_network(network, latest=TOLD if market is history.markets[MAIN] else TOLD_OF_SMALL)
    insights.release_pictures()


def _plan(history: History) -> None:
    arrivals = history.arrivals = Arrivals(history)
    arrivals.plan()
    scale, main = history.scale, history.markets[MAIN]
    second_opens = history.share(SECOND_OPENS)
    in_second = max(2, scale.declared // 80)
    Declarations(history, main).plan(
        scale.declared - in_second - RECORDED - 1, scale.recorded, start=_after_launch(history, 0.02)
    )
    _plan_lives(history)
    Scenes(history).plan()
    Fairs(history).plan()
    Team(history).plan()
    Library(history, main).plan()
    Groups(history).plan()
    Learning(history).plan()
    Recognition(history).plan()
    Trainings(history).plan()
    Surveys(history).plan()

    def in_the_second(day: int, _minute: int) -> None:
        market = history.markets[SECOND]
        Declarations(history, market).plan(in_second, 0, start=day + scale.days // 20)
        _plan_second_lives(history)

    history.at(second_opens, 1100, in_the_second)


def _after_launch(history: History, part: float) -> int:
    """Return a day by which this part of the four years is past, and the launch too: it sees no exchange yet."""
    return max(history.share(part), history.scale.played("launch"))


def _spread(history: History, name: str, count: int, start: int, slope: float) -> list[int]:
    """Return that many days, more and more frequent as the network grows."""
    rng = history.rng("spread", name)
    span = history.scale.days - start
    days = [start + int(span * ((n + rng.random()) / count) ** slope) for n in range(count)]
    return [min(day, history.scale.days - 1) for day in days]


def _plan_lives(history: History) -> None:
    scale, main = history.scale, history.markets[MAIN]
    start = _after_launch(history, 0.03) + 3
    opening = scale.followed - scale.managers_followed - OPENED - scale.made
    _plan_kind(history, main.name, "opening", opening, start, 0.62)
    for ending in ("refused", "lapsed", "withdrawn", "joiners"):
        _plan_kind(history, main.name, ending, getattr(scale, ending), start, 0.62)


def _plan_second_lives(history: History) -> None:
    scale = history.scale
    start = history.share(SECOND_OPENS) + max(6, scale.days // 40)
    _plan_kind(history, SECOND, "opening", scale.managers_followed, start + 6, 0.8)
    _plan_kind(history, SECOND, "unmatched", scale.unmatched, start, 0.8)
    _plan_kind(history, SECOND, "refused", max(1, scale.refused // 15), start, 0.8)
    _plan_kind(history, SECOND, "lapsed", max(1, scale.lapsed // 15), start, 0.8)


def _plan_kind(history: History, network: str, name: str, count: int, start: int, slope: float) -> None:
    """Plan the lives of one kind: endings are dealt like cards, so that each happens whatever the scale."""
    rng = history.rng("endings", network, name)
    endings = (
        [OPENS[n % len(OPENS)] for n in range(count)]
        if name == "opening"
        else [name.replace("joiners", "joining")]
    )
    rng.shuffle(endings)
    for number, day in enumerate(_spread(history, f"{network} {name}", count, start, slope)):
        life = Life(history, history.markets[network], f"{name}-{number}", endings[number % len(endings)])
        life.plan(day)


def _complete(history: History) -> None:
    """On the last evening of the four years, make up for what chance prevented: the figures are exact."""
    if history.stage != "year-end":
        return
    scale, counts, last = history.scale, history.counts, history.days.last
    main = history.markets[MAIN]
    with history.together(told=False), history.on(last, EVENING + 5):
        for number in range(scale.posts):
            if counts["posts"] >= scale.posts:
                break
            member = history.rng("late posts", number).choice(main.members)
            if member.until is None:
                history.arrivals._publish(member, ("offer", "request")[number % 2], f"late-{number}")(
                    last, EVENING
                )
        for number in range(10 * scale.followed):
            if counts["followed"] >= scale.followed:
                break
            life = Life(history, main, f"late-{number}", "usual")
            life.ask(last, EVENING, 0)
            if life.introduction_pk:
                life.accept(last, EVENING)
        for number in range(10 * scale.declared):
            if counts["declared"] >= scale.declared:
                break
            Declarations(history, main).declare(last, EVENING, f"late-{number}")
        _pause_one(history)
        history.react()


def _pause_one(history: History) -> None:
    """Let one offer rest when chance let none: every state is to be seen."""
    main = history.markets[MAIN]
    if Post.objects.filter(network=main.network, state=PostState.PAUSED).exists():
        return
    ordinary = [member.person.pk for member in main.members if not member.colleague.role]
    posts = Post.objects.open().filter(network=main.network, author__in=ordinary, author__is_active=True)
    post = posts.filter(introductions_for=None, introductions_from=None).order_by("pk").first()
    if post is not None:
        pause_post(post, by=post.author)


def _match(history: History) -> None:
    """Bring the suggestions up to date in one go: nothing was told to `matching` while the history was lived."""
    from reciproque.matching import actions as matching

    history.tell("Rapprochements…")
    for market in history.markets.values():
        matching.compute_suggestions(market.network)
    matching.tend_map()
    for sheet in Sheet.objects.open().select_related("network", "trade").prefetch_related("topics"):
        matching.take_in_sheet(sheet)
    since = clock.now() - dt.timedelta(days=RECENT_DAYS)
    states = [IntroductionState.REFUSED, IntroductionState.LAPSED, IntroductionState.NOT_MATCHED]
    ended = Introduction.objects.filter(state__in=states, ended_at__gte=since)
    for introduction in ended.select_related(
        "network", "requester", "offerer", "initiator", "request", "offer"
    ):
        matching.propose_next(introduction)
    main, rng = history.markets[MAIN], history.rng("alerts")
    for member in [
        main.by_person[history.cast("member").person.pk],
        *rng.sample(main.members, min(12, len(main.members))),
    ]:
        if member.until is None:
            topic = rng.choice(texts()).subject.topic
            matching.create_alert(main.network, member.person, topic, by=member.person)


def figures() -> dict[str, object]:
    """Return what the database holds, to be compared with what the demonstration promises."""
    exchanges = Exchange.objects.all()
    return {
        "members": Membership.objects.filter(network__slug="savoirs", state="member").count(),
        "posts": Post.objects.exclude(state="draft").count(),
        "exchanges": exchanges.count(),
        "followed": exchanges.filter(origin=Origin.FOLLOWED).count(),
        "declared": exchanges.filter(origin=Origin.DECLARED).count(),
        "exchange states": _by_state(Exchange),
        "introduction states": _by_state(Introduction),
        "post states": _by_state(Post),
    }


def _by_state(model: type) -> dict[str, int]:
    return dict(model.objects.order_by("state").values_list("state").annotate(n=Count("pk")))  # type: ignore[attr-defined]
