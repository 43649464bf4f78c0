"""立项 in bulk: a table of who does what by when (责任分解表), or the text of a report, becomes many matters at once."""
from engine.breakdown.item import COLUMNS
from engine.breakdown.order import (
    MOST, begin, cancel, discard, exported, leave_out, locked, mend, read_as, register, say_for_all)
from engine.breakdown.proposal import FORM, OWN, Ground
from engine.breakdown.registering import run
from engine.breakdown.result import outcome, reason, workbook
from engine.breakdown.table import (
    BEGUN, CANCELLED, DONE, FAILED, OPEN, REFUSED, WAITING, Breakdown, Line, find, line, lines, listed, progress,
    unpacked)
from engine.breakdown.writing import Opening, Order

__all__ = ['BEGUN', 'CANCELLED', 'COLUMNS', 'DONE', 'FAILED', 'FORM', 'MOST', 'OPEN', 'OWN', 'REFUSED', 'WAITING',
           'Breakdown', 'Ground', 'Line', 'Opening', 'Order', 'begin', 'cancel', 'discard', 'exported', 'find',
           'leave_out', 'line', 'lines', 'listed', 'locked', 'mend', 'outcome', 'progress', 'read_as', 'reason',
           'register', 'run', 'say_for_all', 'unpacked', 'workbook']
