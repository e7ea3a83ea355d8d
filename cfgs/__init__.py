"""Model cfgs, as a resource package: darkcsp.data.cfgs."""
