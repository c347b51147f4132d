"""The language of the screens follows the account, or the browser of somebody not signed in."""

from typing import Any

from django.urls import reverse


def test_a_signed_in_person_changes_their_own(client_of: Any, bob: Any) -> None:
    client = client_of(bob)
    answer = client.post(reverse("set_language"), {"language": "en", "next": "/agenda/"})
    assert answer.status_code == 302
    bob.refresh_from_db()
    assert bob.language == "en"
    assert b'lang="en"' in client.get("/agenda/").content


def test_an_unknown_language_changes_nothing(client_of: Any, bob: Any) -> None:
    client_of(bob).post(reverse("set_language"), {"language": "tlh"})
    bob.refresh_from_db()
    assert bob.language == "fr"


def test_nobody_changes_it_for_this_browser(client_of: Any) -> None:
    client = client_of(None)
    client.post(reverse("set_language"), {"language": "en", "next": "/sign-in/"})
    assert b'lang="en"' in client.get("/sign-in/").content
