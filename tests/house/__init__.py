"""A shop in hand: books in either database, goods, people, time, and a service with accounts."""
