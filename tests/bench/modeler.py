"""Figures of drawing in the browser: the weight of the modeler's page, and when it is ready on a slow phone line."""
import logging
import threading
import time
from pathlib import Path
from typing import Any

from sqlalchemy import Engine
from werkzeug.serving import make_server

from engine import db, schema
from tests.bench.meter import tell
from tests.conftest import BROWSER, BROWSER_ARGUMENTS, BUILT
from tests.webapp.conftest import PASSWORD, furnish
from webapp import create_app

# Slow 4G as the browser's own tools have it: bits a second down, milliseconds there and back.
DOWN, UP, LATENCY = 1.6e6 / 8, 750e3 / 8, 150
SLOWDOWN = 4


def modeler(_engine: Engine, name: str, _url: str, folder: str) -> None:
    """The lifecycle diagram on a line and a processor that are slow, nothing in the browser's store. SQLite only."""
    if name != 'sqlite' or not BROWSER or not (BUILT / 'manifest.json').exists():
        return
    from playwright.sync_api import sync_playwright
    logging.getLogger('werkzeug').setLevel(logging.ERROR)                 # figures only
    url = f'sqlite:///{Path(folder) / "modeler.db"}'
    engine = db.connect(url)
    schema.create(engine)
    furnish(engine)
    server = make_server('127.0.0.1', 0, create_app({'DATABASE_URL': url, 'SECRET_KEY': 'k' * 40, 'VAR_DIR': folder}),
                         threaded=True)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=BROWSER, args=BROWSER_ARGUMENTS)
            ready, weight = _opened(browser, f'http://127.0.0.1:{server.server_port}')
            browser.close()
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
        engine.dispose()
    tell(name, 'modeler.page_bytes_compressed', weight, 'bytes', '<= 614400')
    tell(name, 'modeler.ready_s_slow_4g_4x', ready, 's', '< 5')


def _opened(browser: Any, site: str) -> tuple[float, int]:
    """Seconds until the diagram can be drawn on, and bytes that came over the line."""
    setting = browser.new_context(base_url=site)
    page = setting.new_page()
    page.goto('/sign-in')
    page.fill('#u', 'gz-office-owner')
    page.fill('#p', PASSWORD)
    page.click('main form .go')
    page.goto('/draft')
    page.fill('main input[name=name]', '慢网上的一稿')
    page.press('main input[name=name]', 'Enter')
    page.wait_for_url('**/draft/*')
    address, signed_in = page.url, setting.storage_state()
    page = browser.new_context(storage_state=signed_in).new_page()
    line, came = page.context.new_cdp_session(page), []
    line.on('Network.loadingFinished', lambda one: came.append(one['encodedDataLength']))
    line.send('Network.enable')
    line.send('Network.emulateNetworkConditions',
              {'offline': False, 'latency': LATENCY, 'downloadThroughput': DOWN, 'uploadThroughput': UP})
    line.send('Emulation.setCPUThrottlingRate', {'rate': SLOWDOWN})
    begun = time.monotonic()
    page.goto(f'{address}/edit/matter.bpmn', wait_until='commit')
    page.wait_for_selector('.editor[data-state=ready]', timeout=60_000)
    ready = time.monotonic() - begun
    page.wait_for_selector('.findings[data-state=checked]')
    return ready, round(sum(came))
