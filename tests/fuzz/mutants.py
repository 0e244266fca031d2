"""Real messages made wrong, some 20,000 a second: places of their JSON, or plain bytes.

Hypothesis gives the seed, `Random` does the rest: hypothesis' own strategies for JSON of any shape
are a hundred times slower, and at a door most of what they make ends at the same first check.
They are still used, in smaller numbers, by tests/doors and tests/payments.
"""

import copy
import json
import re
from collections.abc import Callable, Iterator, Sequence
from random import Random
from typing import Any

from tests.fuzz.corpus import keeping

Place = tuple[str | int, ...]
ODD_TEXTS = (
    "",
    " ",
    "0",
    "-1",
    "null",
    "NaN",
    "Infinity",
    "-0",
    "1e999",
    "1e-999999999",
    "1e-40",
    "7.991",
    "799",
    "٣٤",
    "paid",
    "EUR",
    "eur",
    "XXX",
    "EURO5",
    "x" * 41,
    "x" * 500,
    "x" * 501,
    "y" * 5000,
    "\0",
    "a\0b",
    "\ud800",
    "\u202e",
    "\u200b",
    "🙂",
    "'; DROP TABLE receipts; --",
    "%s%n",
    "../",
    "javascript:alert(1)",
    "2026-03-10T12:00:00Z",
    "9999-12-31T23:59:59-23:59",
    "0001-01-01",
    "2026-13-45T99:99:99Z",
    "true",
    "payment.received",
    "tk_corpus",
)
ODD_NUMBERS = (
    0,
    1,
    -1,
    2,
    798,
    799,
    800,
    2**31 - 1,
    2**31,
    2**53 + 1,
    2**62,
    2**62 + 1,
    2**63,
    2**64,
    10**30,
    -(2**63),
    1773144000,
    253402300800,
    0.1,
    -0.0,
    1e-7,
    7.99,
    799.0,
    1e308,
)
ODD_THINGS: tuple[Any, ...] = (
    None,
    True,
    False,
    [],
    {},
    [[]],
    [{}],
    {"": None},
    [None],
    {"id": {"id": {"id": "x"}}},
)
RAW_NUMBERS = (
    b"1e-999999999",
    b"1E+999999999",
    b"1e400",
    b"-0",
    b"0.0000000000000000000000000001",
    b"9" * 5000,
    b"1." + b"9" * 400,
    b"NaN",
    b"Infinity",
    b"-Infinity",
    b"01",
    b"1.",
    b".5",
    b"0x10",
)
SCRAPS = (
    b"",
    b"{",
    b"}",
    b"[",
    b"]",
    b'"',
    b",",
    b":",
    b"\\",
    b"\\u0000",
    b"\\ud800",
    b"\xff",
    b"\xef\xbb\xbf",
    b"\0",
    b"\r\n",
    b"null",
    b"[" * 2000,
    b'{"a":' * 500,
    *RAW_NUMBERS,
)
_UPDATE_ID = re.compile(rb'"update_id": *[0-9]+')
_NUMBER = re.compile(rb"(?<=[ :,\[])[0-9][0-9.eE+-]*")
JUNK = (b"", b"{}", b"[]", b"0", b"null", b'""', b"{", b"[" * 100_000, b"\xff\xfe", b" " * 1000)


class Mutants:
    """Endless wrong messages made of right ones."""

    def __init__(self, right: Sequence[bytes]) -> None:
        self._right = list(right)
        self._trees = [tree for tree in map(_tree, right) if isinstance(tree, dict | list)]
        self._texts = [json.dumps(tree) for tree in self._trees]
        self._places = [[place for place in places(tree) if place] for tree in self._trees]

    def one(self, random: Random) -> bytes:
        """A message; a few are right all the same."""
        chance = random.random()
        if chance < 0.02:
            return random.choice(JUNK)
        if chance < 0.7:
            return self._wrong_tree(random)
        return self._wrong_bytes(random)

    def _wrong_tree(self, random: Random) -> bytes:
        number = random.randrange(len(self._texts))
        tree = json.loads(self._texts[number])
        for _ in range(random.choice((1, 1, 1, 2, 3, 5))):
            *way, last = random.choice(self._places[number])
            inside = tree
            try:
                for key in way:
                    inside = inside[key]
                self._change(random, inside, last)
            except (KeyError, IndexError, TypeError):
                continue  # an earlier change took this place away
        return json.dumps(tree, ensure_ascii=random.random() < 0.5).encode(errors="surrogatepass")

    def _change(self, random: Random, inside: Any, last: str | int) -> None:  # noqa: ANN401 - JSON
        match random.randrange(8):
            case 0:
                del inside[last]
            case 1:
                inside[last] = random.choice(ODD_TEXTS)
            case 2:
                inside[last] = random.choice(ODD_NUMBERS)
            case 3:
                # A copy, because a later change may go inside it.
                inside[last] = copy.deepcopy(random.choice(ODD_THINGS))
            case 4:
                inside[last] = [inside[last]]
            case 5:
                inside[last] = {"id": inside[last]}
            case 6:
                inside[last] = self._borrowed(random)
            case _:
                value = inside[last]
                if isinstance(value, str):
                    inside[last] = value + random.choice(ODD_TEXTS)
                elif isinstance(value, int):
                    inside[last] = value + random.choice((-1, 1, 256, 2**62))
                else:
                    inside[last] = str(value)

    def _borrowed(self, random: Random) -> Any:  # noqa: ANN401 - JSON
        """A value from anywhere in the corpus: right elsewhere."""
        number = random.randrange(len(self._texts))
        value = json.loads(self._texts[number])
        for key in random.choice(self._places[number]):
            value = value[key]
        return value

    def _wrong_bytes(self, random: Random) -> bytes:
        raw = bytearray(random.choice(self._right))
        for _ in range(random.choice((1, 1, 2, 4))):
            at = random.randrange(len(raw) + 1)
            match random.randrange(6):
                case 0:
                    raw[at : at + 1] = bytes([random.randrange(256)])
                case 1:
                    del raw[at : at + random.choice((1, 2, 8, 64))]
                case 2:
                    raw[at:at] = random.choice(SCRAPS)
                case 3:
                    raw[at:at] = raw[at : at + random.choice((8, 64))]
                case 4:
                    del raw[at:]
                case _:
                    _renumber(random, raw)
        return bytes(raw)


def places(value: Any, here: Place = ()) -> Iterator[Place]:  # noqa: ANN401 - JSON
    """Every place inside."""
    yield here
    items: Any = ()
    if isinstance(value, dict):
        items = value.items()
    elif isinstance(value, list):
        items = enumerate(value)
    for key, inner in items:
        yield from places(inner, (*here, key))


def numbered(update: bytes, number: int) -> bytes:
    """The same update under another number, where its number can be read."""
    return _UPDATE_ID.sub(b'"update_id": %d' % number, update, count=1)


def _renumber(random: Random, raw: bytearray) -> None:
    """Write another number where one stands: JSON knows some that Python does not write."""
    starts = [found.start() for found in _NUMBER.finditer(raw)]
    if starts:
        found = _NUMBER.match(raw, random.choice(starts))
        assert found
        raw[found.start() : found.end()] = random.choice(RAW_NUMBERS)


def _tree(raw: bytes) -> object:
    try:
        return json.loads(raw)
    except ValueError:
        return None


def batch(
    provider: str, mutants: Mutants, seed: int, many: int, judge: Callable[[bytes], object]
) -> None:
    """Judge so many; one that breaks something is kept in the corpus."""
    random = Random(seed)
    for _ in range(many):
        message = mutants.one(random)
        with keeping(provider, message):
            judge(message)
