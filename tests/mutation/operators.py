"""Two ways of going wrong that cosmic-ray does not try, and our tables are made of.

They have its operators' shape: where a node can be mutated, and how.
"""

from collections.abc import Iterator
from typing import TypeAlias

from parso.python.tree import Keyword, PythonLeaf, PythonNode
from parso.tree import BaseNode, NodeOrLeaf

Position: TypeAlias = tuple[tuple[int, int], tuple[int, int]]
_MARK = "XX"
_PAIR = 3  # with the comma between
_DISPLAYS = {"testlist_comp", "dictorsetmaker"}
_BRACKETS = {"(", "[", "{"}


class ChangeText:
    """`"_"` becomes `"_XX"`; docstrings stay."""

    def mutation_positions(self, node: NodeOrLeaf) -> Iterator[Position]:
        if node.type == "fstring_string" or (node.type == "string" and not _is_docstring(node)):
            yield node.start_pos, node.end_pos

    def mutate(self, node: NodeOrLeaf, index: int) -> NodeOrLeaf:
        del index
        assert isinstance(node, PythonLeaf)
        if node.type == "fstring_string":
            node.value += _MARK
        else:
            quotes = 3 if node.value.endswith(('"""', "'''")) else 1
            node.value = node.value[:-quotes] + _MARK + node.value[-quotes:]
        return node


class LeaveOneOut:
    """`{a, b}`, `(1, 5)` and `[x, y]` lose one of their members."""

    def mutation_positions(self, node: NodeOrLeaf) -> Iterator[Position]:
        for member in _members(node):
            yield member.start_pos, member.end_pos

    def mutate(self, node: NodeOrLeaf, index: int) -> NodeOrLeaf:
        assert isinstance(node, BaseNode)
        member = list(_members(node))[index]
        inside = node.children[1]
        if member is inside:
            node.children = [node.children[0], node.children[2]]
            return node
        assert isinstance(inside, BaseNode)
        at = inside.children.index(member)
        if len(inside.children) == _PAIR and node.children[0].get_code().strip() == "(":
            # What is left of a pair is still a tuple: `(a,)`.
            inside.children = [inside.children[2 - at], inside.children[1]]
            return node
        is_last = at + 1 >= len(inside.children)
        first = at - 1 if is_last else at
        inside.children = inside.children[:first] + inside.children[first + 2 :]
        return node


class SwapIn:
    """`in` becomes `not in`, and the other way round."""

    def mutation_positions(self, node: NodeOrLeaf) -> Iterator[Position]:
        for sign in _signs_of_membership(node):
            yield sign.start_pos, sign.end_pos

    def mutate(self, node: NodeOrLeaf, index: int) -> NodeOrLeaf:
        assert isinstance(node, BaseNode)
        sign = list(_signs_of_membership(node))[index]
        other = "in" if sign.type == "comp_op" else "not in"
        at = node.children.index(sign)
        node.children[at] = Keyword(other, sign.start_pos, prefix=" ")
        return node


def _members(node: NodeOrLeaf) -> Iterator[NodeOrLeaf]:
    """What a set, list or tuple is made of, written out; a dict and a comprehension are none."""
    if node.type != "atom" or not isinstance(node, PythonNode):
        return
    opening, *inside = node.children
    if not isinstance(opening, PythonLeaf) or opening.value not in _BRACKETS:
        return
    if len(inside) == 1:
        return
    within = inside[0]
    if within.type not in _DISPLAYS:
        if opening.value in "[{":
            yield within
        return
    assert isinstance(within, BaseNode)
    signs = {leaf.value for leaf in within.children if isinstance(leaf, PythonLeaf)}
    kinds = {part.type for part in within.children}
    if ":" in signs or "**" in signs or kinds & {"sync_comp_for", "comp_for"}:
        return
    yield from within.children[::2]


def _signs_of_membership(node: NodeOrLeaf) -> Iterator[NodeOrLeaf]:
    if node.type == "comparison" and isinstance(node, BaseNode):
        yield from (
            sign
            for sign in node.children[1::2]
            if " ".join(sign.get_code().split()) in {"in", "not in"}
        )


def _is_docstring(node: NodeOrLeaf) -> bool:
    return node.parent is not None and node.parent.type == "simple_stmt"
