"""HTML becomes text and entities, counted in UTF-16 units, or an error at a byte offset."""

from typing import Any

import pytest

from preview.errors import BadRequestError
from preview.formatting import find_entities, read_formatted
from preview.html_text import parse_html
from preview.markdown_text import parse_markdown
from preview.parameters import Parameters
from tests.preview.conftest import Json


def entity(kind: str, offset: int, length: int, **more: str) -> dict[str, Any]:
    return {"type": kind, "offset": offset, "length": length, **more}


@pytest.mark.parametrize(
    ("source", "text", "entities"),
    [
        ("plain", "plain", []),
        ("<b>a</b>", "a", [entity("bold", 0, 1)]),
        ("👋 <i>hé</i>", "👋 hé", [entity("italic", 3, 2)]),
        ("<b>👨‍👩‍👧</b>!", "👨‍👩‍👧!", [entity("bold", 0, 8)]),
        ("<B><I>x</I></B>", "x", [entity("bold", 0, 1), entity("italic", 0, 1)]),
        ("a &lt;b&gt; &amp;&quot;", 'a <b> &"', []),
        ("&#128512;&#x41;&nbsp;", "😀A&nbsp;", []),
        ("<s>a</s><u>b</u>", "ab", [entity("strikethrough", 0, 1), entity("underline", 1, 1)]),
        ("<tg-spoiler>k</tg-spoiler>", "k", [entity("spoiler", 0, 1)]),
        ('<span class="tg-spoiler">k</span>', "k", [entity("spoiler", 0, 1)]),
        (
            '<a href="https://EXAMPLE.org/a?b=1&amp;c=2">x</a>',
            "x",
            [entity("text_link", 0, 1, url="https://example.org/a?b=1&c=2")],
        ),
        ("<a href='nowhere'>x</a>", "x", []),
        ("<code>a</code>", "a", [entity("code", 0, 1)]),
        ("<pre>a\nb</pre>", "a\nb", [entity("pre", 0, 3)]),
        (
            '<pre><code class="language-python">a</code></pre>',
            "a",
            [entity("pre", 0, 1, language="python")],
        ),
        ("<blockquote>q</blockquote>", "q", [entity("blockquote", 0, 1)]),
        ("<blockquote expandable>q</blockquote>", "q", [entity("expandable_blockquote", 0, 1)]),
        ("<b></b>x", "x", []),
        ("<b>a</>", "a", [entity("bold", 0, 1)]),
    ],
)
def test_markup_becomes_entities(source: str, text: str, entities: list[dict[str, Any]]) -> None:
    assert parse_html(source) == (text, entities)


@pytest.mark.parametrize(
    ("source", "reason"),
    [
        ("<x>a</x>", 'Unsupported start tag "x" at byte offset 0'),
        ("é<p>", 'Unsupported start tag "p" at byte offset 2'),
        ("😀é <br/>", 'Unsupported start tag "br/" at byte offset 7'),
        ("1 < 2", 'Unsupported start tag "" at byte offset 2'),
        ("<b>a", 'Can\'t find end tag corresponding to start tag "b"'),
        ("<b", "Unclosed start tag at byte offset 0"),
        ("a</b>", "Unexpected end tag at byte offset 1"),
        ("<b>a</i>", 'Unmatched end tag at byte offset 4, expected "</b>", found "</i>"'),
        ("<b><i>a</b></i>", 'Unmatched end tag at byte offset 7, expected "</i>", found "</b>"'),
        ("<b>a</b", "Unclosed end tag at byte offset 4"),
        ("<span>a</span>", 'Tag "span" must have class "tg-spoiler" at byte offset 0'),
        ('<a ="x">a</a>', 'Empty attribute name in the tag "a" at byte offset 0'),
    ],
)
def test_broken_markup_is_refused_where_it_breaks(source: str, reason: str) -> None:
    with pytest.raises(BadRequestError) as refused:
        parse_html(source)
    assert str(refused.value) == f"Bad Request: can't parse entities: {reason}"


def formatted(text: str, **values: Json) -> tuple[str, list[dict[str, Any]]]:
    people = {1001: {"id": 1001, "is_bot": False, "first_name": "Anna"}}
    call = Parameters({"text": text, **values})
    return read_formatted(call, name="text", entities_name="entities", user=people.get)


def test_surrounding_space_goes_and_entities_follow() -> None:
    text, entities = formatted("  \n<b> 😀x</b> \n", parse_mode="HTML")
    assert (text, entities) == ("😀x", [entity("bold", 0, 3)])


def test_a_mention_by_id_names_the_person_or_is_plain_text() -> None:
    known = formatted('<a href="tg://user?id=1001">A</a>', parse_mode="HTML")[1]
    assert (known[0]["type"], known[0]["user"]["id"]) == ("text_mention", 1001)
    assert formatted('<a href="tg://user?id=5">A</a>', parse_mode="HTML")[1] == []


def test_given_entities_are_kept_and_found_ones_added() -> None:
    bold = [{"type": "bold", "offset": 0, "length": 3}]
    text, entities = formatted("buy at a.example/x now", entities=bold)
    assert text == "buy at a.example/x now"
    assert entities == [entity("bold", 0, 3), entity("url", 7, 11)]


def test_links_inside_code_stay_code() -> None:
    found = formatted("<code>https://a.example/</code>", parse_mode="HTML")[1]
    assert [one["type"] for one in found] == ["code"]


@pytest.mark.parametrize(
    ("text", "kinds"),
    [
        ("/start plan_x", [("bot_command", 0, 6)]),
        ("😀 /plans@demo_shop_bot!", [("bot_command", 3, 20)]),
        ("a/b and 1/2", []),
        ("write a@b.example", [("email", 6, 11)]),
        ("see https://b.example/x.", [("url", 4, 19)]),
        ("@olga #new", [("mention", 0, 5), ("hashtag", 6, 4)]),
    ],
)
def test_commands_and_addresses_are_found(text: str, kinds: list[tuple[str, int, int]]) -> None:
    assert [(one["type"], one["offset"], one["length"]) for one in find_entities(text)] == kinds


def test_markdown_v2_is_read_too() -> None:
    text, entities = parse_markdown(
        "*b* _i_ `c` ||s|| [l](https://a.example/) 1\\.0", legacy=False
    )
    assert text == "b i c s l 1.0"
    kinds = [(one["type"], one["offset"]) for one in entities]
    assert kinds == [("bold", 0), ("italic", 2), ("code", 4), ("spoiler", 6), ("text_link", 8)]
    with pytest.raises(BadRequestError, match=r"Character '\.' is reserved"):
        parse_markdown("1.0", legacy=False)
