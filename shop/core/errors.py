"""The one error family of the shop: each class's docstring is the sentence people see."""


class ShopError(Exception):
    """Something in the shop did not work. Please try again."""

    def __init__(self, **facts: object) -> None:
        """Keep the facts that explain this error; they are never secrets."""
        self.facts = facts
        super().__init__(self.sentence)

    @property
    def sentence(self) -> str:
        """The class docstring with the facts filled in: one sentence for a person."""
        return (type(self).__doc__ or "").split("\n", 1)[0].format_map(self.facts)


class BadInputError(ShopError):
    """{reason}"""  # noqa: D400 - the reason is a sentence


class BooksUnavailableError(ShopError):
    """The books cannot be written just now; nothing was changed."""


class DoneAlreadyError(ShopError):
    """This has been done already."""


class NotFoundError(ShopError):
    """There is no {what} {name}."""
