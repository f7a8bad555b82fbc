"""LaTeX that is compared character by character: one derivation or definition for each kind of layer and notation.

After a wanted change write the files anew and read the difference::

    SYMCONV_GOLDEN=write python -m pytest tests/typeset/test_golden_tex.py
"""
