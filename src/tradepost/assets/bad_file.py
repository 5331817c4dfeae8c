"""The one way in which a file is refused."""


class BadFileError(Exception):
    """A file is not what may be stored.

    `reason` reads as the rest of a sentence that starts with the name of the field: "is empty".
    """

    def __init__(self, reason: str):
        super().__init__(reason)
        self.reason = reason
