"""Integer index arithmetic: affine forms, domains, and the solution of one equation for one index."""
