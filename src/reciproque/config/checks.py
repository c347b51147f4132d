"""Wrong settings, reported at start with the way to mend them."""

import ipaddress
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.core import checks
from django.core.checks import CheckMessage, Error, register


def _is_this_machine(host: str) -> bool:
    try:
        return host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


@register()
def check_settings(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    """Refuse the combinations that would be unsafe or would send links that lead nowhere."""
    found: list[CheckMessage] = []
    if settings.DEMO and not _is_this_machine(urlsplit(settings.BASE_URL).hostname or ""):
        found.append(
            Error(
                "The demo door lets anyone step in as anyone.",
                hint="Unset RECIPROQUE_DEMO on a server that others reach.",
                id="reciproque.E001",
            )
        )
    if not settings.DEMO and not settings.TESTING and "localhost" in settings.BASE_URL:
        found.append(
            checks.Warning(
                "Links in messages start with http://localhost.",
                hint="Set BASE_URL to the address people use, e.g. https://savoirs.example.org.",
                id="reciproque.W001",
            )
        )
    if settings.SECURE_HTTPS and not settings.ALLAUTH_TRUSTED_PROXY_COUNT:
        found.append(
            checks.Warning(
                "Behind a TLS proxy, everybody would share one limit of attempts to sign in.",
                hint="Set PROXIES to the number of proxies in front of this program, usually 1.",
                id="reciproque.W002",
            )
        )
    return found
