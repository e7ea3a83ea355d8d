"""The zoo: cfgs of the CSPNet documents' models, composed from backbones and heads. Standard library only."""

from darkcsp.zoo.listing import list_models
from darkcsp.zoo.shipped import cfg

__all__ = ["cfg", "list_models"]
