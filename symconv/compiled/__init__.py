"""The normal form as fast array code: strided views, matrix products, and a vectorised grid where neither fits."""
