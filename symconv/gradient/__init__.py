"""Gradients by general rules, recorded as named steps."""
