"""The pipeline of `darkcsp run` beside the network alone."""
