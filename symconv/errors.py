"""The errors that symconv raises for a user's mistake.

Every message is one sentence: what was wrong, where (which option or argument), and what is allowed.
"""

from __future__ import annotations


class SymconvError(Exception):
    """Base of every error that a user's input can cause."""


class SizeError(SymconvError):
    """A size or hyperparameter is not a size expression, or its value is not allowed."""


class ShapeError(SymconvError):
    """An array has the wrong rank or shape for the tensor that it stands for."""


class NameLookupError(SymconvError):
    """An operation, notation, tensor or form of that name does not exist."""


class UnsupportedError(SymconvError):
    """The request is well formed, but the form does not exist for this operation."""
