"""The documents' tables and figures as printed, and what darkcsp computes for them. Standard library only."""
