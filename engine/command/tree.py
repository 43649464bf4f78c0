"""How verbs are put on the command line: their arguments, and complaints that are Chinese sentences."""
import argparse
import re
import sys
from collections.abc import Callable, Sequence
from typing import Any


_LARGEST = 2 ** 31 - 1


def whole(text: str) -> int:
    """A number as the databases keep it. :raises ValueError: it is none. :raises ArgumentTypeError: it is too large."""
    if abs(number := int(text)) > _LARGEST:
        raise argparse.ArgumentTypeError(f'too large: {text}')
    return number


def named(text: str) -> str:
    """What names a thing: a script's variable that is empty must not mean all of them."""
    if not text.strip():
        raise argparse.ArgumentTypeError('expected one argument')
    return text


class Parser(argparse.ArgumentParser):
    """argparse whose complaints are Chinese sentences."""

    _given: Sequence[str] = ()

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.register('type', int, whole)

    def parse_known_args(self, args: Sequence[str] | None = None, namespace: Any = None) -> Any:
        """As argparse does it; a complaint may have to look at what was given."""
        self._given = sys.argv[1:] if args is None else args
        return super().parse_known_args(args, namespace)

    def error(self, message: str) -> Any:
        """Say what was not understood and how the verb is written; ends the program with 2."""
        dashed = next((one for one in self._given if re.fullmatch(r'-[^-].*', one)
                       and one not in self._option_string_actions), None)
        taken = f'（“{dashed}”以减号开头，被当成了选项；值不能以减号开头）' if dashed else ''
        self.exit(2, f'命令没有看懂：{_translated(message)}{taken}\n{self.format_usage()}')


_COMPLAINTS = ((r'the following arguments are required: (.*)', r'还缺 \1'),
               (r'unrecognized arguments: (.*)', r'多了 \1'),
               (r"argument ([^:]*): invalid choice: (.*?) \(choose from (.*)\)", r'\1 没有 \2，只有 \3'),
               (r'argument ([^:]*): expected one argument', r'\1 后面要写一个值'),
               (r'argument ([^:]*): too large: (.*)', r'\1 的数太大，您写的是 \2'),
               (r"argument ([^:]*): invalid int value: (.*)", r'\1 要写整数，您写的是 \2'))


def _translated(message: str) -> str:
    for pattern, sentence in _COMPLAINTS:
        if re.fullmatch(pattern, message):
            return re.sub(pattern, sentence, message)
    return message


class Tree:
    """The verbs as they grow: each room of commands adds its own."""

    def __init__(self) -> None:
        self._common = Parser(add_help=False)
        self._common.add_argument('--json', action='store_true', default=argparse.SUPPRESS, help='输出 JSON')
        self._common.add_argument('--tenant', type=named, default=argparse.SUPPRESS, metavar='代码', help='哪个政府')
        self.top = Parser(prog='duban', description='督办：把抓落实的规则画成流程图并照图运行', parents=[self._common])
        self._verbs = self.top.add_subparsers(dest='command', required=True, metavar='动作', parser_class=Parser)

    def verb(self, name: str, run: Callable, told: str, *, under: Any = None) -> Parser:
        """A verb, or with ``under`` one of a family's; what it returns takes its arguments."""
        made = (under or self._verbs).add_parser(name, help=told, description=told, parents=[self._common])
        made.set_defaults(run=run)
        return made

    def family(self, name: str, told: str) -> Any:
        """A word that has verbs under it."""
        made = self._verbs.add_parser(name, help=told, description=told, parents=[self._common])
        return made.add_subparsers(dest='verb', required=True, metavar='动作', parser_class=Parser)

    @staticmethod
    def acting(made: Parser, required: bool = False) -> None:
        """The verb is done as a post."""
        made.add_argument('--as', dest='as_post', required=required, metavar='单位/岗位', help='以哪个岗位的身份')
