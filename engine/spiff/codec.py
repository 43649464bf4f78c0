"""State as bytes: tasks only, no specifications, token data as the difference to the parent task's.

The first byte names the format: 0 plain JSON, 1 JSON packed with Zstandard (above 4 kB). Key order is kept, because the
differences are applied in order.
"""
from typing import Any
from uuid import UUID

import orjson
import zstandard
from SpiffWorkflow import TaskState
from SpiffWorkflow.bpmn.specs.mixins.events.event_types import CatchingEvent
from SpiffWorkflow.task import Task

from engine.spiff.tree import Sub, Tree

_PACK_ABOVE = 4096
_pack, _unpack = zstandard.ZstdCompressor(level=3), zstandard.ZstdDecompressor()


def dump(tree: Tree, extra: dict) -> bytes:
    """The tree and `extra` (a small JSON value of the owner) as bytes."""
    body = orjson.dumps({
        'x': extra, 'd': tree.data, 'l': _hex(tree.last_task), 'c': tree.completed, 't': _rows(tree),
        's': [(key.hex, sub.spec.name, _hex(sub.last_task), sub.completed, _rows(sub))
              for key, sub in tree.subprocesses.items()]})
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
    tree = Tree(spec, called, deserializing=True)
    _grow(tree, body['t'])
    tree.data, tree.completed = body['d'], body['c']
    tree.last_task = tree.tasks.get(UUID(hex=body['l'])) if body['l'] else None
    for key, name, last, completed, rows in body['s']:
        task = tree.get_task_from_id(UUID(hex=key))
        sub = Sub(called[name], task.id, tree, deserializing=True)
        _grow(sub, rows)
        sub.completed, sub.last_task = completed, sub.tasks.get(UUID(hex=last)) if last else None
        tree.subprocesses[task.id] = sub
        sub.completed_event.connect(task.task_spec._on_subworkflow_completed, task)
    return tree, body['x']


def _hex(task: Any) -> str | None:
    return None if task is None else task.id.hex


def _rows(level: Any) -> list:
    tasks, rows, order = level.tasks, [], [(level.task_tree, None, {})]
    while order:
        task, at, above = order.pop()
        own, place = task.data, len(rows)
        added = {key: value for key, value in own.items() if key not in above or above[key] != value} if own else None
        removed = [key for key in above if key not in own] if above else None
        rows.append((task.id.hex, at, task.task_spec.name, task._state, task.triggered, task.internal_data or None,
                     added or None, removed or None))
        order += [(tasks[child], place, own) for child in reversed(task._children)]
    return rows


def _grow(level: Any, rows: list) -> None:
    made, specs = [], level.spec.task_specs
    waiting = level.top_workflow.event_manager.tasks
    for key, at, name, state, triggered, internal, added, removed in rows:
        task = Task.__new__(Task)
        task.id, task.workflow, task.task_spec = UUID(hex=key), level, specs[name]
        task._children, task._state, task.triggered = [], state, triggered
        task.thread_id, task.last_state_change, task.internal_data = 0, 0.0, internal or {}
        if at is None:
            task._parent, task.data = None, added or {}
        else:
            parent = made[at]
            task._parent = parent.id
            parent._children.append(task.id)
            task.data = {**parent.data, **added} if added else dict(parent.data)
            for gone in removed or ():
                del task.data[gone]
        level.tasks[task.id] = task
        made.append(task)
        if state == TaskState.WAITING and isinstance(task.task_spec, CatchingEvent):
            waiting[task.id] = task
    level.task_tree = made[0]
