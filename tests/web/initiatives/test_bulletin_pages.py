"""The bulletin, the communication kit and what is shown to the organisation, on their pages."""

from __future__ import annotations

from typing import Any

import pytest
from django.urls import reverse

from reciproque.initiatives import actions
from reciproque.initiatives.models import Bulletin, Frame
from reciproque.networks.models import Network
from tests.initiatives.launch import frame_at_launch


def text_of(response: Any) -> str:
    return response.content.decode().replace("\u00a0", " ")


@pytest.fixture
def frame(network: Network, alice: Any, dora: Any) -> Frame:
    frame = frame_at_launch(network, alice)
    actions.join_committee(frame, by=alice, person=dora, role="Direction")
    return frame


def page(name: str, thing: Any) -> str:
    return reverse(f"initiatives:{name}", args=[getattr(thing, "slug", "") or thing.public_id])


def test_a_bulletin_from_its_facts_to_its_readers(
    frame: Frame, alice: Any, bob: Any, fatou: Any, client_of: Any
) -> None:
    listed = page("bulletins", frame.network)
    assert "Préparer un bulletin" in text_of(client_of(alice).get(listed))
    assert "Préparer un bulletin" not in text_of(client_of(bob).get(listed))
    animator = client_of(alice)
    answer = animator.post(page("prepare_bulletin", frame.network))
    bulletin = Bulletin.objects.get()
    assert answer.status_code == 303
    assert answer.url == page("edit_bulletin", bulletin)
    form = text_of(animator.get(answer.url))
    seen = form.split('name="seen" value="')[1].split('"')[0]
    assert animator.post(answer.url, {"title": "", "text": "x", "seen": seen}).status_code == 422
    words = {
        "title": "Le premier bulletin",
        "text": "## Décidé\n\n- **Oui**\n\n<script>x</script>",
        "seen": seen,
    }
    assert animator.post(answer.url, words).status_code == 303
    assert animator.post(answer.url, words).status_code == 422
    assert client_of(bob).get(page("bulletin", bulletin)).status_code == 404
    read = text_of(animator.get(page("bulletin", bulletin)))
    assert "n’est pas encore parti" in read
    assert "<strong>Oui</strong>" in read
    assert "<script>x" not in read
    asked = text_of(animator.get(page("send_bulletin", bulletin)))
    seen = asked.split('name="seen" value="')[1].split('"')[0]
    animator.post(page("send_bulletin", bulletin), {"seen": seen})
    assert "<h3>Décidé</h3>" in text_of(client_of(bob).get(page("bulletin", bulletin)))
    assert "Le premier bulletin" in text_of(client_of(bob).get(listed))
    assert client_of(bob).get(page("edit_bulletin", bulletin)).status_code == 404
    assert animator.get(page("edit_bulletin", bulletin)).status_code == 303
    assert client_of(fatou).get(page("bulletin", bulletin)).status_code == 404


def test_a_bulletin_given_up(frame: Frame, alice: Any, client_of: Any) -> None:
    animator = client_of(alice)
    animator.post(page("prepare_bulletin", frame.network))
    bulletin = Bulletin.objects.get()
    assert "Son texte est perdu" in text_of(animator.get(page("drop_bulletin", bulletin)))
    animator.post(page("drop_bulletin", bulletin))
    assert not Bulletin.objects.exists()


def test_the_kit_is_for_those_who_speak_for_the_network(
    frame: Frame, alice: Any, bob: Any, dora: Any, client_of: Any
) -> None:
    address = page("kit", frame.network)
    assert client_of(bob).get(address).status_code == 404
    for person in (alice, dora):
        kit = text_of(client_of(person).get(address))
        assert "Expérimentations essayées : moins de 5" in kit
        assert "Répondre plus vite" in kit
        assert "http://testserver" in kit


def test_what_is_shown_is_read_by_the_whole_organisation(
    frame: Frame, dora: Any, fatou: Any, client_of: Any
) -> None:
    Network.objects.filter(pk=frame.network_id).update(systems=["learning"])
    address = page("showcase", frame.network)
    front = reverse("join:network", args=[frame.network.slug])
    assert client_of(fatou).get(address).status_code == 404
    assert address not in text_of(client_of(fatou).get(front))
    actions.show_blocks(frame, by=dora, blocks=["vision", "results"])
    shown = text_of(client_of(fatou).get(address))
    assert "Répondre le jour même." in shown
    assert "Mieux accueillir" in shown
    assert dora.last_name not in shown
    assert address in text_of(client_of(fatou).get(front))
