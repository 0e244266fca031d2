"""Parses Telegram's HTML dialect as its servers do, including byte offsets in errors.

Rules and wording: https://core.telegram.org/bots/api#html-style
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any, NoReturn

from preview import utf16
from preview.errors import refuse

__all__ = ["parse_html"]

_TYPES = {
    "b": "bold",
    "strong": "bold",
    "i": "italic",
    "em": "italic",
    "u": "underline",
    "ins": "underline",
    "s": "strikethrough",
    "strike": "strikethrough",
    "del": "strikethrough",
    "tg-spoiler": "spoiler",
    "span": "spoiler",
    "a": "text_link",
    "tg-emoji": "custom_emoji",
    "pre": "pre",
    "code": "code",
    "blockquote": "blockquote",
}
_REFERENCE = re.compile(r"&(?:#x([0-9a-fA-F]+)|#([0-9]+)|([a-zA-Z]+));?")
_NAMED = {"lt": "<", "gt": ">", "amp": "&", "quot": '"'}
_ATTRIBUTE = re.compile(r"""\s*([^\s=>]*)(?:(\s*=\s*)("[^"]*"|'[^']*'|[A-Za-z0-9.\-]*))?""")
_SPACE = " \t\r\n\0\v"


def parse_html(source: str) -> tuple[str, list[dict[str, Any]]]:
    """Turn markup into plain text and entities sorted as Telegram sorts them."""
    return _Reader(source).read()


@dataclass(slots=True)
class _Open:
    tag: str
    argument: str
    offset: int
    start: int


@dataclass(slots=True)
class _Reader:
    source: str
    at: int = 0
    plain: list[str] = field(default_factory=list)
    offset: int = 0
    entities: list[dict[str, Any]] = field(default_factory=list)
    nested: list[_Open] = field(default_factory=list)

    def read(self) -> tuple[str, list[dict[str, Any]]]:
        while self.at < len(self.source):
            character = self.source[self.at]
            if character == "<":
                self._tag()
            elif character == "&":
                self._reference()
            else:
                self._add(character)
                self.at += 1
        if self.nested:
            tag = self.nested[-1].tag
            _broken(f'Can\'t find end tag corresponding to start tag "{tag}"')
        for entity in self.entities:
            entity.pop("_language", None)
        outermost_first = self.entities[::-1]
        entities = sorted(outermost_first, key=lambda one: (one["offset"], -one["length"]))
        return "".join(self.plain), entities

    def _add(self, character: str) -> None:
        self.plain.append(character)
        self.offset += utf16.length(character)

    def _reference(self) -> None:
        character, size = _decode(self.source, self.at)
        self._add(character)
        self.at += size

    def _tag(self) -> None:
        if self.source.startswith("</", self.at):
            self._end_tag()
        else:
            self._start_tag()

    def _start_tag(self) -> None:
        begin = self.at
        where = f"at byte offset {self._byte(begin)}"
        self.at = self._until(begin + 1)
        if self.at >= len(self.source):
            _broken(f"Unclosed start tag {where}")
        tag = self.source[begin + 1 : self.at].lower()
        if tag not in _TYPES:
            _broken(f'Unsupported start tag "{tag}" {where}')
        argument = ""
        while self.source[self.at] != ">":
            argument = self._attribute(tag, where=where) or argument
            if self.at >= len(self.source):
                _broken(f"Unclosed start tag {where}")
        if tag == "span" and argument != "spoiler":
            _broken(f'Tag "span" must have class "tg-spoiler" {where}')
        self.at += 1
        self.nested.append(_Open(tag, argument, self.offset, len(self.plain)))

    def _attribute(self, tag: str, *, where: str) -> str:
        found = _ATTRIBUTE.match(self.source, self.at)
        if found is None:  # never: the pattern matches even nothing; for the type checker
            return ""
        self.at = found.end()
        name, equals, raw = found.group(1).lower(), found.group(2), found.group(3) or ""
        if not name and not equals:
            return ""
        if not name:
            _broken(f'Empty attribute name in the tag "{tag}" {where}')
        if equals is None and (tag, name) != ("blockquote", "expandable"):
            _broken(
                f'Expected equal sign in declaration of an attribute of the tag "{tag}" {where}'
            )
        quoted = raw[:1] in {'"', "'"}
        if not quoted and self.source[self.at : self.at + 1] not in {*_SPACE, ">", ""}:
            _broken(f"Unexpected end of name token {where}")
        value = _unescape(raw[1:-1]) if quoted else raw.lower()
        return _argument(tag, name=name, value=value)

    def _end_tag(self) -> None:
        begin = self.at
        where = f"at byte offset {self._byte(begin)}"
        if not self.nested:
            _broken(f"Unexpected end tag {where}")
        self.at = self._until(begin + 2)
        found = self.source[begin + 2 : self.at].lower()
        while self.source[self.at : self.at + 1] in set(_SPACE):
            self.at += 1
        if self.source[self.at : self.at + 1] != ">":
            _broken(f"Unclosed end tag {where}")
        opened = self.nested.pop()
        if found and found != opened.tag:
            _broken(f'Unmatched end tag {where}, expected "</{opened.tag}>", found "</{found}>"')
        self.at += 1
        if self.offset > opened.offset:
            self._close(opened)

    def _close(self, opened: _Open) -> None:
        entity: dict[str, Any] = {
            "offset": opened.offset,
            "length": self.offset - opened.offset,
            "type": _TYPES[opened.tag],
        }
        if opened.tag == "a":
            url = opened.argument or "".join(self.plain[opened.start :])
            _add_link(self.entities, entity, url=url)
            return
        if opened.tag == "tg-emoji":
            entity["custom_emoji_id"] = opened.argument
        elif opened.tag == "blockquote" and opened.argument:
            entity["type"] = "expandable_blockquote"
        elif opened.tag in {"pre", "code"} and self._joins_code(opened, entity):
            return
        self.entities.append(entity)

    def _joins_code(self, opened: _Open, entity: dict[str, Any]) -> bool:
        """Make one `pre` with a language out of <pre><code class="language-x">."""
        last = self.entities[-1] if self.entities else None
        span = (entity["offset"], entity["length"])
        if last and (last["offset"], last["length"]) == span and last["type"] in {"pre", "code"}:
            language = opened.argument or last.pop("_language", "")
            last["type"] = "pre"
            if language:
                last["language"] = language
            return True
        if opened.argument:  # kept until a <pre> closes around this very span
            entity["_language"] = opened.argument
        return False

    def _until(self, start: int) -> int:
        at = start
        while at < len(self.source) and self.source[at] not in _SPACE and self.source[at] != ">":
            at += 1
        return at

    def _byte(self, index: int) -> int:
        return len(self.source[:index].encode())


def _argument(tag: str, *, name: str, value: str) -> str:
    if (tag, name) == ("a", "href") or (tag, name) == ("tg-emoji", "emoji-id"):
        return value
    if (tag, name) == ("code", "class") and value.startswith("language-"):
        return value.removeprefix("language-")
    if (tag, name) == ("span", "class") and value.startswith("tg-"):
        return value.removeprefix("tg-")
    if (tag, name) == ("blockquote", "expandable"):
        return "expandable"
    return ""


def _add_link(entities: list[dict[str, Any]], entity: dict[str, Any], *, url: str) -> None:
    url = url.strip()
    if "." not in url and "://" not in url:
        return  # Telegram drops links that lead nowhere and keeps their text
    if "://" not in url:
        url = f"http://{url}"
    scheme, _, rest = url.partition("://")
    end = next((at for at, sign in enumerate(rest) if sign in "/?#"), len(rest))
    host, path = rest[:end].lower(), rest[end:]
    if scheme != "tg" and not path.startswith("/"):
        path = f"/{path}"
    entities.append(entity | {"url": f"{scheme}://{host}{path}"})


def _decode(source: str, at: int) -> tuple[str, int]:
    found = _REFERENCE.match(source, at)
    if found is None:
        return "&", 1
    hexadecimal, decimal, name = found.groups()
    if name:
        return (_NAMED[name], found.end() - at) if name in _NAMED else ("&", 1)
    code = int(hexadecimal, 16) if hexadecimal else int(decimal)
    if not 0 < code <= 0x10FFFF or 0xD800 <= code <= 0xDFFF:  # noqa: PLR2004 - Unicode's own
        return "&", 1
    return chr(code), found.end() - at


def _unescape(value: str) -> str:
    parts, at = [], 0
    while at < len(value):
        character, size = _decode(value, at) if value[at] == "&" else (value[at], 1)
        parts.append(character)
        at += size
    return "".join(parts)


def _broken(reason: str) -> NoReturn:
    refuse(f"can't parse entities: {reason}")
