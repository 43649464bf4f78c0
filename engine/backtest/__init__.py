"""Backtests: the real history of a government's matters, told again under other rules, and compared with what happened.

`order` is what a person asks for, `crew` carries it out, `table` keeps it, `result` tells it; `replay` is the thing
itself.
"""
