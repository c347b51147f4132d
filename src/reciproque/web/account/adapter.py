"""How allauth, which keeps the sign-in safe, speaks with the house."""

from __future__ import annotations

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from reciproque.web.http import see


class Adapter(DefaultAccountAdapter):
    """Nobody signs up by themselves: people come from the directory or an invitation of the administrator."""

    # The same sentence whether the address is known or not: nobody learns who works here.
    error_messages = DefaultAccountAdapter.error_messages | {
        "account_inactive": gettext_lazy("Ce compte est fermé."),
        "email_password_mismatch": gettext_lazy("L’adresse ou le mot de passe ne convient pas."),
        "incorrect_code": gettext_lazy("Ce code n’est pas le bon. Vérifiez le courriel le plus récent."),
        "too_many_login_attempts": gettext_lazy(
            "Trop d’essais en peu de temps. Patientez quelques minutes, puis réessayez."
        ),
    }

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def format_email_subject(self, subject: str) -> str:
        return subject

    def add_message(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        """Say nothing in allauth's words: our views speak."""

    def respond_user_inactive(self, request: HttpRequest, user: Any) -> HttpResponse:
        messages.error(request, _("Ce compte est fermé. Adressez-vous à la personne qui anime votre réseau."))
        return see("account:sign_in")

    def forget_failures(self, request: HttpRequest, email: str) -> None:
        """Let someone who has just chosen a new password sign in at once, whatever they tried before."""
        self._delete_login_attempts_cached_email(request, email=email)
