"""A link leads to one file of one project, for reading, for a while."""

import pytest

from runtime.http.links import LINK_SECONDS, Link, LinkSigner, link_to

KEY, NOW = b"k" * 32, 1_700_000_000_000
SIGNER = LinkSigner(KEY)
LINK = Link("proj", "exp_1", NOW // 1000 + 60)
TOKEN = SIGNER.sign(LINK)
QUERY = b"token=" + TOKEN.encode()


def test_a_token_is_read_until_its_time_is_over() -> None:
    assert SIGNER.read(TOKEN, NOW) == LINK
    assert SIGNER.read(TOKEN, NOW + 59_999) == LINK
    assert SIGNER.read(TOKEN, NOW + 60_000) is None


@pytest.mark.parametrize("token", ["", ".", "a.b", TOKEN[:-1], TOKEN + "A", "A" + TOKEN, "ä"])
def test_nothing_else_is_a_token(token: str) -> None:
    assert SIGNER.read(token, NOW) is None


def test_a_token_of_another_key_is_none() -> None:
    assert LinkSigner(b"x" * 32).read(TOKEN, NOW) is None


def test_it_leads_to_its_own_file_alone() -> None:
    assert SIGNER.follow("/v1/exports/exp_1", QUERY, NOW) == LINK
    for path in ("/v1/exports/exp_2", "/v1/exports", "/v1/vouchers/exp_1", "/v1/exports/exp_1/x"):
        assert SIGNER.follow(path, QUERY, NOW) is None
    for query in (b"", b"tok=1", QUERY + b"&" + QUERY, b"token=", b"token=%ff"):
        assert SIGNER.follow("/v1/exports/exp_1", query, NOW) is None


def test_an_answer_names_it_where_the_client_found_the_api() -> None:
    url = link_to(SIGNER, "https://shop.test/", "proj", "exp_1", NOW)
    address, _, token = url.partition("?token=")
    assert address == "https://shop.test/v1/exports/exp_1"
    link = SIGNER.read(token, NOW)
    assert link is not None
    assert link.expires_at == NOW // 1000 + LINK_SECONDS
