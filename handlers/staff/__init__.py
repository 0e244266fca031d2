"""What staff can do in the chat; each door asks first whether one is staff."""
