"""What was typed while the session ended, or another began, is there after signing in: nothing is typed twice."""
from collections.abc import Callable

import pytest

from tests.webapp.browser import Browser
from tests.webapp.conftest import PASSWORD
from tests.webapp.test_session import RIGHT, WRONG
from tests.webapp.test_usertask import planning, signing, waiting  # noqa: F401  (fixtures)

Browse = Callable[[str], Browser]
TYPED = {'deploy_note': '先摸底\r\n再“列”清单 <b>&'}


@pytest.fixture
def liaison(planning: str, browse: Browse) -> Browser:  # noqa: F811
    """Has the step 研究部署 open, when the session ends."""
    liaison = browse('gz-fgw-liaison')
    liaison.get(planning)
    liaison.client.delete_cookie('duban')
    return liaison


def typed(browser: Browser) -> str:
    """What stands in the form of the step."""
    return browser.page.one('//textarea[@name="deploy_note"]').text


def test_a_step_submitted_too_late_is_there_after_signing_in(liaison: Browser, planning: str) -> None:  # noqa: F811
    page = liaison.submit(TYPED, form='//form[@id="task"]', press='报送督查室', status=403)
    assert page.h1 == '登录督办' and '刚才填的没有提交，都留着，登录后接着办。' in page.text
    assert '没有登录' in liaison.submit(WRONG, press='登录', status=422).text
    page = liaison.submit(RIGHT, press='登录')
    assert page.h1 == '刚才填的还没有提交' and '现在登录的是省发展改革委·联络员。' in page.text
    assert liaison.submit(press='接着办').path == planning and typed(liaison).split() == TYPED['deploy_note'].split()


def test_a_tab_of_before_signing_in_again_loses_nothing(liaison: Browser, planning: str) -> None:  # noqa: F811
    old = liaison.page
    liaison.get('/sign-in')
    liaison.submit(RIGHT, press='登录')
    liaison.page = old
    page = liaison.post(planning, TYPED, status=400)
    assert page.h1 == '刚才填的还没有提交'
    liaison.submit(press='接着办')
    assert typed(liaison).split() == TYPED['deploy_note'].split()


def test_another_act_is_carried_out_when_it_is_pressed_once_more(planning: str, browse: Browse) -> None:  # noqa: F811
    liaison = browse('gz-fgw-liaison')
    liaison.get(f'{planning}/delegate')
    liaison.client.delete_cookie('duban')
    liaison.submit({'to': 'fgw/chief', 'reason': '请把关'}, press='委派', status=403)
    liaison.submit({'username': 'gz-fgw-liaison', 'password': PASSWORD}, press='登录')
    assert '已委派。现在由省发展改革委·单位负责人办。' in liaison.submit(press='再提交一次').text


def test_the_demos_door_keeps_it_too(liaison: Browser, planning: str) -> None:  # noqa: F811
    page = liaison.submit(TYPED, form='//form[@id="task"]', press='报送督查室', status=403)
    door = [form for form in page.all('//form[@class="door"]') if form.xpath('.//button[@value="gz-fgw-liaison"]')]
    page = liaison.post(door[0].get('action'), dict(door[0].form_values()) | {'login': 'gz-fgw-liaison'})
    assert page.h1 == '刚才填的还没有提交'


def test_a_button_leads_back_to_the_page_on_which_it_stood(liaison: Browser, planning: str) -> None:  # noqa: F811
    liaison.client.environ_base['HTTP_REFERER'] = f'http://localhost{planning}'
    assert liaison.submit(form='//form[contains(@action, "/claim")]').path == '/sign-in'
    assert liaison.submit(RIGHT, press='登录').path == planning


@pytest.mark.parametrize('header', [{'HTTP_ORIGIN': 'https://evil.example'}, {'HTTP_ORIGIN': 'null'},
                                    {'HTTP_ACCEPT': 'application/json'}])
def test_what_no_page_of_ours_sent_is_not_kept(
        liaison: Browser, planning: str, header: dict[str, str]) -> None:  # noqa: F811
    liaison.client.environ_base |= header
    page = liaison.post(planning, TYPED)
    assert page.path == '/sign-in' and '先摸底' not in page.answer.text


def test_a_password_is_never_written_into_a_page(browse: Browse) -> None:
    liaison = browse('gz-fgw-liaison')
    liaison.get('/password')
    liaison.client.delete_cookie('duban')
    secret = 'kept-from-every-page'
    page = liaison.submit({'old': PASSWORD, 'new': secret, 'again': secret}, form='//main//form[.//*[@name="old"]]')
    assert page.path == '/sign-in' and secret not in page.answer.text
    assert secret not in liaison.submit({**WRONG, 'password': secret}, press='登录', status=422).answer.text
