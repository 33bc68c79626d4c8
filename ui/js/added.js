// The words that a lexical system added in other languages: a line above its column that opens; each can be struck out.

function crossesLanguages(system) {
  return /\bq=lex\b/.test(system);
}

// on: {opened: Set of columns whose list is open, strike(column, word, struck)}
function makeAdded(column, { opened, strike }) {
  const node = el("div", { class: "added-words" });
  if (!column.words) return node;
  const { languages, struck } = column.words;
  const count = languages.reduce((sum, { words }) => sum + words.length, 0);
  const list = el("dl", { id: `added-${column.i}` });
  const line = say(count === 1 ? "added.one" : count ? "added.count" : "added.none", { n: count, languages: languages.length });
  const toggle = el("button", { type: "button", class: "quiet", disabled: !count, "aria-expanded": "false", "aria-controls": `added-${column.i}`, title: say("added.title") }, line, count ? caret() : "");
  const open = (on) => {
    list.hidden = !on;
    toggle.setAttribute("aria-expanded", String(on));
    opened[on ? "add" : "delete"](column.i);
  };
  toggle.addEventListener("click", () => open(list.hidden));
  for (const { language, words } of languages) list.append(el("div", {}, el("dt", {}, languageTag(language)), el("dd", {}, byWord(words, language, (word) => strike(column, word, true)))));
  const back = struck.map((word) => {
    const words = say("added.back", { word });
    return el("button", { type: "button", class: "word struck", "data-word": word, title: words, "aria-label": words, onclick: () => strike(column, word, false) }, el("s", {}, el("bdi", {}, word)));
  });
  node.append(el("div", { class: "line" }, toggle, back.length ? el("span", { class: "out" }, el("span", { class: "key" }, say("added.struck")), back) : ""), list);
  open(opened.has(column.i) && count > 0);
  return node;
}

// asali → honey .78 nectar .41
function byWord(words, language, onstrike) {
  const groups = new Map();
  for (const [word, surface, cosine] of words) groups.set(word, [...(groups.get(word) || []), [surface, cosine]]);
  return [...groups].map(([word, near]) =>
    el(
      "span",
      { class: "joined" },
      write(spoken(el("bdi", { class: "asked" }), asking.language), word),
      " → ",
      near.map(([surface, cosine]) => {
        const words = say("added.strike", { word: surface });
        const name = write(spoken(el("bdi"), language), surface);
        return el("button", { type: "button", class: "word", "data-word": surface, title: words, "aria-label": `${surface} ${cosine}: ${words}`, onclick: () => onstrike(surface) }, name, " ", el("span", { class: "number" }, cosine));
      }),
    ),
  );
}

// The language of the query on screen, for words of it that stand alone.
const asking = { language: "und" };
