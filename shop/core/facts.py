"""Facts that travel as rows: a frozen class each, written as JSON and read again by its types."""

import re
from collections.abc import Mapping
from typing import Any, ClassVar, TypeVar

from pydantic import TypeAdapter

_WORD = re.compile(r"(?<!^)(?=[A-Z])")


class Facts:
    """What one row says; `kind` is its class's name in snake_case, by which it is known again.

    A class whose name is another's already says its `kind` itself.
    A subclass is a frozen dataclass. Its fields may be of any type that pydantic can write as
    JSON and read again: Money, Interval, datetime, enums, tuples of them.
    """

    __slots__ = ()
    kind: ClassVar[str]

    def __init_subclass__(cls) -> None:
        """Name the kind."""
        if "kind" not in vars(cls):
            cls.kind = _WORD.sub("_", cls.__name__).lower()


F = TypeVar("F", bound=Facts)
_ADAPTERS: dict[type[Facts], TypeAdapter[Any]] = {}


def write_facts(facts: Facts) -> dict[str, Any]:
    """The same facts as JSON holds them; `kind` is not among them."""
    written: dict[str, Any] = _adapter(type(facts)).dump_python(facts, mode="json")
    return written


def read_facts(facts: type[F], written: Mapping[str, Any]) -> F:
    """What `write_facts` wrote; whatever else stands there is left out."""
    found: F = _adapter(facts).validate_python(dict(written))
    return found


def _adapter(facts: type[Facts]) -> TypeAdapter[Any]:
    """How pydantic writes and reads this class; made once."""
    if facts not in _ADAPTERS:
        _ADAPTERS[facts] = TypeAdapter(facts)
    return _ADAPTERS[facts]
