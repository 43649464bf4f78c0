// Other people's English in our words, unless the page is read in English. What a dictionary lacks is shown as it is and remembered for the tests.
import { english, filled } from '../en/say.js';

const missed = window.dubanMissed ??= new Set();
const FOREIGN = /[A-Za-z]{2}/, OURS = /[\u4e00-\u9fff]/;

export function translator(...dictionaries) {
  const words = new Map(english ? [] : dictionaries.flatMap(Object.entries));
  return (text, values = {}) => {
    if (!english && !words.has(text) && FOREIGN.test(text) && !OURS.test(text)) missed.add(text);
    return filled(words.get(text) ?? text, values);
  };
}
