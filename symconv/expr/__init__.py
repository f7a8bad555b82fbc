"""The expression language: a closed set of frozen nodes over index arithmetic."""
