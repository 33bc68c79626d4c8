// The Search page: its parts put together, what they ask of the server, and what the URL remembers.

function makeSearch() {
  // For a screen reader always; in sight where the page itself does not show it.
  const said = (sentence, insight) => {
    live.replaceChildren();
    write(live, sentence);
    live.classList.toggle("insight", Boolean(insight));
    clearTimeout(saying);
    saying = setTimeout(() => live.classList.remove("insight"), 5000);
  };
  const live = el("p", { class: "live", role: "status", "aria-live": "polite" });
  const notes = el("div", { class: "notes" });
  const gridNode = el("div", { class: "grid", id: "results" });
  const tabs = el("div", { class: "tabs", role: "group", "aria-label": say("column.tabs") });
  const help = makeHelp();
  const header = makeHeader({ onhelp: help.open, oncollection: (id) => follow(`?v=1&c=${encodeURIComponent(id)}`, true) });
  const box = makeQueryBox({ onask: () => ask() });
  const documents = makeDocumentPicker({ onask: () => askAgain() });
  const systems = makeSystemPicker({ onask: () => askAgain(), said });
  const strip = makeStrip({ onstop: () => stop(), onlanguage: (tag) => point(tag) });
  const empty = makeEmpty({ onexample: example });
  const grades = new Grades({ grade: server.save_grade, undo: server.undo_grade, redo: server.redo_grade }, {
    said,
    changed: (doc) => grid.paintGrades(doc),
    came: (doc) => grid.focus(grid.find(doc)),
  });
  const grid = new Grid(gridNode, tabs, grades, { grade: give, open: openCard, retry: () => ask() });
  const skip = el("a", { class: "skip", href: "#results" }, say("skip"));
  skip.addEventListener("click", (event) => {
    event.preventDefault();
    grid.move(0);
  });
  let page = null;
  let run = null;
  let wanted = null;
  let lost = 0;
  let saying = 0;

  // Asking

  function ask() {
    if (!page) return;
    const wish = {
      collection: page.collection.id,
      query: box.input.value,
      language: box.language.value,
      documents: documents.chosen(),
      systems: systems.chosen(),
    };
    begin();
    trigger("search", { wish: { ...wish, run, annotator: person.id } });
  }

  // A picker was changed: only with a query on screen is there something to ask again.
  function askAgain() {
    if (grid.columns.length && box.input.value.trim()) ask();
  }

  function example(text) {
    box.input.value = text;
    box.language.value = "";
    ask();
  }

  function follow(link, push) {
    begin();
    if (push) history.pushState(null, "", location.pathname + link);
    trigger("follow", { wish: { link, run, annotator: person.id } });
  }

  function begin() {
    if (running()) server.stop_search({ run });
    run = uuid4();
    Object.assign(gridNode.dataset, { done: "", ms: "" });
    wanted = performance.now();
    clearTimeout(lost);
    lost = setTimeout((asked) => asked === run && notice([], say("error.lost")), 20000, run);
  }

  function stop() {
    if (running()) server.stop_search({ run });
  }

  function running() {
    return grid.columns.some((column) => column.state === "running");
  }

  // Showing

  watch("page", () => {
    const came = props.page;
    if (!came || came.run !== run) return;
    clearTimeout(lost);
    if (came.error && came.kind === "search" && page) return refused(came);
    page = came;
    Object.assign(tongues, page.languages);
    for (const tag of Object.keys(page.collection.languages).sort()) colourOf(tag);
    showControls();
    notice(page.notes, page.error);
    grid.scale = grades.scale = page.collection.grades;
    if (page.query) {
      grades.load(page.query, page.grades);
      grid.begin(page.state.systems);
    } else grid.clear();
    empty.node.hidden = Boolean(page.query);
    if (!page.query) empty.show(page.collection);
    strip.show(grid.columns, page.collection);
    remember();
  });

  // What was asked cannot be searched: the sentence, and what was there stays.
  function refused({ notes: sentences, error }) {
    notice(sentences, error);
    for (const column of grid.columns) if (column.state === "running") grid.show({ ...column, state: "stopped" });
    strip.show(grid.columns, page.collection);
    gridNode.dataset.done = "yes";
  }

  function showControls() {
    const { state, collection, query } = page;
    header.show(page.collections, collection.id);
    if (page.kind === "follow") box.input.value = state.query;
    if (!query) {
      box.input.removeAttribute("lang");
      box.input.dataset.script = "";
    }
    box.show({ languages: page.query_languages, asked: state.language, query });
    documents.show(collection.languages, state.documents);
    systems.show(state.systems, page.suggested);
    help.show(collection.grades);
  }

  function remember() {
    const link = location.pathname + page.link;
    if (page.kind === "search" && unopened(page.link) !== unopened(location.search)) history.pushState(null, "", link);
    document.title = page.query ? `${page.query.text.slice(0, 60)} · ${say("brand")}` : say("brand");
  }

  function unopened(search) {
    const address = new URLSearchParams(search);
    address.delete("open");
    return address.toString();
  }

  for (let i = 0; i < MOST_COLUMNS; i++) watch(`column${i}`, () => showColumn(props[`column${i}`]));

  function showColumn(column) {
    if (!column || column.run !== run || column.state === "running" || !grid.columns[column.i]) return;
    grid.show({ ...column });
    strip.show(grid.columns, page.collection);
    if (!running()) finish();
  }

  function finish() {
    Object.assign(gridNode.dataset, { query: page.query.id, done: "yes" });
    requestAnimationFrame(() => setTimeout(() => (gridNode.dataset.ms = Math.round(performance.now() - wanted)))); // painted
    const open = page.state.open && grid.find(page.state.open);
    if (open && !open.classList.contains("open")) {
      grid.current = open;
      openCard(open);
      open.scrollIntoView({ block: "nearest" });
    }
  }

  function notice(sentences, error) {
    const line = (text, kind) => {
      const shut = el("button", { type: "button", class: "quiet cross", "aria-label": say("note.dismiss"), title: say("note.dismiss") }, "×");
      const node = el("p", { class: kind, role: kind === "error" ? "alert" : "status" }, write(el("span"), text), shut);
      shut.addEventListener("click", () => node.remove());
      return node;
    };
    notes.replaceChildren(...(error ? [line(error, "error")] : []), ...sentences.map((text) => line(text, "note")));
    if (error) box.input.setAttribute("aria-invalid", "true");
    else box.input.removeAttribute("aria-invalid");
  }

  function point(tag) {
    gridNode.classList.toggle("pointing", Boolean(tag));
    for (const cell of gridNode.querySelectorAll(".ranks i")) cell.classList.toggle("on", cell.dataset.language === tag);
  }

  // What one does with a card

  function give(card, value) {
    if (grid.stale || !page.query) return;
    const again = grades.of(card.dataset.doc).grade === value && value !== null;
    if (again) grades.flush();
    else grades.give(card.dataset.doc, value, { system: grid.columns[card.column].system, rank: card.hit.rank, collection: page.collection.id });
    grid.focus(card, true);
  }

  async function openCard(card) {
    const open = !card.classList.contains("open");
    const { id } = card.hit;
    card.toggleAttribute("data-open", open);
    paintText(card, open);
    const address = new URLSearchParams(location.search);
    if (open) address.set("open", id);
    else if (address.get("open") === id) address.delete("open");
    history.replaceState(null, "", `${location.pathname}?${readable(address)}`);
    if (!open || !card.hit.cut) return;
    const { collection, query } = page;
    const answer = await server.read_text({ collection: collection.id, doc: id, query: query.text, language: query.language });
    if (answer?.ok === true && card.isConnected && card.classList.contains("open")) paintText(card, true, answer.text);
  }

  const readable = (address) => address.toString().replace(/%3B/g, ";").replace(/%3A/g, ":").replace(/%2C/g, ",").replace(/%28/g, "(").replace(/%29/g, ")");

  element.append(
    skip,
    header.node,
    el("div", { class: "ask" }, box.node, el("div", { class: "controls" }, documents.node, systems.node)),
    notes,
    strip.node,
    tabs,
    gridNode,
    empty.node,
    live,
    help.node,
  );
  listen({ box, grid, gridNode, grades, help, stop, give, openCard, collection: () => page?.collection.id });
  window.addEventListener("popstate", () => element.isConnected && follow(location.search, false));
  const patience = new Promise((done) => setTimeout(done, 2000));
  Promise.race([grades.flush(), patience]).then(() => follow(location.search, false)); // what waited is saved before grades are read
}

window.babelscopeTheme.apply();
element.classList.add("babelscope");
makeSearch();
