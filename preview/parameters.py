"""Reads a call's parameters, in any of Telegram's four encodings."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from email.message import Message
from typing import Any
from urllib.parse import parse_qsl

from preview.errors import BadRequestError, refuse

__all__ = ["Parameters", "Upload", "read_parameters"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Upload:
    """A file that came in a multipart body."""

    name: str
    kind: str
    content: bytes


@dataclass(frozen=True, slots=True)
class Parameters:
    """Values by name, strings unless the body was JSON; files by part name."""

    values: dict[str, Any] = field(default_factory=dict)
    files: dict[str, Upload] = field(default_factory=dict)

    def has(self, name: str) -> bool:
        """Say whether the call sets this; an empty text counts as unset, as at Telegram."""
        return self.values.get(name) not in {None, ""} if self._is_plain(name) else True

    def text(self, name: str, default: str = "") -> str:
        """Read text."""
        value = self.values.get(name)
        if value is None:
            return default
        if isinstance(value, str):
            return value
        return json.dumps(value, ensure_ascii=False)

    def required(self, name: str) -> str:
        """Read text that must not be empty."""
        value = self.text(name)
        if not value:
            refuse(f'parameter "{name}" is required')
        return value

    def integer(self, name: str, default: int = 0) -> int:
        """Read a whole number; anything else counts as unset, as at Telegram."""
        try:
            return int(self.text(name))
        except ValueError:
            return default

    def flag(self, name: str) -> bool:
        """Read a boolean: true, yes and 1 are True."""
        return self.text(name).strip().lower() in {"true", "yes", "1"}

    def structure(self, name: str) -> Any:  # noqa: ANN401 - JSON of any shape
        """Read a JSON value, perhaps serialised in a form field; None when unset."""
        value = self.values.get(name)
        if not isinstance(value, str):
            return value
        if not value:
            return None
        try:
            return json.loads(value)
        except json.JSONDecodeError as wrong:
            msg = f"can't parse {name.replace('_', ' ')} JSON object"
            raise BadRequestError(msg) from wrong

    def upload(self, name: str) -> Upload | None:
        """Find a parameter's file: sent under its name, or referenced by attach://."""
        value = self.text(name)
        if value.startswith("attach://"):
            return self.files.get(value.removeprefix("attach://"))
        return self.files.get(name)

    def logged(self) -> dict[str, Any]:
        """Give the call's values for the log, each file as its name and size."""
        files = {
            name: {"file_name": file.name, "size": len(file.content)}
            for name, file in self.files.items()
        }
        return {name: self._decoded(name) for name in self.values} | files

    def _is_plain(self, name: str) -> bool:
        return isinstance(self.values.get(name), str | int | float | bool | None)

    def _decoded(self, name: str) -> object:
        value = self.values[name]
        if isinstance(value, str) and value[:1] in {"{", "["}:
            try:
                return json.loads(value)
            except json.JSONDecodeError:
                return value
        return value


def read_parameters(*, query: str, content_type: str, body: bytes) -> Parameters:
    """Read the query and the body of one request; BadRequest when the body is not readable."""
    values: dict[str, Any] = dict(parse_qsl(query, keep_blank_values=True))
    header = Message()
    header["content-type"] = content_type or "application/octet-stream"
    kind = header.get_content_type()
    if kind == "application/json":
        values |= _read_json(body)
    elif kind == "application/x-www-form-urlencoded":
        values |= dict(parse_qsl(body.decode("utf-8", "replace"), keep_blank_values=True))
    elif kind == "multipart/form-data":
        boundary = str(header.get_param("boundary", ""))
        fields, files = _read_multipart(body, boundary=boundary.encode())
        return Parameters(values | fields, files)
    return Parameters(values)


def _read_json(body: bytes) -> dict[str, Any]:
    try:
        value = json.loads(body or b"{}")
    except ValueError as wrong:
        msg = "can't parse the request: the body is not JSON"
        raise BadRequestError(msg) from wrong
    if not isinstance(value, dict):
        refuse("can't parse the request: a JSON object is expected")
    return value


def _read_multipart(body: bytes, *, boundary: bytes) -> tuple[dict[str, Any], dict[str, Upload]]:
    fields: dict[str, Any] = {}
    files: dict[str, Upload] = {}
    for part in (b"\r\n" + body).split(b"\r\n--" + boundary)[1:]:
        if part.startswith(b"--"):
            break
        head, _, content = part.removeprefix(b"\r\n").partition(b"\r\n\r\n")
        header = _read_head(head)
        name = _disposition(header, "name")
        file_name = _disposition(header, "filename")
        if file_name:
            kind = header.get_content_type() if "content-type" in header else ""
            files[name] = Upload(name=file_name, kind=kind, content=content)
        else:
            fields[name] = content.decode("utf-8", "replace")
    return fields, files


def _read_head(head: bytes) -> Message:
    header = Message()
    for line in head.decode("utf-8", "replace").split("\r\n"):
        name, _, value = line.partition(":")
        if name:
            header[name.strip()] = value.strip()
    return header


def _disposition(header: Message, name: str) -> str:
    value = header.get_param(name, "", header="content-disposition")
    return value[2] if isinstance(value, tuple) else str(value)
