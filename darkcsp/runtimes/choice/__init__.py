"""Chooses the engine for a model: by rule, or by measuring once on this machine and remembering the result."""

from darkcsp.runtimes.choice.fastest import is_beyond_question, open_fastest
from darkcsp.runtimes.choice.rule import open_by_rule

__all__ = ["is_beyond_question", "open_by_rule", "open_fastest"]
