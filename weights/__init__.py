"""Trained models in Darknet format, as a resource package: darkcsp.data.weights."""
