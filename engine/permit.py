"""What may be done with a task besides submitting it, as the diagram says: the one closed list of acts.

A user task draws them as the property ``allow``: ``claim, transfer`` or, as well, ``认领、转办``.
"""
import re
from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from engine.errors import said

ACTS: Mapping[str, str] = MappingProxyType({
    'claim': said('认领'), 'transfer': said('转办'), 'delegate': said('委派'), 'consult': said('征求意见'),
    'return': said('退回'), 'recall': said('撤回'), 'copy': said('抄送'), 'urge': said('催办'), 'comment': said('留言'),
    'attach': said('附件')})
"""Each act and its Chinese word."""
USUALLY = frozenset(ACTS) - {'transfer', 'return', 'recall'}
"""What is allowed where nothing is drawn: whatever leaves the decision with the post that the diagram names."""
NONE = frozenset({'none', '无'})
"""What is drawn where nothing is allowed."""

_WORDS = {word: act for act, word in ACTS.items()} | {act: act for act in ACTS}


def allowed(place: Any) -> frozenset[str]:
    """The acts that are allowed at a user task: an element of a definition, or a node of a run."""
    words = listed(drawn(place).get('allow', ''))
    if not words:
        return USUALLY
    return frozenset(_WORDS[word] for word in words if word in _WORDS)


def earlier(place: Any) -> tuple[str, ...]:
    """The elements to which a task can be returned, as drawn in ``return_to``; none where 退回 is not allowed."""
    return listed(drawn(place).get('return_to', '')) if 'return' in allowed(place) else ()


def unknown(place: Any) -> tuple[str, ...]:
    """The words in ``allow`` that name no act."""
    return tuple(word for word in listed(drawn(place).get('allow', '')) if word not in _WORDS and word not in NONE)


def drawn(place: Any) -> Mapping[str, str]:
    """The extension properties of a place."""
    properties = getattr(place, 'properties', None)
    return place.extensions.get('properties', {}) if properties is None else properties


def listed(text: str) -> tuple[str, ...]:
    """The words of a list that a person typed, with commas, blanks or 、 between them."""
    return tuple(filter(None, re.split(r'[\s,，、;；]+', text)))
