"""The doors of the house: password, e-mailed code, new password. allauth does what must be safe; addresses,
words and mails are ours."""

from __future__ import annotations

import contextlib
import smtplib
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from allauth.account.adapter import get_adapter
from allauth.account.forms import UserTokenForm, default_token_generator
from allauth.account.internal.flows.login import perform_password_login
from allauth.account.internal.flows.login_by_code import LoginCodeVerificationProcess
from allauth.account.internal.flows.logout import logout
from allauth.account.internal.stagekit import clear_login
from allauth.account.models import Login
from allauth.account.stages import LoginByCodeStage, LoginStageController
from allauth.account.utils import user_pk_to_url_str
from allauth.core import ratelimit
from django.conf import settings
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _

from reciproque.people.queries import person_by_email

if TYPE_CHECKING:
    from reciproque.people.models import Person


def _too_many() -> ValidationError:
    return ValidationError(get_adapter().error_messages["too_many_login_attempts"], code="rate")


def enter_by_password(request: HttpRequest, *, email: str, password: str, to: str) -> HttpResponse:
    """Sign in with an address and a password; the refusal never says which of the two is wrong."""
    adapter = get_adapter(request)
    person = adapter.authenticate(request, email=email, password=password)
    if person is None:
        raise adapter.validation_error("email_password_mismatch")
    return perform_password_login(
        request, {"email": email}, Login(user=person, email=email, redirect_url=to or None)
    )


def send_code(request: HttpRequest, *, email: str) -> None:
    """Send a code to this address; an unknown address gets a letter too, so that nothing tells them apart."""
    if not ratelimit.consume(request, action="request_login_code", key=email.lower()):
        raise _too_many()
    clear_login(request)
    person = person_by_email(email)
    with _mail_that_may_fail(), _language_of(person):
        # allauth writes to the address that was typed: the directory's own spelling is the one to trust.
        LoginCodeVerificationProcess.initiate(
            request=request, user=person, email=person.email if person else email
        )
        if person is None:
            _write_to_unknown(request, email)


def awaited_code(request: HttpRequest) -> LoginCodeVerificationProcess | None:
    """Return the code this browser waits for, or None when there is none or its time is past."""
    stage = LoginStageController.enter(request, LoginByCodeStage.key)
    return LoginCodeVerificationProcess.resume(stage) if stage else None


def enter_by_code(request: HttpRequest, process: LoginCodeVerificationProcess, *, to: str) -> HttpResponse:
    """Sign in the person whose code was typed right."""
    return process.finish(to or None)


def leave(request: HttpRequest) -> None:
    """Sign out of this browser."""
    logout(request, show_message=False)


def send_password_link(request: HttpRequest, *, email: str) -> None:
    """Send a link with which to choose a password; an unknown address gets a letter too."""
    if not ratelimit.consume(request, action="reset_password", key=email.lower()):
        raise _too_many()
    person = person_by_email(email)
    with _mail_that_may_fail(), _language_of(person):
        if person is None or not person.email:
            _write_to_unknown(request, email)
            return
        key = (user_pk_to_url_str(person), default_token_generator.make_token(person))
        address = settings.BASE_URL + reverse("account:password_reset", args=key)
        get_adapter(request).send_mail(
            "account/email/password_reset", person.email, {"person": person, "address": address}
        )


def person_of_link(uid: str, key: str) -> Person | None:
    """Return the present person to whom this link was sent, None when it was used, is too old or was never ours."""
    form = UserTokenForm(data={"uidb36": uid, "key": key})
    return form.reset_user if form.is_valid() and form.reset_user.is_active else None


def choose_password(request: HttpRequest, person: Person, password: str) -> None:
    """Keep a new password: every other session of this person ends, the link serves no more."""
    if not ratelimit.consume(request, action="reset_password_from_key"):
        raise _too_many()
    adapter = get_adapter(request)
    adapter.clean_password(password, user=person)
    adapter.set_password(person, password)
    adapter.forget_failures(request, person.email or "")


def _write_to_unknown(request: HttpRequest, email: str) -> None:
    get_adapter(request).send_mail("account/email/unknown", email, {})


def _language_of(person: Person | None) -> Any:
    return translation.override(person.language if person else translation.get_language())


@contextlib.contextmanager
def _mail_that_may_fail() -> Iterator[None]:
    # A mail server that does not answer is said on the form, whoever the mail was for.
    try:
        yield
    except (smtplib.SMTPException, OSError) as error:
        raise ValidationError(_("Le courriel n’a pas pu partir. Réessayez dans quelques minutes.")) from error
