"""The one way out: what others publish, or wait for, at an address that a person gave us.

Such an address may be chosen to make this machine speak to its own neighbours. The name is looked up once, every
address it has is checked, and the connection goes to one of those: a second answer of the name changes nothing. Each
redirect passes the same checks. Proxies named in the environment are ignored: a proxy would look the name up again.
"""

from __future__ import annotations

import http.client
import io
import re
import socket
import ssl
import threading
import time
from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv6Address, ip_address
from typing import Any
from urllib.parse import quote, urljoin, urlsplit

from django.conf import settings
from django.utils.translation import gettext as _

from reciproque.kit.addresses import is_public

MAX_URL = 2000
MAX_REDIRECTS = 3
MAX_TRIES = 3  # addresses of one name
METHODS = ("GET", "HEAD", "POST")
PORTS = {"http": 80, "https": 443}
REDIRECTS = (301, 302, 303, 307, 308)
# What this machine says by itself about the body and the connection: a caller has no say in it.
_OURS = {"host", "accept-encoding", "connection", "content-length", "transfer-encoding"}
# Kept when a redirect goes to another site; anything else may be a key.
_HARMLESS = {"accept", "accept-language", "if-none-match", "if-modified-since", "user-agent"}
_HOST = re.compile(r"[a-z0-9_]([a-z0-9_.-]{0,251}[a-z0-9_])?")
_NUMBER = re.compile(r"\d+|0x[0-9a-f]*")
_CHUNK = 65_536


class FetchError(Exception):
    """Nothing came back; `sentence` says why to the person who gave the address."""

    def __init__(self, sentence: str) -> None:
        super().__init__(sentence)
        self.sentence = sentence


class Refused(FetchError):
    """This address may not be called from here, now or later."""


class Failed(FetchError):
    """The address may be called, but nothing usable came back this time."""


@dataclass(frozen=True)
class Fetched:
    """What came back: `headers` by lower-case name, `url` where it was found after redirects."""

    status: int
    headers: Mapping[str, str]
    body: bytes
    url: str


@dataclass(frozen=True)
class _Target:
    scheme: str
    host: str
    port: int
    path: str

    @property
    def place(self) -> str:
        host = f"[{self.host}]" if ":" in self.host else self.host
        return host if self.port == PORTS[self.scheme] else f"{host}:{self.port}"

    @property
    def url(self) -> str:
        return f"{self.scheme}://{self.place}{self.path}"

    def listed(self, hosts: Collection[str]) -> bool:
        """Whether the administrator named it: "host" for the usual ports, "host:port" for another one."""
        return self.place in {name.strip().lower() for name in hosts}


class _Deadline:
    """How long is left for the whole exchange, whatever its pieces."""

    def __init__(self, seconds: float) -> None:
        self.end = time.monotonic() + seconds

    def left(self) -> float:
        left = self.end - time.monotonic()
        if left <= 0:
            raise TimeoutError
        return left


def fetch(
    url: str,
    *,
    method: str = "GET",
    data: bytes | None = None,
    headers: Mapping[str, str] | None = None,
    limit: int = 1_000_000,
    timeout: float = 10,
    hosts: Collection[str] = (),
) -> Fetched:
    """Return what an http or https address answers, whatever its status; `Refused` or `Failed` with a sentence.

    `limit` is in bytes and `timeout` in seconds for everything, redirects included. Private addresses and unusual ports
    are refused but for `hosts` and those of the setting FETCH_HOSTS. Only GET and HEAD follow redirects.
    """
    if method not in METHODS or (data is not None and method != "POST"):
        raise ValueError(f"method {method!r}")
    allowed = {*hosts, *getattr(settings, "FETCH_HOSTS", ())}
    deadline = _Deadline(timeout)
    sent = {name: value for name, value in (headers or {}).items() if name.lower() not in _OURS}
    target = _read_url(url)
    for _turn in range(MAX_REDIRECTS + 1):
        with _sentences(target.host):
            answer = _ask(target, method, data, sent, limit, deadline, allowed)
        place = answer.headers.get("location", "")
        if answer.status not in REDIRECTS or not place:
            return answer
        if method == "POST":
            raise Failed(_("L’adresse renvoie vers une autre : donnez celle-là."))
        following = _read_url(urljoin(target.url, place))
        if target.scheme == "https" and following.scheme == "http":
            raise Refused(
                _("L’adresse renvoie vers une autre qui n’est pas protégée (http au lieu de https).")
            )
        if (following.scheme, following.host, following.port) != (target.scheme, target.host, target.port):
            sent = {name: value for name, value in sent.items() if name.lower() in _HARMLESS}
        target = following
    raise Failed(_("L’adresse renvoie trop de fois vers une autre."))


def check_url(url: str, *, hosts: Collection[str] = ()) -> str:
    """Return an address as it would be called, refused by what is written in it alone: no look-up, no call."""
    target = _read_url(url)
    allowed = {*hosts, *getattr(settings, "FETCH_HOSTS", ())}
    _check_port(target, allowed)
    if not target.listed(allowed):
        if target.host == "localhost" or target.host.endswith(".localhost"):
            raise _refused_address(target.host)
        if ":" in target.host or target.host.replace(".", "").isdigit():
            _check_addresses(target.host, [ip_address(target.host)])
    return target.url


# -- what the address says ------------------------------------------------------------------------------------


def _read_url(url: str) -> _Target:
    """Read an address strictly: what two programs could read in two ways is refused."""
    url = url.strip()
    if not url or len(url) > MAX_URL or "\\" in url or any(char <= " " or char == "\x7f" for char in url):
        raise Refused(
            _("Cette adresse n’est pas bien écrite : elle commence par https:// et n’a pas d’espace.")
        )
    try:
        parts = urlsplit(url)
        port, host = parts.port, (parts.hostname or "").removesuffix(".")
        host = host if ":" in host else host.encode("idna").decode().lower()
    except ValueError:  # UnicodeError too
        raise Refused(_("Le nom du site, dans cette adresse, n’est pas bien écrit.")) from None
    if parts.scheme not in PORTS:
        raise Refused(_("Cette adresse doit commencer par https:// ou http://."))
    if parts.username is not None or parts.password is not None:
        raise Refused(_("Cette adresse contient un nom d’utilisateur ou un mot de passe : retirez-les."))
    _check_host(host)
    path = quote(parts.path or "/", safe="/%:@!$&'()*+,;=~-._")
    if parts.query:
        path += "?" + quote(parts.query, safe="/%:@!$&'()*+,;=~-._?[]|")
    return _Target(parts.scheme, host, PORTS[parts.scheme] if port is None else port, path)


def _check_host(host: str) -> None:
    wrong = Refused(_("Le nom du site, dans cette adresse, n’est pas bien écrit."))
    try:
        ip_address(host)
    except ValueError:
        # 2130706433, 0x7f.1, 0177.0.0.1: addresses in disguise, that every program reads in its own way.
        if not _HOST.fullmatch(host) or _NUMBER.fullmatch(host.rsplit(".", 1)[-1]):
            raise wrong from None
    else:
        if "%" in host:
            raise wrong


def _check_port(target: _Target, allowed: Collection[str]) -> None:
    if target.port != PORTS[target.scheme] and not target.listed(allowed):
        raise Refused(
            _(
                "Le port %(port)s n’est pas permis. L’administration peut l’ajouter à la liste des sites permis."
            )
            % {"port": target.port}
        )


# -- where the name leads -------------------------------------------------------------------------------------


def _refused_address(host: str) -> Refused:
    return Refused(
        _(
            "« %(host)s » désigne une machine interne : par sécurité, elle n’est pas appelée. L’administration peut "
            "l’ajouter à la liste des sites permis."
        )
        % {"host": host}
    )


def _check_addresses(host: str, addresses: Collection[IPv4Address | IPv6Address]) -> None:
    # All of them: a name with one public and one private address is a trap, not a mistake.
    if not all(is_public(address) for address in addresses):
        raise _refused_address(host)


def _resolve(target: _Target, deadline: _Deadline) -> list[tuple[Any, Any]]:
    """Return the families and socket addresses of a name, looked up once; the system's own wait may be longer."""
    found: list[Any] = []

    def look_up() -> None:
        try:
            found.append(socket.getaddrinfo(target.host, target.port, type=socket.SOCK_STREAM))
        except (OSError, UnicodeError) as error:
            found.append(error)

    thread = threading.Thread(target=look_up, daemon=True)
    thread.start()
    thread.join(deadline.left())
    if not found:
        raise TimeoutError
    if isinstance(found[0], Exception):
        raise Failed(_("Le site « %(host)s » est introuvable.") % {"host": target.host})
    return [(row[0], row[4]) for row in found[0] if row[0] in (socket.AF_INET, socket.AF_INET6)]


def _connect(target: _Target, deadline: _Deadline, allowed: Collection[str]) -> socket.socket:
    _check_port(target, allowed)
    places = _resolve(target, deadline)
    if not target.listed(allowed):
        _check_addresses(target.host, [ip_address(place[0].split("%")[0]) for _family, place in places])
    error: OSError = OSError("no address")
    tried = places[:MAX_TRIES]
    for number, (family, place) in enumerate(tried, 1):
        connection = socket.socket(family, socket.SOCK_STREAM)
        # One address that does not answer leaves time for the next.
        connection.settimeout(deadline.left() / (len(tried) - number + 1))
        try:
            connection.connect(place)
        except OSError as failure:
            connection.close()
            error = failure
        else:
            return connection
    raise error


# -- the exchange itself --------------------------------------------------------------------------------------


class _Reader(io.RawIOBase):
    """Bytes of a connection, each wait no longer than what is left of the whole."""

    def __init__(self, connection: socket.socket, deadline: _Deadline) -> None:
        self.connection, self.deadline = connection, deadline

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        self.connection.settimeout(self.deadline.left())
        return self.connection.recv_into(buffer)


class _Timed:
    """What http.client needs of a connection, under one deadline."""

    def __init__(self, connection: socket.socket, deadline: _Deadline) -> None:
        self.connection, self.deadline = connection, deadline

    def sendall(self, data: bytes) -> None:
        self.connection.settimeout(self.deadline.left())
        self.connection.sendall(data)

    def makefile(self, _mode: str) -> io.BufferedReader:
        return io.BufferedReader(_Reader(self.connection, self.deadline), _CHUNK)

    def close(self) -> None:
        """Leave the connection open: its answer is still to be read; whoever made it closes it."""


@contextmanager
def _sentences(host: str) -> Iterator[None]:
    """Say in words what went wrong on the way."""
    try:
        yield
    except TimeoutError:
        raise Failed(_("Le site « %(host)s » met trop de temps à répondre.") % {"host": host}) from None
    except ssl.SSLError as error:
        if isinstance(error, ssl.SSLCertVerificationError):
            sentence = _("Le site « %(host)s » ne prouve pas son identité (certificat refusé).")
        else:
            sentence = _("La connexion protégée avec « %(host)s » n’a pas pu s’établir.")
        raise Failed(sentence % {"host": host}) from None
    except OSError:
        raise Failed(_("Le site « %(host)s » ne répond pas.") % {"host": host}) from None
    except (http.client.HTTPException, ValueError):
        raise Failed(
            _("Le site « %(host)s » a répondu de façon incompréhensible.") % {"host": host}
        ) from None


def _ask(
    target: _Target,
    method: str,
    data: bytes | None,
    headers: Mapping[str, str],
    limit: int,
    deadline: _Deadline,
    allowed: Collection[str],
) -> Fetched:
    connection = _connect(target, deadline, allowed)
    try:
        if target.scheme == "https":
            connection.settimeout(deadline.left())
            context = ssl.create_default_context()
            connection = context.wrap_socket(connection, server_hostname=target.host)
        # http.client writes and reads the words; it neither connects nor looks anything up.
        speaker = http.client.HTTPConnection(target.host, target.port)
        speaker.auto_open = 0
        speaker.sock = _Timed(connection, deadline)
        speaker.putrequest(method, target.path, skip_host=True, skip_accept_encoding=True)
        ours = {"Host": target.place, "Accept-Encoding": "identity", "Connection": "close"}
        if data is not None:
            ours["Content-Length"] = str(len(data))
        if not any(name.lower() == "user-agent" for name in headers):
            ours["User-Agent"] = "Reciproque"
        for name, value in (ours | dict(headers)).items():
            speaker.putheader(name, value)
        speaker.endheaders(data)
        with speaker.getresponse() as response:
            return _read(response, target, limit)
    finally:
        connection.close()


def _read(response: http.client.HTTPResponse, target: _Target, limit: int) -> Fetched:
    headers: dict[str, str] = {}
    for name, value in response.getheaders():
        headers.setdefault(name.lower(), value)
    if response.status in REDIRECTS:
        return Fetched(response.status, headers, b"", target.url)
    if headers.get("content-encoding", "identity").strip().lower() not in ("", "identity"):
        # A few bytes can hide gigabytes: we asked for none of it.
        raise Failed(_("Le site « %(host)s » a envoyé une réponse compressée.") % {"host": target.host})
    too_long = Failed(
        _("La réponse de « %(host)s » est trop longue (plus de %(size)s ko).")
        % {"host": target.host, "size": limit // 1000}
    )
    awaited = response.length
    if awaited is not None and awaited > limit:
        raise too_long
    body = bytearray()
    while piece := response.read(_CHUNK):
        body += piece
        if len(body) > limit:
            raise too_long
    if awaited is not None and len(body) < awaited:
        raise http.client.IncompleteRead(b"", awaited - len(body))
    return Fetched(response.status, headers, bytes(body), target.url)
