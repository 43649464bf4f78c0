"""Who there is: tenants (governments), units with validity, posts, the accounts that hold them, substitutes."""
from engine.directory.account import (
    SHORTEST, Account, add_account, check_password, hash_password, held, holders, new_password, set_active, set_password)
from engine.directory.naming import Names, functions, names, options, post_name, unit_names, warnings
from engine.directory.post import Post, add_post
from engine.directory.substitute import (
    Held, Standing, Substitute, acting_for, end_substitute, set_substitute, stand_ins, standing, stands_for)
from engine.directory.tenant import NAMES, Tenant, changed, tenant
from engine.directory.tree import Place, Tree, tree
from engine.directory.unit import GOVERNMENT, Unit, add_unit, units

__all__ = [
    'GOVERNMENT', 'NAMES', 'SHORTEST', 'Account', 'Held', 'Names', 'Place', 'Post', 'Standing', 'Substitute', 'Tenant',
    'Tree', 'Unit', 'acting_for', 'add_account', 'add_post', 'add_unit', 'changed', 'check_password', 'end_substitute',
    'functions', 'hash_password', 'held', 'holders', 'names', 'new_password', 'options', 'post_name', 'set_active',
    'set_password', 'set_substitute', 'stand_ins', 'standing', 'stands_for', 'tenant', 'tree', 'unit_names', 'units',
    'warnings']
