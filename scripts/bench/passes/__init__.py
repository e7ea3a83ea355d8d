"""The gain of each optimisation of the export."""
