"""Settings come from the environment, are checked, and never give a secret away."""

import base64
import stat
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from pydantic import ValidationError

from runtime.base.settings import Settings, SettingsError, load_settings, read_master_key

KEY = base64.b64encode(bytes(range(32))).decode()


def test_an_empty_environment_gives_the_defaults() -> None:
    settings = load_settings({})
    assert settings == Settings()
    assert (settings.port, settings.bind, settings.partitions) == (8000, "127.0.0.1", 4)
    assert settings.home == Path.cwd() / ".tessera"
    assert settings.clickhouse_dsn() == f"chdb://{settings.home}/clickhouse"


def test_each_variable_sets_its_field() -> None:
    settings = load_settings(
        {
            "TESSERA_HOME": "/data/tessera",
            "TESSERA_PORT": "9000",
            "TESSERA_APP_TOKEN": "secret",
            "TESSERA_TRUSTED_ORIGINS": "https://shop.example, http://localhost:3000",
            "TESSERA_CLICKHOUSE": "http://user:pass@ch:8123",
            "OTHER": "ignored",
        }
    )
    assert settings.home == Path("/data/tessera")
    assert settings.port == 9000
    assert settings.app_token is not None
    assert settings.app_token.get_secret_value() == "secret"
    assert settings.trusted_origins == ("https://shop.example", "http://localhost:3000")
    assert settings.clickhouse_dsn() == "http://user:pass@ch:8123"


@pytest.mark.parametrize("url", ["https://desk.example", "http://10.0.0.1:8080", "https://[::1]:8"])
def test_the_address_of_the_dashboard_is_its_origin(url: str) -> None:
    for given in (url, f"{url}/"):
        assert load_settings({"TESSERA_DASHBOARD_URL": given}).dashboard_url == url


def test_an_empty_variable_counts_as_not_set() -> None:
    assert load_settings({"TESSERA_PORT": "", "TESSERA_APP_ID": ""}) == Settings()


def test_settings_do_not_change() -> None:
    with pytest.raises(ValidationError):
        setattr(Settings(), "port", 1)  # noqa: B010


@pytest.mark.parametrize(
    ("name", "hint"),
    [("TESSERA_PROT", "did you mean TESSERA_PORT"), ("TESSERA_42", "docs/configuration.md")],
)
def test_an_unknown_name_is_an_error_that_names_it(name: str, hint: str) -> None:
    with pytest.raises(SettingsError, match=f"{name} is not a setting.*{hint}"):
        load_settings({name: "1"})


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("TESSERA_PORT", "hush"),
        ("TESSERA_PORT", "70000"),
        ("TESSERA_PARTITIONS", "0"),
        ("TESSERA_LOG_FORMAT", "hush"),
        ("TESSERA_MASTER_KEY", "hush"),
        ("TESSERA_MASTER_KEY", base64.b64encode(b"hush").decode()),
        ("TESSERA_APP_TOKEN", "hush hush"),
        ("TESSERA_MANAGEMENT_ID", "hush\n"),
        ("TESSERA_TRUSTED_ORIGINS", "hush"),
        ("TESSERA_TRUSTED_ORIGINS", "https://shop.example/hush"),
        ("TESSERA_DASHBOARD_URL", "hush"),
        ("TESSERA_DASHBOARD_URL", "ftp://hush.example"),
        ("TESSERA_DASHBOARD_URL", "https://hush.example/desk"),
        ("TESSERA_DASHBOARD_URL", "https://ann@hush.example"),
        ("TESSERA_DASHBOARD_URL", "https://hush.example?x"),
        ("TESSERA_DASHBOARD_URL", "https://hush.example:70000"),
        ("TESSERA_COMMAND_DEADLINE_MS", "-1"),
        ("TESSERA_KAFKA_SECURITY_PROTOCOL", "hush"),
        ("TESSERA_KAFKA_CA_FILE", "/no/such/hush.pem"),
        ("TESSERA_WEBHOOKS_CA_FILE", "/no/such/hush.pem"),
        ("TESSERA_WEBHOOKS_CA_FILE", __file__),
    ],
)
def test_a_bad_value_names_the_variable_and_is_not_repeated(name: str, value: str) -> None:
    with pytest.raises(SettingsError, match=f"{name} is not valid") as caught:
        load_settings({name: value})
    assert "hush" not in str(caught.value)
    assert value not in str(caught.value)


def test_sasl_needs_a_user_and_a_password() -> None:
    with pytest.raises(SettingsError, match="TESSERA_KAFKA_SASL_PASSWORD is needed"):
        load_settings(
            {"TESSERA_KAFKA_SECURITY_PROTOCOL": "SASL_SSL", "TESSERA_KAFKA_SASL_USER": "tessera"}
        )


def test_secrets_do_not_show_when_settings_are_printed() -> None:
    settings = load_settings(
        {
            "TESSERA_APP_TOKEN": "hush",
            "TESSERA_MASTER_KEY": KEY,
            "TESSERA_CLICKHOUSE": "http://hush",
        }
    )
    assert "hush" not in repr(settings)
    assert KEY not in repr(settings)


def test_a_preset_master_key_is_used_and_not_written(tmp_path: Path) -> None:
    settings = load_settings({"TESSERA_HOME": str(tmp_path), "TESSERA_MASTER_KEY": KEY})
    assert read_master_key(settings) == bytes(range(32))
    assert list(tmp_path.iterdir()) == []


def test_a_master_key_is_made_once_and_readable_by_its_owner_only(tmp_path: Path) -> None:
    settings = Settings(home=tmp_path)
    with ThreadPoolExecutor(8) as pool:
        keys = set(pool.map(read_master_key, [settings] * 32))
    (key,) = keys
    assert len(key) == 32
    (file,) = (tmp_path / "secrets").iterdir()
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert read_master_key(settings) == key


def test_a_damaged_master_key_is_an_error_that_names_the_file(tmp_path: Path) -> None:
    settings = Settings(home=tmp_path)
    read_master_key(settings)
    file = tmp_path / "secrets" / "master.key"
    file.write_text("not a key")
    with pytest.raises(SettingsError, match=r"master\.key does not hold a master key"):
        read_master_key(settings)
