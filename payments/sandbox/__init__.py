"""Play money for trying the shop: cards and crypto that behave as chosen."""
