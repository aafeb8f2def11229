"""What an operation of the contract takes, and how a request is chosen for the arguments that were given."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol

from attrs import Factory, field, frozen

from .base_errors import ApiError, InvalidRequestError, MismatchError
from .codec import EXCLUDED, Decoder, anything

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence


class RequestModel(Protocol):
    """What the models of requests have in common."""

    def to_dict(self) -> dict[str, Any]:
        """The JSON object that the model stands for."""
        ...

    @classmethod
    def decode(cls, value: Any, owned: bool = False) -> RequestModel:
        """Builds the model from a JSON value."""
        ...


@frozen
class Variant:
    """One of the requests that an operation takes."""

    model: type[RequestModel]
    constants: Mapping[str, Any]
    """The fields that have one value in this variant, and tell it from the others."""


@frozen
class Success:
    """What a reply is parsed to under a range of statuses."""

    lowest: int
    highest: int
    kind: str = "json"
    """How the body is read: as `json`, as `text`, as `bytes`, or `not at all`."""
    decode: Decoder[Any] = anything
    """Decodes the JSON value."""


@frozen
class Refusal:
    """How the API says that it refused a request."""

    code: str
    """The member that holds the number."""
    success: int | None = None
    """The number that says that the request was carried out; None where there is none."""
    text: str = ""
    """The member that holds the words; empty where there is none."""
    classes: Mapping[int, type[ApiError]] = field(factory=dict[int, type[ApiError]], repr=False)
    """The errors of the codes that have one of their own."""


@frozen
class Operation:
    """One operation of the contract."""

    name: str
    get_kwargs: Callable[..., dict[str, Any]]
    """Turns the parameters and the body into what httpx takes."""
    repeatable: bool
    """Whether it does no harm if the server gets a request twice."""
    variants: Sequence[Variant] = ()
    exactly_one: bool = True
    """Whether a request must fit one variant and no other."""
    body_required: bool = True
    fields: Mapping[str, str] = Factory(dict[str, str])
    """The fields of all variants but the credentials: their names as arguments, and in JSON."""
    parameters: frozenset[str] = frozenset()
    """The arguments that don't belong to the body."""
    successes: Sequence[Success] = ()
    refusals: Sequence[Refusal] = ()


def choose(
    operation: Operation, value: Mapping[str, Any], credentials: Mapping[str, str]
) -> RequestModel | InvalidRequestError:
    """The model of the one variant that a JSON object fits, or the reason why it fits none.

    The reason is returned and not raised, so that no traceback runs through a frame that holds the credentials.
    """
    fitting: list[RequestModel] = []
    misfits: list[tuple[Variant, MismatchError]] = []
    for variant in operation.variants:
        if any(value.get(name) != constant for name, constant in variant.constants.items()):
            continue
        try:
            fitting.append(variant.model.decode({**credentials, **value}))
        except MismatchError as misfit:
            misfits.append((variant, misfit))
    if len(fitting) == 1 or (fitting and not operation.exactly_one):
        return fitting[0]
    if fitting:
        names = " and ".join(type(model).__name__ for model in fitting)
        return InvalidRequestError(f"{operation.name}: the request fits {names}, and only one of them may fit")
    return InvalidRequestError(f"{operation.name}: {_reason(operation, value, misfits)}")


def _reason(operation: Operation, value: Mapping[str, Any], misfits: Sequence[tuple[Variant, MismatchError]]) -> str:
    """Why a value fits no variant, with a word on those alone that it may have been meant for."""
    telling = sorted({name for variant in operation.variants for name in variant.constants})
    given = {name: value[name] for name in telling if name in value}
    meant = [(variant, misfit) for variant, misfit in misfits if _is_meant(variant, given)]
    if meant:
        # A variant that excludes a field was hardly meant by someone who gave it.
        problems = [str(misfit) for _, misfit in meant if misfit.problem != EXCLUDED]
        problems = problems or [str(misfit) for _, misfit in meant]
        return f"{_label(meant[0][0], telling)}{', or '.join(dict.fromkeys(problems))}"
    constants = [variant.constants for variant in operation.variants]
    allowed = {name: [values[name] for values in constants if name in values] for name in given or telling}
    return "; ".join(f"{name} must be {_one_of(values)}" for name, values in allowed.items())


def _is_meant(variant: Variant, given: Mapping[str, Any]) -> bool:
    return given.keys() == variant.constants.keys() and all(
        type(value) is type(variant.constants[name]) and value == variant.constants[name]
        for name, value in given.items()
    )


def _label(variant: Variant, telling: Sequence[str]) -> str:
    if variant.constants:
        return f"with {' and '.join(f'{name}={value!r}' for name, value in variant.constants.items())}, "
    return f"without {' and '.join(telling)}, " if telling else ""


def _one_of(values: Sequence[Any]) -> str:
    return ("one of " if len(values) > 1 else "") + ", ".join(repr(value) for value in values)
