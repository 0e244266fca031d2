"""Bot API objects as aiogram types them: an independent reading of Telegram's documentation."""

from pydantic import BaseModel, TypeAdapter

from tests.preview.conftest import Json

__all__ = ["fits"]


def fits(kind: Json, value: Json) -> Json:
    """Read a value as this type; fails on a missing, a wrong and also on an unknown field."""
    read = TypeAdapter(kind).validate_python(value)
    _no_strangers(read, path=getattr(kind, "__name__", str(kind)))
    return read


def _no_strangers(read: object, *, path: str) -> None:
    if isinstance(read, list):
        for number, one in enumerate(read):
            _no_strangers(one, path=f"{path}[{number}]")
    elif isinstance(read, BaseModel):
        assert not read.model_extra, f"{path} has {sorted(read.model_extra or {})}"
        for name in read.model_fields_set:
            _no_strangers(getattr(read, name), path=f"{path}.{name}")
