"""Turns settings into a shop; only this folder names concrete providers and connectors."""

from bot.assemble.known import KNOWN
from bot.assemble.parts import Parts, assemble

__all__ = ["KNOWN", "Parts", "assemble"]
