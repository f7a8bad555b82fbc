"""Operator, matrix and explicit forms of definitions and derivations, as data."""
