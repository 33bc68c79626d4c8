// Marks: what was searched is underlined, added words with dots, words that answer in another language tinted by
// strength. Lines and tints come as pieces that join to the same text; one walk over both makes the marks.

const MARK_MODES = ["across", "exact", "off"];
const AT_ONCE = 5; // ranks of each column whose tints are asked for first

// [{text, line: 0 none, 1 searched, 2 added, added: [word, cosine, step], tint: [text, step, word, cosine] or null}]
function overlay(lines, tints) {
  const segments = [];
  let [at, used] = [0, 0];
  for (const [text, line, ...added] of lines) {
    for (let from = 0; from < text.length; ) {
      const tint = tints && tints[at];
      const length = Math.min(text.length - from, tint ? tint[0].length - used : text.length);
      segments.push({ text: text.slice(from, from + length), line, added, tint: tint && tint[1] ? tint : null });
      from += length;
      used += length;
      if (tint && used >= tint[0].length) [at, used] = [at + 1, 0];
    }
  }
  return segments;
}

// The pieces behind the first `length` characters.
function behind(pieces, length) {
  const rest = [];
  let left = length;
  for (const [text, ...more] of pieces) {
    if (text.length > left) rest.push([text.slice(left), ...more]);
    left = Math.max(0, left - text.length);
  }
  return rest;
}

const lengthOf = (pieces) => pieces.reduce((sum, [text]) => sum + text.length, 0);

// Appends pieces to a node. `reachable`: its pairs can be reached by Tab.
function writePieces(node, lines, tints, reachable) {
  for (const { text, line, added, tint } of overlay(lines, tints)) {
    if (!line && !tint) {
      write(node, text);
      continue;
    }
    const mark = el("mark", { class: ["", "exact", "added"][line] || null, "data-tint": tint && line !== 1 ? tint[1] : null, "data-near": line === 2 ? added[2] : null });
    if (line === 2) mark.pair = { own: text, word: added[0], cosine: added[1], added: true };
    else if (tint && !line) mark.pair = { own: tint[0], word: tint[2], cosine: tint[3], added: false };
    if (mark.pair && reachable) mark.tabIndex = 0;
    write(node.appendChild(mark), text);
  }
  return node;
}

// The pair under the pointer or the focus: 蜜 ↔ asali .61
function makePairTip({ language }) {
  const tip = el("div", { class: "tip", role: "tooltip", id: "pair", hidden: true });
  let shown = null;
  const shut = () => {
    tip.hidden = true;
    shown?.removeAttribute("aria-describedby");
    shown = null;
  };
  const show = (mark) => {
    if (mark === shown) return;
    shut();
    if (!mark?.pair || !mark.getClientRects().length || element.dataset.marks === "off" || (element.dataset.marks === "exact" && !mark.pair.added)) return;
    shown = mark;
    const { own, word, cosine, added } = mark.pair;
    const tag = mark.closest("[lang]")?.lang || "und";
    tip.replaceChildren(
      write(spoken(el("bdi"), tag), own),
      added ? " ← " : " ↔ ",
      write(spoken(el("bdi"), language()), word),
      " ",
      el("span", { class: "number" }, cosine),
      added ? el("span", { class: "hint" }, ` ${say("match.added")}`) : "",
    );
    tip.hidden = false;
    mark.setAttribute("aria-describedby", "pair");
    const place = mark.getClientRects()[0];
    const width = tip.offsetWidth;
    tip.style.left = `${Math.max(8, Math.min(place.left + place.width / 2 - width / 2, innerWidth - width - 8))}px`;
    tip.style.top = `${place.top > 48 ? place.top - tip.offsetHeight - 5 : place.bottom + 5}px`;
  };
  element.addEventListener("pointerover", (event) => show(event.target.closest?.("mark")));
  element.addEventListener("pointerleave", shut);
  element.addEventListener("focusin", (event) => show(event.target.closest?.("mark")));
  addEventListener("scroll", shut, { passive: true, capture: true });
  return { node: tip, shut };
}

// The switch and what the marks mean.
function makeMarkSwitch({ onchange }) {
  const stored = kept.get("marks");
  let mode = MARK_MODES.includes(stored) ? stored : MARK_MODES[0];
  const buttons = MARK_MODES.map((name) => el("button", { type: "button", class: "plain", "data-mode": name, title: say(`match.${name}.title`), onclick: () => set(name) }, say(`match.${name}`)));
  const steps = [1, 2, 3, 4, 5].map((step) => el("i", { "data-tint": step }));
  const legend = el(
    "span",
    { class: "legend" },
    el("span", {}, el("mark", { class: "exact" }, say("match.legend.exact"))),
    el("span", {}, el("mark", { class: "added", "data-near": 4 }, say("match.legend.added"))),
    el("span", { class: "ramp", title: say("match.legend.title") }, say("match.legend.across"), el("span", { class: "steps", "aria-hidden": "true" }, steps)),
  );
  const paint = () => {
    element.dataset.marks = mode;
    for (const button of buttons) button.setAttribute("aria-pressed", String(button.dataset.mode === mode));
  };
  const set = (name) => {
    mode = name;
    kept.set("marks", name);
    paint();
    onchange(mode);
  };
  paint();
  const node = el("div", { class: "marks" }, legend, el("span", { class: "switch", role: "group", "aria-label": say("match.key") }, buttons));
  return { node, across: () => mode === "across" };
}

// The tints of the cards on screen: asked for after the search has answered, so that no search waits for them.
class Tints {
  // ask(cards): the server's answer; came(): paint again
  constructor(ask, came) {
    Object.assign(this, { ask, came });
    this.found = new Map();
    this.turn = 0;
  }

  clear() {
    this.found.clear();
    this.turn++;
  }

  of(hit) {
    return this.found.get(this.key(hit.id, hit.span[0]));
  }

  key(id, start) {
    return `${start} ${id}`;
  }

  async load(hits) {
    const turn = this.turn;
    const missing = new Map();
    for (const hit of hits) if (!this.of(hit)) missing.set(this.key(hit.id, hit.span[0]), hit);
    const ordered = [...missing.values()].sort((a, b) => a.rank - b.rank);
    const first = ordered.filter((hit) => hit.rank <= AT_ONCE);
    for (const some of [first, ordered.filter((hit) => hit.rank > AT_ONCE)]) {
      if (!some.length) continue;
      const answer = await this.ask(some.map((hit) => [hit.id, ...hit.span])).catch(() => undefined);
      if (turn !== this.turn || answer?.ok !== true) return;
      for (const [id, start, , title, text] of answer.tints) this.found.set(this.key(id, start), [title, text]);
      this.came(new Set(some.map((hit) => hit.id)));
    }
  }
}
