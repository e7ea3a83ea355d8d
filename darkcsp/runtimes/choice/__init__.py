"""Which of several engines is the fastest for a model on this machine: measured once, then remembered."""

from darkcsp.runtimes.choice.fastest import open_fastest

__all__ = ["open_fastest"]
