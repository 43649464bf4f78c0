"""Whether two conditions are each other's opposite, so that one of them always holds."""
import re
from collections.abc import Collection
from itertools import combinations

_OPERAND = r'[\w.]+|\([^()]*\)'
_DENIED = re.compile(rf'(?:!|not\b)\s*({_OPERAND})\Z')
_COMPARED = re.compile(r'([^=!<>&|]+)([=!]=)([^=!<>&|]+)\Z')
_SEVERAL = re.compile(r'\b(?:and|or|not|if)\b|\?')


def covered(conditions: Collection[str]) -> bool:
    """Whether, as their texts show, one of some conditions holds whatever the data: ``${a}`` and ``${!a}``,
    ``${a == 1}`` and ``${a != 1}``."""
    bare = {re.sub(r'\A[$#]\{(.*)\}\Z', r'\1', text.strip(), flags=re.S).strip() for text in conditions}
    return any(_opposite(one, other) or _opposite(other, one) for one, other in combinations(bare, 2))


def _opposite(one: str, other: str) -> bool:
    denied = _DENIED.match(one)
    if denied:
        return denied[1].strip('() ') == other.strip('() ') and not set('()') & set(other.strip('()'))
    pair = _COMPARED.match(one), _COMPARED.match(other)
    if not all(pair) or _SEVERAL.search(one) or _SEVERAL.search(other):
        return False
    (left, sign, right), (left2, sign2, right2) = (found.groups() for found in pair)
    return sign != sign2 and (left.strip(), right.strip()) == (left2.strip(), right2.strip())
