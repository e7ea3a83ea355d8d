"""The zoo: cfgs of the models in the CSPNet paper and its authors' README, composed from backbones and heads.

The paper is Wang et al., "CSPNet: A New Backbone that can Enhance Learning Capability of CNN", CVPRW 2020
(https://arxiv.org/abs/1911.11929); the README is that of https://github.com/WongKinYiu/CrossStagePartialNetworks.
Standard library only.
"""

from darkcsp.zoo.listing import list_models
from darkcsp.zoo.shipped import cfg

__all__ = ["cfg", "list_models"]
