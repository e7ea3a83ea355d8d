"""Builders that compose cfgs, and the models of the CSPNet documents."""
