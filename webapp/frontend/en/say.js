// Our own words, in English on a page that is read in English. What a dictionary lacks is shown as it is and remembered
// for the tests.
export const english = document.documentElement.lang === 'en';
const missed = window.dubanMissed ??= new Set();

export const filled = (text, values) => text.replace(/{(\w+)}/g, (whole, name) => values[name] ?? whole);

export const speaker = dictionary => (text, values = {}) => {
  if (english && !(text in dictionary)) missed.add(text);
  return filled(english ? dictionary[text] ?? text : text, values);
};
