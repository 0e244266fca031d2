"""The bot's profile: name, descriptions, commands, the menu button."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import Any

__all__ = ["Profile"]


@dataclass(slots=True, kw_only=True)
class Profile:
    """Texts by language, commands by scope and language; "" stands for all other languages."""

    name: str
    descriptions: dict[str, str] = field(default_factory=dict)
    short_descriptions: dict[str, str] = field(default_factory=dict)
    names: dict[str, str] = field(default_factory=dict)
    commands: dict[tuple[str, str], list[dict[str, Any]]] = field(default_factory=dict)
    menu_button: dict[str, Any] = field(default_factory=lambda: {"type": "commands"})

    def commands_for(self, person_id: int, *, language: str) -> list[dict[str, Any]]:
        """Choose the command list a person sees: the narrowest scope that has one."""
        scopes: list[dict[str, Any]] = [
            {"type": "chat", "chat_id": person_id},
            {"type": "all_private_chats"},
            {"type": "default"},
        ]
        for scope in scopes:
            for spoken in (language, ""):
                found = self.commands.get((scope_key(scope), spoken))
                if found:
                    return found
        return []


def scope_key(scope: dict[str, Any]) -> str:
    """Turn a BotCommandScope into a comparable key."""
    kept = {name: str(value) for name, value in scope.items() if value is not None}
    return json.dumps(kept, sort_keys=True)
