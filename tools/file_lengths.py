"""Fails where a source file is longer than 400 lines."""

import sys
from pathlib import Path

LIMIT = 400

long = {p: n for p in Path("symconv").rglob("*.py") if (n := len(p.read_text(encoding="utf-8").splitlines())) > LIMIT}
for path, lines in long.items():
    print(f"{path}: {lines} lines, more than {LIMIT}")
sys.exit(1 if long else 0)
