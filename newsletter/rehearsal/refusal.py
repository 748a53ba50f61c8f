"""A call that SES would refuse, in SES's own words."""


class RefusedCall(Exception):  # noqa: N818 - no error of ours: it is an answer
    """Ends a call with an HTTP status, SES's error code and its message."""

    def __init__(self, status: int, code: str, message: str) -> None:
        super().__init__(message)
        self.status = status
        self.code = code
        self.message = message
