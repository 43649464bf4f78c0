// What the gate says of the file as it stands: a list under the drawing, marks in it, and a repair by one click.
import { say } from '../en/desk.js';
import { button, element } from './element.js';

const LAMP = { refuse: ['red', '必须修改'], warn: ['yellow', '提醒'], repair: ['green', '已修好'] };
const PAUSE_MS = 300;

export class Findings {
  constructor(sheet, board, place, file) {
    Object.assign(this, { sheet, board, file });
    this.summary = place.querySelector('[role=status]');
    this.list = place.querySelector('ol');
  }

  later() {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.check(), PAUSE_MS);
  }

  // Shown once the file is `drawn`, for the marks lie in the drawing.
  async check(text, drawn) {
    try {
      const { findings } = await this.sheet.judge(text ?? await this.board.text());
      await drawn;
      this.show(findings);
    } catch (error) {
      if (error.name !== 'AbortError') this.summary.textContent = say('没有检查成：{why}', { why: error.message });
    }
  }

  show(findings) {
    const weight = ({ file, severity }) => (file === this.file ? 0 : 3) + Object.keys(LAMP).indexOf(severity);
    const ordered = [...findings].sort((one, other) => weight(one) - weight(other));
    this.here = ordered.filter(({ file }) => file === this.file);
    this.board.mark(this.here);
    const elsewhere = ordered.length - this.here.length;
    this.summary.textContent = counted(this.here) + (elsewhere ? say('；别的文件里还有{count}处', { count: elsewhere }) : '');
    this.list.replaceChildren(...ordered.map(finding => this.line(finding)));
    this.list.parentElement.dataset.state = 'checked';
  }

  line(finding) {
    const { severity, said, fix, file } = finding;
    const [colour, word] = LAMP[severity];
    const mend = fix && file === this.file && severity !== 'repair' ? [button(say('修好'), () => this.onmend(finding))] : [];
    return element('li', { class: 'row' }, element('span', { class: `lamp ${colour}` }, say(word)), this.where(finding),
      element('span', { class: 'what' }, said), ...mend);
  }

  // The element in this drawing, or the way to the other file.
  where({ file, element: id, name, line }) {
    const text = name || id || (line ? say('第{line}行', { line }) : file);
    if (file !== this.file) return element('a', { href: encodeURIComponent(file) }, `${file}${say('：')}${text}`);
    return id ? button(text, () => this.board.select(id), 'to') : element('b', {}, text);
  }
}

function counted(findings) {
  const number = severity => findings.filter(finding => finding.severity === severity).length;
  const parts = [['refuse', '{count}处必须修改'], ['warn', '{count}处提醒'], ['repair', '{count}处发布时自动修好']]
    .map(([severity, text]) => [number(severity), text]).filter(([count]) => count).map(([count, text]) => say(text, { count }));
  return parts.join(say('，')) || say('没有要改的地方');
}
