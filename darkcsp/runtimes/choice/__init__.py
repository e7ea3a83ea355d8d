"""Which of several engines runs a model: chosen by rule, or measured once on this machine and remembered."""

from darkcsp.runtimes.choice.fastest import is_beyond_question, open_fastest
from darkcsp.runtimes.choice.rule import open_by_rule

__all__ = ["is_beyond_question", "open_by_rule", "open_fastest"]
