"""Play money for trying the shop: cards and crypto that act as told."""
