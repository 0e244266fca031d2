"""Stores uploads under ids like Telegram's."""

from __future__ import annotations

import hashlib
import mimetypes
import secrets
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from preview.errors import refuse
from preview.pictures import picture_size

if TYPE_CHECKING:
    from preview.parameters import Upload

__all__ = ["Files", "StoredFile"]

PHOTO_BYTES = 10 * 1024 * 1024
DOWNLOAD_BYTES = 20 * 1024 * 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredFile:
    """One file; `path` is what getFile gives and the file door serves."""

    file_id: str
    unique_id: str
    name: str
    kind: str
    content: bytes
    path: str

    def described(self) -> dict[str, Any]:
        """Give the fields that photos, documents and File objects share."""
        return {
            "file_id": self.file_id,
            "file_unique_id": self.unique_id,
            "file_size": len(self.content),
        }

    def as_document(self) -> dict[str, Any]:
        """Give a Document object."""
        return {"file_name": self.name, "mime_type": self.kind, **self.described()}

    def as_photo(self) -> list[dict[str, Any]]:
        """Give the PhotoSize list of a message; refuses what is not a picture."""
        size = picture_size(self.content)
        if size is None:
            refuse("IMAGE_PROCESS_FAILED")
        width, height = size
        if width + height > 10000 or max(width, height) > 20 * min(width, height):  # noqa: PLR2004
            refuse("PHOTO_INVALID_DIMENSIONS")
        return [{**self.described(), "width": width, "height": height}]


class Files:
    """Files live as long as the stand-in does."""

    def __init__(self) -> None:
        """Begin empty."""
        self._by_id: dict[str, StoredFile] = {}
        self._by_path: dict[str, StoredFile] = {}

    def keep(self, upload: Upload, *, folder: str) -> StoredFile:
        """Store an upload under new ids."""
        if not upload.content:
            refuse("file must be non-empty")
        guessed = mimetypes.guess_type(upload.name)[0] or "application/octet-stream"
        plain = upload.kind in {"", "application/octet-stream", "text/plain"}
        number = len(self._by_id)
        suffix = upload.name.rpartition(".")[2] if "." in upload.name else "bin"
        stored = StoredFile(
            file_id=f"{folder[:2].upper()}{secrets.token_urlsafe(30)}",
            unique_id=hashlib.sha256(upload.content).hexdigest()[:16],
            name=upload.name,
            kind=guessed if plain else upload.kind,
            content=upload.content,
            path=f"{folder}/file_{number}.{suffix if suffix.isalnum() else 'bin'}",
        )
        self._by_id[stored.file_id] = stored
        self._by_path[stored.path] = stored
        return stored

    def get(self, file_id: str) -> StoredFile:
        """Find a file by its id."""
        if file_id not in self._by_id:
            refuse("wrong file identifier/HTTP URL specified")
        return self._by_id[file_id]

    def at(self, path: str) -> StoredFile | None:
        """Find a file by its download path."""
        return self._by_path.get(path)
