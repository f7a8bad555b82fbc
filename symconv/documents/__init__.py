"""Formulas in documents (LaTeX, Markdown, notebooks): found, bound to a layer, and verified."""
