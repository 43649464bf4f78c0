"""How long one evaluation may go on."""
from engine.expression.refusal import Stopped

STEPS = 200_000


class Allowance:
    """What is left of the steps of one evaluation, and how deep its functions call each other."""

    __slots__ = ('calls', 'steps')

    def __init__(self) -> None:
        self.steps, self.calls = STEPS, 0

    def spend(self, steps: int) -> None:
        """Take some steps away; stops when none are left."""
        self.steps -= steps
        if self.steps < 0:
            raise Stopped('步数太多，超过{most}步', most=STEPS)
