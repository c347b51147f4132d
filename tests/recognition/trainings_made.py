"""A closed exchange that counts as training, as its people make it."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from reciproque.exchanges.actions import declare_exchange
from reciproque.exchanges.models import Exchange
from reciproque.kit import clock
from reciproque.networks.actions import grant_role
from reciproque.recognition import actions
from reciproque.recognition.models import TrainingRecord

CONDITIONS = {
    "analysis": "Nous avons regardé ensemble la tenue d’un guichet, un matin, avant de commencer.",
    "guidance": "Bob a été désigné par la cheffe d’équipe pour former, et a mené chaque temps.",
    "reflection": "Au calme, l’après-midi, nous avons comparé ce qui était attendu et ce qui a été fait.",
    "evaluation": "Chloé a tenu le guichet seule une heure, puis a répondu à dix questions.",
}


def switch_on(network: Any, by: Any, *kinds: str, afest: bool = True) -> None:
    """Let the network count local training."""
    actions.set_training(
        network, by=by, on=True, kinds=kinds or ("exchange", "session", "group"), afest=afest
    )


def closed(network: Any, learner: Any, trainer: Any, title: str = "Tenir un guichet") -> Exchange:
    """Return an exchange that took place."""
    return declare_exchange(
        network, requester=learner, offerer=trainer, by=None, title=title, held_on=clock.now().date()
    )


def asked(exchange: Any, by: Any, other: Any, hours: str = "3", **more: Any) -> TrainingRecord:
    """Return what one of the two asks to count."""
    values: dict[str, Any] = {
        "title": exchange.title,
        "aims": "Accueillir et renseigner sans aide.",
        "starts_on": exchange.held_on,
        "ends_on": exchange.held_on,
        "mode": "face",
        "hours": Decimal(hours),
    }
    return actions.ask_training("exchange", exchange.public_id, by=by, other=other, **(values | more))


def agreed(
    network: Any, learner: Any, trainer: Any, hours: str = "3", title: str = "Tenir un guichet", **more: Any
) -> TrainingRecord:
    """Return a record on which both agree."""
    row = asked(closed(network, learner, trainer, title), learner, trainer, hours, **more)
    return actions.say_hours(row, by=trainer, hours=Decimal(hours))


def handed(network: Any, learner: Any, trainer: Any, **more: Any) -> TrainingRecord:
    """Return a record that both agreed to hand over."""
    row = agreed(network, learner, trainer, **more)
    for person in (learner, trainer):
        row = actions.hand_over(row, by=person, yes=True)
    return row


def training_department(network: Any, person: Any, by: Any) -> Any:
    """Give someone the role of human resources."""
    return grant_role(network, person, "hr", by=by)
