"""Training from a closed exchange to the attestation that a stranger checks, on a phone and on a wide screen."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.urls import reverse

from reciproque.kit import clock
from reciproque.recognition.models import Attestation, TrainingRecord
from tests.recognition import trainings_made as made

pytestmark = pytest.mark.django_db(transaction=True)
SIZES = {"phone": {"width": 360, "height": 740}, "wide": {"width": 1280, "height": 900}}


def path(name: str, *args: Any) -> str:
    return reverse(f"recognition:{name}", args=args)


@pytest.mark.parametrize("size", list(SIZES))
def test_two_people_agree_and_a_stranger_checks(
    network: Any,
    admin: Any,
    alice: Any,
    bob: Any,
    chloe: Any,
    dora: Any,
    enter: Any,
    healthy: Any,
    tmp_path: Any,
    size: str,
) -> None:
    made.switch_on(network, admin)
    exchange = made.closed(network, chloe, bob)
    options = {"viewport": SIZES[size]}
    learner, trainer = enter(chloe, **options), enter(bob, **options)

    def look(tab: Any, name: str) -> None:
        healthy(tab)
        tab.screenshot(path=tmp_path / f"{size}-{name}.png", full_page=True)

    learner.goto(reverse("exchanges:exchange", args=[exchange.public_id]))
    learner.get_by_role("link", name="Compter comme formation").click()
    learner.get_by_label("Ce qu’il s’agissait d’apprendre").fill("Renseigner sans aide.")
    learner.get_by_label("en présentiel").check()
    learner.get_by_label("Combien d’heures").fill("3")
    look(learner, "new")
    learner.get_by_role("button", name="Proposer").click()
    learner.get_by_role("heading", level=1, name=exchange.title).wait_for()
    look(learner, "asked")
    trainer.goto(path("trainings"))
    look(trainer, "mine")
    trainer.get_by_role("link", name="Voir et répondre").first.click()
    trainer.get_by_label("Combien d’heures").fill("2.5")
    look(trainer, "hours")
    trainer.get_by_role("button", name="Dire mes heures").click()
    trainer.get_by_text("Vos heures diffèrent").wait_for()
    row = TrainingRecord.objects.get()
    learner.goto(path("training_hours", row.public_id))
    look(learner, "settle")
    learner.get_by_role("button", name="Compter 2,5").click()
    learner.get_by_text("Cela compte comme formation").first.wait_for()
    look(learner, "agreed")
    learner.get_by_role("link", name="Faire mon attestation").click()
    look(learner, "attestation-new")
    learner.get_by_role("button", name="Faire mon attestation").click()
    learner.get_by_role("link", name="PDF en français").wait_for()
    look(learner, "attestation")
    stranger = enter(None, **options)
    stranger.goto(path("attestation_check", Attestation.objects.get().code))
    stranger.get_by_text("Cette attestation est authentique").wait_for()
    assert "Chloé" not in stranger.content()
    look(stranger, "check")
    animator, department = enter(alice, **options), enter(dora, **options)
    animator.goto(path("training_settings", network.slug))
    look(animator, "settings")
    department.goto(path("training_export", network.slug))
    look(department, "export")
    assert clock.now() - row.asked_at < dt.timedelta(days=1)
