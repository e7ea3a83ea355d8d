"""The wheel on every further Python of a machine, without torch."""
