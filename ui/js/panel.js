// The panel at the side: a document in full, why it came, its translations. It follows the card one is on, keeps the
// URL, and leaves the keyboard where it is: Tab behind the cards reaches it, Esc closes it.

const PANELS = ["text", "why", "translations"];

// ask(name, data): the server's answer; columns(): those on screen; on: {shut(), place(column, doc), kept()}
function makeSidebar({ ask, columns, on }) {
  let shown = null; // {doc, panel, column}
  let turn = 0;
  const places = el("ul", { class: "sidebar-places", "aria-label": say("panel.places") });
  const tabs = PANELS.map((name) =>
    el("button", { type: "button", role: "tab", id: `tab-${name}`, "aria-controls": "sidebar-body", title: say(`panel.${name}.title`), onclick: () => show({ ...shown, panel: name }) }, say(`panel.${name}`), " ", el("kbd", { "aria-hidden": "true" }, { text: "o", why: "w", translations: "t" }[name])),
  );
  const list = el("div", { class: "sidebar-tabs", role: "tablist", "aria-label": say("panel.parts") }, tabs);
  const cross = el("button", { type: "button", class: "quiet round", "aria-label": say("close"), title: `${say("close")} (Esc)`, onclick: () => shut() }, "×");
  const body = el("div", { class: "sidebar-body", id: "sidebar-body", role: "tabpanel", tabindex: 0 });
  const node = el("aside", { class: "sidebar", hidden: true, "aria-label": say("panel.label") }, el("div", { class: "line" }, list, cross), places, body);
  list.addEventListener("keydown", (event) => {
    const by = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (!by) return;
    event.preventDefault();
    event.stopPropagation();
    const next = (PANELS.indexOf(shown.panel) + by + PANELS.length) % PANELS.length;
    show({ ...shown, panel: PANELS[next] });
    tabs[next].focus();
  });

  async function show({ doc, panel, column }) {
    const before = shown;
    shown = { doc, panel, column };
    node.hidden = false;
    node.dataset.panel = panel;
    tabs.forEach((tab, i) => {
      tab.setAttribute("aria-selected", String(PANELS[i] === panel));
      tab.tabIndex = PANELS[i] === panel ? 0 : -1;
    });
    body.setAttribute("aria-labelledby", `tab-${panel}`);
    paintPlaces();
    on.kept(shown);
    if (before?.doc !== doc || before?.panel !== panel) body.scrollTop = 0;
    const mine = ++turn;
    body.setAttribute("aria-busy", "true");
    const parts = await content(shown);
    if (mine !== turn) return;
    body.removeAttribute("aria-busy");
    body.replaceChildren(...parts);
  }

  async function content({ doc, panel, column }) {
    const system = columns()[column]?.system ?? "";
    const sheetOf = async (name, data) => {
      const answer = await ask(name, data).catch(() => undefined);
      return answer?.ok === true ? answer : { error: answer?.error || say("error.lost") };
    };
    const text = await sheetOf(panel === "translations" ? "read_translations" : "read_text", { doc, system });
    if (text.error) return [failed(text.error)];
    if (panel === "translations") return translations(text.sheets, doc);
    if (panel === "text") return [sheet(text.sheet, true)];
    const why = await sheetOf("explain_score", { doc, system });
    return why.error ? [failed(why.error)] : [heading(text.sheet), ...reasons(why, columns()[column], text.sheet.language)];
  }

  // Where the document stands in each column; a click explains that column.
  function paintPlaces() {
    const rows = columns().filter((column) => column.state === "done").map((column) => {
      const hit = column.hits.find((one) => one.id === shown.doc);
      const words = hit ? say("panel.place", { rank: hit.rank, score: hit.score }) : say("panel.absent");
      const pick = () => {
        show({ ...shown, column: column.i });
        on.place(column.i, shown.doc);
      };
      const button = el("button", { type: "button", class: "quiet", "aria-pressed": String(column.i === shown.column), title: column.system, onclick: pick });
      button.append(el("span", { class: "number" }, hit ? `${hit.rank}` : "–"), systemName(column.system), el("span", { class: "score" }, hit ? hit.score : ""));
      button.setAttribute("aria-label", `${column.system}: ${words}`);
      return el("li", {}, button);
    });
    places.replaceChildren(...rows);
  }

  function shut() {
    if (!shown) return false;
    const { doc } = shown;
    const inside = node.contains(document.activeElement);
    shown = null;
    turn++;
    node.hidden = true;
    body.replaceChildren(); // another document may be next
    on.shut(doc, inside);
    return true;
  }

  return { node, show, shut, shown: () => shown };
}

function failed(sentence) {
  return write(el("p", { class: "failed", role: "alert" }), sentence);
}

function heading(one) {
  const title = spoken(el("h2", { class: "sidebar-title" }), one.language);
  if (visible(one.title)) writePieces(title, one.title, one.tints[0], true);
  else write(title, say("card.untitled", { id: one.id }));
  return el("header", {}, title, el("p", { class: "meta" }, languageTag(one.language), write(el("span", { class: "id" }), one.id)));
}

// One document in full; its answers can be walked by Tab.
function sheet(one, reachable) {
  const text = writePieces(spoken(el("p", { class: "sidebar-text" }), one.language), one.text, one.tints[1], reachable);
  return el("article", { class: "sheet" }, heading(one), text);
}

function translations(sheets, doc) {
  const cards = sheets.map((one) => {
    const card = sheet(one, false);
    card.classList.toggle("chosen", one.id === doc);
    return card;
  });
  const n = sheets.length - 1;
  const words = say(n === 0 ? "panel.alone" : n === 1 ? "panel.kin.one" : "panel.kin", { n });
  return [el("p", { class: "hint" }, words), el("div", { class: "kin" }, cards)];
}
