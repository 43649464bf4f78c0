"""State as bytes: the tokens only, no specifications.

The first byte names the format: 0 plain JSON, 1 JSON packed with Zstandard (above 4 kB).
"""
from typing import Any

import orjson
import zstandard
from SpiffWorkflow import TaskState

from engine.spiff.event import Catch
from engine.spiff.gateway import Inclusive
from engine.spiff.place import Token
from engine.spiff.tree import Sub, Tree

_PACK_ABOVE = 4096
_pack, _unpack = zstandard.ZstdCompressor(level=3), zstandard.ZstdDecompressor()


def dump(tree: Tree, extra: dict) -> bytes:
    """The tree and `extra` (a small JSON value of the owner) as bytes."""
    body = orjson.dumps({'x': extra, 'c': tree.completed, 't': _rows(tree),
                         's': [(key, sub.spec.name, _rows(sub)) for key, sub in tree.subprocesses.items()]})
    return packed(body)


def packed(body: bytes) -> bytes:
    """JSON as it is stored."""
    return b'\x01' + _pack.compress(body) if len(body) > _PACK_ABOVE else b'\x00' + body


def plain(blob: bytes) -> bytes:
    """What is stored as JSON."""
    return _unpack.decompress(blob[1:]) if blob[0] else blob[1:]


def load(blob: bytes, specs: tuple[Any, dict]) -> tuple[Tree, dict]:
    """The tree on its specifications, and the owner's `extra`."""
    body = orjson.loads(plain(blob))
    spec, called = specs
    tree = Tree(spec, called)
    _grow(tree, body['t'])
    tree.completed = body['c']
    for key, name, rows in body['s']:
        owner = tree.find(key)
        sub = tree.subprocesses[owner.id] = Sub(called[name], owner, tree)
        _grow(sub, rows)
    return tree, body['x']


def _rows(level: Any) -> list:
    tasks, rows, order = level.tasks, [], [(level.task_tree, None)]
    while order:
        task, at = order.pop()
        place = len(rows)
        rows.append((task.id, at, task.task_spec.name, task._state, task.internal_data or None))
        order += [(tasks[child], place) for child in reversed(task._children)]
    return rows


def _grow(level: Any, rows: list) -> None:
    made, specs, top = [], level.spec.task_specs, level.top_workflow
    for key, at, name, state, kept in rows:
        task = Token(level, specs[name], None if at is None else made[at], state, key, kept)
        made.append(task)
        if state == TaskState.WAITING:
            if isinstance(task.task_spec, Catch):
                top.waiting[task.id] = task
            elif isinstance(task.task_spec, Inclusive):
                top.meeting[task.id] = task
    level.task_tree = made[0]
