// What the boards and their desk say.
import { speaker } from './say.js';

export const say = speaker({
  // buttons
  '保存': 'Save',
  '撤销': 'Undo',
  '重做': 'Redo',
  '放大': 'Zoom in',
  '缩小': 'Zoom out',
  '看全图': 'Whole diagram',
  '查找': 'Find',
  '看表': 'Show the table',
  '修好': 'Mend',
  '仍然保存': 'Save anyway',
  '看对方的': 'See theirs',
  '存为我的另一稿': 'Save as another draft of mine',
  // how it stands
  '还没有改动': 'No changes yet',
  '有改动，还没有存': 'Changed, not saved yet',
  '没有改动，不用存': 'Nothing has changed, so nothing is to be saved',
  '正在存…': 'Saving…',
  '已存（{time}）': 'Saved ({time})',
  '没有存上：{why}': 'Not saved: {why}',
  '没有存成另一稿：{why}': 'Not saved as another draft: {why}',
  '没有修成：{why}': 'Not mended: {why}',
  '这个文件里有{count}处这里认不得，在这里保存会丢掉：{places}': 'Places in this file that are not known here and would be lost by saving ({count}): {places}',
  '；': '; ',
  '这个文件在这里打不开：{why}': 'This file cannot be opened here: {why}',
  '文件没有动。可以': 'The file has not been touched. You can ',
  '下载': 'download',
  '下来，在别的编辑器里改好，再到这一稿的页面传上来。': ' it, put it right in another editor, and upload it on the page of this draft.',
  '连不上服务器，内容还在这个窗口里，请别关。': 'The server cannot be reached. Everything is still in this window; please keep it open.',
  '登录过期了：请在另一个窗口重新登录，再按保存。内容还在这一页。': 'You have been signed out. Please sign in again in another window, then press Save. Everything is still on this page.',
  '服务器没有做成（{status}）。': 'The server could not do it ({status}).',
  // findings
  '必须修改': 'Must be changed',
  '提醒': 'Be aware',
  '已修好': 'Mended',
  '{count}处必须修改': '{count} must be changed',
  '{count}处提醒': '{count} to be aware of',
  '{count}处发布时自动修好': '{count} mended on publishing',
  '，': ', ',
  '：': ': ',
  '没有要改的地方': 'Nothing to change',
  '；别的文件里还有{count}处': '; {count} more in other files',
  '没有检查成：{why}': 'Not checked: {why}',
  '第{line}行': 'line {line}',
  // our steps in the modeler
  '督办的动作和步骤': 'Actions and steps of Duban',
  '接督办的动作和步骤': 'Append an action or step of Duban',
  '督办': 'Duban'
});
