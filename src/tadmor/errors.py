"""Errors that Tadmor raises on purpose.

TadmorError
├── InputError        an input cannot be read; names it and says what to do
├── LexiconError      a data file is wrong; names file and row
├── UsageError        the call itself is wrong (exit code 2)
└── RecordError       the record is damaged, locked, or made by a newer version (exit code 3)
"""


class TadmorError(Exception):
    """Base of all errors raised on purpose; its text is meant for the user."""


class InputError(TadmorError):
    """An input cannot be read."""


class LexiconError(TadmorError):
    """A data file of the package or of the user does not hold what its format promises."""


class UsageError(TadmorError):
    """The call is wrong: an unknown place, a day that is no day."""


class RecordError(TadmorError):
    """The record is damaged, locked, missing or made by a newer version."""
