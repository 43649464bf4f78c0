"""The verbs of the command line: each reads its arguments, calls the engine, and gives an answer."""
