"""Proof and refutation of formulas: for all sizes, or the smallest counterexample."""
