"""The verbs and their arguments, told in Chinese."""
import argparse
import re
import sys
from collections.abc import Callable, Sequence
from typing import Any

from engine.command import account, bundle, care, matter, office, simulate


class Parser(argparse.ArgumentParser):
    """argparse whose complaints are Chinese sentences."""

    _given: Sequence[str] = ()

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
               (r"argument ([^:]*): invalid int value: (.*)", r'\1 要写整数，您写的是 \2'))


def _translated(message: str) -> str:
    for pattern, sentence in _COMPLAINTS:
        if re.fullmatch(pattern, message):
            return re.sub(pattern, sentence, message)
    return message


def parser() -> Parser:
    """Every verb with its arguments."""
    common = Parser(add_help=False)
    common.add_argument('--json', action='store_true', default=argparse.SUPPRESS, help='输出 JSON')
    common.add_argument('--tenant', default=argparse.SUPPRESS, metavar='代码', help='哪个政府')
    top = Parser(prog='duban', description='督办：把抓落实的规则画成流程图并照图运行', parents=[common])
    verbs = top.add_subparsers(dest='command', required=True, metavar='动作', parser_class=Parser)

    def verb(name: str, run: Callable, told: str, *, under: Any = verbs) -> Parser:
        made = under.add_parser(name, help=told, description=told, parents=[common])
        made.set_defaults(run=run)
        return made

    def family(name: str, told: str) -> Any:
        made = verbs.add_parser(name, help=told, description=told, parents=[common])
        return made.add_subparsers(dest='verb', required=True, metavar='动作', parser_class=Parser)

    def acting(made: Parser, required: bool) -> None:
        made.add_argument('--as', dest='as_post', required=required, metavar='单位/岗位', help='以哪个岗位的身份')

    made = verb('init', office.init, '建库')
    made.add_argument('--demo', action='store_true', help='放进五个政府和34件事项的演示数据')
    made.add_argument('--name', metavar='名称', help='和 --tenant 一起：政府的名称')
    made.add_argument('--level', default='市', choices=('省', '市', '县'), help='政府的层级')
    made = verb('check', bundle.check, '检查流程图、决策表和表单')
    made.add_argument('paths', nargs='+', metavar='文件或目录')
    made = verb('deploy', bundle.deploy, '检查并发布')
    made.add_argument('paths', nargs='+', metavar='文件或目录')
    made.add_argument('--note', default='', metavar='说明', help='这一版改了什么')
    made.add_argument('--only', action='store_true', help='新版里只有这些文件；不写就替换同名的，别的不动')
    acting(made, False)
    made = verb('templates', bundle.templates, '写出元素模板，给 Camunda Modeler 用')
    made.add_argument('paths', nargs='*', metavar='文件或目录', help='不写就用在用的那一版')
    made.add_argument('--out', metavar='文件', help='写到这个文件；不写就打印')
    made = verb('simulate', simulate.simulate, '在虚拟时钟上试草稿，不碰数据库')
    made.add_argument('paths', nargs='*', metavar='文件或目录', help='草稿，替换在用的同名文件；不写就试在用的')
    made.add_argument('--day', metavar='日期', help='从哪天开始')
    made.add_argument('--process', metavar='流程', help='不写就试事项的一生')
    made.add_argument('--answers', metavar='文件', help='JSON：{"环节": {…}}，写 null 的没有人办')
    made.add_argument('--random', type=int, metavar='种子', help='表单允许的随机答复，随机的快慢')
    made.add_argument('--until', metavar='日期', help='到哪天为止；不写试一年')
    made.add_argument('--steps', type=int, metavar='几步', help='最多几步')
    made.add_argument('--story', metavar='文件', help='把经过写成故事')
    acting(made, False)
    made = verb('decide', simulate.decide, '问一张决策表：哪几行适用，为什么')
    made.add_argument('table', metavar='决策表')
    made.add_argument('paths', nargs='*', metavar='文件或目录', help='草稿，替换在用的同名文件')
    made.add_argument('--data', metavar='JSON', help='问的时候各项的值；@文件，- 为标准输入')
    made = verb('start', matter.start, '开始一个流程')
    made.add_argument('process', metavar='流程')
    made.add_argument('--data', metavar='JSON', help='初始的事实和变量；@文件，- 为标准输入')
    made.add_argument('--answers', metavar='JSON', help='同一步里办掉的头几个任务：{"环节": {…}}')
    made.add_argument('--matter', metavar='事项', help='在哪件事项旁边')
    made.add_argument('--key', metavar='业务编号', help='外面用什么编号认它')
    acting(made, True)
    made = verb('tasks', matter.tasks, '等人办的任务')
    made.add_argument('--post', metavar='单位/岗位')
    made.add_argument('--matter', metavar='事项')
    made.add_argument('--limit', type=int, default=200, metavar='条数')
    made = verb('complete', matter.complete, '办一个任务')
    made.add_argument('task', metavar='任务', help='任务 id，或者 DB-2020-005/sign')
    made.add_argument('--data', metavar='JSON', help='填的内容；@文件，- 为标准输入')
    acting(made, True)
    made = verb('message', matter.message, '发消息：给一件事项的流程，或者给等着它的那一份流程')
    made.add_argument('name', metavar='消息')
    made.add_argument('--matter', metavar='事项', help='给这件事项的流程')
    made.add_argument('--key', metavar='业务编号', help='给这个业务编号的流程')
    made.add_argument('--where', action='append', default=[], metavar='名字=值', help='给变量或事实是这样的流程，可以写几次')
    made.add_argument('--data', metavar='JSON', help='带去的变量；事项的事实先写')
    acting(made, False)
    made = verb('signal', matter.signal, '发信号：等着它的都听到')
    made.add_argument('name', metavar='信号')
    made.add_argument('--data', metavar='JSON', help='带去的变量')
    acting(made, False)
    clocks = family('clock', '演示时钟')
    verb('show', office.clock_show, '现在是哪一天', under=clocks)
    made = verb('set', office.clock_set, '设到某一刻，或者 real 回到真实时间', under=clocks)
    made.add_argument('to', metavar='时间')
    acting(made, False)
    made = verb('advance', office.clock_advance, '往前走：到某一刻，或者 3d、12h', under=clocks)
    made.add_argument('by', metavar='时间')
    acting(made, False)
    made = verb('workdays', office.clock_advance, '往前走几个工作日', under=clocks)
    made.add_argument('count', type=int, metavar='几个')
    acting(made, False)
    made = verb('next', office.clock_advance, '走到下一个到期', under=clocks)
    acting(made, False)
    made = verb('import', office.calendar_import, '导入一年的放假调休安排', under=family('calendar', '工作日历'))
    made.add_argument('file', metavar='文件')
    made.add_argument('--source', default='', metavar='依据', help='通知的文号')
    acting(made, False)
    params = family('param', '参数')
    made = verb('get', office.param_get, '看参数', under=params)
    made.add_argument('name', nargs='?', metavar='参数')
    made = verb('set', office.param_set, '改参数', under=params)
    made.add_argument('name', metavar='参数')
    made.add_argument('value', nargs='?', metavar='值')
    made.add_argument('--default', action='store_true', help='回到默认值')
    acting(made, False)
    verb('incidents', care.incidents, '待处理的故障')
    made = verb('retry', care.retry, '修好以后重试')
    made.add_argument('id', type=int, metavar='故障号')
    accounts = family('account', '账号')
    made = verb('add', account.add, '建账号，密码从标准输入读', under=accounts)
    made.add_argument('post', metavar='单位/岗位')
    made.add_argument('--login', metavar='登录名')
    made.add_argument('--unit-name', metavar='名称', help='单位还没有时一起建')
    made.add_argument('--unit-kind', default='部门', metavar='类别')
    made.add_argument('--post-name', metavar='名称', help='岗位还没有时一起建')
    acting(made, False)
    made = verb('token', account.token_make, '发一个令牌，程序凭它代表这个账号', under=accounts)
    made.add_argument('login', metavar='登录名')
    made = verb('revoke', account.token_revoke, '收回一个账号的全部令牌', under=accounts)
    made.add_argument('login', metavar='登录名')
    made = verb('work', care.work, '运行定时任务')
    made.add_argument('--until-idle', action='store_true', help='到期的都办完就停')
    made = verb('trace', matter.trace, '一件事项的全部记录')
    made.add_argument('reference', metavar='事项')
    made = verb('verify', matter.verify, '校验轨迹')
    made.add_argument('--matter', metavar='事项')
    return top
