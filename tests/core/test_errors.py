"""An error's docstring is the sentence people see, with its facts filled in."""

from shop.core.errors import NotFoundError, ShopError


class LateError(ShopError):
    """{name} came too late.

    What stands below is for whoever reads the code.
    """


def test_the_sentence_is_the_first_line_with_the_facts_filled_in() -> None:
    error = LateError(name="Ada")
    assert error.sentence == "Ada came too late."
    assert str(error) == error.sentence
    assert error.facts == {"name": "Ada"}
    assert NotFoundError(what="plan", name="trio").sentence == "There is no plan trio."


def test_an_error_without_words_says_nothing_rather_than_breaking() -> None:
    silent = type("SilentError", (ShopError,), {"__doc__": None})
    assert silent().sentence == ""
