"""Builds the connectors, which make customers' accounts."""

from bot.settings import Settings
from shop.access.stock import BooksShelf
from shop.ports import Connector


def build_connectors(settings: Settings, shelf: BooksShelf) -> dict[str, Connector]:
    """Build the connectors, by the names that products use."""
    from connectors.generated import GeneratedConnector
    from connectors.stock import StockConnector

    made: list[Connector] = [
        GeneratedConnector(playlist_url=f"{settings.address}/playlist/{{token}}.m3u8"),
        StockConnector(shelf=shelf),
    ]
    return {connector.name: connector for connector in made}
