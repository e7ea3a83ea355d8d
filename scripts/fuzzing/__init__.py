"""Random inputs: networks that must be computed alike, and files that must be refused with one line."""
