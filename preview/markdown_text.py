"""Parses Telegram's MarkdownV2 and the older Markdown, as far as bots really use them.

Rules: https://core.telegram.org/bots/api#markdownv2-style
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, NoReturn

from preview import utf16
from preview.errors import refuse

__all__ = ["parse_markdown"]

_RESERVED = set("_*[]()~`>#+-=|{}.!")
_PAIRS = {
    "__": "underline",
    "||": "spoiler",
    "*": "bold",
    "_": "italic",
    "~": "strikethrough",
}


def parse_markdown(source: str, *, legacy: bool) -> tuple[str, list[dict[str, Any]]]:
    """Turn markup into plain text and entities; `legacy` is the older, looser Markdown."""
    return _Reader(source, legacy).read()


@dataclass(slots=True)
class _Reader:
    source: str
    legacy: bool
    at: int = 0
    plain: list[str] = field(default_factory=list)
    offset: int = 0
    entities: list[dict[str, Any]] = field(default_factory=list)
    nested: list[tuple[str, int, int]] = field(default_factory=list)

    def read(self) -> tuple[str, list[dict[str, Any]]]:
        while self.at < len(self.source):
            self._step()
        if self.nested:
            sign, _, begin = self.nested[-1]
            kind = _PAIRS.get(sign, "text_link")
            name = {"text_link": "TextUrl"}.get(kind, kind.capitalize())
            _broken(f"Can't find end of {name} entity at byte offset {self._byte(begin)}")
        entities = sorted(self.entities, key=lambda one: (one["offset"], -one["length"]))
        return "".join(self.plain), entities

    def _step(self) -> None:
        sign = self.source[self.at]
        if sign == "\\" and self.source[self.at + 1 : self.at + 2] in _RESERVED | {"\\"}:
            self._add(self.source[self.at + 1], size=2)
        elif sign == "`":
            self._code()
        elif sign == "[":
            self.nested.append(("[", self.offset, self.at))
            self.at += 1
        elif sign == "]" and any(one[0] == "[" for one in self.nested):
            self._link()
        elif self._pair():
            pass
        elif sign == ">" and not self.legacy and self._line_start():
            self._quote()
        elif sign in _RESERVED and not self.legacy:
            _broken(f"Character '{sign}' is reserved and must be escaped with the preceding '\\'")
        else:
            self._add(sign)

    def _pair(self) -> bool:
        signs = ("*", "_") if self.legacy else tuple(_PAIRS)
        for sign in signs:
            if self.source.startswith(sign, self.at):
                if self.nested and self.nested[-1][0] == sign:
                    _, offset, _ = self.nested.pop()
                    self._close(_PAIRS[sign], offset)
                else:
                    self.nested.append((sign, self.offset, self.at))
                self.at += len(sign)
                return True
        return False

    def _code(self) -> None:
        fence = "```" if self.source.startswith("```", self.at) else "`"
        begin, start = self.at, self.at + len(fence)
        end = self.source.find(fence, start)
        if end < 0:
            name = "Pre" if fence == "```" else "Code"
            _broken(f"Can't find end of {name} entity at byte offset {self._byte(begin)}")
        content, offset, extra = self.source[start:end], self.offset, {}
        if fence == "```":
            language, newline, rest = content.partition("\n")
            if newline and language.strip() and " " not in language:
                content, extra = rest, {"language": language.strip()}
            else:
                content = content.removeprefix("\n")
            content = content.removesuffix("\n")
        for sign in content.replace("\\`", "`").replace("\\\\", "\\"):
            self._add(sign, size=0)
        self._close("pre" if fence == "```" else "code", offset, extra)
        self.at = end + len(fence)

    def _link(self) -> None:
        sign, offset, begin = self.nested.pop()
        if sign != "[":
            _broken(f"Can't find end of the entity starting at byte offset {begin}")
        self.at += 1
        if self.source[self.at : self.at + 1] != "(":
            return
        end = self.source.find(")", self.at)
        if end < 0:
            _broken(f"Can't find end of a URL at byte offset {self._byte(self.at)}")
        url = self.source[self.at + 1 : end].replace("\\", "")
        self.at = end + 1
        self._close("text_link", offset, {"url": url})

    def _quote(self) -> None:
        offset = self.offset
        lines = []
        while self.source.startswith(">", self.at):
            line, newline, _ = self.source[self.at + 1 :].partition("\n")
            lines.append(line)
            self.at += 1 + len(line) + len(newline)
        text, inner = parse_markdown("\n".join(lines), legacy=False)
        self.entities += [one | {"offset": one["offset"] + offset} for one in inner]
        for sign in text:
            self._add(sign, size=0)
        self._close("blockquote", offset)
        if self.at < len(self.source):
            self._add("\n", size=0)

    def _line_start(self) -> bool:
        return self.at == 0 or self.source[self.at - 1] == "\n"

    def _add(self, character: str, *, size: int = 1) -> None:
        self.plain.append(character)
        self.offset += utf16.length(character)
        self.at += size

    def _close(self, kind: str, offset: int, extra: dict[str, Any] | None = None) -> None:
        if self.offset > offset:
            span = {"offset": offset, "length": self.offset - offset}
            self.entities.append({**span, "type": kind, **(extra or {})})

    def _byte(self, index: int) -> int:
        return len(self.source[:index].encode())


def _broken(reason: str) -> NoReturn:
    refuse(f"can't parse entities: {reason}")
