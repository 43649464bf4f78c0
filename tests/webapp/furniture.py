"""A government in the middle of its work: something on every page."""
from collections.abc import Callable

from flask import Flask

from tests.webapp import matters
from tests.webapp.browser import Browser

Browse = Callable[[str], Browser]
TABLE = '序号\t重点任务\t责任单位\t完成时限\n1\t清理地方性法规\t省司法厅\t10月底前\n2\t规范政务信息\t省统计局\t每季度'


def furnish(app: Flask, browse: Browse) -> None:
    """Matters in hand, overdue, to be approved; a notice, copies, words, substitutes, a draft, a table, a wall."""
    working = f'/matter/{matters.handled(app, **matters.CO_WORK)}'
    matters.register(app, title='修改完善权力清单', has_basis=False)
    matters.register(app, title='规范行政审批', due_at='2020-12-25')
    late = matters.handled(app, title='清理地方性法规', due_at='2020-10-09')
    matters.advance(app, 2020, 10, 13)
    matters.issued_notice(app, late)
    _beside(browse('gz-fgw-liaison'), working)
    _office(browse('gz-office-officer'))
    owner = browse('gz-office-owner')
    owner.get('/draft')
    owner.submit({'name': '两级审批'}, press='起一稿')


def _beside(liaison: Browser, working: str) -> None:
    liaison.get(f'{working}/copy')
    liaison.submit({'names': '省司法厅\n省发展改革委', 'note': '请知悉。'}, press='抄送')
    liaison.get(f'{working}/comments')
    liaison.submit({'text': '县级数据要不要报？'}, press='留言')
    liaison.get('/phrases')
    liaison.submit({'text': '同意。'}, press='加上')
    liaison.get('/tasks?lamp=red')
    liaison.submit({'name': '亮红灯的', 'scope': 'own'}, press='存下来')
    liaison.get('/substitutes')
    liaison.submit({'by': 'fgw/chief', 'first_day': '2020-10-14', 'last_day': '2020-10-15'}, form='//main//aside//form')


def _office(officer: Browser) -> None:
    officer.get('/breakdown')
    officer.post('/breakdown', {'secret': 'no', 'text': TABLE})
    officer.get('/board')
    officer.submit(press='打开大屏')
