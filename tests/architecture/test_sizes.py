"""A file is one noun or one use case, a function one thought: neither grows without end."""

import ast
from collections.abc import Iterator

import pytest

from tests.architecture.sql import ROOT

FOLDERS = (
    "bot",
    "handlers",
    "payments",
    "connectors",
    "shop",
    "preview",
    "locales",
    "benchmarks",
)
LONGEST_MODULE = 300
LONGEST_FUNCTION = 50
MODULES = sorted(path for folder in FOLDERS for path in (ROOT / folder).rglob("*.py"))


def lengths(source: str) -> Iterator[tuple[str, int]]:
    """Each function of a module, and over how many lines it goes, decorators included."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            first = min(line.lineno for line in (node, *node.decorator_list))
            yield node.name, (node.end_lineno or first) - first + 1


def test_no_module_is_longer_than_three_hundred_lines() -> None:
    long = {
        f"{path.relative_to(ROOT)}: {many}"
        for path in MODULES
        if (many := len(path.read_text("utf-8").splitlines())) > LONGEST_MODULE
    }
    assert long == set()


def test_no_function_is_longer_than_fifty_lines() -> None:
    long = {
        f"{path.relative_to(ROOT)} {name}: {many}"
        for path in MODULES
        for name, many in lengths(path.read_text("utf-8"))
        if many > LONGEST_FUNCTION
    }
    assert long == set()


def test_every_folder_of_python_is_measured() -> None:
    found = {path.relative_to(ROOT).parts[0] for path in ROOT.glob("*/*.py")}
    assert found == {*FOLDERS, "tests"}


@pytest.mark.parametrize(
    ("source", "found"),
    [
        ("def f() -> int:\n    return 1\n", [("f", 2)]),
        ("@once\n@twice\nasync def f() -> None:\n    pass\n", [("f", 4)]),
        ("class C:\n    def f(self) -> None:\n        def g() -> None:\n            pass\n", None),
    ],
)
def test_a_function_is_measured_from_its_decorators_to_its_last_line(
    source: str, found: list[tuple[str, int]] | None
) -> None:
    assert list(lengths(source)) == (found or [("f", 3), ("g", 2)])
