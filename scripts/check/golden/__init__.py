"""Every measured case, layer by layer."""
