"""The words of a running text that set a limit: 5月底前, 每季度, 两周内. What day they mean, engine.breakdown.when says."""
import re

_YEAR = r'(?:(?:\d{4}|今|本|当|明|次)年)?'
_COUNT = r'[\d一二两三四五六七八九十]+'
_BEFORE = r'(?:之?前|以前)'
_WORDS = re.compile('|'.join((
    rf'{_YEAR}(?:\d{{1,2}}月\d{{1,2}}[日号][、和及])*\d{{1,2}}月(?:份|\d{{1,2}}[日号])?(?:底|末|初|上旬|中旬|下旬)?(?:{_BEFORE}|之?内)',
    rf'{_YEAR}\d{{1,2}}月(?:底|末|上旬|中旬|下旬)',
    rf'\d{{4}}[-./]\d{{1,2}}[-./]\d{{1,2}}{_BEFORE}',
    rf'(?:\d{{4}}年?|[今本当明次]年|年)(?:底|末|内|终|初){_BEFORE}?',
    rf'(?:[本下当]个?|(?<![\d每个]))月(?:底|末){_BEFORE}?',
    rf'[本下]周[一二三四五六日天末]?(?:{_BEFORE}|内)?',
    r'每个?(?:(?:半年|季度)[底末初]?前?|月(?:[底末初]|\d{1,2}[日号])?前?|周[一二三四五]?前?|年[底末初]?前?)|按季度|一月一督查|一季一通报',
    rf'(?:{_COUNT}个?|半个?)(?:工作日|小时|日|天|周|星期|月|年)(?:之|以)?内',
    rf'{_YEAR}(?:元旦|春节|五一|七一|国庆|中秋|端午)节?{_BEFORE}',
    rf'{_YEAR}(?:[上下]半年|第?[一二三四]季度(?:底|末|内)?{_BEFORE}?)',
    rf'(?:主?汛期|入汛|入冬|雨季|供暖[期季]?|采暖[期季]|开学|开春|放假){_BEFORE}',
    r'第一时间')))
_WITH_ITS_PLACE = re.compile(rf'(?:分别)?(?:[在自]?[收接]到[^，,]{{0,10}}?(?:后|之日起))?[于在至到]?(?:{_WORDS.pattern})')
_SOON = re.compile('尽快|抓紧|立即|限期|及时|马上')


def limit(text: str) -> str:
    """The words that set a limit, '' where none do; several are joined by ，."""
    return '，'.join(dict.fromkeys(match[0] for match in _WORDS.finditer(text)))


def soon(text: str) -> str:
    """What asks for haste and sets no day: 尽快; '' where nothing does."""
    found = _SOON.search(text)
    return found[0] if found else ''


def without(text: str) -> str:
    """The text without them, and without the 于 or 在 before them."""
    return _WITH_ITS_PLACE.sub('', text)
