"""Who can appear in a story: the posts of the demo's governments, which stories are told in."""
import json
from functools import cache
from pathlib import Path

_BOOK = Path(__file__).parent.parent / 'demo' / 'offices.json'


@cache
def posts(government: str) -> frozenset[str] | None:
    """Every `unit/post` of a government of the demo; None where the demo has no such government."""
    book = json.loads(_BOOK.read_text(encoding='utf-8'))
    told = next((one for one in book['tenants'] if one['id'] == government), None)
    if told is None:
        return None
    return frozenset(f'{code}/{post}' for code, _, kind, *_ in told['units'] for post in book['kinds'][kind])
