"""Every setting of a host, read once from the environment at start and passed down.

A setting's environment name is `TESSERA_` and the field's name in capitals. An unknown name and a
bad value are errors that name the variable; a value is never repeated, since it may be a secret.
The table for operators is docs/configuration.md.
"""

import base64
import binascii
import difflib
import os
import re
import secrets
import ssl
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Literal, Self
from urllib.parse import urlsplit

from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    SecretStr,
    ValidationError,
    field_validator,
    model_validator,
)

PREFIX = "TESSERA_"
MASTER_KEY_BYTES = 32
#: State, tables and topics hold customers in the clear: files are their owner's alone.
PRIVATE_UMASK = 0o077

LogFormat = Literal["auto", "console", "json"]
Port = Annotated[int, Field(ge=1, le=65535)]

#: A host with a port or without, and nothing that stands before an `@`.
_HOST = re.compile(r"([A-Za-z0-9.-]{1,253}|\[[0-9A-Fa-f:.]{2,45}\])(:[0-9]{1,5})?")
#: Ids and tokens travel in HTTP headers.
_HEADER_VALUE = re.compile(r"[\x21-\x7e]{1,256}")


class SettingsError(Exception):
    """The environment is not a valid configuration; the message names the variable."""


class Settings(BaseModel):
    """The configuration of one process; immutable."""

    model_config = ConfigDict(
        frozen=True, extra="forbid", validate_default=True, hide_input_in_errors=True
    )

    home: Path = Field(
        default=Path(".tessera"), description="folder of all data, made absolute at start"
    )
    port: Port = Field(default=8000, description="port of the HTTP API")
    bind: str = Field(
        default="127.0.0.1", description="address that the HTTP API and the dashboard listen on"
    )
    kafka: str = Field(
        default="127.0.0.1:9092", description="Kafka bootstrap servers, `host:port,...`"
    )
    partitions: Annotated[int, Field(ge=1, le=1024)] = Field(
        default=4,
        description="partitions of `commands` and `ledger`, fixed when the topics are created",
    )
    insight_port: Port = Field(default=8001, description="loopback port of the host `insight`")
    ledger_port: Port = Field(default=8002, description="loopback port of the host `ledger`")
    distribution_port: Port = Field(
        default=8003, description="loopback port of the host `distribution`"
    )
    dashboard: bool = Field(
        default=True, description="`0`: `run` and `up` start no dashboard beside the API"
    )
    dashboard_port: Port = Field(
        default=8080, description="port of the dashboard, at the address of `TESSERA_BIND`"
    )
    dashboard_url: str | None = Field(
        default=None,
        description="where people find the dashboard, `https://host`: links that they are given lead "
        "there; else where the request came to",
    )
    worker_share: Annotated[float, Field(gt=0, le=1)] = Field(
        default=0.25,
        description="share of the time that background work takes while others write; alone it "
        "takes all",
    )
    webhooks_allow_private: bool = Field(
        default=False,
        description="`1`: webhooks may go into private and loopback networks; for tests and "
        "closed installations",
    )
    webhooks_retry_seconds: Annotated[float, Field(gt=0, le=3600)] = Field(
        default=60.0,
        description="seconds before the second try of a webhook; the pause doubles with each try, "
        "up to 450 times this",
    )
    webhooks_attempts_max: Annotated[int, Field(ge=1, le=20)] = Field(
        default=12, description="tries of a webhook, after which its endpoint is disabled"
    )
    webhooks_timeout_seconds: Annotated[float, Field(gt=0, le=60)] = Field(
        default=10.0, description="seconds that an endpoint may take to answer a webhook"
    )
    webhooks_ca_file: Path | None = Field(
        default=None,
        description="PEM file of authorities that https endpoints of webhooks may have their "
        "certificates from, besides the public ones",
    )
    ledger: Literal["inside", "apart"] = Field(
        default="inside",
        description="where commands are decided: in the hosts `api`, or in hosts `ledger` of their own",
    )
    ledger_slot: Annotated[str, Field(pattern=r"^[A-Za-z0-9._-]{1,64}$")] = Field(
        default="0", description="name of this host `ledger` among all, kept by its restarts"
    )
    validations_days: Annotated[int, Field(ge=1, le=3650)] = Field(
        default=30, description="days for which validations are listed and kept"
    )
    api_calls_days: Annotated[int, Field(ge=1, le=3650)] = Field(
        default=90,
        description="days for which calls of the API are listed and kept that changed nothing",
    )
    query_seconds: Annotated[float, Field(gt=0, le=25)] = Field(
        default=10.0, description="seconds that a statement of an analyst may run"
    )
    query_rows: Annotated[int, Field(ge=1, le=10_000_000)] = Field(
        default=100_000, description="rows that the result of a statement may have"
    )
    query_result_mib: Annotated[int, Field(ge=1, le=1024)] = Field(
        default=16, description="MiB that the result of a statement may have"
    )
    query_memory_mib: Annotated[int, Field(ge=16, le=1_000_000)] = Field(
        default=256, description="MiB of memory that a statement may use; two run at a time"
    )
    query_threads: Annotated[int, Field(ge=1, le=64)] = Field(
        default=1, description="threads that a statement may use"
    )
    log_format: LogFormat = Field(
        default="auto",
        description="`console`, `json`, or `auto`: console on a terminal, else JSON lines",
    )
    master_key: SecretStr | None = Field(
        default=None,
        description="32 bytes in base64 that wrap the customers' keys; else a file is made",
    )
    project_id: str | None = Field(default=None, description="id of the first project; else made")
    app_id: str | None = Field(default=None, description="server-side key of the first project: id")
    app_token: SecretStr | None = Field(default=None, description="server-side key: token")
    client_app_id: str | None = Field(default=None, description="client-side key: id")
    client_token: SecretStr | None = Field(default=None, description="client-side key: token")
    management_id: str | None = Field(default=None, description="management key: id")
    management_token: SecretStr | None = Field(default=None, description="management key: token")
    trusted_origins: tuple[str, ...] = Field(
        default=("http://localhost", "http://127.0.0.1"),
        description="origins that may use the client-side key, separated by commas; "
        "one without a port stands for any port",
    )
    command_deadline_ms: Annotated[int, Field(ge=100, le=60_000)] = Field(
        default=10_000, description="milliseconds after which a command not yet decided is refused"
    )
    disk_free_mib_min: Annotated[int, Field(ge=0, le=1_000_000)] = Field(
        default=256,
        description="MiB that have to be free below the home folder: with less nothing is started, "
        "and what runs is not healthy; hosts warn below four times that, and write nothing below a "
        "quarter of it",
    )
    kafka_security_protocol: Literal["PLAINTEXT", "SSL", "SASL_PLAINTEXT", "SASL_SSL"] = Field(
        default="PLAINTEXT", description="`PLAINTEXT`, `SSL`, `SASL_PLAINTEXT` or `SASL_SSL`"
    )
    kafka_sasl_mechanism: Literal["PLAIN", "SCRAM-SHA-256", "SCRAM-SHA-512"] = Field(
        default="SCRAM-SHA-512", description="`PLAIN`, `SCRAM-SHA-256` or `SCRAM-SHA-512`"
    )
    kafka_sasl_user: str | None = Field(default=None, description="user of the SASL login")
    kafka_sasl_password: SecretStr | None = Field(
        default=None, description="password of the SASL login"
    )
    kafka_ca_file: Path | None = Field(
        default=None, description="PEM file of the authorities to trust; else the system's"
    )
    clickhouse: SecretStr | None = Field(
        default=None,
        description="ClickHouse DSN; else the engine in the process, under the home folder",
    )

    @field_validator("home")
    @classmethod
    def _absolute(cls, home: Path) -> Path:
        return home.expanduser().absolute()

    @field_validator("trusted_origins", mode="before")
    @classmethod
    def _split(cls, value: object) -> object:
        if isinstance(value, str):
            return tuple(part.strip() for part in value.split(",") if part.strip())
        return value

    @field_validator("trusted_origins")
    @classmethod
    def _origins(cls, origins: tuple[str, ...]) -> tuple[str, ...]:
        if not all(map(_is_origin, origins)):
            raise ValueError("each origin reads scheme://host or scheme://host:port")
        return origins

    @field_validator("dashboard_url")
    @classmethod
    def _found_at(cls, url: str | None) -> str | None:
        plain = None if url is None else url.removesuffix("/")
        if plain is not None and not (
            _is_origin(plain) and _HOST.fullmatch(urlsplit(plain).netloc)
        ):
            raise ValueError("it reads https://host or https://host:port, without a path")
        return plain

    @field_validator("webhooks_ca_file", "kafka_ca_file")
    @classmethod
    def _authorities(cls, file: Path | None) -> Path | None:
        if file is not None:
            try:
                ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT).load_verify_locations(file)
            except OSError:  # a file that holds no certificate, too: ssl.SSLError is one
                raise ValueError("a file of certificates in PEM is wanted") from None
        return file

    @field_validator("app_id", "client_app_id", "management_id", "project_id")
    @classmethod
    def _id(cls, value: str | None) -> str | None:
        if value is not None and not _HEADER_VALUE.fullmatch(value):
            raise ValueError("1 to 256 printable ASCII characters without spaces are wanted")
        return value

    @field_validator("app_token", "client_token", "management_token")
    @classmethod
    def _token(cls, value: SecretStr | None) -> SecretStr | None:
        cls._id(None if value is None else value.get_secret_value())
        return value

    @field_validator("master_key")
    @classmethod
    def _key(cls, value: SecretStr | None) -> SecretStr | None:
        if value is not None:
            _decode_key(value.get_secret_value())
        return value

    @model_validator(mode="after")
    def _sasl_is_complete(self) -> Self:
        if self.kafka_security_protocol.startswith("SASL"):
            for name in ("kafka_sasl_user", "kafka_sasl_password"):
                if getattr(self, name) is None:
                    raise ValueError(
                        f"{PREFIX}{name.upper()} is needed with this security protocol"
                    )
        return self

    def clickhouse_dsn(self) -> str:
        """The DSN for `clickhouse_connect.get_client(dsn=...)`."""
        if self.clickhouse is not None:
            return self.clickhouse.get_secret_value()
        return f"chdb://{self.home / 'clickhouse'}"


def _is_origin(text: str) -> bool:
    parts = urlsplit(text)
    is_plain = text == f"{parts.scheme}://{parts.netloc}"
    # reading a port that there cannot be raises ValueError, which says so
    return parts.scheme in ("http", "https") and bool(parts.netloc) and is_plain and parts.port != 0


def load_settings(environment: Mapping[str, str] = os.environ) -> Settings:
    """The settings that `environment` holds.

    Raises SettingsError, naming the variable, for an unknown `TESSERA_` name or a bad value.
    """
    known = {PREFIX + name.upper(): name for name in Settings.model_fields}
    given = {name: value for name, value in environment.items() if name.startswith(PREFIX)}
    for name in sorted(given.keys() - known.keys()):
        near = difflib.get_close_matches(name.removeprefix(PREFIX).lower(), known.values(), n=1)
        right = f"{PREFIX}{near[0].upper()}" if near else ""
        hint = f"did you mean {right}?" if near else "docs/configuration.md lists them all"
        raise SettingsError(f"{name} is not a setting; {hint}")
    try:
        return Settings.model_validate({known[k]: value for k, value in given.items() if value})
    except ValidationError as error:
        first = error.errors(include_input=False, include_url=False)[0]
        reason = first["msg"].removeprefix("Value error, ")
        name = PREFIX + str(first["loc"][0]).upper() if first["loc"] else "The environment"
        raise SettingsError(f"{name} is not valid: {reason}") from None


def read_master_key(settings: Settings) -> bytes:
    """The 32 bytes that wrap the customers' keys: the preset, or those of a file made on first use.

    The file is `$TESSERA_HOME/secrets/master.key`, mode 0600; hosts that start together agree on
    one. Raises SettingsError when its content is not a key.
    """
    if settings.master_key is not None:
        return _decode_key(settings.master_key.get_secret_value())
    path = settings.home / "secrets" / "master.key"
    if not path.exists():
        _create_key_file(path)
    try:
        return _decode_key(path.read_text("ascii").strip())
    except ValueError as error:
        raise SettingsError(f"{path} does not hold a master key: {error}") from None


def _create_key_file(path: Path) -> None:
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    # A temporary file is readable by its owner only.
    handle, own = tempfile.mkstemp(prefix=f"{path.name}.", dir=path.parent)
    with os.fdopen(handle, "wb") as file:
        file.write(base64.b64encode(secrets.token_bytes(MASTER_KEY_BYTES)) + b"\n")
        file.flush()
        os.fsync(file.fileno())
    # A link, unlike a rename, fails when another host was first, so every host reads the same key.
    try:
        os.link(own, path)
    except FileExistsError:
        pass
    finally:
        Path(own).unlink()


def _decode_key(text: str) -> bytes:
    try:
        key = base64.b64decode(text, validate=True)
    except binascii.Error:
        raise ValueError("32 bytes in base64 are wanted") from None
    if len(key) != MASTER_KEY_BYTES:
        raise ValueError("32 bytes in base64 are wanted")
    return key
