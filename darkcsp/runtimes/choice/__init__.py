"""Which of several engines is the fastest for a model on this machine: measured once, then remembered."""

from darkcsp.runtimes.choice.fastest import is_beyond_question, open_fastest

__all__ = ["is_beyond_question", "open_fastest"]
