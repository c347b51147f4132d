"""Why this person, and why not that one: the stored terms of a score, in words."""

from __future__ import annotations

import dataclasses
from collections import Counter

from django.utils.translation import gettext as _

from reciproque.catalogue.models import Post
from reciproque.exchanges.queries import pairs_met
from reciproque.kit import clock
from reciproque.matching.engine.candidates import explain
from reciproque.matching.engine.score import FULL, Refusal
from reciproque.matching.models import Ruling, Suggestion
from reciproque.matching.queries.index import current_index, with_room
from reciproque.matching.queries.suggestions import exclusions
from reciproque.matching.queries.tuning import tuning_of
from reciproque.matching.rules import Reason, RulingKind, SuggestionState, explained, refusal_words
from reciproque.people.models import Person


@dataclasses.dataclass(frozen=True)
class Why:
    """Everything that counted for one pair, in words and points."""

    reasons: list[Reason]
    score: int
    place: int  # among what was found for the request, from 1
    others: int  # how many other offers were found for it


def why(suggestion: Suggestion, reader: Person | None) -> Why:
    """Return why two posts are proposed to one another, as one of the two people (or an animator: None) reads it."""
    return why_terms(
        suggestion.terms,
        suggestion.request,
        score=suggestion.score,
        mine=reader is not None and suggestion.request.author_id == reader.pk,
    )


def why_terms(terms: dict[str, int], request: Post, *, score: int, mine: bool = False) -> Why:
    """Return in words what the terms of a pair brought, and its place among what was found for the request."""
    weights = tuning_of(request.network).weights
    held = {name: terms.get(name, 0) for name, _weight in weights}
    open_ones = Suggestion.objects.open().filter(request=request)
    scores = list(open_ones.values_list("score", flat=True))
    return Why(
        reasons=explained(held, weights.contributions(held), mine=mine),
        score=score,
        place=1 + sum(other > score for other in scores),
        others=max(len(scores) - 1, 0),
    )


@dataclasses.dataclass(frozen=True)
class WhyNot:
    """What keeps an offer from being proposed for a request: what forbids it, or what others have more of."""

    refusals: list[str]
    too_far: bool
    proposed: bool
    place: int  # among the offers found for the request, from 1; 0 when something forbids it
    others_have: list[str]  # what those proposed before it have more of
    reasons: list[Reason]


def why_not(request: Post, offer: Post, reader: Person) -> WhyNot:
    """Return in words why an offer is not (or not first) among what is proposed for one's own request.

    What the other person answered in private, or an animator decided, is never told apart.
    """
    network = request.network
    index = with_room(current_index(network), network)
    tuned, barred = tuning_of(network), exclusions(network)
    rows = index.rows_of([request.pk, offer.pk])
    suggestion = Suggestion.objects.filter(request=request, offer=offer).first()
    proposed = suggestion is not None and suggestion.state == SuggestionState.OPEN
    if (rows < 0).any():
        return WhyNot([*refusal_words(["WITHDRAWN"])], False, False, 0, [], [])
    bits, pairs = explain(
        index,
        int(rows[0]),
        rows[1:],
        today=clock.now().date().toordinal(),
        weights=tuned.weights,
        exclusions=barred,
    )
    names = [refusal.name or "" for refusal in Refusal if bits[0] & refusal]
    if "PAST" in names and (request.author_id, offer.author_id) not in pairs_met(network)[1]:
        names[names.index("PAST")] = "PRIVATE"  # one of the two asked for it, or somebody decided it
    private = "DECLINED" in names and _is_private(request, offer, suggestion, reader)
    if "FULL" in names and index.posts.room[rows[0]] <= 0:
        names[names.index("FULL")] = "SELF_FULL"
    elif "FULL" in names or private:
        # One sentence for all that is the other one's: it must not tell a refusal from a week too full.
        names = ["PRIVATE"]
    terms = pairs.terms.of(0)
    contributions = tuned.weights.contributions(terms)
    rivals = list(
        Suggestion.objects.open()
        .filter(request=request, score__gt=int(pairs.score[0]))
        .exclude(offer=offer)
        .order_by("-score")
    )
    too_far = terms["closeness"] < tuned.weights.threshold and not terms["same_topic"]
    return WhyNot(
        refusals=refusal_words(names),
        too_far=too_far,
        proposed=proposed,
        place=0 if names or too_far else 1 + len(rivals),
        others_have=_others_have(contributions, rivals, tuned.weights.contributions),
        reasons=explained(terms, contributions, mine=True),
    )


def _is_private(request: Post, offer: Post, suggestion: Suggestion | None, reader: Person) -> bool:
    """Whether a pair is kept apart by what somebody else than the reader decided."""
    if suggestion is not None and suggestion.state == SuggestionState.DISMISSED:
        return suggestion.answered_by_id != reader.pk
    rows = Ruling.objects.filter(request=request, offer=offer, kind=RulingKind.FORBID, withdrawn_at=None)
    return rows.exists()


def _others_have(mine: dict[str, int], rivals: list[Suggestion], contributions: object) -> list[str]:
    """What the offers before this one owe their place to, most frequent first."""
    ahead: Counter[str] = Counter()
    for rival in rivals:
        held = {name: rival.terms.get(name, 0) for name in mine}
        gains = {name: points - mine[name] for name, points in contributions(held).items()}  # type: ignore[operator]
        name, gain = max(gains.items(), key=lambda item: item[1])
        if gain > FULL // 100:
            ahead[name] += 1
    return [_MORE[name]() for name, _count in ahead.most_common(3) if name in _MORE]


_MORE = {
    "closeness": lambda: _("leur sujet est plus proche de ce que vous cherchez"),
    "same_topic": lambda: _("elles portent un même sujet choisi que votre demande"),
    "waiting": lambda: _("votre demande attendait déjà"),
    "other_department": lambda: _("elles viennent d’un autre service que le vôtre"),
    "same_site": lambda: _("vous pourriez vous voir sur le même site"),
    "common_language": lambda: _("vous avez plus de langues en commun"),
    "level_fit": lambda: _("leur niveau convient mieux"),
    "fairness": lambda: _("elles sont moins sollicitées en ce moment"),
    "balance": lambda: _("l’échange équilibrerait mieux ce que chacun donne et reçoit"),
    "stability": lambda: _("elles vous étaient déjà proposées"),
}
