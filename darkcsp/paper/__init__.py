"""The published tables and figures, and what darkcsp computes for them. Standard library only.

They are printed in the CSPNet paper (https://arxiv.org/abs/1911.11929), its authors' README
(https://github.com/WongKinYiu/CrossStagePartialNetworks), the model card, and the PRN authors' README
(https://github.com/WongKinYiu/PartialResidualNetworks).
"""
