// One file of a draft on the server: read, save, check, mend. Whatever goes wrong is an error with a sentence to show.
import { say } from '../en/desk.js';

export class Sheet {
  constructor({ source, save, check, repair, copy, context, revision, csrf }) {
    Object.assign(this, { source, place: save, check, repair, copy, context, revision, csrf });
  }

  async read() {
    const answer = await this.ask(this.source);
    this.revision = answer.headers.get('ETag')?.replace(/\D/g, '') || this.revision;
    return answer.text();
  }

  async save(text) {
    const headers = { 'If-Match': `"${this.revision}"` };
    const saved = await this.json(this.place, { method: 'PUT', body: text, headers });
    this.revision = saved.revision;
    return saved;
  }

  // Whatever was asked before and is not yet answered is out of date.
  async judge(text) {
    this.asked?.abort();
    this.asked = new AbortController();
    return this.json(this.check, { method: 'POST', body: text, signal: this.asked.signal });
  }

  async mend(content, { code, element = null }) {
    const headers = { 'Content-Type': 'application/json' };
    const body = JSON.stringify({ content, code, element });
    return (await this.json(this.repair, { method: 'POST', headers, body })).content;
  }

  // The wording here goes on in a draft of one's own; gives its address.
  async toMine(text) {
    const { edit, save } = await this.json(this.copy, { method: 'POST' });
    await this.json(save, { method: 'PUT', body: text, headers: { 'If-Match': '"0"' } });
    return edit;
  }

  async surroundings() {
    return this.json(this.context);
  }

  async json(address, options) {
    const answer = await this.ask(address, options);
    return answer.json();
  }

  async ask(address, { headers, ...options } = {}) {
    const answer = await fetch(address, {
      credentials: 'same-origin', headers: options.method ? { 'X-CSRFToken': this.csrf, ...headers } : {}, ...options
    }).catch(error => {
      throw error.name === 'AbortError' ? error : new Error(say('连不上服务器，内容还在这个窗口里，请别关。'));
    });
    if (answer.redirected) throw new Error(say('登录过期了：请在另一个窗口重新登录，再按保存。内容还在这一页。'));
    if (answer.ok) return answer;
    const { error } = await answer.json().catch(() => ({}));
    const why = error || say('服务器没有做成（{status}）。', { status: answer.status });
    throw Object.assign(new Error(why), { conflict: answer.status === 409 });
  }
}
