"""The names of providers and connectors that an owner's file may use."""

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
"""All of them, on or off, so that a misspelt name in the catalog is found at once."""
