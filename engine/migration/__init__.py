"""迁移: matters that run are carried over to another version, by a plan that each is checked against first."""
from engine.migration.batch import Verdict, check, orders, progress, run, start, stop, undo
from engine.migration.move import Unfit, fit, move
from engine.migration.plan import Place, Plan, make
from engine.migration.table import MOVED, REFUSED, RETURNED, RETURNING, WAITING, Migration, MigrationMatter

__all__ = ['MOVED', 'REFUSED', 'RETURNED', 'RETURNING', 'WAITING', 'Migration', 'MigrationMatter', 'Place', 'Plan',
           'Unfit', 'Verdict', 'check', 'fit', 'make', 'move', 'orders', 'progress', 'run', 'start', 'stop', 'undo']
