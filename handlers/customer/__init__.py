"""What a subscriber can do in the chat."""
