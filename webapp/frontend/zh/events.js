// The names of events: kind × place, once as the menus write them and once as the head of the panel does.
const KINDS = {
  '': '', message: '消息', timer: '定时', conditional: '条件', signal: '信号', error: '错误', escalation: '升级',
  compensation: '补偿', compensate: '补偿', link: '链接', terminate: '终止', cancel: '取消', multiple: '多种',
  'parallel multiple': '并行多种'
};
const PLACES = {
  'start event': '开始事件', 'intermediate catch event': '中间捕获事件', 'intermediate throw event': '中间抛出事件',
  'end event': '结束事件', 'boundary event': '边界事件'
};
const capital = text => text.replace(/^./, letter => letter.toUpperCase());
const title = text => text.replace(/(^| )./g, letter => letter.toUpperCase());

const events = {};
for (const [kind, kindZh] of Object.entries(KINDS)) {
  for (const [place, placeZh] of Object.entries(PLACES)) {
    const name = `${kind} ${place}`.trim(), zh = kindZh + placeZh;
    events[capital(name)] = events[title(name)] = zh;
    events[`${capital(name)} (non-interrupting)`] = events[`${title(name)} (Non Interrupting)`] = `${zh}（不中断）`;
  }
}
export default events;
