"""Pictures of digits: glyphs, the scenes they are composed into, and what trains a detector on them."""
