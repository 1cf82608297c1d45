"""What can go wrong in an embedded installation.

EmbeddedError           the message is a sentence for the person at the terminal
├── DataFolderError     the folder belongs to a newer Tessera, or another process works on it
├── DiskFullError       there is too little space left where the data lies
├── PackagesError       packages of npm cannot be had; it says why
├── PortTakenError      a port that is wanted belongs to another program
└── HostFailedError     a process ended or did not become healthy; carries its last log lines
"""


class EmbeddedError(Exception):
    """An embedded installation cannot do what was asked."""


class DataFolderError(EmbeddedError):
    """The data folder cannot be used."""


class DiskFullError(EmbeddedError):
    """There is too little space left."""


class PackagesError(EmbeddedError):
    """Packages of npm cannot be had."""


class PortTakenError(EmbeddedError):
    """A port is taken."""


class HostFailedError(EmbeddedError):
    """A process of the installation failed; `log_tail` is the end of its log."""

    def __init__(self, reason: str, log_tail: str = "") -> None:
        super().__init__(f"{reason}\n{log_tail}".rstrip())
