"""Settings in, a whole shop out: the only folder that names concrete providers and connectors."""

from bot.assemble.known import KNOWN
from bot.assemble.parts import Parts, assemble

__all__ = ["KNOWN", "Parts", "assemble"]
