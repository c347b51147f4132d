"""What the simulated year supposes, all in one place.

Nothing here was measured on a real network, except one calibration: people who only look around then begin about 0.7
exchanges a member and year, and La Poste reached about 0.6 with the help of facilitators. That figure is why results are
supposed not to tell how and where people can meet (`ways_shown`): telling it gives 0.9, and is printed beside. The size
of the effect of a nudge is a guess, told as such.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Assumptions:
    """What is supposed of people and of the two ways to find; durations in days, fits from 0 to 1."""

    # Who is there
    members: int = 1_300
    days: int = 365
    joining: int = 120  # members join evenly over the first days
    activity: float = 1.5  # shape of a gamma law of mean 1: some visit and post much more than others
    sites: int = 12
    remote: float = 0.80  # share of people who can meet at a distance; others need the same site
    gives: tuple[float, ...] = (0.50, 0.35, 0.15)  # share of those who give 1, 2, 3 at once
    receives: tuple[float, ...] = (0.60, 0.40)

    # What they post
    offers_on_joining: float = 1.15
    requests_on_joining: float = 1.15
    between_requests: float = 400  # then one request in so many days
    between_offers: float = 700
    rooms: tuple[float, ...] = (
        0.60,
        0.20,
        0.12,
        0,
        0,
        0.08,
    )  # share of offers open to 1, 2… exchanges at once
    subjects: int = 450
    families: int = 40
    popularity: float = 0.9  # exponent of Zipf's law; the first ranks are flattened by 10
    taste: float = 0.5  # how differently subjects are sought and offered (sd of a log)

    # How well a pair fits in truth
    levels: int = 4
    level_gap: float = 0.12  # lost for each level between them, on one subject
    family_fit: tuple[float, float] = (0.45, 0.60)  # on two subjects of one family; no other pair fits at all

    # Looking around
    between_visits: float = 20
    reads: float = 0.35  # chance that a visit with an open request leads to reading results
    results: int = 8  # results read, best first
    search_noise: float = 0.22  # of the search's estimate of a fit
    looks_good: float = 0.60  # estimate from which a result is opened
    is_good: float = 0.40  # true fit from which, once opened, its author is written to
    ways_shown: bool = False  # whether results show only those one can meet; capacity is never shown
    vain_remembered: float = 0.30  # chance that one does not come back to an offer written to in vain

    # Being proposed
    system_noise: float = 0.10
    threshold: float = 0.45  # least estimate
    candidates: int = 20  # for each request
    proposals_at_once: int = 2  # to one giver
    waiting: tuple[float, float] = (
        0.15,
        60,
    )  # weight of waiting in the plan, and days after which it is full
    reciprocity: float = 0.20  # worth of a person who both gives and receives, in the plan

    # Answering
    answers: float = 0.75  # share of proposals and messages answered at all
    answer_days: float = 6
    asker_accepts: tuple[float, float] = (-3.2, 6.2)  # logit: constant, times the true fit
    giver_accepts: tuple[float, float] = (-1.6, 4.0)
    giver_load: float = 0.9  # taken off the giver's logit for each exchange running
    weariness: float = 0.015  # visits lost to each refusal, silence, or offer written to in vain
    exchange_days: float = 30
    patience: float = 180  # mean time after which an open request is given up

    # The second role
    second_role: float = (
        0.35  # chance that who has only received offers something after an exchange, and the reverse
    )
    nudge: float = 2.0  # by how much a nudge multiplies that chance: nobody has measured it
