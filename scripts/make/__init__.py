"""Files of this repository that are made from its code."""
