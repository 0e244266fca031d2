"""Plays the stories as they were before the wings, put through the table of renames and no more.

`python -m tests.architecture.replay` takes tests/stories of the commit that `renames.toml` names
out of the history, renames what the table names, and runs them against the house as it stands.
"""

import ast
import io
import re
import shutil
import subprocess
import sys
import tokenize
import tomllib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]
TABLE = Path(__file__).with_name("renames.toml")
STAGE = ROOT / "tests" / "replayed"
_IN_BRACES = re.compile(r"\{([^{}]*)\}")
_WORD = re.compile(r"[A-Za-z_]\w*")
_SQL = re.compile(r"\b(SELECT|UPDATE|DELETE|ALTER|DROP)\b")


def main() -> None:
    """Stage the old stories, play them, and clear the stage."""
    table = tomllib.loads(TABLE.read_text("utf-8"))
    shutil.rmtree(STAGE, ignore_errors=True)
    STAGE.mkdir()
    try:
        for name, source in old_stories(table["commit"]):
            if name not in table["moved"]:
                (STAGE / name).write_text(renamed(source, name, table), "utf-8")
        command = [sys.executable, "-m", "pytest", "-n", "2", "-q", *(sys.argv[1:] or [STAGE])]
        sys.exit(subprocess.run(command, cwd=ROOT, check=False).returncode)
    finally:
        shutil.rmtree(STAGE, ignore_errors=True)


def old_stories(commit: str) -> Iterator[tuple[str, str]]:
    """Each file of tests/stories at that commit, by its name."""
    listed = _git("ls-tree", "--name-only", commit, "tests/stories/").split()
    for path in listed:
        yield Path(path).name, _git("show", f"{commit}:{path}")


def renamed(source: str, name: str, table: Mapping[str, Any]) -> str:
    """One story with what the table renames: imports, names, SQL, and texts of this file."""
    for old, new in table["texts"].get(name, []):
        if old not in source:
            sys.exit(f"renames.toml: {name} holds no {old!r}")
        source = source.replace(old, new)
    source = _with_imports(source, table["imports"])
    names = {**table["names"], **table["names_in"].get(name, {})}
    return _with_names(source, names, table["sql"])


def _with_imports(source: str, imports: Mapping[str, str]) -> str:
    lines = source.split("\n")
    nodes = [node for node in ast.walk(ast.parse(source)) if isinstance(node, ast.ImportFrom)]
    for node in sorted(nodes, key=lambda node: -node.lineno):
        known = [f"{node.module}.{alias.name}" for alias in node.names]
        if not any(one in imports for one in known):
            continue
        new = [
            _import(imports.get(one, one), alias, " " * node.col_offset)
            for one, alias in zip(known, node.names, strict=True)
        ]
        lines[node.lineno - 1 : node.end_lineno] = new
    text = "\n".join(lines)
    for old, new in imports.items():  # what is patched by its path
        text = re.sub(rf'"{re.escape(old)}(?=[."])', f'"{new}', text)
    return text


def _import(target: str, alias: ast.alias, indent: str) -> str:
    module, _, name = target.rpartition(".")
    known_as = alias.asname or alias.name
    return f"{indent}from {module} import {name}" + (f" as {known_as}" if known_as != name else "")


def _with_names(source: str, names: Mapping[str, str], sql: Mapping[str, str]) -> str:
    lines = source.split("\n")
    edits: list[tuple[tuple[int, int], tuple[int, int], str]] = []
    for token in tokenize.generate_tokens(io.StringIO(source).readline):
        if token.type == tokenize.NAME and token.string in names:
            edits.append((token.start, token.end, names[token.string]))
        elif token.type == tokenize.STRING:
            edits.append((token.start, token.end, _text(token.string, names, sql)))
    for (first, left), (last, right), new in sorted(edits, reverse=True):
        whole = lines[first - 1][:left] + new + lines[last - 1][right:]
        lines[first - 1 : last] = whole.split("\n")
    return "\n".join(lines)


def _text(text: str, names: Mapping[str, str], sql: Mapping[str, str]) -> str:
    if text.lower().startswith(("f", "rf")):
        text = _IN_BRACES.sub(lambda found: "{" + _swap(found[1], names) + "}", text)
    if _SQL.search(text):
        for old, new in sql.items():
            text = re.sub(old, new, text)
    return text


def _swap(expression: str, names: Mapping[str, str]) -> str:
    return _WORD.sub(lambda word: names.get(word[0], word[0]), expression)


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
