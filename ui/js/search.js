// The Search page: its parts put together, what they ask of the server, and what the URL remembers.

const TINTS_MS = 60; // after the answers: they are painted and their stream is closed first

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
  const notes = makeNotices();
  const gridNode = el("div", { class: "grid", id: "results" });
  const tabs = el("div", { class: "tabs", role: "group", "aria-label": say("column.tabs") });
  const help = makeHelp();
  const header = makeHeader({ onhelp: help.open, oncollection: (id) => follow(`?v=1&c=${encodeURIComponent(id)}`, true) });
  const box = makeQueryBox({ onask: () => ask() });
  const documents = makeDocumentPicker({ onask: () => askAgain() });
  const systems = makeSystemPicker({ onask: () => askAgain(), said, collection: () => page.collection.id, renamed: (old, name) => arranging.renamed(old, name) });
  const tints = new Tints((cards) => server.match_words({ ...asked(), cards }), (docs) => grid.paintTints(docs));
  const marks = makeMarkSwitch({ onchange: () => tint() });
  const tip = makePairTip({ language: () => asking.language });
  const view = makeViewSwitch({ onview: (on) => look(on) });
  const empty = makeEmpty({ onexample: example });
  const grades = new Grades({ grade: backed.heard(server.save_grade), undo: backed.heard(server.undo_grade), redo: backed.heard(server.redo_grade) }, {
    said,
    changed: (doc) => {
      grid.paintGrades(doc);
      ladder.regrade();
    },
    came: (doc) => grid.focus(grid.find(doc)),
  });
  const grid = new Grid(gridNode, tabs, { grades, tints }, {
    grade: give,
    open: (card, panel) => opening.toggle(card, panel),
    unfold,
    retry: () => ask(),
    at: (card) => opening.follow(card.dataset.doc, card.column),
    lit: (card) => joins.hold(card),
    painted: (column) => {
      moves.came(column);
      joins.shown();
    },
    strike,
    menu: (column, button) => arranging.open(column, button),
    unfoldColumn: (i) => arranging.fold(i),
  });
  const arranging = makeArranging({ grid, systems, said });
  const opening = makeOpening({ grid, ask: (name, data) => server[name]({ ...asked(), documents: page.state.documents, ...data }), back: (doc) => ladder.back(doc) });
  const moves = new Moves(grid);
  const joins = new Joins(grid);
  const strip = makeStrip({ onstop: () => stop(), onlanguage: (tag) => point(tag), view: view.node, lines: joins.button, marks: marks.node });
  const ladder = new LadderView({
    ask: (data) => server.read_ladder({ ...asked(), ...data }),
    on: { open: (doc, column, panel) => opening.turn({ doc, column, panel }), at: (doc, column) => opening.follow(doc, column), grades: (doc) => grades.of(doc).grade },
  });
  const skip = el("a", { class: "skip", href: "#results" }, say("skip"));
  skip.addEventListener("click", (event) => {
    event.preventDefault();
    (ladder.shown ? ladder : grid).move(0);
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

  const asked = () => ({ collection: page.collection.id, query: page.query.text, language: page.query.language });

  function begin() {
    arranging.shut(false);
    tints.clear();
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
    backed.show(page.backed);
    Object.assign(tongues, page.languages);
    for (const tag of Object.keys(page.collection.languages).sort()) colourOf(tag);
    showControls();
    notice(page.notes, page.error);
    if (page.unbuilt) notes.node.append(unbuiltNote(page));
    grid.scale = grades.scale = page.collection.grades;
    moves.begin(page.state.systems, page.kind === "follow" ? Number(page.state.reference) : undefined);
    ladder.begin();
    if (page.query) {
      asking.language = page.query.language;
      grades.load(page.query, page.grades);
      if (page.kind === "follow") arranging.restore(page.state);
      grid.begin(page.state.systems);
    } else grid.clear();
    if (!page.query || page.kind === "follow") opening.shut();
    empty.node.hidden = Boolean(page.query);
    if (!page.query) empty.show(page.collection);
    if (page.kind === "follow") {
      ladder.top = TOPS.includes(Number(page.state.top)) ? Number(page.state.top) : 20;
      look(page.state.view === "ladder");
    } else look(ladder.shown);
    showStrip();
    remember();
  });

  // What was asked cannot be searched: the sentence, and what was there stays.
  function refused({ notes: sentences, error }) {
    notice(sentences, error);
    for (const column of grid.columns) if (column.state === "running") grid.show({ ...column, state: "stopped" });
    showStrip();
    gridNode.dataset.done = "yes";
  }

  const showStrip = inFrame(() => {
    strip.show(grid.columns, page.collection, page.state.documents);
    ladder.show(grid.columns, grid.scale);
  });

  // The columns or the ladder, with the same document in hand.
  function look(on) {
    const within = [gridNode, ladder.node].some((node) => node.contains(document.activeElement));
    const doc = within ? (ladder.shown ? ladder.at : grid.current?.dataset.doc) : undefined;
    const changed = ladder.shown !== on;
    on &&= Boolean(page?.query);
    for (const node of [gridNode, tabs]) node.hidden = on;
    ladder.turn(on, doc);
    view.show(on);
    if (!changed) return;
    keepLooks(ladder.looks);
    if (within && on) ladder.go(ladder.current);
    if (within && !on) grid.focus(grid.find(doc));
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
    if (page.kind === "search" && unlooked(page.link) !== unlooked(location.search)) history.pushState(null, "", link);
    if (page.kind === "search") keepLooks({ ref: moves.look, ...ladder.looks });
    arranging.keep();
    document.title = page.query ? `${page.query.text.slice(0, 60)} · ${say("brand")}` : say("brand");
  }

  for (let i = 0; i < MOST_COLUMNS; i++) watch(`column${i}`, () => showColumn(JSON.parse(props[`column${i}`])));

  function showColumn(column) {
    if (!column || column.run !== run || column.state === "running" || !grid.columns[column.i]) return;
    grid.show({ ...column });
    showStrip();
    if (!running()) finish();
  }

  function finish() {
    const mine = run;
    const painted = () => {
      if (mine !== run) return;
      Object.assign(gridNode.dataset, { query: page.query.id, done: "yes", ms: Math.round(performance.now() - wanted) });
      setTimeout(tint, TINTS_MS);
    };
    requestAnimationFrame(() => setTimeout(painted));
    opening.restore(page);
  }

  function tint() {
    if (!marks.across() || !page?.query || gridNode.dataset.done !== "yes") return; // done: no newer search is on its way
    tints.load(grid.columns.flatMap((column) => column.hits));
  }

  function notice(sentences, error) {
    notes.show(sentences, error);
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

  // The text of a card in its place; of a long one the rest is asked for.
  async function unfold(card) {
    const open = !card.classList.contains("open");
    paintText(card, tints.of(card.hit), open, card.whole);
    if (!open || !card.hit.cut || card.whole) return;
    const answer = await server.read_text({ ...asked(), doc: card.hit.id, system: grid.columns[card.column].system }).catch(() => undefined);
    if (answer?.ok !== true || !card.isConnected) return;
    card.whole = answer.sheet;
    paintText(card, tints.of(card.hit), card.classList.contains("open"), card.whole);
  }

  // An added word is struck out of that column's system, or put back.
  async function strike(column, word, struck) {
    const answer = await server.strike_word({ system: column.system, word, struck }).catch(() => undefined);
    if (answer?.ok === true) systems.put(column.i, answer.system);
    else said(answer?.error || say("error.lost"), true);
  }

  element.append(
    skip,
    header.node,
    el("div", { class: "ask" }, box.node, el("div", { class: "controls" }, documents.node, systems.node)),
    notes.node,
    strip.node,
    tabs,
    gridNode,
    ladder.node,
    empty.node,
    opening.node,
    tip.node,
    arranging.node,
    live,
    help.node,
  );
  listen({ box, grid, gridNode, ladder, view, grades, help, opening, tip, stop, give, collection: () => page?.collection.id });
  window.addEventListener("popstate", () => element.isConnected && follow(location.search, false));
  const patience = () => new Promise((done) => setTimeout(done, 2000));
  const saved = () => (grades.takeUp(), Promise.race([grades.flush(), patience()]));
  person.come().then(saved).then(() => follow(location.search, false)); // what waited is saved before grades are read
}

window.babelscopeTheme.apply();
element.classList.add("babelscope");
makeSearch();
