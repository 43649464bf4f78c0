// The page on which one file of a draft is edited. What draws it is a board: it can open, text, undo, redo, mark,
// select and may offer; `tools` are its buttons, and it tells of each change.
import { say } from '../en/desk.js';
import { button, element } from './element.js';
import { Findings } from './findings.js';
import { Saving } from './saving.js';
import { Sheet } from './sheet.js';
import './desk.css';

class Desk {
  constructor(host, Board) {
    const part = name => host.querySelector(`.${name}`);
    this.host = host;
    this.sheet = new Sheet(host.dataset);
    this.board = new Board(part('canvas'), part('properties'), () => this.changed());
    this.line = part('line');
    this.saving = new Saving(this.sheet, this.board, this.line);
    this.findings = new Findings(this.sheet, this.board, part('findings'), host.dataset.file);
    this.findings.onmend = finding => this.mend(finding);
    this.tools = part('tools');
    this.mended = [];
  }

  async open() {
    const text = await this.sheet.read();
    const drawn = Promise.resolve().then(() => this.board.open(text));
    this.findings.check(text, drawn.catch(() => null));                 // asked before the drawing begins
    const lost = await drawn;
    const tools = { 撤销: () => this.undo(), 重做: () => this.board.redo(), ...this.board.tools };
    this.tools.prepend(button(say('保存'), () => this.saving.save(), 'btn go'),
      ...Object.entries(tools).map(([name, act]) => button(say(name), act)));
    this.saving.tell(say('还没有改动'));
    if (lost.length) {
      this.saving.hold(say('这个文件里有{count}处这里认不得，在这里保存会丢掉：{places}',
        { count: lost.length, places: lost.slice(0, 3).join(say('；')) }));
    }
    this.ready = true;
    if (location.hash) this.board.select(decodeURIComponent(location.hash.slice(1)));
    this.sheet.surroundings().then(found => this.board.offer?.(found), error => console.warn(error.message));
  }

  changed() {
    if (!this.ready) return;
    this.saving.touched();
    this.findings.later();
  }

  // One finding mended in the text of the file. The drawing's own undo cannot know of it.
  async mend(finding) {
    const before = await this.board.text();
    try {
      await this.take(await this.sheet.mend(before, finding));
      this.mended.push(before);
    } catch (error) {
      this.saving.tell(say('没有修成：{why}', { why: error.message }), 'warn');
    }
  }

  undo() {
    if (!this.board.undo() && this.mended.length) this.take(this.mended.pop());
  }

  async take(text) {
    await this.board.open(text);
    this.changed();
  }

  failed(error) {
    this.host.dataset.state = 'failed';
    this.line.className = 'line note warn';
    this.line.replaceChildren(element('p', {}, say('这个文件在这里打不开：{why}', { why: error.message })),
      element('p', {}, say('文件没有动。可以'), element('a', { href: this.host.dataset.source }, say('下载')),
        say('下来，在别的编辑器里改好，再到这一稿的页面传上来。')));
  }
}

async function begin(Board) {
  const host = document.querySelector('.editor[data-source]');
  host.hidden = false;
  const opened = new Desk(host, Board);
  window.dubanBoard = opened.board;                     // for the tests and for whoever opens the console
  try {
    await opened.open();
    host.dataset.state = 'ready';
  } catch (error) {
    console.warn(error);
    opened.failed(error);
  }
}

// Not from within the script itself: with the browser's own tools open it would read all of it once more, only to note
// from which line something was asked for.
export const desk = Board => queueMicrotask(() => begin(Board));
