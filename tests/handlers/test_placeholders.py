"""Every text is given the words its placeholders name: a slip would only show on screen."""

import ast
import string
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[2]
PACKAGES = ("bot", "handlers", "payments", "shop")
ENDS = {"ngettext": 2}  # how many texts stand first, one otherwise


def test_every_placeholder_is_given_and_nothing_else_is() -> None:
    files = [path for package in PACKAGES for path in (ROOT / package).rglob("*.py")]
    wrong = {
        f"{path.relative_to(ROOT)}:{call.lineno}": odd
        for path in files
        for call in calls(path.read_text("utf-8"))
        if (odd := oddities(call))
    }
    assert wrong == {}


def test_a_slip_is_found() -> None:
    [call] = calls('_("{way} is away", route=name)')
    assert oddities(call) == {"way", "route"}


def calls(source: str) -> Iterator[ast.Call]:
    """The calls that say a text with words of its own: `_(…)` and `_.ngettext(…)`."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Call) and _is_text(node.func) and texts(node):
            yield node


def oddities(call: ast.Call) -> set[str]:
    """Placeholders without a word, and words without a placeholder."""
    if any(keyword.arg is None for keyword in call.keywords):
        return set()  # **named: what is in it stands elsewhere
    given = {str(keyword.arg) for keyword in call.keywords}
    if isinstance(call.func, ast.Attribute):
        given.add("n")  # ngettext's own
    named = {
        name.split(".")[0].split("[")[0]
        for text in texts(call)
        for _, name, _, _ in string.Formatter().parse(text)
        if name
    }
    return (named ^ given) - ({"n"} if isinstance(call.func, ast.Attribute) else set())


def texts(call: ast.Call) -> list[str]:
    """The texts among its arguments."""
    most = ENDS.get(getattr(call.func, "attr", ""), 1)
    return [
        argument.value
        for argument in call.args[:most]
        if isinstance(argument, ast.Constant) and isinstance(argument.value, str)
    ]


def _is_text(function: ast.expr) -> bool:
    if isinstance(function, ast.Attribute):
        return function.attr == "ngettext"
    return isinstance(function, ast.Name) and function.id == "_"
