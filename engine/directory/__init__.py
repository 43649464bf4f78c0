"""Who there is: tenants (governments), units with validity, posts, the accounts that hold them, substitutes."""
from engine.directory.account import (
    SHORTEST, Account, add_account, check_password, hash_given, hash_password, held, holders, keeper, new_password,
    reset_password, set_active, set_password)
from engine.directory.functions import functions
from engine.directory.naming import Names, names, post_name, unit_names
from engine.directory.offer import options
from engine.directory.post import Post, add_post, everywhere
from engine.directory.substitute import (
    Held, Standing, Substitute, acting_for, end_substitute, set_substitute, stand_ins, standing, stands_for)
from engine.directory.tenant import NAMES, Tenant, alone, changed, tenant
from engine.directory.tree import Place, Tree, tree
from engine.directory.unit import GOVERNMENT, Unit, add_unit, units
from engine.directory.vacancy import WHY, vacancy, vacant, warnings

__all__ = [
    'GOVERNMENT', 'NAMES', 'SHORTEST', 'Account', 'Held', 'Names', 'Place', 'Post', 'Standing', 'Substitute', 'Tenant',
    'Tree', 'Unit', 'WHY', 'acting_for', 'add_account', 'add_post', 'add_unit', 'alone', 'changed', 'check_password',
    'end_substitute', 'everywhere',
    'functions', 'hash_given', 'hash_password', 'held', 'holders', 'keeper', 'names', 'new_password', 'options', 'post_name',
    'reset_password', 'set_active',
    'set_password', 'set_substitute', 'stand_ins', 'standing', 'stands_for', 'tenant', 'tree', 'unit_names', 'units',
    'vacancy', 'vacant', 'warnings']
