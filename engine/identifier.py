"""Identifiers of rows: UUIDs of version 7, which sort in the order they were made.

Under a virtual clock that stands still many rows have one moment; by their id they still read in the order in which
they were written. Neighbours in time are neighbours in the index too.
"""
import os
import time
from threading import Lock
from uuid import UUID

_lock = Lock()
_last = 0                   # milliseconds and counter of the last one, 90 bits


def uuid7() -> UUID:
    """A new identifier, greater than every one this process made before (RFC 9562, 6.2, method 1: a counter of 42
    bits after the millisecond, then 32 random bits). Python 3.14 has the like as `uuid.uuid7`.
    """
    global _last
    drawn = int.from_bytes(os.urandom(9), 'big')
    now = time.time_ns() // 1_000_000 << 42 | drawn >> 32 & (1 << 39) - 1
    with _lock:
        _last = place = now if now >> 42 > _last >> 42 else _last + 1
    high, low = place >> 30, place & (1 << 30) - 1
    return UUID(int=(high >> 12) << 80 | 7 << 76 | (high & 0xfff) << 64 | 2 << 62 | low << 32 | drawn & 0xffffffff)
