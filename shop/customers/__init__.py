"""People: language, country, zone, consent."""
