// The keys, and what a first visit sees: what to do, with a question in every language to click.

function makeHelp() {
  const list = el("dl");
  const shut = el("button", { type: "button", class: "quiet round", "aria-label": say("close"), title: say("close") }, "×");
  const dialog = el(
    "dialog",
    { class: "help", "aria-labelledby": "help-title" },
    el("div", { class: "line" }, el("h2", { id: "help-title" }, say("keys.title")), shut),
    el("p", { class: "hint" }, say("keys.note")),
    list,
  );
  shut.addEventListener("click", () => dialog.close());
  dialog.addEventListener("click", (event) => {
    if (event.target === dialog) dialog.close();
  });
  const row = (words, ...groups) =>
    el("div", {}, el("dt", {}, groups.map((group) => el("span", { class: "combination" }, group))), el("dd", {}, words));
  const key = (text) => el("kbd", {}, text);
  const show = (scale) => {
    const pages = props.pages.map((page) => [key("g"), ` ${say("keys.then")} `, key(page.key), ` ${page.title}`]);
    list.replaceChildren(
      row(say("keys.query"), [key("/")]),
      row(say("keys.card"), [key("j"), key("k")], [key("↓"), key("↑")]),
      row(say("keys.column"), [key("l"), key("h")], [key("→"), key("←")]),
      row(say("keys.move"), [key("Ctrl"), key("Shift"), key("→"), key("←")]),
      ...scale.map((grade) => row(say("grade.of", grade), [key(grade.value)])),
      row(say("keys.clear"), [key("x")]),
      row(say("keys.undo"), [key("u")]),
      row(say("keys.redo"), [key("Shift"), key("u")]),
      row(say("keys.open"), [key("o")], [key("Enter")]),
      row(say("keys.why"), [key("w")]),
      row(say("keys.translations"), [key("t")]),
      row(say("keys.view"), [key("v")]),
      row(say("keys.shut"), [key("Esc")]),
      row(say("keys.stop"), [key(".")]),
      row(say("keys.help"), [key("?")]),
      ...pages.map((page) => row(say("keys.page"), page)),
    );
  };
  return { node: dialog, show, open: () => (dialog.open ? dialog.close() : dialog.showModal()) };
}

function makeEmpty({ onexample }) {
  const node = el("section", { class: "empty" });
  const show = (collection) => {
    const examples = collection.examples.map(({ text, language }) => {
      const words = spoken(el("span", { class: "words" }), language);
      const own = el("button", { type: "button", class: "example", onclick: () => onexample(text) }, write(words, text), languageTag(language));
      return el("li", {}, own);
    });
    const counts = { documents: collection.size.toLocaleString("en"), languages: Object.keys(collection.languages).length };
    const about = say("empty.collection", { ...counts, provenance: say(`provenance.${collection.provenance}`), licence: collection.licence });
    node.replaceChildren(
      el("h2", {}, say("empty.title")),
      el("p", { class: "lead" }, say("empty.lead", { n: counts.languages })),
      examples.length ? el("h3", {}, say("empty.examples")) : "",
      examples.length ? el("ul", { class: "examples" }, examples) : "",
      el("p", { class: "about" }, el("b", {}, collection.name), " — ", about, collection.description ? el("span", {}, collection.description) : ""),
    );
  };
  return { node, show };
}
