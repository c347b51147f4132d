"""Every figure computed again from the rows, as plain Python reads them: nothing here knows how the program counts."""

from __future__ import annotations

import datetime as dt
import math
import statistics
from collections import defaultdict
from collections.abc import Callable
from typing import Any
from zoneinfo import ZoneInfo

from django.apps import apps

ZONES = {"FR": "Europe/Paris", "NC": "Pacific/Noumea", "US": "America/New_York", "JP": "Asia/Tokyo"}
MONTHS = {"month": 1, "quarter": 3, "year": 12}
YES = {"accepted", "agreed", "not_matched", "cancelled", "withdrawn"}
TABLES = {
    "people": "people.Person",
    "units": "people.Unit",
    "sites": "people.Site",
    "networks": "networks.Network",
    "openings": "networks.Opening",
    "memberships": "networks.Membership",
    "pool": "networks.PoolMember",
    "posts": "catalogue.Post",
    "topics": "catalogue.Topic",
    "introductions": "exchanges.Introduction",
    "exchanges": "exchanges.Exchange",
    "parts": "exchanges.ExchangePerson",
    "reviews": "exchanges.Review",
    "threads": "exchanges.Thread",
    "messages": "exchanges.ThreadMessage",
    "sheets": "library.Sheet",
    "authors": "library.SheetAuthor",
    "ratings": "library.Rating",
    "cases": "library.UseCase",
    "costs": "insights.Costs",
}

Counted = list[tuple[int, Any]]  # (whose, what it says) for each thing counted


class World:
    """All the rows, and one network and period to compute figures for."""

    def __init__(self, network: int, span: str, moment: dt.datetime, now: dt.datetime) -> None:
        for name, label in TABLES.items():
            setattr(self, name, list(apps.get_model(label)._base_manager.order_by("pk").values()))
        post_topics = apps.get_model("catalogue.Post").topics.through
        self.post_topics = list(post_topics.objects.values())
        self.network = next(row for row in self.networks if row["id"] == network)  # type: ignore[attr-defined]
        self.now = now
        self.zone = ZoneInfo(ZONES[self.network["country"]])
        self.first, self.after = self._days(span, moment)
        self.begins, self.ends = self._midnight(self.first), self._midnight(self.after)
        # What happens at this very moment is counted.
        self.until = min(self.ends, now + dt.timedelta(microseconds=1))
        self.person = {row["id"]: row for row in self.people}  # type: ignore[attr-defined]

    def _days(self, span: str, moment: dt.datetime) -> tuple[dt.date, dt.date]:
        day = moment.astimezone(self.zone).date()
        if span == "ever":
            return dt.date(1950, 1, 1), dt.date(2200, 1, 1)
        size = MONTHS[span]
        month = (day.month - 1) // size * size
        last = day.year * 12 + month + size
        return dt.date(day.year, month + 1, 1), dt.date(last // 12, last % 12 + 1, 1)

    def _midnight(self, day: dt.date) -> dt.datetime:
        return dt.datetime(day.year, day.month, day.day, tzinfo=self.zone)

    def day(self, moment: dt.datetime) -> dt.date:
        return moment.astimezone(self.zone).date()

    def within(self, moment: dt.datetime | None) -> bool:
        return moment is not None and self.begins <= moment < self.ends

    def mine(self, name: str) -> list[dict[str, Any]]:
        return [row for row in getattr(self, name) if row["network_id"] == self.network["id"]]

    # -- what everything is made of

    def present(self, person: int) -> bool:
        row = self.person[person]
        return row["is_active"] or (row["left_at"] is not None and row["left_at"] >= self.until)

    def members(self) -> set[int]:
        found = set()
        for row in self.mine("memberships"):
            still = row["state"] == "member" or (row["state"] == "left" and row["left_at"] >= self.until)
            if still and row["joined_at"] < self.until and self.present(row["person_id"]):
                found.add(row["person_id"])
        return found

    def eligible(self) -> set[int]:
        day = self.day(self.until - dt.timedelta(microseconds=1))
        rings = [ring for ring in self.mine("openings") if ring["opens_on"] <= day]
        units = {row["id"]: row["path"] for row in self.units}  # type: ignore[attr-defined]
        sites = {row["id"]: row["name"] for row in self.sites}  # type: ignore[attr-defined]

        def admits(ring: dict[str, Any], row: dict[str, Any]) -> bool:
            path = units.get(row["unit_id"], "")
            branch = any((path + " > ").startswith(unit + " > ") for unit in ring["units"])
            return (
                (not ring["units"] or branch)
                and (not ring["levels"] or row["level"] in ring["levels"])
                and (not ring["sites"] or sites.get(row["site_id"]) in ring["sites"])
                and (not ring["functions"] or row["function"].lower() in ring["functions"])
            )

        return {
            row["id"]
            for row in self.person.values()
            if row["joined_at"] < self.until
            and self.present(row["id"])
            and any(admits(ring, row) for ring in rings)
        }

    def took_place(self, row: dict[str, Any], since: dt.datetime, until: dt.datetime) -> bool:
        if row["state"] not in ("finished", "closed"):
            return False
        if row["held_on"] is not None:
            last = self.day(until - dt.timedelta(microseconds=1))
            return self.day(since) <= row["held_on"] <= last
        over = row["finished_at"] or row["closed_at"]
        return over is not None and since <= over < until

    def active(self) -> set[int]:
        since, until, found = self.until - dt.timedelta(days=365), self.until, set()

        def lately(moment: dt.datetime | None) -> bool:
            return moment is not None and since <= moment < until

        found |= {row["author_id"] for row in self.mine("posts") if lately(row["published_at"])}
        found |= {row["initiator_id"] for row in self.mine("introductions") if lately(row["asked_at"])}
        found |= {row["asker_id"] for row in self.mine("cases") if lately(row["asked_at"])}
        held = {row["id"] for row in self.mine("exchanges") if self.took_place(row, since, until)}
        found |= {
            row["person_id"]
            for row in self.parts  # type: ignore[attr-defined]
            if row["exchange_id"] in held and row["left_at"] is None
        }
        sheets = {row["id"]: row for row in self.mine("sheets")}
        for row in self.authors:  # type: ignore[attr-defined]
            sheet = sheets.get(row["sheet_id"])
            if sheet and row["state"] == "accepted" and lately(sheet["published_at"]):
                found.add(row["person_id"])
        found |= {
            row["person_id"]
            for row in self.ratings  # type: ignore[attr-defined]
            if row["sheet_id"] in sheets and lately(row["at"])
        }
        return found & self.members()

    def open_posts(self) -> list[dict[str, Any]]:
        return [row for row in self.mine("posts") if self._was_open(row)]

    def _was_open(self, row: dict[str, Any]) -> bool:
        if (
            row["published_at"] is None
            or row["published_at"] >= self.until
            or not self.present(row["author_id"])
        ):
            return False
        if row["state"] == "published":
            return True
        if row["state"] in ("fulfilled", "expired", "withdrawn"):
            return row["closed_at"] >= self.until
        if row["state"] == "hidden":
            return row["hidden_from"] == "published" and row["hidden_at"] >= self.until
        if row["state"] == "removed":
            closed = row["closed_at"]
            return row["removed_at"] >= self.until and (closed is None or closed >= self.until)
        return False

    def first_yes(self, post: int) -> dt.datetime | None:
        found = [
            row["answered_at"]
            for row in self.introductions  # type: ignore[attr-defined]
            if row["request_id"] == post and row["state"] in YES and row["answered_at"] is not None
        ]
        return min(found, default=None)

    def firsts(self, side: str) -> dict[int, int]:
        """{exchange: the first person on that side}"""
        found: dict[int, int] = {}
        for row in self.parts:  # type: ignore[attr-defined]
            if row["side"] == side:
                found.setdefault(row["exchange_id"], row["person_id"])
        return found

    def held(self) -> list[dict[str, Any]]:
        return [row for row in self.mine("exchanges") if self.took_place(row, self.begins, self.ends)]

    def closed_reviews(self) -> list[dict[str, Any]]:
        closed = {row["id"] for row in self.mine("exchanges") if row["state"] == "closed"}
        # One that its author took back counts nowhere.
        return [
            row
            for row in self.reviews  # type: ignore[attr-defined]
            if row["exchange_id"] in closed and row["withdrawn_at"] is None
        ]

    def written(self) -> list[dict[str, Any]]:
        return [row for row in self.closed_reviews() if self.within(row["written_at"])]

    def exchanged(self, side: str) -> set[int]:
        early = dt.datetime(1901, 1, 1, tzinfo=dt.UTC)
        held = {row["id"] for row in self.mine("exchanges") if self.took_place(row, early, self.until)}
        return {
            row["person_id"]
            for row in self.parts  # type: ignore[attr-defined]
            if row["exchange_id"] in held and row["side"] == side and row["left_at"] is None
        }

    def ringed(self) -> set[int]:
        early = dt.datetime(1901, 1, 1, tzinfo=dt.UTC)
        held = {row["id"] for row in self.mine("exchanges") if self.took_place(row, early, self.until)}
        to: dict[int, set[int]] = defaultdict(set)
        rows = [r for r in self.parts if r["exchange_id"] in held and r["left_at"] is None]  # type: ignore[attr-defined]
        for giver in rows:
            for learner in rows:
                same = giver["exchange_id"] == learner["exchange_id"]
                if same and giver["side"] == "offerer" and learner["side"] == "requester":
                    to[giver["person_id"]].add(learner["person_id"])

        def reached(start: int) -> set[int]:
            seen: set[int] = set()
            left = list(to[start])
            while left:
                one = left.pop()
                if one not in seen:
                    seen.add(one)
                    left += to[one]
            return seen

        far = {person: reached(person) for person in self.person}
        return {
            person
            for person in self.person
            if len({other for other in far[person] if person in far[other]} - {person}) >= 2
        }

    def funnel(self) -> list[list[dict[str, Any]]]:
        exchange = {row["id"]: row for row in self.exchanges}  # type: ignore[attr-defined]
        of = {
            row["introduction_id"]: exchange[row["exchange_id"]]
            for row in self.parts  # type: ignore[attr-defined]
            if row["introduction_id"]
        }
        said: dict[int, list[str]] = defaultdict(list)
        for row in self.closed_reviews():
            said[row["exchange_id"]].append(row["satisfaction"])
        asked = [row for row in self.mine("introductions") if self.within(row["asked_at"])]
        agreed = [row for row in asked if row["state"] == "agreed"]
        held = [row for row in agreed if row["id"] in of and of[row["id"]]["state"] in ("finished", "closed")]
        reviewed = [row for row in held if said[of[row["id"]]["id"]]]
        satisfied = [row for row in reviewed if all(s in "34" for s in said[of[row["id"]]["id"]])]
        return [asked, agreed, held, reviewed, satisfied]

    # -- savoirs

    def savoirs(  # noqa: C901 - one reading, in the order of the rows
        self,
    ) -> tuple[dict[int, dict[str, set[int]]], dict[int, set[str]]]:
        """{savoir: {offers, requests, holders, writers}}, and the reasons why each is at risk today."""
        into = {row["id"]: row["merged_into_id"] or row["id"] for row in self.topics}  # type: ignore[attr-defined]
        posts = {
            row["id"]: row
            for row in self.mine("posts")
            if row["state"] == "published" and self.person[row["author_id"]]["is_active"]
        }
        found: dict[int, dict[str, set[int]]] = defaultdict(lambda: defaultdict(set))
        since: dict[int, list[dt.date]] = defaultdict(list)
        waiting = set()
        asked = {row["request_id"] for row in self.mine("introductions")}
        for link in self.post_topics:
            post = posts.get(link["post_id"])
            if post is None:
                continue
            topic = into[link["topic_id"]]
            found[topic][post["kind"] + "s"].add(post["id"])
            found[topic]["writers"].add(post["author_id"])
            if post["kind"] == "offer":
                found[topic]["holders"].add(post["author_id"])
                since[topic].append(post["published_at"].astimezone(dt.UTC).date())
            elif post["id"] not in asked and post["published_at"] <= self.now - dt.timedelta(days=21):
                waiting.add(topic)
        last: dict[int, dt.date] = {}
        all_topics = defaultdict(set)
        for link in self.post_topics:
            all_topics[link["post_id"]].add(into[link["topic_id"]])
        for row in self.mine("exchanges"):
            if row["state"] in ("finished", "closed"):
                on = row["held_on"] or (row["finished_at"] or row["closed_at"]).date()
                for topic in all_topics[row["offer_id"]] | all_topics[row["request_id"]]:
                    last[topic] = max(last.get(topic, on), on)
        old = self.now.date() - dt.timedelta(days=365)
        risks: dict[int, set[str]] = defaultdict(set)
        for topic in {*found, *last}:
            holders = found[topic]["holders"] if topic in found else set()
            if topic in waiting:
                risks[topic].add("sought")
            if 0 < len(holders) <= 2:
                risks[topic].add("fragile")
            newest = last.get(topic) or min(since[topic], default=self.now.date())
            if (holders or topic in last) and newest < old:
                risks[topic].add("fading")
        mentioned = {key: row for key, row in found.items() if row["offers"] or row["requests"]}
        return mentioned, {key: value for key, value in risks.items() if value}

    # -- where people are

    def group(self, cut: str, person: int) -> str:
        row = self.person[person]
        if cut == "level":
            return row["level"] or "none"
        if cut == "site":
            return {s["id"]: s["public_id"] for s in self.sites}.get(row["site_id"], "none")  # type: ignore[attr-defined]
        paths = {unit["id"]: unit["path"].split(" > ") for unit in self.units}  # type: ignore[attr-defined]
        if row["unit_id"] is None:
            return "none"
        rings = [ring["units"] for ring in self.mine("openings")]
        named = [path.split(" > ") for ring in rings for path in ring]
        covered = named if named and all(rings) else list(paths.values())
        top: list[str] = []
        while (
            all(len(path) > len(top) for path in covered) and len({path[len(top)] for path in covered}) == 1
        ):
            top = covered[0][: len(top) + 1]
        path = paths[row["unit_id"]]
        branch = path[: len(top) + 1] if path[: len(top)] == top else path[:1]
        ids = {unit["path"]: unit["public_id"] for unit in self.units}  # type: ignore[attr-defined]
        return ids[" > ".join(branch)]

    def distance(self, one: int, other: int) -> int | None:
        """Return the number of steps between the units of two people, by climbing; None when one is not known."""
        paths = {unit["id"]: unit["path"].split(" > ") for unit in self.units}  # type: ignore[attr-defined]
        first, second = paths.get(self.person[one]["unit_id"]), paths.get(self.person[other]["unit_id"])
        if first is None or second is None:
            return None
        steps = 0
        first, second = list(first), list(second)
        while first != second:
            if len(first) >= len(second):
                first.pop()
            else:
                second.pop()
            steps += 1
        return steps

    def spent(self) -> float | None:
        """Add up, day by day, what the account in force says a day costs."""
        day = max(self.first, self.day(self.network["created_at"]))
        after = min(self.after, self.day(self.until) + dt.timedelta(days=1))
        total = 0.0
        accounts = sorted(self.mine("costs"), key=lambda row: row["since"])
        if day >= after:
            return None
        while day < after:
            known = [row for row in accounts if row["since"] <= day]
            if not known:
                return None
            parts = [known[-1][name] for name in ("animation_hours", "hour_cost", "tools", "events")]
            if None in parts:
                return None
            hours, price, tools, events = parts
            total += float(hours * price + tools + events) / 365
            day += dt.timedelta(days=1)
        return total


def rows_of(world: World) -> dict[str, tuple[Counted, Counted | None]]:
    """Return what each figure counts, and out of what: only names of indicators are known here."""
    w = world
    people: Callable[[set[int]], Counted] = lambda found: [(person, 1) for person in found]  # noqa: E731
    members, active, eligible = w.members(), w.active(), w.eligible()
    pool = {
        row["person_id"]
        for row in w.mine("pool")
        if row["added_at"] < w.until
        and (row["left_at"] is None or row["left_at"] >= w.until)
        and w.present(row["person_id"])
    }
    posts = {
        kind: [row for row in w.mine("posts") if row["kind"] == kind and w.within(row["published_at"])]
        for kind in ("offer", "request")
    }
    open_posts = w.open_posts()
    openers = {
        kind: {row["author_id"] for row in open_posts if row["kind"] == kind} for kind in ("offer", "request")
    }
    wait = dt.timedelta(days=w.network["answer_days"])
    due = [row for row in posts["request"] if row["published_at"] <= w.now - wait]
    in_time = [
        row
        for row in due
        if (yes := w.first_yes(row["id"])) is not None and yes <= row["published_at"] + wait
    ]
    requests = [
        row for row in w.mine("posts") if row["kind"] == "request" and row["published_at"] is not None
    ]
    found = [(row, w.first_yes(row["id"])) for row in requests]
    written: Callable[[list[dict[str, Any]]], Counted] = lambda rows: [  # noqa: E731
        (row["author_id"], row) for row in rows
    ]
    asked, agreed, funnel_held, reviewed, satisfied = (
        [(row["requester_id"], row) for row in step] for step in w.funnel()
    )
    learners, givers = w.firsts("requester"), w.firsts("offerer")
    held = [(learners[row["id"]], row) for row in w.held() if row["id"] in learners]
    pairs = [(one, givers[row["id"]]) for one, row in held if row["id"] in givers]

    def crossing(field: str) -> tuple[Counted, Counted]:
        known = [
            (one, other)
            for one, other in pairs
            if w.person[one][field] not in (None, "") and w.person[other][field] not in (None, "")
        ]
        return [(a, b) for a, b in known if w.person[a][field] != w.person[b][field]], known

    number: dict[int, int] = defaultdict(int)
    given = [givers[row["id"]] for row in w.held() if row["id"] in givers]
    for giver in given:
        number[giver] += 1
    busiest = sorted(number, key=lambda person: (-number[person], person))[: math.ceil(len(number) / 10)]
    reviews = w.written()
    used = [row for row in reviews if row["side"] == "requester" and row["used"]]
    again = [row for row in reviews if row["again"] is not None]
    already = [row for row in used if row["used"] == "already"]
    learned, passed = w.exchanged("requester"), w.exchanged("offerer")
    threads = {row["id"] for row in w.mine("threads")}
    messages = [row for row in w.messages if row["thread_id"] in threads]  # type: ignore[attr-defined]
    sent = [row for row in messages if w.within(row["written_at"])]
    followed = [
        row
        for row in sent
        if any(
            other["thread_id"] == row["thread_id"]
            and other["written_at"] > row["written_at"]
            and other["author_id"] != row["author_id"]
            for other in messages
        )
    ]
    distances = [(one, w.distance(one, other)) for one, other in pairs]
    began = [
        (row["person_id"], row)
        for row in w.mine("memberships")
        if row["state"] in ("member", "left") and w.within(row["joined_at"])
    ]
    return {
        "members.eligible": (people(eligible), None),
        "members.members": (people(members), None),
        "members.joined": (began, None),
        "members.active": (people(active), None),
        "members.engagement": (people(active), people(members)),
        "members.reach": (people(active & eligible), people(eligible)),
        "posts.offers": (written(posts["offer"]), None),
        "posts.requests": (written(posts["request"]), None),
        "posts.open": (written(open_posts), None),
        "posts.both": (people(members & openers["offer"] & openers["request"]), people(members)),
        "requests.answered": (written(in_time), written(due)),
        "requests.wait": (
            [
                (row["author_id"], (yes - row["published_at"]).total_seconds() / 86400)
                for row, yes in found
                if w.within(yes)
            ],
            None,
        ),
        "funnel.asked": (asked, None),
        "funnel.agreed": (agreed, asked),
        "funnel.held": (funnel_held, agreed),
        "funnel.reviewed": (reviewed, funnel_held),
        "funnel.satisfied": (satisfied, reviewed),
        "exchanges.held": (held, None),
        "exchanges.followed": ([pair for pair in held if pair[1]["origin"] == "followed"], None),
        "exchanges.declared": ([pair for pair in held if pair[1]["origin"] == "declared"], None),
        "hours.followed": (
            [(one, row["minutes"] / 60) for one, row in held if row["origin"] == "followed"],
            None,
        ),
        "hours.declared": (
            [(one, row["minutes"] / 60) for one, row in held if row["origin"] == "declared"],
            None,
        ),
        "hours.said": (
            [(row["author_id"], float(row["hours"])) for row in reviews if row["hours"] is not None],
            None,
        ),
        "reviews.satisfaction": (
            written([row for row in reviews if row["satisfaction"] in "34"]),
            written(reviews),
        ),
        "reviews.usable": (written(already), written(used)),
        "reviews.again": (written([row for row in again if row["again"]]), written(again)),
        "reciprocity.both": (people(members & learned & passed), people(members)),
        "reciprocity.one": (people(members & (learned ^ passed)), people(members)),
        "reciprocity.neither": (people(members - learned - passed), people(members)),
        "openness.rings": (people(members & w.ringed()), people(members)),
        "openness.distance": ([(one, steps) for one, steps in distances if steps is not None], None),
        "flows.units": crossing("unit_id"),
        "flows.sites": crossing("site_id"),
        "flows.levels": crossing("level"),
        "load.most_asked": (
            [(giver, 1) for giver in given if giver in busiest],
            [(giver, 1) for giver in given],
        ),
        "pool.size": (people(pool), None),
        "pool.share": (people(pool & members), people(members)),
        "messages.sent": (written(sent), None),
        "messages.answered": (written(followed), written(sent)),
        "productivity.low": (written(already), None),
        "productivity.central": (written(already), None),
        "productivity.high": (written([row for row in used if row["used"] in ("already", "planned")]), None),
    }


SAVED = {"productivity.low": 1, "productivity.central": 4, "productivity.high": 8}
# Never by group: what is said of a few people, or of nobody.
WHOLE_ONLY = {"load.most_asked", "pool.size", "pool.share", "messages.sent", "messages.answered", *SAVED}
SUMMED = {"hours.followed", "hours.declared", "hours.said"}
Answer = tuple[float, float | None, float | None, int, int]


def figures(world: World, cut: str = "") -> dict[tuple[str, str], Answer]:
    """Return each figure by group: (numerator, denominator, value, people behind, others)."""
    found: dict[tuple[str, str], Answer] = {}
    for name, (part, whole) in rows_of(world).items():
        if not cut:
            found[name, ""] = _answer(world, name, part, whole)
            continue
        if name in WHOLE_ONLY:
            continue
        groups = {person: world.group(cut, person) for person, _said in [*part, *(whole or [])]}
        for group in set(groups.values()):
            inside = [pair for pair in part if groups[pair[0]] == group]
            out_of = None if whole is None else [pair for pair in whole if groups[pair[0]] == group]
            found[name, group] = _answer(world, name, inside, out_of)
    if not cut:
        found |= {(name, ""): answer for name, answer in (_savoirs(world) | _money(world)).items()}
    return found


def _answer(world: World, name: str, part: Counted, whole: Counted | None) -> Answer:
    behind = {person for person, _said in part}
    said = [value for _person, value in part]
    if name in SUMMED:
        return sum(said), None, sum(said), len(behind), 0
    if name in SAVED:
        saved: dict[tuple[int, int], int] = defaultdict(int)
        for person, row in part:
            saved[person, row["written_at"].astimezone(world.zone).year] += SAVED[name]
        total = sum(min(35, hours) for hours in saved.values())
        return total, None, total if part else None, len(behind), 0
    if name == "requests.wait":
        return len(part), None, max(0.0, statistics.median(said)) if said else None, len(behind), 0
    if name == "openness.distance":
        return len(part), None, sum(said) / len(said) if said else None, len(behind), 0
    if whole is None:
        return len(part), None, len(part), len(behind), 0
    others = {person for person, _said in whole} - behind
    return len(part), len(whole), len(part) / len(whole) if whole else None, len(behind), len(others)


def _savoirs(world: World) -> dict[str, Answer]:
    if not world.begins <= world.now < world.ends:
        return {}
    mentioned, risks = world.savoirs()
    writers = {key: row["writers"] for key, row in mentioned.items()}

    def behind(keys: set[int]) -> set[int]:
        return {person for key in keys for person in writers.get(key, set())}

    def rate(keys: set[int]) -> Answer:
        people, every = behind(keys), behind(set(mentioned))
        value = len(keys) / len(mentioned) if mentioned else None
        return len(keys), len(mentioned), value, len(people), len(every - people)

    def count(keys: set[int]) -> Answer:
        return len(keys), None, len(keys), len(behind(keys)), 0

    rare = {key for key, row in mentioned.items() if row["requests"] and len(row["holders"]) <= 1}
    sought = {key for key, row in mentioned.items() if len(row["requests"]) >= max(3, 2 * len(row["offers"]))}
    return {
        "savoirs.rare": rate(rare),
        "savoirs.sought": rate(sought),
        "savoirs.at_risk": count(set(risks)),
        "savoirs.single": count({key for key, why in risks.items() if "fragile" in why}),
    }


def _money(world: World) -> dict[str, Answer]:
    learners = world.firsts("requester")
    held = [row for row in world.held() if row["id"] in learners]
    people = len({learners[row["id"]] for row in held})
    spent, hours = world.spent(), sum(row["minutes"] for row in held) / 60
    after = min(world.after, world.day(world.until) + dt.timedelta(days=1))
    known = [row for row in sorted(world.mine("costs"), key=lambda row: row["since"]) if row["since"] < after]
    price = known[-1]["training_day_price"] if known else None
    day = float((known[-1]["training_day_hours"] if known else None) or 0)

    def each(money: float | None, units: float, who: int) -> Answer:
        return money or 0.0, units, money / units if money is not None and units else None, who, 0

    return {
        "cost.exchange": each(spent, len(held), people),
        "cost.hour": each(spent, hours, people),
        "cost.training_hour": each(float(price) if price is not None else None, day, 0),
    }
