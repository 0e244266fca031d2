"""Plays the stories as they were before the wings, put through the table of renames and no more.

`python -m tests.architecture.replay` takes tests/stories of the commit that `renames.toml` names
out of the history, renames what the table names, and runs them against the house as it stands.
"""

import ast
import re
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Iterator, Mapping
from functools import partial
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]
TABLE = Path(__file__).with_name("renames.toml")
STAGE = ROOT / "tests" / "replayed"
_TOKEN = re.compile(
    r"#.*"
    r'|(?P<open>\b[bfr]{1,2}|)(?P<quote>"""|"|\')(?P<text>(?:\\[\s\S]|[^\\])*?)(?P=quote)'
    r"|[A-Za-z_]\w*"
)
_IN_BRACES = re.compile(r"\{([^{}]*)\}")
_WORD = re.compile(r"[A-Za-z_]\w*")
_SQL = re.compile(r"\b(SELECT|UPDATE|DELETE|ALTER|DROP)\b")
_NAMING = (ast.Name, ast.Attribute, ast.Subscript, ast.expr_context)
_BUTTON = re.compile(  # what is tapped, or a literal that can be nothing else
    r'(\.(?:tap|button|press)\(\s*f?"(?=\w+[:"])|[ (]"\+?(?=\w+:[^ "]))(\w+)'
)


def main() -> None:
    """Stage the old stories, play them, and clear the stage."""
    table = tomllib.loads(TABLE.read_text("utf-8"))
    shutil.rmtree(STAGE, ignore_errors=True)
    STAGE.mkdir()
    try:
        for name, source in old_stories(table["commit"]):
            if name not in table["moved"]:
                staged = renamed(source, name, table)
                if name.startswith("test_") and _asserted(staged) != _asserted(source):
                    sys.exit(f"renames.toml: {name} would assert something else")
                (STAGE / name).write_text(staged, "utf-8")
        command = [sys.executable, "-m", "pytest", "-n", "2", str(STAGE), *sys.argv[1:]]
        sys.exit(subprocess.run(command, cwd=ROOT, check=False).returncode)
    finally:
        shutil.rmtree(STAGE, ignore_errors=True)


def old_stories(commit: str) -> Iterator[tuple[str, str]]:
    """Each file of tests/stories at that commit, by its name."""
    for path in _git("ls-tree", "--name-only", commit, "tests/stories/").split():
        yield Path(path).name, _git("show", f"{commit}:{path}")


def renamed(source: str, name: str, table: Mapping[str, Any]) -> str:
    """One story with what the table renames, and nothing else."""
    for old, new in table["texts"].get(name, []):
        if old not in source:
            sys.exit(f"renames.toml: {name} holds no {old!r}")
        source = source.replace(old, new)
    buttons = table["buttons"]
    source = _BUTTON.sub(lambda found: found[1] + buttons.get(found[2], found[2]), source)
    for old, new in table["calls"].items():
        source = re.sub(old, new, source)
    source = _with_imports(source, table["imports"])
    names = {**table["names"], **table["names_in"].get(name, {})}
    source = _TOKEN.sub(partial(_token, names=names, table=table), source)
    needed = [new for new in table["needed"] if _is_used(new.rpartition(".")[2], source)]
    return "".join(f"{_import(new)}\n" for new in needed) + source


def _with_imports(source: str, imports: Mapping[str, str]) -> str:
    lines = source.split("\n")
    nodes = [node for node in ast.walk(ast.parse(source)) if isinstance(node, ast.ImportFrom)]
    for node in sorted(nodes, key=lambda node: -node.lineno):
        known = [f"{node.module}.{alias.name}" for alias in node.names]
        if any(one in imports for one in known):
            lines[node.lineno - 1 : node.end_lineno] = [
                " " * node.col_offset + _import(imports.get(one, one), alias.asname or alias.name)
                for one, alias in zip(known, node.names, strict=True)
            ]
    text = "\n".join(lines)
    for old, new in imports.items():  # what is patched by its path
        text = re.sub(rf'"{re.escape(old)}(?=[."])', f'"{new}', text)
    return text


def _import(target: str, known_as: str = "") -> str:
    module, _, name = target.rpartition(".")
    return f"from {module} import {name}" + (f" as {known_as}" if known_as else "")


def _is_used(name: str, source: str) -> bool:
    return re.search(rf"\b{name}\b", source) is not None


def _token(found: re.Match[str], *, names: Mapping[str, str], table: Mapping[str, Any]) -> str:
    if found["quote"] is None:
        return names.get(found[0], found[0])
    quote, text = found["quote"], found["text"]
    if "f" in found["open"]:
        text = _IN_BRACES.sub(lambda part: "{" + _swapped(part[1], names) + "}", text)
    if _SQL.search(text):
        for old, new in table["sql"].items():
            text = re.sub(old, new, text)
    else:
        text = table["strings"].get(text, text)
        for old, new in table["words"].items():
            text = text.replace(old, new)
    return f"{found['open']}{quote}{text}{quote}"


def _swapped(expression: str, names: Mapping[str, str]) -> str:
    return _WORD.sub(lambda word: names.get(word[0], word[0]), expression)


def _asserted(source: str) -> list[list[str]]:
    """What each assertion compares, calls and counts, whatever the names are."""
    return [
        [
            repr(node.value) if isinstance(node, ast.Constant) else type(node).__name__
            for node in ast.walk(one)
            if not isinstance(node, _NAMING) and not isinstance(getattr(node, "value", 0), str)
        ]
        for one in ast.walk(ast.parse(source))
        if isinstance(one, ast.Assert)
    ]


def _git(*args: str) -> str:
    done = subprocess.run(
        ["git", *args],  # noqa: S607 - whichever git the developer has
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    return done.stdout


if __name__ == "__main__":
    main()
