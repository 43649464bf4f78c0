"""我的设置: what a person arranges for its own post; each line leads to the room where it is done."""
from flask import Blueprint, render_template
from flask_babel import lazy_gettext as later

from webapp import auth

bp = Blueprint('setting', __name__)

# Endpoint, words, what for. A room that does not open for the post is not shown.
OFFERED = (
    ('substitute.index', later('代办'), later('不在的时候，请别的岗位代办；代办的每一步都写明“甲 代 乙”')),
    ('phrase.index', later('常用意见'), later('批的时候点一下就填上的话')),
    ('contact.index', later('接收提醒'), later('提醒除了放在消息里，还发到哪里')),
    ('savedview.index', later('存好的筛选'), later('自己的和本岗位共用的')),
    ('language.index', later('语言'), later('中文或英文')),
    ('account.password', later('修改密码'), later('改了以后，别处的登录都要重新登录')),
)


@bp.get('/settings')
@auth.signed_in
def index() -> str:
    """What can be arranged, as far as it opens for this post."""
    shown = [(endpoint, name, why) for endpoint, name, why in OFFERED if auth.admits(endpoint)]
    return render_template('setting/index.html', offered=shown)
