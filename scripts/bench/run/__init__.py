"""The pipeline of `darkcsp run` compared with the network alone."""
