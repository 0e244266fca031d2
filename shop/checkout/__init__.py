"""From a choice to a page to pay on."""
