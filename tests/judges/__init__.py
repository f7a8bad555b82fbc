"""Outside judges of the LaTeX that symconv writes."""
