"""Stand-ins for other people's servers: real HTTP on loopback, with their rules and moods."""
