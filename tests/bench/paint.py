"""Figures of the first look: when the largest part of a clerk's or leader's page is there on a slow phone line."""
import logging
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from statistics import median
from typing import Any

from flask import Flask
from sqlalchemy import Engine
from werkzeug.serving import make_server

from engine import db, schema
from tests.bench.meter import tell
from tests.bench.modeler import DOWN, LATENCY, SLOWDOWN, UP
from tests.conftest import BROWSER, BROWSER_ARGUMENTS
from tests.webapp.conftest import PASSWORD, furnish
from tests.webapp.matters import handled, register
from webapp import create_app

_LARGEST = '''() => new Promise(done => new PerformanceObserver(list => done(list.getEntries().at(-1).startTime))
    .observe({type: "largest-contentful-paint", buffered: true}))'''


def paint(_engine: Engine, name: str, _url: str, folder: str) -> None:
    """/tasks, the form of a task and an approval at 360 px, nothing in the browser's store. SQLite only."""
    if name != 'sqlite' or not BROWSER:
        return
    from playwright.sync_api import sync_playwright
    with _site(Path(folder)) as address, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=BROWSER, args=BROWSER_ARGUMENTS)
        for figure, login, opens in (('tasks', 'gz-fgw-liaison', ''), ('form', 'gz-fgw-liaison', 'a[href^="/tasks/"]'),
                                     ('approval', 'gz-gov-principal', 'a[href^="/tasks/"]')):
            took = _painted(browser, address, login, opens)
            tell(name, f'paint.{figure}_s_slow_4g_4x', took, 's', '<= 1')
        browser.close()


@contextmanager
def _site(folder: Path) -> Iterator[str]:
    logging.getLogger('werkzeug').setLevel(logging.ERROR)                 # figures only
    url = f'sqlite:///{folder / "paint.db"}'
    engine = db.connect(url)
    schema.create(engine)
    furnish(engine)
    app = create_app({'DATABASE_URL': url, 'SECRET_KEY': 'k' * 40, 'VAR_DIR': str(folder)})
    _work(app)
    server = make_server('127.0.0.1', 0, app, threaded=True)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f'http://127.0.0.1:{server.server_port}'
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
        engine.dispose()


def _work(app: Flask) -> None:
    handled(app)
    register(app, title='修改完善权力清单', has_basis=False)


def _painted(browser: Any, site: str, login: str, opens: str) -> float:
    """Seconds until the largest part is painted, the middle of five; `opens`: what leads on from the list."""
    setting = browser.new_context(base_url=site)
    page = setting.new_page()
    page.goto('/sign-in')
    page.fill('#u', login)
    page.fill('#p', PASSWORD)
    page.click('main form .go')
    path = page.locator(f'main .tasks {opens}').first.get_attribute('href') if opens else '/tasks'
    return median(_once(browser, setting.storage_state(), site + path) for _ in range(5))


def _once(browser: Any, signed_in: Any, address: str) -> float:
    setting = browser.new_context(storage_state=signed_in, viewport={'width': 360, 'height': 740})
    page = setting.new_page()
    line = setting.new_cdp_session(page)
    line.send('Network.enable')
    line.send('Network.emulateNetworkConditions',
              {'offline': False, 'latency': LATENCY, 'downloadThroughput': DOWN, 'uploadThroughput': UP})
    line.send('Emulation.setCPUThrottlingRate', {'rate': SLOWDOWN})
    page.goto(address, wait_until='load')
    took = page.evaluate(_LARGEST) / 1000
    setting.close()
    return took
