"""The first project's keys, as the operator finds them: `$TESSERA_HOME/keys.json`, mode 0600.

It is the only place that holds tokens in the clear. What is preset by the environment wins over
what the file holds; what neither has is made.
"""

import os
import secrets
import string
import uuid
from pathlib import Path

import msgspec

PROJECT_ID_LENGTH = 10
PASSWORD_BYTES = 12
#: Nobody gets mail there; it is what the first user signs in with.
FIRST_EMAIL = "admin@tessera.local"
_ALPHABET = string.ascii_letters + string.digits


class KeysError(Exception):
    """The keys cannot be had; the message says why and holds no secret."""


class Presets(msgspec.Struct, frozen=True):
    """What the environment says; None: nothing."""

    project_id: str | None = None
    app_id: str | None = None
    app_token: str | None = None
    client_app_id: str | None = None
    client_token: str | None = None
    management_id: str | None = None
    management_token: str | None = None
    trusted_origins: tuple[str, ...] | None = None


class Keys(msgspec.Struct, frozen=True):
    """The content of the file."""

    project_id: str
    app_id: str
    app_token: str
    client_app_id: str
    client_token: str
    management_id: str
    management_token: str
    #: The first user, and a password that has to be changed at the first sign-in.
    dashboard_email: str = ""
    dashboard_password: str = ""


def settle_keys(path: Path, presets: Presets, known_project: str | None) -> Keys:
    """The keys that hold from now on; the file is written before anything else learns of them.

    `known_project` is the project that exists already, for when the file was lost. Raises
    KeysError.
    """
    stored = _read(path)
    held = msgspec.structs.asdict(stored) if stored else {}
    project_id = held.get("project_id") or known_project
    if presets.project_id and project_id and presets.project_id != project_id:
        raise KeysError(f"TESSERA_PROJECT_ID is preset, but the project is {project_id} already")
    keys = Keys(
        project_id=project_id or presets.project_id or _new_project_id(),
        **{
            name: getattr(presets, name, None) or held.get(name) or make()
            for name, make in (
                ("app_id", _new_id),
                ("app_token", _new_token),
                ("client_app_id", _new_id),
                ("client_token", _new_token),
                ("management_id", _new_id),
                ("management_token", _new_token),
                ("dashboard_email", lambda: FIRST_EMAIL),
                ("dashboard_password", _new_password),
            )
        },
    )
    if keys != stored:
        _write(path, keys)
    return keys


def _read(path: Path) -> Keys | None:
    try:
        content = path.read_bytes()
    except FileNotFoundError:
        return None
    try:
        return msgspec.json.decode(content, type=Keys)
    except ValueError:
        raise KeysError(f"{path} is damaged; restore it, or remove it for new keys") from None


def _write(path: Path, keys: Keys) -> None:
    """Replaces the file at once, so that a crash leaves the old one or the new one."""
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_name(f"{path.name}.{os.getpid()}")
    handle = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(handle, "wb") as file:
        os.fchmod(file.fileno(), 0o600)
        file.write(msgspec.json.format(msgspec.json.encode(keys), indent=2) + b"\n")
        file.flush()
        os.fsync(file.fileno())
    temporary.replace(path)
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


def _new_id() -> str:
    return str(uuid.uuid4())


def _new_token() -> str:
    return secrets.token_urlsafe(32)


def _new_password() -> str:
    return secrets.token_urlsafe(PASSWORD_BYTES)


def _new_project_id() -> str:
    return "proj_" + "".join(secrets.choice(_ALPHABET) for _ in range(PROJECT_ID_LENGTH))
