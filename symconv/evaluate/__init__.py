"""Evaluation by plain loops, and validation against it; nothing here knows the rewriting rules."""
