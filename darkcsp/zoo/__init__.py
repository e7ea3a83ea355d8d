"""Builders that compose cfgs, and the models of the CSPNet documents."""

from darkcsp.zoo.catalogue import CATALOGUE, find
from darkcsp.zoo.shipped import compose, read_shipped, shipped_names

__all__ = ["CATALOGUE", "compose", "find", "read_shipped", "shipped_names"]
