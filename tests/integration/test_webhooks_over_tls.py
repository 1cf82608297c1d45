"""Webhooks over https: delivered to whoever shows the right certificate, and to nobody else."""

from pathlib import Path

import pytest
from standardwebhooks import Webhook as StandardWebhook

from tests.integration.authority import Authority
from tests.integration.webhook_world import TOKEN, installation, receiver, until


@pytest.fixture
def authority(tmp_path: Path) -> Authority:
    return Authority(tmp_path / "trusted")


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1"])
async def test_the_right_certificate_is_served_by_name_and_by_address(
    authority: Authority, host: str
) -> None:
    async with (
        installation() as world,
        receiver(authority.server("localhost", "127.0.0.1")) as shop,
        world.sending(ca_file=authority.file),
    ):
        await world.webhook(shop.url.replace("127.0.0.1", host))
        await world.voucher("A")
        await until(lambda: len(shop.got) == 1)
        (got,) = shop.got
        assert StandardWebhook(TOKEN).verify(got.body.decode(), got.headers) == got.event
        assert got.headers["host"] == f"{host}:{shop.url.split(':')[2].rstrip('/')}"
        (attempt,) = await world.noted(1)
        assert (attempt.result, attempt.http_status, attempt.error) == ("delivered", 200, None)


@pytest.mark.parametrize(
    ("shown", "trusts", "reason"),
    [
        ("other.test", True, "Hostname mismatch, certificate is not valid for 'localhost'."),
        ("expired", True, "certificate has expired"),
        ("unknown", True, "unable to get local issuer certificate"),
        ("localhost", False, "unable to get local issuer certificate"),
    ],
)
async def test_another_certificate_is_a_failed_attempt_that_says_why(
    authority: Authority, tmp_path: Path, shown: str, trusts: bool, reason: str
) -> None:
    """A wrong name, one that is over, an unknown authority, and no extra authority at all."""
    match shown:
        case "expired":
            certificate = authority.server("localhost", over=True)
        case "unknown":
            certificate = Authority(tmp_path / "unknown").server("localhost")
        case _:
            certificate = authority.server(shown)
    async with (
        installation() as world,
        receiver(certificate) as shop,
        world.sending(ca_file=authority.file if trusts else None, attempts_max=2),
    ):
        webhook = await world.webhook(shop.url.replace("127.0.0.1", "localhost"))
        await world.voucher("A")
        attempts = await world.noted(2)
        assert [(each.webhook_id, each.result) for each in attempts] == [
            (webhook.id, "failed"),
            (webhook.id, "dead"),
        ]
        assert {(each.http_status, each.error) for each in attempts} == {
            (None, f"the certificate is not accepted: {reason}")
        }
        assert shop.got == []
