"""Writes a customer's playlist: extended M3U with the channels of the plan."""

from shop.catalog.products import Shopfront, channel_address, channels_of


def playlist(front: Shopfront, plan: str, *, token: str) -> str:
    """The file's text, with the attributes that TV apps read."""
    lines = ["#EXTM3U"]
    for number, channel in enumerate(channels_of(front, plan), 1):
        facts = {
            "tvg-id": channel.id,
            "tvg-chno": str(number),
            "tvg-logo": channel.logo,
            "group-title": channel.group,
        }
        words = " ".join(f'{key}="{_quoted(value)}"' for key, value in facts.items() if value)
        name = " ".join(channel.name.split())
        lines += [f"#EXTINF:-1 {words},{name}", channel_address(front, channel, token=token)]
    return "\n".join(lines) + "\n"


def _quoted(text: str) -> str:
    return " ".join(text.replace('"', "'").split())
