"""Files of this repository that are generated from its code."""
