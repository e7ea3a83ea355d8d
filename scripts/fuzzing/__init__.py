"""Random inputs: networks that backends must compute alike, and files that must be refused with one line."""
