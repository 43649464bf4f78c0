"""Working days: a tenant's own calendar, and the functions of time that diagrams, tables and forms call.

A day is a working day because the State Council's arrangement says so (`official`), because the tenant
changed it (`table`), or, after the last published arrangement, because the law makes us expect it: such a
date is provisional.
"""
from engine.workcal.calendar import PERIODS, Calendar
from engine.workcal.functions import functions
from engine.workcal.importing import import_file
from engine.workcal.table import CalendarDay, Change, Changed, Row, change, load, seed

__all__ = ['PERIODS', 'Calendar', 'CalendarDay', 'Change', 'Changed', 'Row', 'change', 'functions',
           'import_file', 'load', 'seed']
