"""Everything that `darkcsp convert` can write, on every engine."""
