"""Rigs of further providers, one file each: `python -m payments.skeleton NAME` writes them."""

from importlib import import_module
from pkgutil import iter_modules
from types import ModuleType


def found() -> list[ModuleType]:
    """Every rig here, by name."""
    return [import_module(f"{__name__}.{one.name}") for one in iter_modules(__path__)]
