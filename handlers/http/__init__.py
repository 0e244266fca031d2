"""Doors for programs: payment providers, Telegram, media servers, monitors."""
