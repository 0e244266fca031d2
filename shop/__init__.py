"""The rules and the books: everyone may import the shop, the shop imports no one."""
