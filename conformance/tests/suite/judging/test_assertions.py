"""A reply is held against what was expected by its envelope and its relations, and never by the HTTP status alone."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from profile_relations_conformance.judging.assertions import (
    describe,
    judge,
    judge_envelope,
    judge_refused,
    judge_shows_nothing,
)
from profile_relations_conformance.judging.baselines import Baselines
from profile_relations_conformance.judging.oracle import NOTHING, REFUSED, UNKNOWN, Expectation

from tests.helpers.made_up import (
    ANNA,
    BELA,
    CONTRACT,
    RELATIONS,
    PlayedServer,
    ask_of,
    entry,
    exchange,
    refusal,
    reply,
    success,
)

if TYPE_CHECKING:
    from profile_relations_conformance.transport.reply import Reply

Json = Any

ONLY_ANNA = Expectation(profiles=(ANNA,))
ANNA_OR_REFUSED = Expectation(refused=True, profiles=(ANNA,))
ANNA_OR_BELA = Expectation(profiles=(ANNA, BELA))

OF_ANNA = success(*RELATIONS[ANNA])
OF_BELA = success(*RELATIONS[BELA])
OF_BOTH = success(*RELATIONS[ANNA], *RELATIONS[BELA])
EMPTY = success()
REFUSAL = refusal()
BARE_404 = reply("<html>not found</html>", 404)
BARE_500 = reply("<html>oops</html>", 500)
UNREADABLE = reply("{")
REFUSAL_WITH_DATA = refusal(data=RELATIONS[ANNA])
TROUBLE = "no reply within 1 s"


def baselines() -> Baselines:
    answers = Baselines(CONTRACT.relation["properties"])
    for profile, relations in RELATIONS.items():
        answers.set(profile, success(*relations))
    return answers


def is_right(answer: Reply | str, expectation: Expectation, *, own_type: bool = True) -> bool:
    return judge(exchange(answer), expectation, baselines(), own_type=own_type) is None


REPLIES: dict[str, Reply | str] = {
    "anna": OF_ANNA,
    "bela": OF_BELA,
    "both": OF_BOTH,
    "empty": EMPTY,
    "refusal": REFUSAL,
    "refusal under 403": refusal(403, 403),
    "refusal under 500": refusal(500, 500),
    "refusal with null": refusal(data=None, total_count=None),
    "refusal with data": REFUSAL_WITH_DATA,
    "bare 404": BARE_404,
    "bare 500": BARE_500,
    "unreadable": UNREADABLE,
    "trouble": TROUBLE,
}
REFUSALS = {"refusal", "refusal under 403", "refusal under 500", "refusal with null", "bare 404"}


@pytest.mark.parametrize(
    ("expectation", "right"),
    [
        (REFUSED, REFUSALS),
        (NOTHING, REFUSALS | {"empty"}),
        (UNKNOWN, REFUSALS | {"empty", "anna", "bela"}),
        (ONLY_ANNA, {"anna"}),
        (ANNA_OR_REFUSED, REFUSALS | {"anna"}),
        (ANNA_OR_BELA, {"anna", "bela"}),
        (Expectation(refused=True, nothing=True, profiles=(ANNA,)), REFUSALS | {"empty", "anna"}),
    ],
    ids=lambda value: str(value) if isinstance(value, Expectation) else str(len(value)),
)
def test_a_reply_is_right_where_it_is_one_of_those_expected(expectation: Expectation, right: set[str]) -> None:
    assert {name for name, answer in REPLIES.items() if is_right(answer, expectation)} == right


def test_a_refusal_is_judged_as_one_by_its_own_function() -> None:
    assert {name for name, answer in REPLIES.items() if judge_refused(exchange(answer)) is None} == REFUSALS


def test_a_reply_that_shows_nothing_may_be_anything_else() -> None:
    shown = {name for name, answer in REPLIES.items() if judge_shows_nothing(exchange(answer)) is not None}
    assert shown == {"anna", "bela", "both", "refusal with data", "trouble"}


def test_a_reply_with_the_envelope_has_no_server_error_and_shows_nothing() -> None:
    right = {name for name, answer in REPLIES.items() if judge_envelope(exchange(answer)) is None}
    assert right == {"empty", "refusal", "refusal under 403", "refusal with null"}


def test_a_success_without_its_text_is_no_envelope() -> None:
    assert judge_envelope(exchange(reply({"error": 0, "data": [], "total_count": 0}))) is not None


def test_a_relation_less_or_more_or_twice_is_not_the_profiles_answer() -> None:
    first, second = RELATIONS[ANNA]
    for relations in ([], [first], [first, second, second], [first, first], [first, second, entry(ANNA, 9)]):
        assert not is_right(success(*relations), ONLY_ANNA), relations


def test_another_value_in_a_documented_member_is_not_the_profiles_answer() -> None:
    first, second = RELATIONS[ANNA]
    for changed in (second | {"db_b": 10}, second | {"db_b": "9"}, second | {"props": {"a": {"value": 1}}}):
        assert not is_right(success(first, changed), ONLY_ANNA), changed


@pytest.mark.parametrize("odd", [None, 5, "profile_id_a", ["profile_id_a"]], ids=str)
def test_an_entry_that_is_no_object_is_nobodys_relation(odd: Json) -> None:
    assert not is_right(success(*RELATIONS[ANNA], odd), ONLY_ANNA)
    assert not is_right(success(odd), ONLY_ANNA)


def test_relations_of_another_profile_among_them_are_not_the_profiles_answer() -> None:
    first, second = RELATIONS[ANNA]
    stolen = second | {"profile_id_a": BELA.profile_id}
    assert not is_right(success(first, stolen), ONLY_ANNA)
    assert not is_right(success(first, stolen), ONLY_ANNA, own_type=False)


@given(st.permutations(RELATIONS[ANNA]), st.dictionaries(st.sampled_from(["created", "score", "_id"]), st.integers()))
def test_order_and_further_members_are_free(relations: list[dict[str, Json]], extra: dict[str, Json]) -> None:
    assert is_right(success(*(extra | item for item in relations), page=1), ONLY_ANNA)


def test_the_number_beside_the_relations_does_not_count_here() -> None:
    assert is_right(success(*RELATIONS[ANNA], total_count=7), ONLY_ANNA)


@pytest.mark.parametrize(
    "data",
    [
        {"relations": RELATIONS[ANNA]},
        {"relations": RELATIONS[ANNA], "total_count": 2},
        dict(enumerate(RELATIONS[ANNA])),
        {"total_count": 2} | dict(enumerate(RELATIONS[ANNA])),
    ],
    ids=["list in data", "list and total in data", "map", "map and total"],
)
def test_data_as_the_object_of_the_pages_table_shows_the_same_relations(data: Json) -> None:
    assert is_right(success(data=data), ONLY_ANNA)
    assert not is_right(success(data=data), Expectation(profiles=(BELA,)))
    assert judge_refused(exchange(refusal(data=data))) is not None
    assert judge_shows_nothing(exchange(success(data=data))) is not None


def test_a_single_relation_as_an_object_is_one_relation() -> None:
    (only,) = RELATIONS[BELA]
    assert is_right(success(data=only), Expectation(profiles=(BELA,)))
    assert is_right(success(data=only | {"total_count": 1}), Expectation(profiles=(BELA,)))


def test_of_another_type_only_the_owner_counts() -> None:
    assert is_right(success(entry(ANNA, 77)), ONLY_ANNA, own_type=False)
    assert is_right(EMPTY, ONLY_ANNA, own_type=False)
    assert not is_right(OF_BELA, ONLY_ANNA, own_type=False)
    assert not is_right(success(entry(ANNA, 77)), ONLY_ANNA, own_type=True)


def test_without_a_baseline_only_the_owner_counts() -> None:
    answers = Baselines(CONTRACT.relation["properties"])
    assert answers.of(ANNA) is None
    assert judge(exchange(success(entry(ANNA, 77))), ONLY_ANNA, answers) is None
    assert judge(exchange(OF_BELA), ONLY_ANNA, answers) is not None


def test_a_profile_that_nobody_knows_may_be_shown_but_not_two_of_them() -> None:
    stranger = entry(ANNA) | {"profile_id_a": "c" * 24}
    assert is_right(success(stranger, stranger), UNKNOWN)
    assert not is_right(success(stranger, entry(ANNA)), UNKNOWN)


def test_a_profile_without_relations_is_shown_by_an_empty_success() -> None:
    answers = baselines()
    answers.set(ANNA, EMPTY)
    assert judge(exchange(EMPTY), ONLY_ANNA, answers) is None
    assert judge(exchange(REFUSAL), ONLY_ANNA, answers) is not None
    assert judge(exchange(OF_ANNA), ONLY_ANNA, answers) is not None


def test_a_failure_holds_what_was_expected_what_came_and_the_exchange() -> None:
    asked = exchange(OF_BELA)
    failure = judge(asked, ONLY_ANNA, baselines())
    assert failure is not None
    assert failure.expected == "the relations of profiles[0]"
    assert failure.actual == f"a success, 1 relation of {BELA.profile_id} (HTTP 200)"
    assert failure.exchange is asked


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (OF_ANNA, f"a success, 2 relations of {ANNA.profile_id} (HTTP 200)"),
        (OF_BOTH, f"a success, 3 relations of {ANNA.profile_id}, {BELA.profile_id} (HTTP 200)"),
        (EMPTY, "a success, no relation (HTTP 200)"),
        (success("odd"), "a success, 1 relation of nobody named (HTTP 200)"),
        (success(data="text"), "a success, with no readable relations (HTTP 200)"),
        (refusal(403, 403), 'a refusal, error 403: "incorrect request" (HTTP 403)'),
        (
            REFUSAL_WITH_DATA,
            f'a refusal, error 400: "incorrect request", 2 relations of {ANNA.profile_id} (HTTP 200)',
        ),
        (reply("<p>\n oops </p>", 500), 'HTTP 500 without the envelope: "<p> oops </p>"'),
        (reply("x" * 300, 502), f'HTTP 502 without the envelope: "{"x" * 200}…"'),
        (TROUBLE, TROUBLE),
    ],
    ids=[
        "relations",
        "of two",
        "none",
        "nameless",
        "unreadable data",
        "refusal",
        "with data",
        "html",
        "long",
        "trouble",
    ],
)
def test_a_reply_is_described_in_one_line(answer: Reply | str, words: str) -> None:
    assert describe(exchange(answer)) == words


def told(answer: Reply) -> str:
    failure = judge(exchange(answer), ONLY_ANNA, baselines())
    assert failure is not None
    assert failure.expected == "the relations of profiles[0], as other requests for it list them"
    return failure.actual.partition("; ")[2]


@pytest.mark.parametrize(
    ("listed", "differs"),
    [
        ([entry(ANNA, 1), entry(ANNA, 2, db_b=5)], "`db_b` is 5 and should be 9"),
        (
            [entry(ANNA, 1, props={"x": {"value": 1}}), entry(ANNA, 2)],
            '`props` is {"x": {"value": 1}} and should be {}',
        ),
        (
            [{name: value for name, value in entry(ANNA, 1).items() if name != "db_b"}, entry(ANNA, 2)],
            "`db_b` is absent and should be 9",
        ),
        ([entry(ANNA, 1)], f"1 relation missing: the one with {2:024x}"),
        ([entry(ANNA, 1), entry(ANNA, 2), entry(ANNA, 7)], f"1 relation too many: the one with {7:024x}"),
        ([entry(ANNA, 1), entry(ANNA, 1), entry(ANNA, 2)], f"1 relation too many: the one with {1:024x}"),
        (
            [entry(ANNA, 7)],
            f"2 relations missing: the one with {1:024x} and 1 relation too many: the one with {7:024x}",
        ),
    ],
)
def test_a_reply_of_the_right_profile_that_is_wrong_says_what_differs(listed: list[Json], differs: str) -> None:
    assert told(success(*listed)) == differs


def test_a_long_value_that_differs_is_cut() -> None:
    assert len(told(success(entry(ANNA, 1, props={"x": {"value": "y" * 9999}}), entry(ANNA, 2)))) < 150


def test_a_reply_of_another_profile_is_not_compared_member_by_member() -> None:
    failure = judge(exchange(OF_BELA), ONLY_ANNA, baselines())
    assert failure is not None
    assert failure.expected == "the relations of profiles[0]"
    assert failure.actual == f"a success, 1 relation of {BELA.profile_id} (HTTP 200)"


def test_two_answers_that_differ_in_a_member_say_which() -> None:
    ask = ask_of(PlayedServer(lambda _: OF_ANNA))
    other = success(entry(ANNA, 1), entry(ANNA, 2, db_b=5))
    failure = ask.same_answer(exchange(OF_ANNA), exchange(other)).failure
    assert failure is not None
    assert failure.actual.endswith("; `db_b` is 5 and should be 9")
    assert ask.same_answer(exchange(OF_ANNA), exchange(OF_ANNA)).failure is None
    lost = ask.same_answer(exchange(OF_ANNA), exchange(EMPTY)).failure
    assert lost is not None
    assert lost.actual == describe(exchange(EMPTY))


def test_a_profile_that_its_identifier_does_not_find_puts_the_target_file_in_doubt() -> None:
    def answer(body: Json) -> Reply:
        return OF_BELA if BELA.profile_id in body.values() or BELA.email in body.values() else REFUSAL

    ask = ask_of(PlayedServer(answer))
    ask.learn_baselines()
    doubted, found = (ask.finds(ask.known.of(profile)[0]).failure for profile in (ANNA, BELA))
    assert found is None
    assert doubted is not None
    assert doubted.expected == (
        "the relations of profiles[0] (its profile_id finds none: are profile_id and rel_id of profiles[0] right in "
        "the target file?)"
    )
    wrong = judge(exchange(REFUSAL), Expectation(profiles=(BELA,)), ask.baselines)
    assert wrong is not None
    assert wrong.expected == "the relations of profiles[1]"
