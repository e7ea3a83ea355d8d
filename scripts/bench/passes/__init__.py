"""What each optimisation of the export gains."""
