"""A target that can't be judged is told from a faulty one before anything else is asked."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from profile_relations_conformance.errors import CannotJudgeError
from profile_relations_conformance.run.preflight import MOST_SILENT, MOST_TWINS, check_target
from profile_relations_conformance.run.runner import Runner
from profile_relations_conformance.target.known_data import MADE_UP_TOKEN
from profile_relations_conformance.transport.connection import DIRECT, ConnectionOptions
from profile_relations_conformance.transport.reply import Reply
from profile_relations_conformance.transport.trouble import Trouble

from tests.helpers.made_up import KNOWN, LEDGER, TOKEN, URL, PlayedServer, parts_of, refusal, reply, success

Json = Any

PROXIED = ConnectionOptions(proxy="http://jane:p-secret@proxy.example")
SILENCE = "no reply within 1 s"
UNKNOWN_TOKEN = refusal(401, error_text="the token is unknown")


def is_made_up(body: Json) -> bool:
    return bool(body["token"] == MADE_UP_TOKEN)


def complaint(server: PlayedServer) -> CannotJudgeError:
    with pytest.raises(CannotJudgeError) as caught:
        check_target(parts_of(server))
    assert TOKEN not in str(caught.value)
    assert "\n" not in str(caught.value)
    return caught.value


def test_one_success_is_enough_and_nothing_more_is_asked() -> None:
    server = PlayedServer(lambda _: success())
    check_target(parts_of(server))
    assert len(server.requests) == 1


def test_a_success_of_any_selector_is_enough() -> None:
    server = PlayedServer(lambda body: success() if "field_value" in body else UNKNOWN_TOKEN)
    check_target(parts_of(server))
    assert any("field_value" in request.body for request in server.requests)


def redirect(location: str) -> Reply:
    return Reply(302, {"location": location}, b"", 1.0)


@pytest.mark.parametrize(
    ("answer", "message", "hint"),
    [
        (
            UNKNOWN_TOKEN,
            'treats the token like a made-up one: a refusal, error 401: "the token is unknown"',
            "RELATIONS_TOKEN",
        ),
        (refusal(401, 401), "treats the token like a made-up one", "token_in"),
        (reply("<html>not found</html>", 404), "the server answered 404 to a valid request", "Is the base URL right"),
        (reply({"message": "no route"}, 405), "the server answered 405 to a valid request", f"Requests go to {URL}"),
        (refusal(404, 404), "the server answered 404 to a valid request", "Is the base URL right"),
        (reply("<html>oops</html>", 500), "fails at every valid request: HTTP 500", "log of the server"),
        (reply("<html>Sign in</html>", 200), "is not the endpoint: it answers with an HTML page", "Check base_url"),
        (reply({"swagger": "2.0"}, 200), "is not the endpoint: it answers with JSON of another API", "Check base_url"),
        (reply([1, 2], 200), "is not the endpoint: it answers with JSON of another API", "Check base_url"),
        (reply("", 200), "is not the endpoint: HTTP 200 with an empty body", "Check base_url"),
        (reply("<h1>401</h1>", 401), "denies access: HTTP 401", "--header NAME=ENV"),
        (reply({"message": "forbidden"}, 403), "denies access: HTTP 403", "RELATIONS_TOKEN"),
        (reply("", 407), "asks for credentials (HTTP 407)", "--proxy"),
        (redirect("https://login.example/\x1b[2J"), r'a redirect to "https://login.example/\x1b[2J"', "as base_url"),
    ],
    ids=lambda item: f"{item.status} {item.text}" if isinstance(item, Reply) else "",
)
def test_each_reason_that_a_server_can_not_be_judged_has_a_sentence(answer: Reply, message: str, hint: str) -> None:
    error = complaint(PlayedServer(lambda _: answer))
    assert message in error.message
    assert hint in error.hint


def test_a_location_does_not_show_the_token() -> None:
    assert "login.example" in str(complaint(PlayedServer(lambda _: redirect(f"https://login.example/?token={TOKEN}"))))


@pytest.mark.parametrize("page", ["<html nonce={}>", '{{"id": "{}"}}'])
def test_pages_of_another_server_are_the_same_refusal_whatever_they_say(page: str) -> None:
    server = PlayedServer(lambda _: reply(page.format("ghijklmnop"[len(server.requests) % 10] * 9)))
    assert "is not the endpoint" in complaint(server).message
    assert sum(is_made_up(request.body) for request in server.requests) == 1


@pytest.mark.parametrize(
    ("kind", "connection", "message", "hint"),
    [
        (Trouble.REFUSED, DIRECT, f"{URL} can't be reached: words", "that the server runs"),
        (Trouble.NO_HOST, DIRECT, f"{URL} can't be reached: words", "the host in base_url"),
        (Trouble.CERTIFICATE, DIRECT, f"{URL} can't be reached: words", "--ca-file"),
        (Trouble.TLS, DIRECT, f"{URL} can't be reached: words", "--client-cert"),
        (Trouble.REFUSED, PROXIED, "the proxy http://proxy.example can't be reached: words", "--no-env"),
        (Trouble.PROXY, PROXIED, f"{URL} can't be reached: words: http://proxy.example", "credentials"),
    ],
)
def test_each_reason_for_no_connection_has_a_sentence(
    kind: Trouble, connection: ConnectionOptions, message: str, hint: str
) -> None:
    server = PlayedServer(lambda _: "words", unreachable=kind)
    parts = parts_of(server)
    with pytest.raises(CannotJudgeError) as caught:
        check_target(replace(parts, settings=replace(parts.settings, connection=connection)))
    assert caught.value.message == message
    assert hint in caught.value.hint
    assert "p-secret" not in str(caught.value)
    assert len(server.requests) == 1


def test_one_made_up_token_is_tried_for_each_different_refusal_and_said_to_be_wrong() -> None:
    server = PlayedServer(lambda _: UNKNOWN_TOKEN)
    complaint(server)
    twins = [request for request in server.requests if is_made_up(request.body)]
    assert [request.wrong_token for request in twins] == [True]
    right = {request.content for request in server.requests} - {request.content for request in twins}
    assert len(right) == len(server.requests) - 1 > MOST_TWINS


def test_refusals_that_differ_in_numbers_and_identifiers_are_the_same() -> None:
    server = PlayedServer(lambda _: refusal(401, error_text=f"request {len(server.requests):08x} refused"))
    complaint(server)
    assert sum(is_made_up(request.body) for request in server.requests) == 1


@pytest.mark.parametrize("shape", ["envelope", "plain"])
def test_a_refusal_that_repeats_the_token_is_the_same_and_the_token_is_not_shown(shape: str) -> None:
    def answer(body: Json) -> Reply:
        text = f"unknown token {body['token']}"
        return refusal(401, error_text=text) if shape == "envelope" else reply(text, 401)

    assert "unknown token" in str(complaint(PlayedServer(answer)))


@pytest.mark.parametrize(
    "other",
    [
        refusal(403, error_text="the token is unknown"),
        refusal(401, error_text="the profile is unknown"),
        refusal(401, 401, error_text="the token is unknown"),
        reply("<html>", 200),
        success(),
    ],
    ids=lambda answer: f"{answer.status} {answer.text}",
)
def test_a_server_that_refuses_a_made_up_token_otherwise_is_faulty_and_judged(other: Reply) -> None:
    server = PlayedServer(lambda body: UNKNOWN_TOKEN if is_made_up(body) else other)
    check_target(parts_of(server))
    if other.is_refusal:
        assert any(is_made_up(request.body) for request in server.requests)


def test_a_server_with_a_refusal_of_its_own_for_every_request_is_faulty_and_judged() -> None:
    def answer(body: Json) -> Reply:
        fields = sorted(f"{name} {value}" for name, value in body.items() if name not in {"token", "rel_id"})
        return refusal(401, error_text=" ".join("ghijklmnop"[ord(letter) % 10] for letter in str(fields)))

    server = PlayedServer(answer)
    assert len(KNOWN.selectors) > MOST_TWINS
    check_target(parts_of(server))
    assert sum(is_made_up(request.body) for request in server.requests) == MOST_TWINS


def test_a_server_that_can_not_be_reached_is_asked_once() -> None:
    server = PlayedServer(lambda _: "no connection (refused)", unreachable=Trouble.REFUSED)
    assert complaint(server).message == f"{URL} can't be reached: no connection (refused)"
    assert len(server.requests) == 1


def test_a_server_that_never_replies_is_out_of_reach_after_a_few_requests() -> None:
    server = PlayedServer(lambda _: SILENCE)
    assert complaint(server).message == f"{URL} can't be reached: {SILENCE}"
    assert sum(not is_made_up(request.body) for request in server.requests) == MOST_SILENT


def test_a_server_that_is_silent_once_is_judged() -> None:
    server = PlayedServer(lambda _: SILENCE if len(server.requests) == 1 else success())
    check_target(parts_of(server))
    assert len(server.requests) > 1


def test_what_was_asked_before_the_run_is_held_against_its_rules() -> None:
    parts = parts_of(PlayedServer(lambda _: success(error_text="Not what the page says")))
    check_target(parts)
    run = Runner(parts, {"SUCCESS-TEXT": LEDGER.requirements["SUCCESS-TEXT"]}).run
    assert [item.number for item in run.exchanges] == [1]
    assert run.results["SUCCESS-TEXT"].failed_cases == 1
