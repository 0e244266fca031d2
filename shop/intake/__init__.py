"""What brings payment events: chat updates, polls, charges, bank transfers, replays."""
