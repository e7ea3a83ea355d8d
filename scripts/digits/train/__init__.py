"""Training of the default model."""
