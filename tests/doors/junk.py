"""What strangers send: JSON of any shape, and real messages with something wrong inside."""

import copy
import json
from collections.abc import Iterator
from typing import Any

from hypothesis import strategies as st

Path = tuple[str | int, ...]

ODD = st.sampled_from(
    ["\0", "\ud800", "a\0b", "\udfff\ud800", "null", "1e999", "0" * 600, "\u202e", "'; --", "NaN"]
)
TEXTS = st.text(st.characters(exclude_categories=[]), max_size=40) | ODD
NUMBERS = st.one_of(
    st.integers(),
    st.sampled_from([0, -1, 2**31, 2**53 + 1, 2**62, 2**62 + 1, 2**63, 2**64, 10**30, 10**400]),
    st.floats(),
)
SCALARS = st.one_of(st.none(), st.booleans(), NUMBERS, TEXTS)
VALUES = st.recursive(
    SCALARS,
    lambda inner: st.one_of(
        st.lists(inner, max_size=4), st.dictionaries(TEXTS | st.just("id"), inner, max_size=4)
    ),
    max_leaves=12,
)


def deep(value: Any) -> Any:  # noqa: ANN401 - JSON
    """The same, fifty lists down."""
    for _ in range(50):
        value = [value]
    return value


BROKEN = st.one_of(
    st.binary(max_size=200),
    st.sampled_from(
        [
            b"",
            b"{",
            b"nul",
            b"[" * 200_000,
            b'{"a":' * 5000,
            b"\xff\xfe",
            b"{}",
            b"[]",
            b"0",
            b'{"update_id": ' + b"9" * 5000 + b"}",
            b"\xef\xbb\xbf{}",
            b'"\\ud800"',
        ]
    ),
    VALUES.map(lambda value: json.dumps(value).encode()),
)


def paths(value: Any, here: Path = ()) -> Iterator[Path]:  # noqa: ANN401 - JSON
    """Every place inside."""
    yield here
    items = (
        value.items()
        if isinstance(value, dict)
        else enumerate(value)
        if isinstance(value, list)
        else ()
    )
    for key, inner in items:
        yield from paths(inner, (*here, key))


@st.composite
def wrong(draw: st.DrawFn, right: Any) -> bytes:  # noqa: ANN401 - JSON
    """A message with one to three places made wrong, as JSON."""
    message = copy.deepcopy(right)
    for _ in range(draw(st.integers(1, 3))):
        places = [path for path in paths(message) if path]
        if not places:
            break
        *way, last = draw(st.sampled_from(places))
        inside = message
        for key in way:
            inside = inside[key]
        if draw(st.booleans()):
            inside[last] = draw(st.one_of(VALUES, VALUES.map(deep), TEXTS, NUMBERS))
        elif isinstance(inside, dict):
            del inside[last]
            inside[draw(TEXTS)] = draw(VALUES)
    return json.dumps(message).encode()


HEADER_TEXTS = st.text(st.characters(min_codepoint=32, max_codepoint=255), max_size=60)
