"""The mistakes that people make in formulas of convolutions, and the edits that undo them."""
