"""Names of offices: what is left of one without its level and its tail, and which name is short for which."""
import re
import unicodedata
from collections.abc import Iterator, Mapping

PLACES = '市州县区镇乡街旗盟'
"""How names of places end."""
_LEVEL = re.compile(r'^(?:自治区|自治州|全?(?:省|市(?!场)|州|县|区|盟|旗))(?:(?:人民)?政府(?!办))?直?(?=.{2,})')
_LEVEL_WORD = re.compile(r'全?(省|市(?!场)|州|县|区|盟|旗)')
_SHORT = (('委员会', '委'), ('办公厅', '办'), ('办公室', '办'), ('人民政府', '政府'), ('管理局', '局'), ('和', ''), ('与', ''))
_OFFICE = re.compile(r'^政?府办')
_SEAT = re.compile(r'(?<=[^省市州县区盟旗][乡镇])政府$|(?<=街道)办(?:事处)?$')
_TAIL = re.compile(r'(?:管理委|管委会?|办事处|街道办?|开发中心|中心|委|局|厅|办|部|处|镇|乡)$')

_STRETCH = re.compile(r'[^，,。；;：:、\s“”（）()]{0,24}(?:（[市州县区、]+）\w{1,4})?')
_ENDING = re.compile(r'委员会|办公[室厅]|办事处|街道办?|政府|中心|公司|[局委厅办部院会镇乡所站室队A-Z]')
_ROOM = re.compile(r'\w{2,3}室')
_SEVERAL = re.compile(r'全?[省市州县区]?[直级]?各[地市州县区镇乡部级单委](?:[（(][^（）()]*[）)])?'
                      r'[市州县区镇乡各地、和（）()人民政府部门单位街道办事处]*(?<![各级部])'
                      r'|[省市县区]?直?有关单位(?:和市、县政府)?|(?:主要|分管)负责同志|具体承办单位')
_STRANGER = re.compile(r'[省市县区州](?![域场级直内外区])[^的要于在将对、]{1,9}?(?:委员会|办公室|督查室|[局委厅办])(?![理事法证结])')


def plain(name: str) -> str:
    """A name without blanks, in half-width letters."""
    return re.sub(r'\s', '', unicodedata.normalize('NFKC', name))


def same_level(one: str, other: str) -> bool:
    """县政府 is not 省政府; where one does not say its level, it may be the other's."""
    levels = [match[1] for match in map(_LEVEL_WORD.match, (plain(one), plain(other))) if match]
    return len(set(levels)) < 2


def shortened(name: str) -> str:
    """发展改革委 of 省发展和改革委员会, 城关镇 of 城关镇人民政府, 府办 of 县政府办公室."""
    said = _LEVEL.sub('', plain(name))
    for long, short in _SHORT:
        said = said.replace(long, short)
    return _OFFICE.sub('府办', _SEAT.sub('', said))


def beginnings(text: str) -> list[str]:
    """What a running text may begin with that ends like an office, the shortest first."""
    stretch = _STRETCH.match(text)[0]
    return [stretch[:match.end()] for match in _ENDING.finditer(stretch)]


def several(text: str) -> str:
    """各镇（街道） or 有关单位, where a text begins with it."""
    found = _SEVERAL.match(text)
    return found[0] if found else ''


def room(name: str, text: str) -> str:
    """县政府督查室 of a text that begins so, where 县政府 is the name that is known."""
    found = _ROOM.match(text, len(name)) if name.endswith('政府') else None
    return text[:found.end()] if found else name


def stranger(text: str) -> str:
    """What looks like an office at the beginning of a text, although nobody knows it: 县水利局."""
    found = _STRANGER.match(text)
    return found[0] if found else ''


def candidates(name: str, units: Mapping[str, str]) -> list[str]:
    """Which of these units (shortened names to codes) a name may mean, by the first habit that finds any."""
    short, bare = shortened(name), _stem(shortened(name))
    for fits in (lambda long: _abbreviates(short, long) or _abbreviates(_bare(name), long),
                 lambda long: len(bare) > 1 and bare == _stem(long),                      # 司法局 where there is a 司法厅
                 lambda long: len(short) > 2 and short in long,                           # 组织部 of 县委组织部
                 lambda long: len(bare) > 2 and bare in long,
                 lambda long: len(bare) > 1 and bare[0] == long[0] and _within(bare, _stem(long))):     # 发改委
        found = [code for long, code in units.items() if fits(long)]
        if found:
            return found
    return []


def _bare(name: str) -> str:
    """市场监管局 without 管理局 being made shorter: 监管 is short for 监督管理."""
    return _LEVEL.sub('', plain(name)).replace('监管', '监督')


def _stem(short: str) -> str:
    """What a list leaves of a name (发改、财政等部门), and what 委 and 局 have in common."""
    return _TAIL.sub('', short)


def _abbreviates(short: str, long: str) -> bool:
    """人社局 of 人力资源社会保障局: its letters in their order, the first and the last the same; or the other way round."""
    if len(short) > len(long):
        short, long = long, short
    if len(short) < 3 or short[0] != long[0] or short[-1] != long[-1]:
        return False
    return _within(short, long)


def _within(short: str, long: str) -> bool:
    """Whether the letters of one stand in the other, in their order."""
    letters: Iterator[str] = iter(long)
    return all(letter in letters for letter in short)
