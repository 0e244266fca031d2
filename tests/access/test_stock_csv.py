import pytest
from hypothesis import given
from hypothesis import strategies as st

from shop.access.stock_csv import MOST_LINES, host_of, read_stock
from shop.core.errors import BadInputError

ADA = {"username": "ada", "password": "p1"}


@pytest.mark.parametrize(
    "text",
    [
        "username,password\nada,p1\n",
        "username,password\nada,p1",
        "\ufeffusername,password\r\nada,p1\r\n",
        "username;password\nada;p1\n",
        "username\tpassword\nada\tp1\n",
        "username,password\rada,p1\r",
        'Username , "PASSWORD"\nada , "p1"\n',
        "username,password\n\n  ,  \nada,p1\n\n",
        "password,username\np1,ada\n",
    ],
)
def test_what_panels_and_spreadsheets_write_is_read(text: str) -> None:
    sheet = read_stock(text)
    assert (sheet.lines, sheet.refused) == ((ADA,), ())


def test_all_columns_and_quotes_are_read() -> None:
    text = 'username,password,url,note\nada,"a,""b""",https://tv.example/x,until June\n'
    assert read_stock(text).lines == (
        {
            "username": "ada",
            "password": 'a,"b"',
            "url": "https://tv.example/x",
            "note": "until June",
        },
    )


def test_columns_one_may_leave_out_may_be_empty() -> None:
    text = "username,password,url,note\nada,p1,,\nbob,p2\n"
    assert [line["username"] for line in read_stock(text).lines] == ["ada", "bob"]


@pytest.mark.parametrize(
    "text",
    [
        "",
        "\n",
        "ada,p1\n",
        "username\nada\n",
        "username,password,pin\n",
        "username,username,password",
    ],
)
def test_without_a_right_header_nothing_is_read(text: str) -> None:
    with pytest.raises(BadInputError, match="The first line must name the columns"):
        read_stock(text)


# (a row, what is wrong with it)
WRONG = [
    (",p1", "username is empty"),
    ("ada", "password is empty"),
    ("ada,p1,https://a,note,more", "it has 5 values for 4 columns"),
    ("ada,p1,tv.example", "url is not an address such as https://…"),
    ("ada,p1,https://a b", "url is not an address such as https://…"),
    ("a" * 201 + ",p1", "username is longer than 200 characters"),
    ("ada,p\x001", "password holds a control character or a line break"),
    ("\ufeffada,p1", "username holds an invisible sign"),
    ("ada\u200b,p1", "username holds an invisible sign"),
    ("ada,p\u20601", "password holds an invisible sign"),
    ('ada,"p\n1"', "password holds a control character or a line break"),
    ('"=HYPERLINK(""https://evil.example"")",p1', "username looks like a spreadsheet formula"),
    ("ada,p1,,@SUM(1+1)*cmd|' /C calc'!A0", "note looks like a spreadsheet formula"),
    ("ada,p1,,-2+3+cmd|' /C calc'!A0", "note looks like a spreadsheet formula"),
    ('ada,"p1"x', "a quote is not closed, or stands within a value"),
]


@pytest.mark.parametrize(("row", "reason"), WRONG)
def test_a_wrong_line_is_refused_and_the_rest_is_read(row: str, reason: str) -> None:
    sheet = read_stock(f"username,password,url,note\nada,p1\n{row}\nbob,p2\n")
    assert sheet.refused == ((3, reason),)
    assert [line["username"] for line in sheet.lines] == ["ada", "bob"]


def test_a_quote_left_open_refuses_what_it_swallows() -> None:
    sheet = read_stock('username,password\nada,p1\nbob,"p2\ncy,p3\n')
    assert sheet.lines == (ADA,)
    assert sheet.refused == ((3, "a quote is not closed, or stands within a value"),)


@pytest.mark.parametrize("password", ["=a(b|c!", "-x", "+1", "@home", "'", "päss"])
def test_a_password_may_be_anything(password: str) -> None:
    [line] = read_stock(f"username,password\nada,{password}\n").lines
    assert line["password"] == password


def test_a_reason_never_tells_a_secret() -> None:
    sheet = read_stock("username,password\nada,hush\x01hush\n,hush-hush\nada,hush,hush\n")
    assert len(sheet.refused) == 3
    assert "hush" not in str(sheet.refused)


def test_too_many_lines_are_refused_as_a_whole() -> None:
    rows = "".join(f"u{i},p{i}\n" for i in range(MOST_LINES))
    assert len(read_stock(f"username,password\n{rows}").lines) == MOST_LINES
    with pytest.raises(BadInputError, match="At most 5,000 lines fit at once"):
        read_stock(f"username,password\n{rows}one,more\n")


@given(st.text())
def test_any_text_is_read_or_refused_but_never_breaks(text: str) -> None:
    sheet = read_stock(f"username,password,note\n{text}")
    assert all(number > 1 for number, _ in sheet.refused)
    assert all(line["username"] and line["password"] for line in sheet.lines)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("https://panel.example/a", "http://panel.example.:8080/b"),
        ("https://PANEL.example", "https://panel.example"),
        ("https://b\u00fccher.example", "https://xn--bcher-kva.example"),
    ],
)
def test_a_panel_is_the_same_however_its_host_is_written(one: str, other: str) -> None:
    assert host_of(one) == host_of(other) != ""
