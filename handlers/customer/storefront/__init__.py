"""The storefront, as customers see it."""
