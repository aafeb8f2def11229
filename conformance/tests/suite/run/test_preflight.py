"""A target that can't be judged is told from a faulty one before anything else is asked."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from profile_relations_conformance.errors import CannotJudgeError
from profile_relations_conformance.run.preflight import MOST_SILENT, MOST_TWINS, check_target
from profile_relations_conformance.run.runner import Runner
from profile_relations_conformance.target.known_data import MADE_UP_TOKEN
from profile_relations_conformance.transport.trouble import Trouble

from tests.helpers.made_up import KNOWN, LEDGER, TOKEN, URL, PlayedServer, parts_of, refusal, reply, success

if TYPE_CHECKING:
    from profile_relations_conformance.transport.reply import Reply

Json = Any

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


@pytest.mark.parametrize(
    "answer",
    [
        UNKNOWN_TOKEN,
        refusal(401, 401),
        reply("<html>not found</html>", 404),
        reply("<html>oops</html>", 500),
        reply("", 200),
        reply({"message": "no route"}, 404),
    ],
    ids=lambda answer: f"{answer.status} {answer.text}",
)
def test_the_same_answer_as_to_a_made_up_token_can_not_be_judged(answer: Reply) -> None:
    server = PlayedServer(lambda _: answer)
    error = complaint(server)
    assert error.message.startswith(f"{URL} answers right requests as it answers a made-up token: ")
    assert "RELATIONS_TOKEN" in error.hint
    assert "base_url" in error.hint


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
