"""Which mutants there are, and which of them a run tries: by cosmic-ray's operators and ours.

A mutant is named by what its line was and is, not by where it stands, and is drawn by a hash of
that: a change elsewhere in the house neither renames it nor draws others in its place.
"""

import ast
import hashlib
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from difflib import SequenceMatcher
from functools import cache
from pathlib import Path
from typing import Protocol

from cosmic_ray.ast import get_ast
from cosmic_ray.mutating import mutate_code
from cosmic_ray.plugins import get_operator
from parso.tree import BaseNode, NodeOrLeaf

from tests.mutation.operators import ChangeText, LeaveOneOut, Position, SwapIn

# cosmic-ray swaps every sign for every other; most of those end in a TypeError that any test
# would see. These are the slips a person makes. Not RemoveDecorator: no import outlives it.
_OF_COSMIC_RAY = (
    *(
        f"ReplaceBinaryOperator_{pair}"
        for pair in (
            "Add_Sub",
            "Sub_Add",
            "Mul_FloorDiv",
            "Mul_Add",
            "Div_Mul",
            "FloorDiv_Mul",
            "Mod_FloorDiv",
            "Pow_Mul",
            "BitOr_BitAnd",
            "BitAnd_BitOr",
        )
    ),
    *(
        f"ReplaceComparisonOperator_{pair}"
        for pair in (
            "Eq_NotEq",
            "Eq_LtE",
            "Eq_GtE",
            "NotEq_Eq",
            "Lt_LtE",
            "Lt_GtE",
            "LtE_Lt",
            "LtE_Gt",
            "Gt_GtE",
            "Gt_LtE",
            "GtE_Gt",
            "GtE_Lt",
            "Is_IsNot",
            "IsNot_Is",
        )
    ),
    *(f"ReplaceUnaryOperator_{pair}" for pair in ("USub_UAdd", "Delete_USub", "Delete_Not")),
    "AddNot",
    "ReplaceTrueWithFalse",
    "ReplaceFalseWithTrue",
    "ReplaceAndWithOr",
    "ReplaceOrWithAnd",
    "ReplaceBreakWithContinue",
    "ReplaceContinueWithBreak",
    "ExceptionReplacer",
    "NumberReplacer",
    "ZeroIterationForLoop",
)


class Operator(Protocol):
    """Where a node can be mutated, and how."""

    def mutation_positions(self, node: NodeOrLeaf) -> Iterable[Position]: ...

    def mutate(self, node: NodeOrLeaf, index: int) -> NodeOrLeaf: ...


@cache
def operators() -> Mapping[str, Operator]:
    """Every operator by its name."""
    theirs = {name: get_operator(f"core/{name}")() for name in _OF_COSMIC_RAY}
    return {**theirs, "ChangeText": ChangeText(), "LeaveOneOut": LeaveOneOut(), "SwapIn": SwapIn()}


@dataclass(frozen=True, slots=True, kw_only=True)
class Spot:
    """Something that could be mutated: the n-th place of an operator in a module."""

    module: str
    where: str
    operator: str
    occurrence: int
    rank: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Mutant:
    """A module with one thing wrong: `was` and `now` are the lines that differ."""

    module: str
    where: str
    was: str
    now: str
    source: str

    @property
    def name(self) -> tuple[str, str, str, str]:
        """What it is known by, wherever its line stands."""
        return self.module, self.where, self.was, self.now


def draw(root: Path, modules: Iterable[str], *, most: int | None, seed: int) -> list[Mutant]:
    """So many mutants of these modules (None: all), always the same ones of the same code."""
    sources = {module: (root / module).read_text("utf-8") for module in modules}
    spots = [spot for module in sources for spot in spots_of(module, sources[module], seed=seed)]
    drawn: dict[tuple[str, str, str, str], Mutant] = {}
    for spot in sorted(spots, key=lambda one: one.rank):
        if most is not None and len(drawn) >= most:
            break
        mutant = make(spot, sources[spot.module])
        if mutant is not None:
            drawn.setdefault(mutant.name, mutant)
    return sorted(drawn.values(), key=lambda one: one.name)


def spots_of(module: str, source: str, *, seed: int) -> Iterator[Spot]:
    """Every place an operator finds in a module, ranked by what is written there."""
    lines, names = source.splitlines(), _names_of_lines(source)
    occurrences: Counter[str] = Counter()
    seen: Counter[tuple[object, ...]] = Counter()
    for node in _walk(get_ast(source)):
        for name, operator in operators().items():
            for (line, column), _ in operator.mutation_positions(node):
                text, where = lines[line - 1], names.get(line, "")
                indent = len(text) - len(text.lstrip())
                place = (seed, module, where, name, text.strip(), column - indent)
                seen[place] += 1
                rank = hashlib.sha256(repr((*place, seen[place])).encode()).hexdigest()
                yield Spot(
                    module=module,
                    where=where,
                    operator=name,
                    occurrence=occurrences[name],
                    rank=rank,
                )
                occurrences[name] += 1


def make(spot: Spot, source: str) -> Mutant | None:
    """Make the mutant, or None where it would change nothing that runs."""
    mutated = mutate_code(source, operators()[spot.operator], spot.occurrence)
    if mutated is None or not _differs(source, mutated):
        return None
    was, now = _what_differs(source, mutated)
    return Mutant(module=spot.module, where=spot.where, was=was, now=now, source=mutated)


def _walk(node: NodeOrLeaf) -> Iterator[NodeOrLeaf]:
    """In the order of cosmic-ray's own visitor, which counts occurrences."""
    yield node
    if isinstance(node, BaseNode):
        for child in node.children:
            yield from _walk(child)


def _differs(source: str, mutated: str) -> bool:
    try:
        return _what_runs(source) != _what_runs(mutated)
    except SyntaxError:
        return False


def _what_runs(source: str) -> str:
    """A module without what is there for mypy and for readers: types and decorators' words."""
    tree = ast.parse(source)
    for node in ast.walk(tree):
        match node:
            case ast.FunctionDef() | ast.AsyncFunctionDef():
                node.returns, node.decorator_list = None, []
            case ast.ClassDef():
                node.decorator_list = []
            case ast.arg():
                node.annotation = None
            case ast.AnnAssign():
                node.annotation = ast.Constant(None)
            case ast.Call(func=ast.Name(id="TypeVar" | "ParamSpec")):
                node.args, node.keywords = [], []
            case ast.Assign(targets=[ast.Name(id="__all__")]):
                node.value = ast.Constant(None)
            case _:
                pass
    return ast.dump(tree)


def _what_differs(source: str, mutated: str) -> tuple[str, str]:
    old, new = source.splitlines(), mutated.splitlines()
    changes = [
        (old[a:b], new[c:d])
        for tag, a, b, c, d in SequenceMatcher(None, old, new, autojunk=False).get_opcodes()
        if tag != "equal"
    ]
    was = [line.strip() for lines, _ in changes for line in lines]
    now = [line.strip() for _, lines in changes for line in lines]
    return " ".join(was), " ".join(now)


def _names_of_lines(source: str) -> Mapping[int, str]:
    """The innermost function or class around each line, as `Money.decimal`."""
    found: dict[int, str] = {}

    def name(node: ast.AST, outer: str) -> None:
        for child in ast.iter_child_nodes(node):
            inner = outer
            if isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
                inner = f"{outer}.{child.name}".lstrip(".")
                last = child.end_lineno or child.lineno
                found.update(dict.fromkeys(range(child.lineno, last + 1), inner))
            name(child, inner)

    name(ast.parse(source), "")
    return found
