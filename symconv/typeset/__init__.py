"""Typesetting: an expression under a notation becomes boxes, and each writer is one pass over the boxes."""
