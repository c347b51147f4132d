"""What is scarce: what one more seat, or one more exchange given, would add to a plan.

They come from the certificate, which holds for each request its price: what the plan would lose if somebody outside it
answered. A seat is worth what the best pair it could take part in is worth, less the price of its request. Without
sessions these are exact: plan again with the seat, and the plan is worth that much more. With sessions they are as good
as the bound is near. A price is that of one more, not of several, and never a value of what somebody knows.
"""

import numpy as np

from reciproque.matching.engine.instance import Column, Instance
from reciproque.matching.engine.plan import Plan


def seat_prices(instance: Instance, plan: Plan) -> Column:
    """For each offer, what another one just like it would add, from somebody outside the network who gives once."""
    seats = np.zeros(len(instance.offer_ids), np.int64)
    profit = instance.weight - plan.certificate.request[instance.edge_request]
    np.maximum.at(seats, instance.edge_offer, profit)
    return seats


def giving_prices(instance: Instance, plan: Plan) -> Column:
    """For each person, what one more exchange given would add, the reciprocity of whoever gives nothing yet aside."""
    taken = np.bincount(plan.offer, minlength=len(instance.offer_ids))
    held = instance.group & (taken > 0)
    counted = np.where(instance.group, held, taken)
    given = np.zeros(len(instance.people_ids), np.int64)
    np.add.at(given, instance.giver, counted)
    room = (taken < instance.offer_capacity) & ~held & (given >= instance.give)[instance.giver]
    prices = np.zeros(len(instance.people_ids), np.int64)
    np.maximum.at(prices, instance.giver[room], seat_prices(instance, plan)[room])
    return prices
