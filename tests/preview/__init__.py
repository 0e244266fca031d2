"""The stand-in of Telegram, held to what Telegram does."""
