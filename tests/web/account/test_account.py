"""Signing in with a password or a code, choosing a password, speaking of oneself."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest
from django.core import mail
from django.core.cache import cache
from django.test import Client
from django.urls import reverse

PASSWORD = "un tournevis bleu"


@pytest.fixture(autouse=True)
def _no_memory_of_attempts() -> Iterator[None]:
    cache.clear()
    yield
    cache.clear()


@pytest.fixture
def nobody() -> Client:
    return Client()


def sign_in(client: Client, email: str, password: str, **more: str) -> Any:
    return client.post(reverse("account:sign_in"), {"email": email, "password": password, **more})


def signed_in(client: Client) -> bool:
    return "_auth_user_id" in client.session


def code_in(message: Any) -> str:
    return re.search(r"^ {4}(\S+)$", message.body, re.M).group(1)  # type: ignore[union-attr]


def test_with_a_password_one_goes_where_one_was_going(nobody: Client, make_person: Any) -> None:
    make_person("Bob", email="bob@example.org", password=PASSWORD)
    response = sign_in(nobody, "BOB@example.org", PASSWORD, next="/me/")
    assert response.status_code == 302
    assert response["Location"] == "/me/"
    assert signed_in(nobody)


def test_one_never_leaves_for_another_site(nobody: Client, make_person: Any) -> None:
    make_person("Bob", email="bob@example.org", password=PASSWORD)
    response = sign_in(nobody, "bob@example.org", PASSWORD, next="https://ailleurs.example/")
    assert response["Location"] == "/"


def test_a_wrong_address_and_a_wrong_password_read_alike(nobody: Client, make_person: Any) -> None:
    make_person("Bob", email="bob@example.org", password=PASSWORD)
    known = sign_in(nobody, "bob@example.org", "autre chose")
    unknown = sign_in(nobody, "nemo@example.org", "autre chose")
    sentence = "L’adresse ou le mot de passe ne convient pas."
    assert known.status_code == unknown.status_code == 422
    assert sentence in known.content.decode()
    assert sentence in unknown.content.decode()
    assert not signed_in(nobody)


def test_repeated_attempts_are_slowed_even_with_the_right_password(nobody: Client, make_person: Any) -> None:
    make_person("Bob", email="bob@example.org", password=PASSWORD)
    for _ in range(5):
        sign_in(nobody, "bob@example.org", "au hasard")
    response = sign_in(nobody, "bob@example.org", PASSWORD)
    assert response.status_code == 422
    assert "Trop d’essais" in response.content.decode()


def test_somebody_who_left_the_organisation_stays_outside(
    nobody: Client, make_person: Any, admin: Any
) -> None:
    from reciproque.people.actions import leave_organisation

    person = make_person("Bob", email="bob@example.org", password=PASSWORD)
    leave_organisation(person, by=admin)
    response = nobody.post(
        reverse("account:sign_in"), {"email": "bob@example.org", "password": PASSWORD}, follow=True
    )
    assert "Ce compte est fermé" in response.content.decode()
    assert not signed_in(nobody)
    nobody.post(reverse("account:code"), {"email": "bob@example.org"})
    assert "n’est pas connue" in mail.outbox[-1].subject


def test_someone_from_the_directory_enters_with_a_code(nobody: Client, make_person: Any) -> None:
    person = make_person("Bob", email="bob@example.org", password=None)
    assert not person.has_usable_password()
    response = nobody.post(reverse("account:code"), {"email": "Bob@Example.org", "next": "/me/"}, follow=True)
    assert "Recopiez ici le code" in response.content.decode()
    [message] = mail.outbox
    assert message.to == ["bob@example.org"]
    code = code_in(message)
    assert code in message.subject
    response = nobody.post(reverse("account:confirm_code"), {"code": code, "next": "/me/"})
    assert response["Location"] == "/me/"
    assert signed_in(nobody)


def test_a_code_serves_once(nobody: Client, make_person: Any) -> None:
    make_person("Bob", email="bob@example.org")
    nobody.post(reverse("account:code"), {"email": "bob@example.org"})
    code = code_in(mail.outbox[0])
    nobody.post(reverse("account:confirm_code"), {"code": code})
    nobody.post(reverse("account:sign_out"))
    response = nobody.post(reverse("account:confirm_code"), {"code": code})
    assert response["Location"] == reverse("account:code")
    assert not signed_in(nobody)


def test_three_wrong_codes_ask_for_another(nobody: Client, make_person: Any) -> None:
    make_person("Bob", email="bob@example.org")
    nobody.post(reverse("account:code"), {"email": "bob@example.org"})
    code = code_in(mail.outbox[0])
    for _ in range(2):
        response = nobody.post(reverse("account:confirm_code"), {"code": "XXXXXX"})
        assert "n’est pas le bon" in response.content.decode()
    response = nobody.post(reverse("account:confirm_code"), {"code": "XXXXXX"})
    assert "Ce code ne sert plus" in response.content.decode()
    nobody.post(reverse("account:confirm_code"), {"code": code})
    assert not signed_in(nobody)


def test_an_unknown_address_gets_the_same_page_and_another_letter(nobody: Client, db: None) -> None:
    response = nobody.post(reverse("account:code"), {"email": "nemo@example.org"}, follow=True)
    assert "Recopiez ici le code" in response.content.decode()
    assert "n’y est pas enregistrée" in mail.outbox[0].body
    response = nobody.post(reverse("account:confirm_code"), {"code": ""})
    assert response.status_code == 422
    nobody.post(reverse("account:confirm_code"), {"code": "AAAAAA"})
    assert not signed_in(nobody)


def test_the_letter_is_in_the_person_s_language(nobody: Client, make_person: Any) -> None:
    from django.utils import translation

    make_person("Bob", email="bob@example.org", language="en")
    nobody.post(reverse("account:code"), {"email": "bob@example.org"})
    with translation.override("en"):
        expected = translation.gettext("Bonjour,")
    assert mail.outbox[0].body.startswith(expected)


def test_codes_are_not_sent_without_end(nobody: Client, make_person: Any) -> None:
    make_person("Bob", email="bob@example.org")
    for _ in range(3):
        nobody.post(reverse("account:code"), {"email": "bob@example.org"})
    response = nobody.post(reverse("account:code"), {"email": "bob@example.org"})
    assert response.status_code == 422
    assert len(mail.outbox) == 3


def test_a_mail_server_that_is_down_is_said(nobody: Client, make_person: Any, settings: Any) -> None:
    settings.EMAIL_BACKEND = "tests.web.account.test_account.Down"
    make_person("Bob", email="bob@example.org")
    for email in ("bob@example.org", "nemo@example.org"):
        response = nobody.post(reverse("account:code"), {"email": email})
        assert response.status_code == 422
        assert "n’a pas pu partir" in response.content.decode()


def Down(**_kwargs: Any) -> Any:  # noqa: N802
    raise ConnectionRefusedError


def link_in(message: Any) -> str:
    return re.search(r"https?://[^/]+(/password/\S+)", message.body).group(1)  # type: ignore[union-attr]


def test_a_password_is_chosen_by_a_link_that_serves_once(nobody: Client, make_person: Any) -> None:
    make_person("Bob", email="bob@example.org", password=None)
    response = nobody.post(reverse("account:password_forgotten"), {"email": "bob@example.org"}, follow=True)
    assert "Le lien est parti" in response.content.decode()
    link = link_in(mail.outbox[0])
    assert "Garder ce mot de passe" in nobody.get(link).content.decode()
    response = nobody.post(link, {"password": "court", "again": "court"})
    assert response.status_code == 422
    response = nobody.post(link, {"password": PASSWORD, "again": "autre"})
    assert "ne sont pas les mêmes" in response.content.decode()
    response = nobody.post(link, {"password": PASSWORD, "again": PASSWORD})
    assert response["Location"] == reverse("account:password_reset_done")
    assert nobody.get(response["Location"]).status_code == 200
    assert "Ce lien ne sert plus" in nobody.get(link).content.decode()
    sign_in(nobody, "bob@example.org", PASSWORD)
    assert signed_in(nobody)


def test_a_forged_link_opens_nothing(nobody: Client, make_person: Any) -> None:
    make_person("Bob", email="bob@example.org", password=PASSWORD)
    for uid, key in (("1", "abc-def"), ("zzz", "x"), ("é", "x-y")):
        response = nobody.get(reverse("account:password_reset", args=[uid, key]))
        assert "Ce lien ne sert plus" in response.content.decode()


def test_signing_out_is_a_gesture(client_of: Any, make_person: Any) -> None:
    client = client_of(make_person("Bob"))
    assert client.get(reverse("account:sign_out")).status_code == 405
    client.post(reverse("account:sign_out"))
    assert not signed_in(client)


def test_the_demo_door_is_shown_in_the_demo_only(nobody: Client, db: None, settings: Any) -> None:
    door = reverse("demo:door")
    settings.DEMO = False
    assert door not in nobody.get(reverse("account:sign_in")).content.decode()
    settings.DEMO = True
    assert door in nobody.get(reverse("account:sign_in")).content.decode()


def test_one_says_what_one_wants_of_oneself(client_of: Any, bob: Any) -> None:
    client = client_of(bob)
    page = client.get(reverse("account:profile")).content.decode()
    assert "Opérations &gt; Ouest" in page
    assert "Savoirs du courrier" in page
    data = {"first_name": "Bob", "last_name": "Riou", "phone": "01 02", "about": "<b>Facteur</b>"}
    response = client.post(reverse("account:profile"), data, follow=True)
    bob.refresh_from_db()
    assert bob.about == "<b>Facteur</b>"
    assert "<b>Facteur" not in response.content.decode()
    response = client.post(reverse("account:profile"), data | {"last_name": ""})
    assert response.status_code == 422
    assert "01 02" in response.content.decode()


def test_settings_change_language_zone_and_languages(client_of: Any, bob: Any) -> None:
    client = client_of(bob)
    client.post(
        reverse("account:preferences"),
        {"language": "en", "spoken": ["fr", "en"], "time_zone": "Indian/Reunion"},
    )
    bob.refresh_from_db()
    assert (bob.language, bob.spoken, bob.time_zone) == ("en", ["fr", "en"], "Indian/Reunion")
    response = client.post(
        reverse("account:preferences"), {"language": "xx", "spoken": [], "time_zone": "Mars/Olympus"}
    )
    assert response.status_code == 422


def test_mails_are_chosen_by_what_they_are_about(client_of: Any, bob: Any) -> None:
    from reciproque.notices.queries import preference_of
    from reciproque.notices.rules import Category

    client = client_of(bob)
    assert client.get(reverse("account:preferences")).status_code == 200
    kept = [value for value in Category.values if value != "finds"]
    client.post(reverse("account:notices"), {"rhythm": "at_once", "wanted": kept})
    assert preference_of(bob).muted == ["finds"]


def test_history_is_one_s_own_and_paged(
    client_of: Any, bob: Any, chloe: Any, make_post: Any, queries: Any
) -> None:
    client = client_of(bob)
    with queries() as few:
        client.get(reverse("account:history"))
    for number in range(40):
        make_post(bob, "offer", f"Savoir {number}")
    make_post(chloe, "offer", "Pas pour Bob")
    with queries() as many:
        page = client.get(reverse("account:history")).content.decode()
    assert len(many) == len(few)
    assert "Pas pour Bob" not in page
    older = re.search(r"\?before=\d+", page)
    assert client.get(reverse("account:history") + (older.group(0) if older else "")).status_code == 200
    assert client.get(reverse("account:history") + "?before=²").status_code == 200
