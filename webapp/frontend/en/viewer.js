// What a diagram that is looked at says.
import { speaker } from './say.js';

export const say = speaker({
  '增': 'New', '删': 'Gone', '改': 'Changed', '挪': 'Moved',
  '走过{n}次': 'Passed {n} times',
  '放大': 'Zoom in', '缩小': 'Zoom out', '看全图': 'Whole diagram'
});
