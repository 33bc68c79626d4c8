// What a key means, whatever the layout: the character where it is ASCII, else the place of the key.

const BY_CHARACTER = {
  "/": "query", j: "next", k: "previous", h: "left", l: "right", x: "clear", u: "undo", U: "redo", o: "open", w: "why", t: "translations", v: "view", "?": "help", ".": "stop", g: "go",
  ArrowDown: "next", ArrowUp: "previous", ArrowLeft: "left", ArrowRight: "right", Enter: "open", Escape: "leave",
};

// A decimal digit of any script: Arabic-Indic, Devanagari, Thai, full-width …
function digitOf(character) {
  if (/^[0-9]$/.test(character)) return Number(character);
  if (!/^\p{Nd}$/u.test(character)) return null;
  let value = 0;
  for (let code = character.codePointAt(0) - 1; /^\p{Nd}$/u.test(String.fromCodePoint(code)); code--) value++;
  return value % 10; // the digits of a script are a run of ten from its zero
}

// The Latin character of a key by its place, as on a US keyboard.
function characterAt(code, shift) {
  if (/^Key[A-Z]$/.test(code)) return shift ? code[3] : code[3].toLowerCase();
  if (/^Digit[0-9]$/.test(code)) return code[5];
  if (code === "Slash") return shift ? "?" : "/";
  return code === "Period" && !shift ? "." : "";
}

// The character to go by. Cyrillic and Hebrew layouts have "." and "," on the key of the slash.
function characterOf(event) {
  const { key, code, shiftKey } = event;
  if (code === "Slash" && (key === "." || key === ",")) return shiftKey ? "?" : "/";
  if (key.length > 1 && !/^\P{ASCII}/u.test(key)) return key; // Enter, ArrowLeft …
  if (/^[\x20-\x7e]$/.test(key)) {
    const punctuation = !/[A-Za-z0-9]/.test(key) && !(key in BY_CHARACTER);
    return punctuation && /^Digit/.test(code) && !shiftKey ? code[5] : key; // the upper row of a French keyboard
  }
  return characterAt(code || "", shiftKey);
}

// A command by name, {grade: n}, or null where the key is not ours.
function commandOf(event) {
  if (event.isComposing || event.keyCode === 229 || event.ctrlKey || event.metaKey || event.altKey) return null;
  const digit = digitOf(event.key);
  if (digit !== null) return { grade: digit };
  const character = characterOf(event);
  if (/^[0-9]$/.test(character)) return { grade: Number(character) };
  if (BY_CHARACTER[character]) return BY_CHARACTER[character];
  const lower = character.length === 1 ? character.toLowerCase() : ""; // caps lock is not shift
  return !event.shiftKey && BY_CHARACTER[lower] ? BY_CHARACTER[lower] : null;
}

function inTextField(target) {
  return target instanceof Element && Boolean(target.closest("input:not([type=checkbox]), textarea, select, [contenteditable]"));
}

const LEADER_MS = 1500;

// "g", and then a page's key: begin() after the first, goes(event) whether the next one leads to a page.
function makeLeader() {
  let begun = 0;
  const goes = (event) => {
    if (!begun || performance.now() - begun > LEADER_MS || event.ctrlKey || event.metaKey || event.altKey) return false;
    begun = 0;
    const target = props.pages.find((one) => one.key === characterOf(event).toLowerCase());
    if (!target) return false;
    if (!target.current) location.assign(`.${target.path}`);
    event.preventDefault();
    return true;
  };
  return { begin: () => (begun = performance.now()), goes };
}
