"""``python -m symconv``: the command line."""

from symconv.cli import main

main()
