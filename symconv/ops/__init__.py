"""The catalogue: each operation is one forward definition; everything else follows from it by general rules."""
