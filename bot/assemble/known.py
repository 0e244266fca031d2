"""The names of all providers and connectors, which an owner's file may use."""

from typing import Final

from shop.owner_file.choices import Known

KNOWN: Final = Known(
    providers=(
        "stripe",
        "stars",
        "telegram_cards",
        "coinbase",
        "coinbase_commerce",
        "btcpay",
        "cryptopay",
        "nowpayments",
        "transfer",
        "sandbox_card",
        "sandbox_crypto",
    ),
    connectors=("generated", "stock"),
)
"""Every one there is, on or off, so that a slip of the pen in the catalog is found at once."""
