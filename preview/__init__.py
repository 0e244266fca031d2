"""A chat page in the browser over a local stand-in of the Telegram Bot API.

It knows nothing of the shop and speaks only HTTP, so what works here works against Telegram.
"""
