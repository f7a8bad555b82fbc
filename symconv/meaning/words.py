"""The words that a user may say of a formula: its kind, and the roles of its symbols."""

from __future__ import annotations

KINDS = (
    "forward", "gradient", "recursion", "output_size", "parameters", "receptive_field", "matrix", "identity",
    "derivative", "arithmetic",
)  # fmt: skip
ROLES = (
    "input", "kernel", "weight", "bias", "output", "upstream", "loss", "pre_activation", "activation", "target",
    "indicator",
)  # fmt: skip
