"""A browser for tests that reads every page as a careful person would, and fails where it stumbles."""
from collections import Counter
from typing import Any
from urllib.parse import urlsplit

from flask import Flask
from lxml import html
from werkzeug.exceptions import HTTPException
from werkzeug.test import TestResponse


class Page:
    """One answer: its status, and its HTML when it is a page."""

    def __init__(self, answer: TestResponse) -> None:
        self.answer, self.status, self.headers = answer, answer.status_code, answer.headers
        self.path = answer.request.path
        is_page = answer.mimetype == 'text/html' and answer.text
        self.tree = html.document_fromstring(answer.text) if is_page else None

    @property
    def h1(self) -> str:
        """The heading of the page."""
        return self.one('//h1').text_content().strip()

    @property
    def text(self) -> str:
        """What a reader reads in the main part, blanks joined."""
        return ' '.join(self.one('//main').text_content().split())

    def all(self, xpath: str) -> list[Any]:
        """The elements that the path finds."""
        return self.tree.xpath(xpath)

    def one(self, xpath: str) -> Any:
        """The only element that the path finds."""
        found = self.all(xpath)
        assert len(found) == 1, f'{self.path}: {len(found)} × {xpath}'
        return found[0]

    def texts(self, xpath: str) -> list[str]:
        """The text of each element found, blanks joined."""
        return [' '.join(element.text_content().split()) for element in self.all(xpath)]


class Browser:
    """Flask's client, which inspects every page that it fetches and fills in forms as a browser would."""

    def __init__(self, app: Flask) -> None:
        self.app, self.client, self.page = app, app.test_client(), None
        self.client.environ_base |= {'HTTP_ORIGIN': 'http://localhost', 'HTTP_ACCEPT': 'text/html'}

    def get(self, path: str, status: int = 200) -> Page:
        """Fetch and inspect a page; redirects are followed."""
        return self._took(self.client.get(path, follow_redirects=True), status)

    def post(self, path: str, data: dict[str, Any] | None = None, status: int = 200) -> Page:
        """Send a form with the token of the page last seen; redirects are followed."""
        token = self.page.all('//input[@name="csrf_token"]/@value') if self.page is not None else []
        sent = {'csrf_token': token[0] if token else '', **(data or {})}
        answer = self.client.post(path, data=sent, follow_redirects=True)
        for one in (*answer.history, answer):
            one.request.environ['wsgi.input'].close()                      # a file, where much was sent
        return self._took(answer, status)

    def submit(self, data: dict[str, Any] | None = None, *, form: str = '//main//form[@method="post"]',
               press: str | None = None, status: int = 200) -> Page:
        """Send the form on the page: what it holds, changed by `data`, and the button that says `press`."""
        offered = self.page.all(form)
        element = next((one for one in offered if _holds(one, data or {}, press)), offered[0])
        fields: dict[str, Any] = {}
        for name, value in element.form_values():
            fields.setdefault(name, []).append(value)
        for name in data or {}:
            assert element.xpath('.//*[@name=$name]', name=name), f'{self.page.path} has no field {name}'
        if press:
            button = element.xpath('.//button[normalize-space()=$text]', text=press)
            known = [one.text_content() for one in element.xpath('.//button')]
            assert len(button) == 1, f'{self.page.path}: buttons {known}'
            if button[0].get('name'):
                fields[button[0].get('name')] = button[0].get('value', '')
        path, sent = element.get('action') or self.page.path, {**fields, **(data or {})}
        return self._took(self.client.post(path, data=sent, follow_redirects=True), status)

    def _took(self, answer: TestResponse, status: int) -> Page:
        self.page = Page(answer)
        drawn = self.page.tree is not None and self.page.all('//main')
        shown = self.page.text[:300] if drawn else answer.text[:300]
        assert self.page.status == status, f'{self.page.path}: {self.page.status}, expected {status}. {shown}'
        if self.page.tree is not None:
            inspect(self.app, self.page)
        return self.page


def inspect(app: Flask, page: Page) -> None:
    """What holds for every page of Duban."""
    where = f'{page.path} ({page.status})'
    assert page.answer.text.lstrip().startswith('<!doctype html>'), where
    assert page.one('/html').get('lang') in ('zh-CN', 'en'), where
    assert page.one('//head/title').text_content().endswith((' · 督办', ' · Duban')), where
    page.one('//main'), page.one('//h1')
    doubled = [name for name, times in Counter(page.all('//@id')).items() if times > 1]
    assert not doubled, f'{where}: ids used twice: {doubled}'
    ids = set(page.all('//@id'))
    for attribute in ('for', 'aria-labelledby', 'aria-describedby'):
        for value in page.all(f'//@{attribute}'):
            assert set(value.split()) <= ids, f'{where}: {attribute}="{value}" points nowhere'
    _controls(page, where)
    _links(app, page, where, ids)
    assert not page.all('//@style | //style | //script[not(@src)]'), f'{where}: inline style or script'
    assert not [one for one in page.all('//@*/..') if any(key.startswith('on') for key in one.attrib)], where
    for table in page.all('//table'):
        assert table.xpath('./caption'), f'{where}: a table without a caption'
        assert not table.xpath('.//thead//th[not(@scope)]'), f'{where}: a table head without scope'
    assert "default-src 'self'" in page.headers['Content-Security-Policy'], where
    for word in ('Traceback', 'None', 'Undefined', '{{', '{%', '非法', '参数错误', '校验失败'):
        assert word not in ''.join(page.all('//body//text()[not(ancestor::code)]')), f'{where} says {word}'


def _controls(page: Page, where: str) -> None:
    for control in page.all('//input[not(@type="hidden")] | //select | //textarea'):
        own = control.get('id') or '-'
        labels = control.xpath('ancestor::label') or page.tree.xpath('//label[@for=$id]', id=own)
        assert labels or control.get('aria-label'), f'{where}: no label for {control.get("name")}'
    for form in page.all('//form[@method="post"]'):
        assert form.xpath('.//input[@name="csrf_token"]/@value'), f'{where}: a form without its token'
        assert form.xpath('.//button'), f'{where}: a form without a button'


def _links(app: Flask, page: Page, where: str, ids: set[str]) -> None:
    adapter = app.url_map.bind('localhost')
    sources = page.all('//a/@href | //link/@href | //script/@src | //img/@src')
    targets = [(address, 'GET') for address in sources]
    targets += [(form.get('action') or page.path, form.get('method', 'get').upper())
                for form in page.all('//form')]
    for address, method in targets:
        parts = urlsplit(address)
        if parts.scheme or parts.netloc:
            continue
        assert address != '#', f'{where}: a link to nowhere'
        if not parts.path:
            assert parts.fragment in ids, f'{where}: no place #{parts.fragment}'
            continue
        try:
            adapter.match(parts.path, method=method)
        except HTTPException as refused:
            raise AssertionError(f'{where}: dead link {method} {address}') from refused


def _holds(form: Any, data: dict[str, Any], press: str | None) -> bool:
    """Whether a form has all these fields and this button."""
    return (all(form.xpath('.//*[@name=$name]', name=name) for name in data)
            and bool(press is None or form.xpath('.//button[normalize-space()=$text]', text=press)))
