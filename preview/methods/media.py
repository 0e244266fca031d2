"""Methods that send pictures and documents, and serve files."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import httpx

from preview.errors import BadRequestError, refuse
from preview.files import DOWNLOAD_BYTES, PHOTO_BYTES
from preview.methods.content import deliver, read_caption
from preview.parameters import Parameters, Upload

if TYPE_CHECKING:
    from preview.files import StoredFile
    from preview.methods.content import Content
    from preview.telegram import Telegram

__all__ = ["METHODS", "read_media"]

ALBUM_LEAST, ALBUM_MOST = 2, 10


async def send_photo(telegram: Telegram, call: Parameters) -> dict[str, Any]:
    """Send a picture."""
    chat = telegram.writable(call)
    body = await read_media(telegram, call, kind="photo", name="photo")
    return deliver(telegram, call, chat=chat, body=body | _media_flags(call))


async def send_document(telegram: Telegram, call: Parameters) -> dict[str, Any]:
    """Send any file."""
    chat = telegram.writable(call)
    body = await read_media(telegram, call, kind="document", name="document")
    return deliver(telegram, call, chat=chat, body=body)


async def send_media_group(telegram: Telegram, call: Parameters) -> list[dict[str, Any]]:
    """Send an album; each picture is a message of its own."""
    chat = telegram.writable(call)
    items = call.structure("media")
    if not isinstance(items, list) or not ALBUM_LEAST <= len(items) <= ALBUM_MOST:
        refuse("expected an Array of InputMedia with 2-10 elements")
    bodies = []
    for item in items:
        single = Parameters(dict(item), call.files)
        kind = single.text("type")
        bodies.append(await read_media(telegram, single, kind=kind, name="media"))
    group = {"media_group_id": telegram.new_id()}
    return [deliver(telegram, call, chat=chat, body=body | group) for body in bodies]


async def get_file(telegram: Telegram, call: Parameters) -> dict[str, Any]:
    """Say where a file can be downloaded."""
    if not call.has("file_id"):
        refuse("file_id not specified")
    try:
        file = telegram.files.get(call.text("file_id"))
    except BadRequestError as wrong:
        msg = "wrong file_id or the file is temporarily unavailable"
        raise BadRequestError(msg) from wrong
    if len(file.content) > DOWNLOAD_BYTES:
        refuse("file is too big")
    return file.described() | {"file_path": file.path}


async def get_user_profile_photos(telegram: Telegram, call: Parameters) -> dict[str, Any]:
    """Give no pictures: nobody here has one."""
    if telegram.user(call.integer("user_id")) is None:
        refuse("user not found")
    return {"total_count": 0, "photos": []}


async def read_media(telegram: Telegram, call: Parameters, *, kind: str, name: str) -> Content:
    """Read a picture or document with its caption, in whichever way the file is given."""
    if kind not in {"photo", "document"}:
        refuse("can't parse InputMedia: unsupported type specified")
    file = await _file(telegram, call, kind=kind, name=name)
    if kind == "photo":
        if len(file.content) > PHOTO_BYTES:
            refuse("file is too big")
        body: Content = {"photo": file.as_photo()}
    else:
        body = {"document": file.as_document()}
    return body | read_caption(telegram, call)


async def _file(telegram: Telegram, call: Parameters, *, kind: str, name: str) -> StoredFile:
    upload = call.upload(name)
    if upload is not None:
        return telegram.files.keep(upload, folder=f"{kind}s")
    given = call.text(name)
    if not given or given.startswith("attach://"):
        refuse(f"there is no {kind} in the request")
    if given.startswith(("http://", "https://")):
        return telegram.files.keep(await _download(given), folder=f"{kind}s")
    return telegram.files.get(given)


async def _download(url: str) -> Upload:
    """Fetch a file by its address, as Telegram's servers would."""
    try:
        async with httpx.AsyncClient(timeout=10, trust_env=False) as client:
            answer = (await client.get(url, follow_redirects=True)).raise_for_status()
    except httpx.HTTPError as wrong:
        msg = "failed to get HTTP URL content"
        raise BadRequestError(msg) from wrong
    name = urlsplit(url).path.rpartition("/")[2] or "file"
    kind = answer.headers.get("content-type", "").partition(";")[0]
    return Upload(name=name, kind=kind, content=answer.content)


def _media_flags(call: Parameters) -> Content:
    flags = {
        "has_media_spoiler": call.flag("has_spoiler"),
        "show_caption_above_media": call.flag("show_caption_above_media"),
    }
    return {name: True for name, wanted in flags.items() if wanted}


METHODS = {
    "sendPhoto": send_photo,
    "sendDocument": send_document,
    "sendMediaGroup": send_media_group,
    "getFile": get_file,
    "getUserProfilePhotos": get_user_profile_photos,
}
