// Collection text in its own script: language, direction, font; and what it hides made visible.

const HIDDEN =
  /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u206f\u2400-\u241f\ufeff\ufff9-\ufffb]|[\u{e0000}-\u{e007f}]+|[\u200b-\u200d\u2060-\u2064]{2,}|[\ufe00-\ufe0f\u{e0100}-\u{e01ef}]{2,}/gu;
const CONTROLS =
  "NUL SOH STX ETX EOT ENQ ACK BEL BS HT LF VT FF CR SO SI DLE DC1 DC2 DC3 DC4 NAK SYN ETB CAN EM SUB ESC FS GS RS US".split(" ");
const BIDI = {
  0x061c: "ALM", 0x200e: "LRM", 0x200f: "RLM", 0x2028: "LS", 0x2029: "PS", 0x202a: "LRE", 0x202b: "RLE", 0x202c: "PDF",
  0x202d: "LRO", 0x202e: "RLO", 0x2066: "LRI", 0x2067: "RLI", 0x2068: "FSI", 0x2069: "PDI", 0xfeff: "BOM",
};
const MARKS = new Set([0x061c, 0x200e, 0x200f]); // harmless and often needed: kept, with a badge beside

function hexOf(code) {
  return `U+${code.toString(16).toUpperCase().padStart(4, "0")}`;
}

// One sign that joins or parts letters is writing; a run of them, or of variation selectors, hides something.
const RUNS = [
  { name: "tag", first: 0xe0000, last: 0xe007f },
  { name: "VS", first: 0xe0100, last: 0xe01ef },
  { name: "VS", first: 0xfe00, last: 0xfe0f },
  { name: "ZW", first: 0x200b, last: 0x200d },
  { name: "ZW", first: 0x2060, last: 0x2064 },
];

function badge(hidden) {
  const code = hidden.codePointAt(0);
  const run = RUNS.find(({ first, last }) => first <= code && code <= last);
  if (run) return el("span", { class: "badge", title: titleOf(hidden, run.name) }, `${run.name}×${Array.from(hidden).length}`);
  const plain = code >= 0x2400 && code < 0x2420 ? code - 0x2400 : code;
  const name = BIDI[code] || CONTROLS[plain] || hexOf(code);
  return el("span", { class: "badge", title: `${hexOf(plain)} ${name}` }, name);
}

// What tag characters spell; of others their code points.
function titleOf(hidden, name) {
  const codes = Array.from(hidden, (one) => one.codePointAt(0));
  if (name !== "tag") return codes.slice(0, 20).map(hexOf).join(" ");
  const text = codes.map((code) => String.fromCodePoint(Math.max(32, code - 0xe0000))).join("").trim();
  return say("card.hidden", { n: codes.length, text });
}

// Appends text to a node, hidden characters as badges.
function write(node, text) {
  let from = 0;
  for (const found of text.matchAll(HIDDEN)) {
    if (found.index > from) node.append(text.slice(from, found.index));
    if (MARKS.has(found[0].codePointAt(0))) node.append(found[0]);
    node.append(badge(found[0]));
    from = found.index + found[0].length;
  }
  if (from < text.length) node.append(text.slice(from));
  return node;
}

// Whether anything of these pieces can be seen.
function visible(pieces) {
  return pieces.some(([text]) => /[^\s\p{Default_Ignorable_Code_Point}]/u.test(text) || text.search(HIDDEN) >= 0);
}

// The languages of the page, as the table on the server has them.
const tongues = {};

function tongue(tag) {
  return tongues[tag] || { tag, name: tag, endonym: tag, script: "", direction: "auto", line_height: 1.6 };
}

// An element whose text is in that language.
function spoken(node, tag) {
  const { script, direction, line_height } = tongue(tag);
  if (tag && tag !== "und") node.lang = tag;
  node.dir = direction || "auto";
  if (script) node.dataset.script = script;
  if (line_height) node.style.setProperty("--leading", line_height);
  return node;
}

// Its own name in its own script, isolated from what stands beside it.
function endonym(tag) {
  return spoken(el("bdi", { class: "endonym" }, tongue(tag).endonym), tag);
}

// The name of a system or a stage, which anybody can type: left to right, what it hides made visible.
function systemName(name, kind, title) {
  return write(el("bdi", { class: kind, dir: "ltr", title }), name);
}

// One of twelve colours, the same for a language on the whole page; never without its tag beside it. From the
// thirteenth language on a square stands where the first twelve have a dot.
const palette = new Map();

function colourOf(tag) {
  if (!palette.has(tag)) palette.set(tag, palette.size % 12);
  return `var(--language-${palette.get(tag)})`;
}

function dot(tag) {
  const mark = el("i", { class: "dot", "aria-hidden": "true" });
  mark.style.background = colourOf(tag);
  mark.classList.toggle("square", [...palette.keys()].indexOf(tag) >= 12);
  return mark;
}

const SHAPES = ["circle", "square", "diamond", "triangle-up", "cross", "star"]; // for languages past the twelfth
const GLYPHS = ["●", "■", "◆", "▲", "✚", "★"];

function shapeOf(tag) {
  colourOf(tag); // gives it its place
  return Math.floor([...palette.keys()].indexOf(tag) / 12) % SHAPES.length;
}

function marker(tag) {
  if (!shapeOf(tag)) return dot(tag);
  const glyph = el("span", { class: "glyph", "aria-hidden": "true" }, GLYPHS[shapeOf(tag)]);
  glyph.style.color = colourOf(tag);
  return glyph;
}

function languageMark(tag) {
  return el("span", { class: "language" }, marker(tag), el("span", { class: "tag" }, tag), endonym(tag));
}
