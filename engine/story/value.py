"""Values as a line of a story has them."""
import json
import re
from typing import Any

_WORDS = {True: '是', False: '否', None: '无'}
_VALUES = {word: said for said, word in _WORDS.items()}
NOW, TODAY, WITHOUT = '现在', '今天', '略'
"""What the clock says, the day of it, and an answer that is left out of the usual ones."""
_SPOKEN = {*_VALUES, NOW, TODAY, WITHOUT}
_PLAIN = re.compile(r'[\n\r#]|^[\[{"]|^-?\d+(\.\d+)?$')


def parse(text: str) -> Any:
    """是 否 无, numbers, JSON lists, objects and texts, else the text itself.

    :raises ValueError: what begins as JSON is none.
    """
    if text in _VALUES:
        return _VALUES[text]
    if text.startswith(('[', '{', '"')):
        return _json(text)
    if re.fullmatch(r'-?\d{1,15}', text):
        return int(text)
    return float(text) if re.fullmatch(r'-?\d{1,15}\.\d{1,10}', text) else text


def _json(text: str) -> Any:
    try:
        return json.loads(text)
    except RecursionError:
        raise ValueError('套得太深') from None


def value(said: Any) -> str:
    """A value as `parse` reads it; what a line could not hold is written as JSON."""
    if said is None or isinstance(said, bool):
        return _WORDS[said]
    if isinstance(said, (int, float)):
        return str(said)
    plain = isinstance(said, str) and said and said == said.strip() and said not in _SPOKEN
    if plain and not _PLAIN.search(said):
        return said
    return json.dumps(said, ensure_ascii=False).replace('#', '\\u0023')
