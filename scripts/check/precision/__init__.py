"""The accuracy cost of lower precision on trained checkpoints."""
