"""Every error that fewrec raises on purpose: what was found, what was expected, what to do."""

from __future__ import annotations


class FewrecError(Exception):
    """Base of all errors a caller may want to catch. ``hint`` says what to do and is shown on a line of its own."""

    def __init__(self, message: str, *, hint: str | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint

    def __str__(self) -> str:
        return self.message if self.hint is None else f"{self.message}\nhint: {self.hint}"


class DataError(FewrecError):
    """Input data cannot be used at all (a single bad row is reported, not raised)."""


class UnknownItemError(FewrecError):
    """An item id that the catalogue does not hold."""


class UnknownUserError(FewrecError):
    """A user id about whom nothing is known, where something must be (``forget``, ``profile``)."""


class StoreError(FewrecError):
    """The store cannot be opened, read or written."""


class EncoderMismatchError(FewrecError):
    """Vectors of two different encoders were about to be mixed."""


class NotFittedError(FewrecError):
    """A model was asked for scores before it was fitted."""


class MissingExtraError(FewrecError):
    """An optional dependency is not installed."""

    def __init__(self, what: str, extra: str) -> None:
        super().__init__(f"{what} needs an optional dependency that is not installed", hint=f"pip install 'fewrec[{extra}]'")
        self.extra = extra


class SettingError(FewrecError):
    """An option or setting with a value outside what is allowed."""


class ModelLoadError(FewrecError):
    """A model, adapter or saved recommender that cannot be loaded."""
