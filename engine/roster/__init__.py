"""The directory as people keep it: units, posts and accounts entered and changed by hand or from a workbook; every
change is on the trail, with old and new."""
from engine.roster.account import add_account, close_account, reopen_account, reset_password, unlock_account
from engine.roster.book import BOOK, template
from engine.roster.entry import AccountEntry, PostEntry, UnitEntry
from engine.roster.filing import Filed, passwords, put
from engine.roster.held import Held, drop, hold, holding
from engine.roster.line import Line, Preview
from engine.roster.preview import preview
from engine.roster.unit import POSTS, add_post, add_unit, change_unit

__all__ = ['BOOK', 'POSTS', 'AccountEntry', 'Filed', 'Held', 'Line', 'PostEntry', 'Preview', 'UnitEntry', 'add_account',
           'add_post', 'add_unit', 'change_unit', 'close_account', 'drop', 'hold', 'holding', 'passwords', 'preview',
           'put', 'reopen_account', 'reset_password', 'template', 'unlock_account']
