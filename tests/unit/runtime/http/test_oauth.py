"""Which scope opens which path, and what counts as a token."""

import json
from pathlib import Path

import pytest

from runtime.http.oauth import TokenSigner
from runtime.http.signed import TEXT_LENGTH_MAX
from schemas.oauth import AccessToken
from schemas.scopes import SCOPES, scopes_of

TOKEN = AccessToken("id", "shop", "app", ("api",), 5)


@pytest.mark.parametrize(
    ("path", "scopes"),
    [
        ("/v1/vouchers", ("api", "vouchers")),
        ("/v1/vouchers/A/validate", ("api", "vouchers")),
        ("/v1/validation-rules-assignments", ("api", "validation-rules-assignments")),
        ("/v1/analytics/totals", ("api",)),
        ("/v1/vouchersX", ("api",)),
        ("/v1/api", ("api",)),
        ("/client/v1/redeem", ("client_api", "client_redeem")),
        ("/client/v1/redemptions", ("client_api", "client_redemptions")),
        ("/client/v1/orders", ("client_api",)),
        ("/v1/oauth/token", ()),
        ("/management/v1/projects", ()),
        ("/health", ()),
    ],
)
def test_a_path_names_its_scopes(path: str, scopes: tuple[str, ...]) -> None:
    assert scopes_of(path) == scopes
    assert set(scopes) <= SCOPES


def test_the_scopes_are_those_of_the_contract() -> None:
    folder = Path(__file__).parents[3] / "contract"
    wanted = json.loads((folder / "scopes.json").read_text("utf-8"))
    assert sorted(SCOPES) == wanted


def test_a_token_reads_as_it_was_signed_by_the_same_key_alone() -> None:
    signer = TokenSigner(b"k" * 32)
    text = signer.sign(TOKEN)
    assert signer.read(text) == TOKEN
    assert TokenSigner(b"j" * 32).read(text) is None
    assert signer.read(text + "." + "A" * TEXT_LENGTH_MAX) is None
    assert text.replace(".", "").replace("-", "").replace("_", "").isalnum()
