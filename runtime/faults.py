"""What can go wrong with a command on its way to its answer."""


class NotSent(Exception):
    """The command did not reach the log; it may be sent again."""


class NotDecided(Exception):
    """The command could not be decided; nothing was done, and the same again will not do."""


class OutcomeUnknown(Exception):
    """Nobody can say yet whether the command will be decided."""

    def __init__(self, command_id: str) -> None:
        super().__init__(command_id)
        self.command_id = command_id
