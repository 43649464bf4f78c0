"""What is wrong with the braces of a Word template, told to who writes it in Word and has never heard of jinja."""
import re

from engine.finding import Both

_ORDERED = ((r"unknown tag '(?:endif|else|elif)'\.$", '前面没有对应的“if”'),
            (r"unknown tag 'endfor'\.$", '前面没有对应的“for”'),
            (r"unknown tag '(\w+)'\.(?=.* needs to be closed is '(\w+)')", '“{0}”不对，前面的“{1}”要用“end{1}”结束'),
            (r"unknown tag '(\w+)'", '不认识“{0}”，只有if、elif、else、endif、for、endfor'),
            (r"^Unexpected end of template.* needs to be closed is '(\w+)'", '“{0}”没有结束，少了“end{0}”'),
            (r"^unexpected char '([^ -~])'", '“{0}”是中文符号，花括号里的符号用英文半角的'),
            (r"^unexpected char '[\"']'|^unexpected char \"'\"", '引号不成对'),
            (r"^unexpected end of template|^unexpected '[{}]'|got '[{}%]'|^Missing end of",
             '括号不成对，要像{{{{ 名字 }}}}、{{% if 名字 %}}这样'),
            (r"^unexpected '([])])'", '多了一个“{0}”'),
            (r"^Expected an expression, got 'end of|tag name expected", '括号里少了名字'),
            (r"got '='", '比较用两个等号：=='),
            (r"^expected token 'end of .*, got '(.+)'$", '“{0}”前面断开了，名字里不能有空格，一对括号里只写一个名字'))
"""What jinja says, and what a Chinese reader needs to know; the first that fits."""


def told(message: str, paragraph: str) -> Both:
    """The cause, and the paragraph where it stands if that can be told; in English as jinja has it."""
    cause = next((zh.format(*match.groups()) for pattern, zh in _ORDERED if (match := re.search(pattern, message))),
                 '写法不认识，请对照“文书模板”一页')
    place = Both(f'（“{paragraph}”这一段）', f' ("{paragraph}")') if paragraph else Both('', '')
    return Both(cause + place.zh, message.rstrip('.') + place.en)
