"""What the commands share: their settings, and how they say what they cannot do."""

from typing import NoReturn

import typer

from runtime.base.settings import Settings, SettingsError, load_settings


def read_settings() -> Settings:
    """The settings of the environment; ends the command where they are wrong."""
    try:
        return load_settings()
    except SettingsError as error:
        fail(str(error))


def fail(reason: str) -> NoReturn:
    """Ends the command with a reason."""
    typer.secho(f"tessera: {reason}", err=True, fg=typer.colors.RED)
    raise typer.Exit(1)


def tell(line: str) -> None:
    """Says how far the command is, beside what it prints."""
    typer.echo(line, err=True)
