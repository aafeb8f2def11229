"""Bodies that Schemathesis draws from the contract alone, positive and negative.

Only its generation is used. Its checks judge by the HTTP status, which this endpoint does not decide by; requirements
judge the same things by the envelope.
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from hypothesis.strategies import SearchStrategy

    from profile_relations_conformance.contract.document import Contract

Json = Any


def drawn_bodies(contract: Contract, token: str, *, positive: bool) -> SearchStrategy[Json]:
    """Draws JSON bodies from the contract, with the right token in place of any other."""
    from schemathesis.generation import GenerationMode  # noqa: PLC0415 - loading Schemathesis takes seconds

    mode = GenerationMode.POSITIVE if positive else GenerationMode.NEGATIVE
    cases: SearchStrategy[Any] = _operation(contract).as_strategy(generation_mode=mode)
    return cases.map(lambda case: _with_token(case.body, token))


def _with_token(body: Json, token: str) -> Json:
    if not isinstance(body, dict):
        return None
    return body | {"token": token} if body.get("token") else body


@lru_cache(maxsize=4)
def _operation(contract: Contract) -> Any:  # noqa: ANN401 - a class that Schemathesis does not export
    import schemathesis  # noqa: PLC0415 - see drawn_bodies

    config = schemathesis.Config()
    # Draws all but half surrogates, as by default; without the name of a codec it takes 200 MB and 2 s less.
    config.projects.default.generation.codec = None
    return schemathesis.openapi.from_dict(contract.document, config=config)[contract.path]["POST"]
