"""What the environment says of proxies and certificates is read where the client is made, and a slip is named."""

from __future__ import annotations

import asyncio
import ssl
import traceback
import warnings
from typing import TYPE_CHECKING, Any

import httpx
import pytest
from profile_relations_client import AsyncRelationsClient, ClientError, ConfigurationError, RelationsClient

from .test_sessions import ARGUMENTS, serving, url_of

if TYPE_CHECKING:
    from pathlib import Path

TOKEN = "canary-5f3c9a1b"
URL = "https://example.com"
KINDS = pytest.mark.parametrize("kind", [RelationsClient, AsyncRelationsClient], ids=["sync", "async"])
Kind = type[RelationsClient | AsyncRelationsClient]


@pytest.fixture(autouse=True)
def bare(monkeypatch: pytest.MonkeyPatch) -> None:
    """Takes what the machine itself has out of the environment."""
    for name in ("http", "https", "all", "no"):
        monkeypatch.delenv(f"{name}_proxy", raising=False)
        monkeypatch.delenv(f"{name.upper()}_PROXY", raising=False)
    for name in ("SSL_CERT_FILE", "SSL_CERT_DIR"):
        monkeypatch.delenv(name, raising=False)


def below_the_test(error: Exception) -> str:
    """The error and the frames of the package with what is in them; those of the test have the secret, of course."""
    trace = error.__traceback__.tb_next if error.__traceback__ else None
    assert trace is not None
    return "".join(traceback.TracebackException(type(error), error, trace, capture_locals=True).format())


WRONG = [
    ("HTTPS_PROXY", "socks://127.0.0.1:1080"),
    ("https_proxy", "http://[::1"),
    ("HTTP_PROXY", "http://user:secret@host:port"),
    ("ALL_PROXY", "ftp://example.com"),
    ("ALL_PROXY", "://"),
    ("HTTPS_PROXY", "socks5://127.0.0.1:1080"),  # needs a package that is not there
    ("NO_PROXY", "localhost,[::1]"),
    ("SSL_CERT_FILE", "/nowhere/at/all.pem"),
]


@KINDS
@pytest.mark.parametrize(("variable", "value"), WRONG)
def test_a_slip_in_the_environment_names_its_variable(
    kind: Kind, variable: str, value: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(variable, value)
    with pytest.raises(ConfigurationError, match=variable) as raised:
        kind(URL, token=TOKEN)
    assert isinstance(raised.value, ClientError)
    assert raised.value.__context__ is None
    shown = below_the_test(raised.value)
    assert "secret" not in shown
    assert "canary" not in shown
    kind(URL, token=TOKEN, trust_env=False)


@KINDS
def test_certificates_that_are_none_name_their_variable(
    kind: Kind, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "none.pem"
    path.write_text("no certificate")
    monkeypatch.setenv("SSL_CERT_FILE", str(path))
    with pytest.raises(ConfigurationError, match="SSL_CERT_FILE"):
        kind(URL, token=TOKEN)
    with pytest.raises(ConfigurationError, match="verify"):
        kind(URL, token=TOKEN, verify=str(path), trust_env=False)
    kind(URL, token=TOKEN, verify=ssl.create_default_context())


def went_through(variable: str, monkeypatch: pytest.MonkeyPatch, url: str, no_proxy: str = "") -> list[str]:
    """What a proxy that a variable names was asked for."""
    with serving() as proxy, warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)
        monkeypatch.setenv(variable, url_of(proxy).removesuffix("/api/v1.1"))
        monkeypatch.setenv("NO_PROXY", no_proxy)
        with RelationsClient(url, token=TOKEN, retries=0, timeout=5) as api:
            try:
                api.get_relations(**ARGUMENTS)
            except ClientError:
                assert proxy.lines == []
        return proxy.lines


@pytest.mark.parametrize("variable", ["HTTP_PROXY", "http_proxy", "ALL_PROXY"])
def test_a_proxy_of_the_environment_is_gone_through(variable: str, monkeypatch: pytest.MonkeyPatch) -> None:
    assert went_through(variable, monkeypatch, "http://away.invalid/api") == [
        "POST http://away.invalid/api/relations/get HTTP/1.1"
    ]


@pytest.mark.parametrize("no_proxy", ["*", "away.invalid", ".invalid", "x.example, away.invalid:80", "*.invalid"])
def test_a_host_is_spared_the_proxy(no_proxy: str, monkeypatch: pytest.MonkeyPatch) -> None:
    assert went_through("HTTP_PROXY", monkeypatch, "http://away.invalid/api", no_proxy) == []


@pytest.mark.parametrize("no_proxy", ["", "other.invalid", "way.invalid", "10.0.0.0/8"])
def test_another_host_is_not_spared(no_proxy: str, monkeypatch: pytest.MonkeyPatch) -> None:
    assert went_through("HTTP_PROXY", monkeypatch, "http://away.invalid/api", no_proxy)


def test_this_machine_is_reached_through_no_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    with serving() as server:
        assert went_through("HTTP_PROXY", monkeypatch, url_of(server)) == []
        assert len(server.lines) == 1


@KINDS
def test_a_proxy_that_would_see_the_token_in_clear_warns(kind: Kind, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTP_PROXY", "http://user:secret@proxy.example:3128")
    with pytest.warns(UserWarning, match="unencrypted, through the proxy that HTTP_PROXY names") as caught:
        kind("http://example.com", token=TOKEN)
    assert len(caught) == 1
    assert "secret" not in str(caught[0].message)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        kind("http://localhost", token=TOKEN)
        kind(URL, token=TOKEN)


def sent(url: str, **options: Any) -> tuple[httpx.Request, RelationsClient]:  # noqa: ANN401
    """The request that a client makes, and the client."""
    requests: list[httpx.Request] = []

    def answer(request: httpx.Request) -> httpx.Response:
        requests.append(request)
        return httpx.Response(200, json={"error": 0})

    with RelationsClient(url, token=TOKEN, transport=httpx.MockTransport(answer), **options) as api:
        api.get_relations(**ARGUMENTS)
    return requests[0], api


def test_headers_are_sent_with_every_request() -> None:
    request, _ = sent(URL, headers={"X-Tenant": "7", "User-Agent": "mine/1"})
    assert (request.headers["x-tenant"], request.headers["user-agent"]) == ("7", "mine/1")
    for wrong in ({"X Y": "1"}, {"X": "a\r\nb"}, {"X": "Ключ"}, {"X": 5}):
        with pytest.raises(ConfigurationError, match="is no header"):
            RelationsClient(URL, token=TOKEN, headers=wrong)  # type: ignore[arg-type]  # wrong on purpose


def test_the_user_of_a_url_goes_into_a_header_and_is_shown_nowhere() -> None:
    request, api = sent("https://user:s%2Fcret-word@example.com/api")
    assert request.headers["authorization"] == httpx.BasicAuth("user", "s/cret-word")._auth_header  # noqa: SLF001
    assert str(request.url) == "https://example.com/api/relations/get"
    assert "cret" not in f"{api!r} {vars(api)} {vars(api._session)} {api._session.settings}"  # noqa: SLF001
    with pytest.raises(ConfigurationError) as raised:
        RelationsClient("https://user:secret@example.com/api?x", token=TOKEN)
    assert "secret" not in below_the_test(raised.value)


def test_http2_and_limits_are_arguments() -> None:
    with pytest.raises(ConfigurationError, match=r"http2 needs a package: pip install 'httpx\[http2\]'"):
        RelationsClient(URL, token=TOKEN, http2=True)
    RelationsClient(URL, token=TOKEN, limits=httpx.Limits(max_connections=None)).close()

    async def call() -> None:
        async with AsyncRelationsClient(URL, token=TOKEN, limits=httpx.Limits(max_connections=None)):
            pass

    asyncio.run(call())


@pytest.mark.parametrize("timeout", [float("inf"), float("nan"), "5", 0, -1, True, [5]])
def test_a_timeout_that_is_none_is_refused_at_once(timeout: Any) -> None:  # noqa: ANN401
    with pytest.raises(ConfigurationError, match="timeout"):
        RelationsClient(URL, token=TOKEN, timeout=timeout)
    with RelationsClient(URL, token=TOKEN) as api, pytest.raises(ConfigurationError, match="timeout"):
        api.get_relations(rel_id=2, email="x", timeout=timeout)
    coroutines = AsyncRelationsClient(URL, token=TOKEN)
    with pytest.raises(ConfigurationError, match="timeout"):
        _ = coroutines.get_relations(rel_id=2, email="x", timeout=timeout)
