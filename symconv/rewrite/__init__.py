"""Named rewriting rules on sums of products, and the normal form that they share."""
