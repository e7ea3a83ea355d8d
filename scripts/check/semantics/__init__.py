"""What networks compute in both semantics, side by side."""
