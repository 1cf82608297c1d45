"""What can go wrong with a command on its way to its answer."""


class TooLarge(Exception):
    """The command is larger than the log takes; nothing was sent, and the same again will not be."""

    def __init__(self, size: int, size_max: int) -> None:
        super().__init__(f"{size} bytes as they are kept, at most {size_max} are taken")


class NotSent(Exception):
    """The command did not reach the log; it may be sent again."""


class NoSpace(NotSent):
    """Nothing is sent while so little space is left on a disk."""


class NotDecided(Exception):
    """The command could not be decided; nothing was done, and the same again will not do."""


class OutcomeUnknown(Exception):
    """Nobody can say yet whether the command will be decided."""

    def __init__(self, command_id: str) -> None:
        super().__init__(command_id)
        self.command_id = command_id
