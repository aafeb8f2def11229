"""How a server is reached: certificates, proxies, the headers of a gateway, and what the environment says of them."""

from __future__ import annotations

import json
import ssl
from contextlib import closing
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
import trustme
from profile_relations_conformance.errors import UsageError
from profile_relations_conformance.run.settings import RunSettings
from profile_relations_conformance.run.setup import make_parts
from profile_relations_conformance.target.model import Token
from profile_relations_conformance.transport.client import Client
from profile_relations_conformance.transport.connection import ConnectionOptions, header_of
from profile_relations_conformance.transport.exchange import Exchange, Request
from profile_relations_conformance.transport.pace import Pace
from profile_relations_conformance.transport.trouble import Trouble

from tests.client.hostile import Connection, HostileServer
from tests.helpers.made_up import CONTRACT, TARGET

if TYPE_CHECKING:
    import socket
    from collections.abc import Iterator
    from pathlib import Path

    from tests.client.hostile import Script

ENVELOPE = json.dumps({"error": 400, "error_text": "no"}).encode()
REQUEST = Request.of({"token": "t"}, "a request")
FAR = "http://relations.invalid/api/v1.1"
CANARY = "canary-of-the-gateway-51"
PROXY_VARIABLES = ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "NO_PROXY")


@pytest.fixture(autouse=True)
def clean(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in (*PROXY_VARIABLES, "SSL_CERT_FILE", "SSL_CERT_DIR", "REQUEST_METHOD"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.lower(), raising=False)


def refuse(connection: Connection) -> None:
    connection.read_request()
    connection.reply(ENVELOPE)


class TlsServer(HostileServer):
    """A scripted server behind TLS, whose certificate an authority of its own has signed."""

    def __init__(self, script: Script, folder: Path, *, asks: bool = False) -> None:
        super().__init__(script)
        authority = trustme.CA()
        self.ca_file = folder / "ca.pem"
        self.client_cert = folder / "client.pem"
        authority.cert_pem.write_to_path(self.ca_file)
        authority.issue_cert("tester@example.com").private_key_and_cert_chain_pem.write_to_path(self.client_cert)
        self._context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        authority.issue_cert("localhost", "127.0.0.1").configure_cert(self._context)
        if asks:
            authority.configure_trust(self._context)
            self._context.verify_mode = ssl.CERT_REQUIRED

    @property
    def url(self) -> str:
        """The base URL, by https."""
        return super().url.replace("http:", "https:")

    def _follow_script(self, sock: socket.socket) -> None:
        try:
            wrapped = self._context.wrap_socket(sock, server_side=True)
        except OSError:
            sock.close()
            return
        super()._follow_script(wrapped)


@pytest.fixture
def secure(tmp_path: Path) -> Iterator[TlsServer]:
    with TlsServer(refuse, tmp_path) as server:
        yield server


def ask(url: str, options: ConnectionOptions) -> Exchange:
    with closing(Client(url, timeout=5, pace=Pace(), connection=options)) as client:
        return client.send(REQUEST)


# --- Certificates ----------------------------------------------------------------------------------------------------


def test_an_authority_of_ones_own_is_trusted_where_it_is_named(secure: TlsServer) -> None:
    found = ask(secure.url, ConnectionOptions())
    assert found.unreachable is Trouble.CERTIFICATE
    assert found.trouble == "the certificate is not trusted (unable to get local issuer certificate)"
    assert ask(secure.url, ConnectionOptions(ca_file=secure.ca_file)).reply is not None


def test_the_variable_of_the_authorities_is_heard(secure: TlsServer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(secure.ca_file))
    assert ask(secure.url, ConnectionOptions()).reply is not None
    assert ask(secure.url, ConnectionOptions(no_env=True)).unreachable is Trouble.CERTIFICATE


def test_any_certificate_is_taken_where_that_is_asked_for(secure: TlsServer) -> None:
    assert ask(secure.url, ConnectionOptions(insecure=True)).reply is not None


def test_a_server_that_asks_for_a_certificate_is_shown_it(tmp_path: Path) -> None:
    with TlsServer(refuse, tmp_path, asks=True) as server:
        trusting = ConnectionOptions(ca_file=server.ca_file)
        assert ask(server.url, trusting).unreachable is Trouble.TLS
        assert ask(server.url, replace(trusting, client_cert=server.client_cert)).reply is not None


def test_a_server_that_speaks_no_tls_is_told() -> None:
    def refuse_at_once(connection: Connection) -> None:
        connection.receive()
        connection.reply(b"", "400 Bad Request")

    with HostileServer(refuse_at_once) as plain:
        found = ask(plain.url.replace("http:", "https:"), ConnectionOptions(insecure=True))
    assert found.unreachable is Trouble.TLS


@pytest.mark.parametrize("option", ["ca_file", "client_cert"])
@pytest.mark.parametrize("content", [None, "", "no certificate"])
def test_a_file_that_is_no_certificate_is_told(option: str, content: str | None, tmp_path: Path) -> None:
    path = tmp_path / "file.pem"
    if content is not None:
        path.write_text(content, "utf-8")
    named = {"ca_file": ConnectionOptions(ca_file=path), "client_cert": ConnectionOptions(client_cert=path)}
    made = named[option]
    with pytest.raises(UsageError, match=rf"--{option.replace('_', '-')} .*file\.pem can't be used \("):
        ask("https://127.0.0.1:1/api", made)


def test_a_broken_file_of_the_variable_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "none.pem"))
    with pytest.raises(UsageError, match="SSL_CERT_FILE can't be used"):
        ask("https://127.0.0.1:1/api", ConnectionOptions())


# --- Proxies ---------------------------------------------------------------------------------------------------------


def test_requests_go_through_the_proxy_with_its_credentials() -> None:
    with HostileServer(refuse) as proxy:
        address = proxy.url.removesuffix("/api/v1.1").replace("//", "//jane:p%40ss@")
        options = ConnectionOptions(proxy=address)
        assert ask(FAR, options).reply is not None
    assert proxy.requests[0].startswith(b"POST http://relations.invalid/api/v1.1 HTTP/1.1")
    assert b"Proxy-Authorization: Basic amFuZTpwQHNz" in proxy.requests[0]
    assert "p%40ss" not in repr(options)
    assert options.as_recorded(FAR)["proxy"] == address.replace("jane:p%40ss@", "")
    assert options.secrets(FAR) == {"proxy password": "p@ss"}


def test_a_tunnel_that_the_proxy_refuses_is_told() -> None:
    def deny(connection: Connection) -> None:
        connection.read_request()
        connection.reply(b"", "407 Proxy Authentication Required")

    with HostileServer(deny) as proxy:
        found = ask(FAR.replace("http:", "https:"), ConnectionOptions(proxy=proxy.url.removesuffix("/api/v1.1")))
    assert found.unreachable is Trouble.PROXY
    assert found.trouble == "the proxy refuses (407 Proxy Authentication Required)"


@pytest.mark.parametrize("name", ["HTTP_PROXY", "http_proxy", "ALL_PROXY"])
def test_a_proxy_of_the_environment_is_taken(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(name, "proxy.example:3128")
    assert ConnectionOptions().proxy_for(FAR) == "http://proxy.example:3128"
    assert ConnectionOptions(no_env=True).proxy_for(FAR) is None
    assert ConnectionOptions(proxy="https://other.example").proxy_for(FAR) == "https://other.example"


def test_a_proxy_for_one_scheme_is_not_taken_for_the_other(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTPS_PROXY", "http://proxy.example")
    assert ConnectionOptions().proxy_for(FAR) is None
    assert ConnectionOptions().proxy_for(FAR.replace("http:", "https:")) == "http://proxy.example"


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1:8080", "127.9.9.9", "[::1]:80", "api.localhost"])
def test_this_machine_is_reached_through_no_proxy_of_the_environment(
    host: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ALL_PROXY", "http://proxy.example")
    assert ConnectionOptions().proxy_for(f"http://{host}/api/v1.1") is None


@pytest.mark.parametrize("value", ["relations.invalid", ".invalid", "other.example, relations.invalid", "*"])
def test_hosts_that_go_through_no_proxy_do_not(value: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ALL_PROXY", "http://proxy.example")
    monkeypatch.setenv("NO_PROXY", value)
    assert ConnectionOptions().proxy_for(FAR) is None


@pytest.mark.parametrize("value", [f"socks5://u:{CANARY}@h", f"http://u:{CANARY}@h:port", f"http://u:{CANARY}@"])
def test_what_is_no_proxy_is_told_without_its_credentials(value: str, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(UsageError, match="--proxy is no http or https URL") as caught:
        ConnectionOptions(proxy=value).proxy_for(FAR)
    assert CANARY not in str(caught.value)
    monkeypatch.setenv("ALL_PROXY", value)
    with pytest.raises(UsageError, match="ALL_PROXY is no http or https URL"):
        ConnectionOptions().proxy_for(FAR)


# --- Headers of a gateway --------------------------------------------------------------------------------------------


def test_a_header_of_a_gateway_is_sent_and_never_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GATEWAY_KEY", CANARY)
    options = ConnectionOptions(headers=(("X-Gateway", "GATEWAY_KEY"),))
    with HostileServer(refuse) as server:
        assert ask(server.url, options).reply is not None
    assert f"x-gateway: {CANARY}".encode() in server.requests[0].lower()
    assert CANARY not in repr(options) + repr(RunSettings(connection=options))
    assert options.as_recorded(FAR)["headers"] == ["X-Gateway"]


def test_reports_hide_what_the_gateway_and_the_proxy_are_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GATEWAY_KEY", CANARY)
    options = ConnectionOptions(headers=(("X-Gateway", "GATEWAY_KEY"),), proxy="http://jane:p%40ssword@proxy.example")
    parts = make_parts(RunSettings(connection=options), CONTRACT, TARGET)
    with closing(parts.client):
        shown = parts.redactor.text(f"echo of {CANARY} and p@ssword")
        assert shown == "echo of {{header X-Gateway}} and {{proxy password}}"
        assert all(parts.redactor.leaks(f"echo of {it}") for it in (TARGET.token.reveal(), CANARY, "p@ssword"))
        assert not parts.redactor.leaks(shown)


@pytest.mark.parametrize("value", ["", "two\nlines", "ключ", " a-secret"])
def test_a_value_that_no_header_carries_is_told_and_not_shown(value: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GATEWAY_KEY", value)
    with pytest.raises(UsageError, match="GATEWAY_KEY") as caught:
        ConnectionOptions(headers=(("X-Gateway", "GATEWAY_KEY"),)).header_values()
    assert not value or value not in str(caught.value)


@pytest.mark.parametrize("text", ["X-Gateway", "=ENV", "X Gateway=ENV", "X-Gateway=", "Content-Type=ENV", "a:b=ENV"])
def test_what_is_no_header_is_told(text: str) -> None:
    with pytest.raises(ValueError, match=r"NAME=ENV|has its own"):
        header_of(text)


def test_the_header_of_the_token_is_no_gateways(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GATEWAY_KEY", CANARY)
    settings = RunSettings(connection=ConnectionOptions(headers=(("authorization", "GATEWAY_KEY"),)))
    with closing(make_parts(settings, CONTRACT, TARGET).client):
        pass
    with pytest.raises(UsageError, match="the token goes there"):
        make_parts(settings, CONTRACT, replace(TARGET, token=Token("t" * 9), token_in="header"))
