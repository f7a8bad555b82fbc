"""Reading LaTeX: text to layout boxes, with the place of every box in the source."""
