"""Pictures of digits: glyphs, scenes composed of them, and the training of a detector on them."""
