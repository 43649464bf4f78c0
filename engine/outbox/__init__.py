"""The outbox: what reaches people beyond their inbox, written with the step that tells it and carried away after it."""
from engine.outbox.courier import Courier
from engine.outbox.delivery import STATES, Delivery, write_code
from engine.outbox.entry import Entry, Note, post, tell
from engine.outbox.hours import Hours, hours
from engine.outbox.line import Line, lines
from engine.outbox.reader import Readers
from engine.outbox.upkeep import Gathering, counts, discard, gathering, letters, retry, try_out

__all__ = ['STATES', 'Courier', 'Delivery', 'Entry', 'Gathering', 'Hours', 'Line', 'Note', 'Readers', 'counts', 'discard',
           'gathering', 'hours', 'letters', 'lines', 'post', 'retry', 'tell', 'try_out', 'write_code']
