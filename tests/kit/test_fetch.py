"""The one way out: real servers on this machine, a false directory of names for what must be refused."""

from __future__ import annotations

import contextlib
import datetime as dt
import gzip
import ipaddress
import socket
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from reciproque.kit import fetch as module
from reciproque.kit.addresses import is_public
from reciproque.kit.fetch import Failed, Refused, check_url, fetch

OK = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nETag: x\r\n\r\nhi"


class Server:
    """One loopback server: what `answer` does with each connection, and what it was asked."""

    def __init__(self, answer: Callable[[socket.socket, str], None], host: str, wrap: Any = None) -> None:
        family = socket.AF_INET6 if ":" in host else socket.AF_INET
        self.listener = socket.create_server((host, 0), family=family)
        self.host = f"[{host}]" if ":" in host else host
        self.port = self.listener.getsockname()[1]
        self.asked: list[str] = []
        self.answer, self.wrap, self.closing = answer, wrap, threading.Event()
        self.threads = [threading.Thread(target=self._serve, daemon=True)]
        self.threads[0].start()

    @property
    def place(self) -> str:
        return f"{self.host}:{self.port}"

    @property
    def url(self) -> str:
        return f"http://{self.place}/"

    def _serve(self) -> None:
        while not self.closing.is_set():
            try:
                connection, _peer = self.listener.accept()
            except OSError:
                return
            with connection, contextlib.suppress(OSError):
                connection.settimeout(5)
                speaking = self.wrap(connection) if self.wrap else connection
                with speaking:
                    asked = b""
                    while b"\r\n\r\n" not in asked:
                        piece = speaking.recv(65536)
                        if not piece:
                            break
                        asked += piece
                    self.asked.append(asked.decode("latin-1"))
                    self.answer(speaking, asked.decode("latin-1"))

    def close(self) -> None:
        self.closing.set()
        with contextlib.suppress(OSError):
            self.listener.shutdown(socket.SHUT_RDWR)
        self.listener.close()
        for thread in self.threads:
            thread.join(5)


@pytest.fixture
def serve() -> Iterator[Callable[..., Server]]:
    servers: list[Server] = []

    def serve_(answer: Any = OK, host: str = "127.0.0.1", wrap: Any = None) -> Server:
        reply = answer if callable(answer) else lambda connection, _asked: connection.sendall(answer)
        servers.append(Server(reply, host, wrap))
        return servers[-1]

    yield serve_
    for server in servers:
        server.close()


@pytest.fixture
def names(monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    """A directory of names: an address, several, or a list of answers one after the other; others: the system's."""
    table: dict[str, Any] = {}
    real = socket.getaddrinfo

    def look_up(host: str, port: int, *args: Any, **more: Any) -> Any:
        found = table.get(host)
        if found is None:
            if not host.strip("0123456789abcdef.:") or host == "localhost":
                return real(host, port, *args, **more)
            raise socket.gaierror(socket.EAI_NONAME, "unknown name")
        if found and isinstance(found[0], list):
            found = found.pop(0)
        return [
            (socket.AF_INET6, socket.SOCK_STREAM, 6, "", (address, port, 0, 0))
            if ":" in address
            else (socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, port))
            for address in found
        ]

    monkeypatch.setattr(socket, "getaddrinfo", look_up)
    return table


def redirect(place: str, status: int = 302) -> bytes:
    return f"HTTP/1.1 {status} Found\r\nLocation: {place}\r\nContent-Length: 0\r\n\r\n".encode()


# -- what works ---------------------------------------------------------------------------------------------


def test_an_address_that_the_administrator_listed(serve: Any, settings: Any) -> None:
    server = serve()
    answer = fetch(server.url + "é?a=b#part", headers={"X-Key": "1", "Host": "evil"}, hosts=[server.place])
    assert (answer.status, answer.body, answer.headers["etag"]) == (200, b"hi", "x")
    lines = server.asked[0].split("\r\n")
    assert lines[0] == "GET /%C3%A9?a=b HTTP/1.1"
    assert f"Host: {server.place}" in lines
    assert "Host: evil" not in lines
    assert "X-Key: 1" in lines
    assert "Accept-Encoding: identity" in lines
    settings.FETCH_HOSTS = [server.place]
    assert fetch(server.url).status == 200


def test_another_protocol_of_addresses(serve: Any) -> None:
    server = serve(host="::1")
    assert fetch(server.url, hosts=[server.place]).body == b"hi"


def test_a_message_is_posted(serve: Any) -> None:
    server = serve(b"HTTP/1.1 404 Not Found\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nnon\r\n0\r\n\r\n")
    answer = fetch(
        server.url,
        method="POST",
        data=b"{}",
        headers={"Content-Type": "application/json"},
        hosts=[server.place],
    )
    assert (answer.status, answer.body) == (404, b"non")
    assert "Content-Length: 2\r\n" in server.asked[0]
    assert "Content-Type: application/json\r\n" in server.asked[0]


def test_proxies_of_the_environment_are_ignored(serve: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    server = serve()
    for name in ("http_proxy", "HTTP_PROXY", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:9/")
    assert fetch(server.url, hosts=[server.place]).status == 200


def test_redirects_are_followed_three_times(serve: Any) -> None:
    def answer(connection: socket.socket, asked: str) -> None:
        left = int(asked.split(" ")[1].strip("/"))
        connection.sendall(redirect(f"/{left - 1}/", 307) if left else OK)

    server = serve(answer)
    assert fetch(server.url + "3/", hosts=[server.place]).url == server.url + "0/"
    with pytest.raises(Failed, match="trop de fois"):
        fetch(server.url + "4/", hosts=[server.place])


def test_a_key_does_not_follow_to_another_site(serve: Any) -> None:
    last = serve()
    first = serve(redirect(last.url))
    fetch(
        first.url, headers={"Authorization": "k", "Accept": "text/calendar"}, hosts=[first.place, last.place]
    )
    assert "Authorization" in first.asked[0]
    assert "Authorization" not in last.asked[0]
    assert "Accept: text/calendar" in last.asked[0]


# -- what is refused ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "host",
    [
        "127.0.0.1",
        "2130706433",
        "017700000001",
        "0177.0.0.1",
        "0x7f000001",
        "0x7f.1",
        "127.1",
        "0",
        "[::1]",
        "[::]",
        "[::ffff:127.0.0.1]",
        "[::ffff:7f00:1]",
        "[::127.0.0.1]",
        "[64:ff9b::7f00:1]",
        "[64:ff9b:1::7f00:1]",
        "[2002:7f00:1::]",
        "[2001:0:7f00:1::]",
        "[fe80::1]",
        "[fe80::1%25eth0]",
        "[fd00::1]",
        "[fec0::1]",
        "[ff02::1]",
        "169.254.169.254",
        "168.63.129.16",
        "10.1.2.3",
        "172.16.0.1",
        "192.168.1.1",
        "100.64.0.1",
        "198.18.0.1",
        "224.0.0.1",
        "240.0.0.1",
        "255.255.255.255",
        "192.88.99.1",
        "１２７.0.0.1",
    ],
)
def test_addresses_of_machines_inside_however_written(host: str, names: Any) -> None:
    with pytest.raises(Refused) as refused:
        fetch(f"http://{host}/")
    assert refused.value.sentence
    with pytest.raises(Refused):
        check_url(f"http://{host}/")


@pytest.mark.parametrize(
    "addresses",
    [
        ["127.0.0.1"],
        ["93.184.215.14", "10.0.0.1"],
        ["2606:2800:21f:cb07:6820:80da:af6b:8b2c", "::1"],
        ["::ffff:10.0.0.1"],
        ["64:ff9b::a00:1"],
    ],
)
def test_names_that_lead_inside(addresses: list[str], names: Any) -> None:
    names["trap.example.org"] = addresses
    with pytest.raises(Refused, match="machine interne"):
        fetch("http://trap.example.org/")


def test_localhost_by_name() -> None:
    for host in ("localhost", "LOCALHOST.", "a.localhost"):
        with pytest.raises(Refused):
            check_url(f"http://{host}/")
    with pytest.raises(Refused, match="machine interne"):
        fetch("http://localhost/")


def test_public_addresses() -> None:
    public = ["93.184.215.14", "2606:2800:21f:cb07::1", "64:ff9b::5db8:d70e", "::ffff:93.184.215.14"]
    assert all(is_public(ipaddress.ip_address(text)) for text in public)


@pytest.mark.parametrize(
    ("url", "words"),
    [
        ("", "bien écrite"),
        ("ftp://example.org/", "commencer par"),
        ("file:///etc/passwd", "n’est pas bien écrit|commencer par"),
        ("gopher://example.org/", "commencer par"),
        ("//example.org/", "commencer par"),
        ("http://", "nom du site"),
        ("http://a b/", "bien écrite"),
        ("http://example.org/\r\nX: 1", "bien écrite"),
        ("http://example.org\\@10.0.0.1/", "bien écrite"),
        ("http://user:secret@example.org/", "mot de passe"),
        ("http://@example.org/", "mot de passe"),
        ("http://exa%6dple.org/", "nom du site"),
        ("http://example.org:port/", "nom du site"),
        ("http://example.org:99999/", "nom du site"),
        ("http://[::1/", "nom du site"),
        ("http://" + "a" * 70 + ".org/", "nom du site"),
        ("http://-a.org/", "nom du site"),
        ("http://example.org:22/", "port 22"),
        ("https://example.org:80/", "port 80"),
        ("http://example.org/" + "a" * 2000, "bien écrite"),
    ],
)
def test_addresses_that_are_refused_as_they_are_written(url: str, words: str, names: Any) -> None:
    names["example.org"] = ["93.184.215.14"]
    with pytest.raises(Refused, match=words):
        fetch(url)
    with pytest.raises(Refused, match=words):
        check_url(url)


def test_an_address_is_written_in_one_way() -> None:
    assert check_url(" https://Exämple.org./a#b ") == "https://xn--exmple-cua.org/a"
    assert check_url("https://example.org:443") == "https://example.org/"


@pytest.mark.parametrize("place", ["http://[", "http://[::1", "//[x]/", "http://a:99999/", "http://a:b/"])
def test_a_redirect_to_what_is_no_address(serve: Any, place: str) -> None:
    server = serve(redirect(place))
    with pytest.raises(Refused, match="bien écrit"):
        fetch(server.url, hosts=[server.place])


def test_a_redirect_that_leads_inside(serve: Any, names: Any) -> None:
    for place in (
        "http://169.254.169.254/latest",
        "http://trap.example.org/",
        "//[::1]/",
        "file:///etc/passwd",
    ):
        names["trap.example.org"] = ["10.0.0.1"]
        server = serve(redirect(place))
        with pytest.raises(Refused):
            fetch(server.url, hosts=[server.place])


def test_a_name_whose_second_answer_leads_inside(serve: Any, names: Any) -> None:
    """The connection goes to the address that was checked: the name is asked once for each request."""
    server, inside = serve(), serve()
    names["rebind.example.org"] = [["127.0.0.1"], ["10.0.0.1"]]
    place = f"rebind.example.org:{server.port}"
    assert fetch(f"http://{place}/", hosts=[place]).status == 200
    assert names["rebind.example.org"] == [["10.0.0.1"]]
    assert f"Host: {place}" in server.asked[0]
    # Asked again for a redirect to itself, and checked again.
    names["rebind.example.org"] = [["127.0.0.1"]]
    first = serve(redirect("http://rebind.example.org/"))
    with pytest.raises(Refused, match="machine interne"):
        fetch(first.url, hosts=[first.place])
    assert inside.asked == []


def test_a_post_is_never_sent_on(serve: Any) -> None:
    last = serve()
    first = serve(redirect(last.url, 307))
    with pytest.raises(Failed, match="renvoie"):
        fetch(first.url, method="POST", data=b"secret", hosts=[first.place, last.place])
    assert last.asked == []


# -- what goes wrong ----------------------------------------------------------------------------------------


def endless(connection: socket.socket, _asked: str) -> None:
    connection.sendall(b"HTTP/1.1 200 OK\r\n\r\n")
    with contextlib.suppress(OSError):
        while True:
            connection.sendall(b"x" * 65536)


def slowly(start: bytes) -> Callable[[socket.socket, str], None]:
    def drip(connection: socket.socket, _asked: str) -> None:
        connection.sendall(start)
        with contextlib.suppress(OSError):
            for _ in range(200):
                connection.sendall(b"x")
                time.sleep(0.05)

    return drip


@pytest.mark.parametrize(
    "start", [b"", b"HTTP/1.1 200 OK\r\nX: ", b"HTTP/1.1 200 OK\r\n\r\n"], ids=["status", "headers", "body"]
)
def test_a_drip_ends_at_the_limit_of_time(serve: Any, start: bytes) -> None:
    server = serve(slowly(start))
    with pytest.raises(Failed, match="trop de temps"):
        fetch(server.url, timeout=0.3, hosts=[server.place])


def test_a_directory_of_names_that_does_not_answer(monkeypatch: pytest.MonkeyPatch) -> None:
    waiting = threading.Event()
    monkeypatch.setattr(socket, "getaddrinfo", lambda *args, **more: waiting.wait(5) and [])
    with pytest.raises(Failed, match="trop de temps"):
        fetch("http://example.org/", timeout=0.1)
    waiting.set()


@pytest.mark.parametrize(
    "answer",
    [
        endless,
        b"HTTP/1.1 200 OK\r\nContent-Length: 999999999\r\n\r\nx",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nFFFFFF\r\n" + b"x" * 3000,
    ],
    ids=["endless", "announced", "chunk"],
)
def test_a_body_that_is_too_long(serve: Any, answer: Any) -> None:
    server = serve(answer)
    with pytest.raises(Failed, match="trop longue|incompréhensible"):
        fetch(server.url, limit=1000, hosts=[server.place])


def test_a_body_of_just_the_limit(serve: Any) -> None:
    server = serve(OK)
    assert fetch(server.url, limit=2, hosts=[server.place]).body == b"hi"


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (
            b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\n\r\n" + gzip.compress(b"0" * 10_000, mtime=0),
            "compressée",
        ),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhi", "incompréhensible"),
        (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n", "incompréhensible"),
        (b"SSH-2.0-OpenSSH_9.6\r\n\r\n", "incompréhensible"),
        (b"HTTP/1.1 200 OK\r\n" + b"X: y\r\n" * 200 + b"\r\n", "incompréhensible"),
        (b"HTTP/1.1 200 OK\r\nX: " + b"y" * 70_000 + b"\r\n\r\n", "incompréhensible"),
        (b"", "incompréhensible|ne répond pas"),
    ],
)
def test_answers_that_cannot_be_used(serve: Any, answer: bytes, words: str) -> None:
    server = serve(answer)
    with pytest.raises(Failed, match=words):
        fetch(server.url, hosts=[server.place])


def test_nobody_there(serve: Any, names: Any) -> None:
    server = serve()
    server.close()
    with pytest.raises(Failed, match="ne répond pas"):
        fetch(server.url, hosts=[server.place])
    with pytest.raises(Failed, match="introuvable"):
        fetch("http://nowhere.example.org/")


# -- https --------------------------------------------------------------------------------------------------


@pytest.fixture
def certify(tmp_path: Path) -> Callable[[str], Any]:
    """Make a certificate for a name; return the wrapper of connections, and leave the file to trust."""
    import ssl

    def certify_(name: str) -> Any:
        key = ec.generate_private_key(ec.SECP256R1())
        subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
        now = dt.datetime.now(dt.UTC)
        certificate = (
            x509.CertificateBuilder()
            .subject_name(subject)
            .issuer_name(subject)
            .public_key(key.public_key())
            .serial_number(1)
            .not_valid_before(now - dt.timedelta(days=1))
            .not_valid_after(now + dt.timedelta(days=1))
            .add_extension(x509.SubjectAlternativeName([x509.DNSName(name)]), critical=False)
            .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
            .sign(key, hashes.SHA256())
        )
        pem = certificate.public_bytes(serialization.Encoding.PEM)
        private = key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
        (tmp_path / "trust.pem").write_bytes(pem)
        (tmp_path / "server.pem").write_bytes(private + pem)
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(tmp_path / "server.pem")
        return lambda connection: context.wrap_socket(connection, server_side=True)

    return certify_


def test_the_site_proves_its_name(
    serve: Any, names: Any, certify: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    server = serve(wrap=certify("calendar.example.org"))
    for name in ("calendar.example.org", "other.example.org"):
        names[name] = ["127.0.0.1"]
    place = f"calendar.example.org:{server.port}"
    with pytest.raises(Failed, match="identité"):
        fetch(f"https://{place}/", hosts=[place])
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "trust.pem"))
    assert fetch(f"https://{place}/", hosts=[place]).body == b"hi"
    other = f"other.example.org:{server.port}"
    with pytest.raises(Failed, match="identité"):
        fetch(f"https://{other}/", hosts=[other])


def test_a_protected_address_never_leads_to_an_open_one(
    serve: Any, names: Any, certify: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    last = serve()
    server = serve(redirect(last.url), wrap=certify("calendar.example.org"))
    names["calendar.example.org"] = ["127.0.0.1"]
    place = f"calendar.example.org:{server.port}"
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "trust.pem"))
    with pytest.raises(Refused, match="pas protégée"):
        fetch(f"https://{place}/", hosts=[place, last.place])
    assert last.asked == []


def test_a_site_that_does_not_speak_https(serve: Any) -> None:
    server = serve(b"hello, this is not what you think\r\n\r\n")
    with pytest.raises(Failed):
        fetch(f"https://{server.place}/", hosts=[server.place], timeout=2)


def test_what_is_asked_wrongly_by_the_program_itself() -> None:
    with pytest.raises(ValueError, match="DELETE"):
        fetch("http://example.org/", method="DELETE")
    assert module.MAX_REDIRECTS == 3
