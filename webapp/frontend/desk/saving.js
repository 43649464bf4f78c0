// Saves by itself after a pause, by Ctrl+S at once, and always says how it stands.
import { say } from '../en/desk.js';
import { button, element } from './element.js';

const PAUSE_MS = 2000, AGAIN_MS = 10000;

export class Saving {
  constructor(sheet, board, line) {
    Object.assign(this, { sheet, board, line });
    addEventListener('beforeunload', event => this.unsaved && event.preventDefault());
    addEventListener('keydown', event => {
      if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === 's') {
        event.preventDefault();
        document.activeElement?.blur();                 // a field hands over what is written in it when it is left
        this.save();
      }
    });
  }

  // Saving would lose something: not before somebody says so.
  hold(sentence) {
    this.held = true;
    this.tell(sentence, 'warn', button(say('仍然保存'), () => {
      this.held = false;
      this.save();
    }));
  }

  touched() {
    this.unsaved = true;
    if (this.held) return;
    this.tell(say('有改动，还没有存'));
    this.later(PAUSE_MS);
  }

  later(pause) {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.save(), pause);
  }

  async save() {
    if (this.held) return;
    if (!this.unsaved && !this.running) return this.tell(say('没有改动，不用存'));
    if (this.running) return this.running.then(() => this.unsaved && this.save());
    clearTimeout(this.timer);
    this.running = this.write();
    await this.running;
    this.running = null;
  }

  async write() {
    this.tell(say('正在存…'));
    this.unsaved = false;
    try {
      await this.sheet.save(await this.board.text());
      if (!this.unsaved) this.tell(say('已存（{time}）', { time: new Date().toTimeString().slice(0, 5) }));
    } catch (error) {
      this.unsaved = true;
      if (error.conflict) return this.ask(error.message);
      this.tell(say('没有存上：{why}', { why: error.message }), 'warn');
      this.later(AGAIN_MS);
    }
  }

  // Somebody else was faster: nothing is overwritten, on either side.
  ask(sentence) {
    this.held = true;
    this.tell(sentence, 'warn',
      element('a', { class: 'btn', href: location.href, target: '_blank', rel: 'noopener' }, say('看对方的')),
      button(say('存为我的另一稿'), () => this.part()));
  }

  async part() {
    try {
      const address = await this.sheet.toMine(await this.board.text());
      this.unsaved = false;
      location.assign(address);
    } catch (error) {
      this.ask(say('没有存成另一稿：{why}', { why: error.message }));
    }
  }

  tell(sentence, kind = '', ...ways) {
    this.line.className = `line ${ways.length ? `note ${kind} row` : kind ? 'err' : 'soft'}`;
    this.line.replaceChildren(element('span', {}, sentence), ...ways);
  }
}
