// The columns side by side: filled as systems answer, walked by keyboard, one Tab stop for all cards.

const LONG_NAME = 32;
const LEAST_PX = 260; // of an open column; where they do not fit, the page scrolls sideways
const FOLDED_PX = 44;
const GAP_PX = 20;
const SCROLLBAR_PX = 16;
const PATIENCE_MS = 150; // an answer that comes sooner replaces the old cards without a skeleton between

// Once in the next frame, however often it is asked for: columns that answer together are one piece of work.
function inFrame(act) {
  let asked = false;
  return () => {
    if (asked) return;
    asked = true;
    requestAnimationFrame(() => {
      asked = false;
      act();
    });
  };
}

class Grid {
  // on: {grade(card, value), open(card, panel), unfold(card), retry(), at(card), strike(…)}; grades: Grades; tints: Tints
  constructor(node, tabs, { grades, tints }, on) {
    Object.assign(this, { node, tabs, grades, tints, on });
    this.paintPlacesSoon = inFrame(() => this.paintAllPlaces());
    this.opened = new Set(); // columns whose list of added words is open
    this.columns = [];
    this.sections = [];
    this.scale = [];
    this.at = [0, 0]; // column, card
    this.folded = new Set(); // systems whose column is a narrow strip
    this.pinned = ""; // the system whose column stays in sight, if it is the first
    this.follows = null; // the column that a moved one becomes, and the document one was at
    node.addEventListener("focusin", (event) => {
      const card = event.target.closest("article.card");
      if (!card) return;
      this.current = card;
      this.light(card);
      this.on.at(card);
    });
    node.addEventListener("focusout", () => this.light(null));
    node.addEventListener("pointerover", (event) => this.light(event.target.closest("article.card")));
    node.addEventListener("pointerleave", () => this.light(null));
    node.addEventListener("scroll", () => this.follow(), { passive: true });
    const resized = () => (element.isConnected ? this.lay() : window.removeEventListener("resize", resized));
    window.addEventListener("resize", resized);
  }

  // Makes room for a new search. Old cards stay, dimmed, until their column answers or patience ends.
  begin(names) {
    this.stale = true;
    this.node.classList.add("stale");
    while (this.sections.length > names.length) this.sections.pop().remove();
    while (this.sections.length < names.length) {
      const i = this.sections.length;
      this.sections.push(el("section", { class: "column", "aria-labelledby": `head-${i}` }));
      this.node.append(this.sections[i]);
    }
    this.columns = names.map((system, i) => ({ i, system, state: "running", hits: [], order: [], ranks: new Map() }));
    this.node.style.setProperty("--columns", names.length);
    this.node.classList.toggle("tall", names.length > 2 && names.some((name) => name.length > LONG_NAME)); // all heads alike
    this.node.classList.toggle("crossing", names.some(crossesLanguages));
    this.lay();
    this.makeTabs();
    clearTimeout(this.patience);
    const fresh = this.sections.some((section) => !section.childElementCount);
    if (fresh) this.settle();
    else this.patience = setTimeout(() => this.settle(), PATIENCE_MS);
  }

  // How wide each column is, and whether the page has to scroll sideways for it.
  lay() {
    const folded = this.columns.map(({ system }) => this.folded.has(system));
    const shut = folded.filter(Boolean).length;
    const least = (folded.length - shut) * LEAST_PX + shut * FOLDED_PX + (folded.length - 1) * GAP_PX;
    const edge = Math.min(52, Math.max(14, 0.032 * innerWidth)); // --edge of columns.css; reading it would lay out the page
    this.node.style.setProperty("--tracks", folded.map((on) => (on ? `${FOLDED_PX}px` : "minmax(0, 1fr)")).join(" "));
    element.style.setProperty("--least", `${least}px`);
    element.classList.toggle("wide", least > innerWidth - 2 * edge - SCROLLBAR_PX && matchMedia("(min-width: 900px)").matches);
    this.sections.forEach((section, i) => {
      const turned = section.classList.contains("folded") !== folded[i];
      section.classList.toggle("folded", folded[i]);
      if (turned) this.paint(this.columns[i]);
      section.classList.toggle("pinned", i === 0 && this.pinned === this.columns[0]?.system);
    });
  }

  // Skeletons for what has not answered.
  settle() {
    this.stale = false;
    this.node.classList.remove("stale");
    for (const column of this.columns) if (column.state === "running") this.paint(column);
  }

  show(column) {
    column.ranks = new Map(column.order.map((id, at) => [id, at + 1]));
    this.columns[column.i] = column;
    this.paint(column);
    if (this.columns.every((other) => other.state !== "running")) {
      clearTimeout(this.patience);
      this.node.classList.remove("stale");
      this.stale = false;
    }
    this.paintPlacesSoon();
    this.tend();
  }

  paint(column) {
    const section = this.sections[column.i];
    this.on.painted(column);
    const focused = section.contains(document.activeElement);
    if (focused && document.activeElement.closest(".added-words")) this.striking = column.i; // through skeletons too
    section.dataset.state = column.state;
    if (this.folded.has(column.system)) return section.replaceChildren(foldedHead(column, () => this.on.unfoldColumn(column.i)));
    const step = (rank) => this.focus(this.cardsOf(column.i)[rank - 1]);
    const added = makeAdded(column, { opened: this.opened, strike: this.on.strike });
    section.replaceChildren(makeHead(column, { onretry: this.on.retry, onstep: step, onmenu: this.on.menu }), added);
    if (column.state === "running") section.append(skeletons());
    if (column.state === "stopped") section.append(el("p", { class: "quietly" }, say("column.stopped")));
    if (column.state === "done") section.append(this.feed(column));
    if (this.striking === column.i && column.state === "done") {
      this.striking = null;
      if (focused || document.activeElement === document.body) added.querySelector("button:enabled")?.focus();
    } else if (this.follows?.column === column.i && column.state !== "running") {
      const cards = this.cardsOf(column.i);
      const card = cards.find((one) => one.dataset.doc === this.follows.doc) || cards[0];
      this.follows = null;
      if (card) this.focus(card);
      else section.querySelector(".more").focus();
    } else if (focused && !this.follows) this.focus(this.cardsOf(column.i)[0], true);
  }

  feed(column) {
    if (!column.hits.length) return el("p", { class: "quietly" }, say("column.empty"));
    const on = {
      scale: this.scale,
      total: column.hits.length,
      ongrade: (card, value) => this.on.grade(card, value),
      tints: this.tints,
      onopen: (card, panel) => this.on.open(card, panel),
      onunfold: (card) => this.on.unfold(card),
      onplace: (i, doc) => this.focus(this.cardsOf(i).find((card) => card.dataset.doc === doc)),
    };
    const cards = column.hits.map((hit) => makeCard(hit, column, on));
    for (const card of cards) paintGrade(card, this.grades.of(card.dataset.doc), this.scale);
    return el("div", { class: "feed", role: "feed", "aria-label": say("column.feed", { system: column.system }) }, cards);
  }

  paintAllPlaces() {
    for (const card of this.node.querySelectorAll("article.card")) paintPlaces(card, this.columns);
  }

  // The texts of these documents again, with the tints that came.
  paintTints(docs) {
    for (const card of this.node.querySelectorAll("article.card")) {
      if (docs.has(card.dataset.doc)) paintText(card, this.tints.of(card.hit), card.classList.contains("open"), card.whole);
    }
  }

  // The same document in every column, and its translations where the switch is on.
  light(card) {
    if (this.lit === card) return;
    this.lit = card;
    for (const other of this.node.querySelectorAll("article.card")) {
      const same = Boolean(card) && other.dataset.doc === card.dataset.doc;
      other.classList.toggle("same", same && other !== card);
      other.classList.toggle("kin", Boolean(card?.dataset.group) && !same && other.dataset.group === card.dataset.group);
    }
    this.on.lit(card);
  }

  paintGrades(doc) {
    for (const card of this.node.querySelectorAll("article.card")) {
      if (doc === undefined || card.dataset.doc === doc) paintGrade(card, this.grades.of(card.dataset.doc), this.scale);
    }
  }

  clear() {
    clearTimeout(this.patience);
    element.classList.remove("wide");
    this.columns = [];
    this.sections = [];
    this.node.replaceChildren();
    this.tabs.replaceChildren();
    this.node.classList.remove("stale");
  }

  // Walking

  cardsOf(i) {
    return Array.from(this.sections[i]?.querySelectorAll("article.card") || []);
  }

  get current() {
    return this.cardsOf(this.at[0])[this.at[1]] || null;
  }

  set current(card) {
    const old = this.current;
    this.at = [card.column, Number(card.dataset.rank) - 1];
    if (old && old !== card) this.reachable(old, -1);
    this.reachable(card, 0);
    this.paintTabs();
  }

  reachable(card, tabindex) {
    card.tabIndex = tabindex;
    for (const part of card.querySelectorAll(".grade, button.place, .why")) part.tabIndex = tabindex;
  }

  // One card is always reachable by Tab.
  tend() {
    if (this.node.querySelector('article.card[tabindex="0"]')) return;
    const first = this.current || this.node.querySelector("article.card");
    if (first) this.current = first;
  }

  focus(card, quietly) {
    if (!card) return;
    card.focus({ preventScroll: true });
    if (!quietly) card.scrollIntoView({ block: "nearest", inline: "nearest" });
  }

  move(by) {
    const cards = this.cardsOf(this.at[0]);
    if (!this.node.contains(document.activeElement)) return this.focus(this.current || cards[0]);
    this.focus(cards[Math.max(0, Math.min(cards.length - 1, this.at[1] + by))]);
  }

  // To the same height in the next column that has cards.
  turn(by) {
    for (let i = this.at[0] + by; i >= 0 && i < this.sections.length; i += by) {
      const cards = this.cardsOf(i);
      if (cards.length) return this.focus(cards[Math.min(this.at[1], cards.length - 1)]);
    }
  }

  // The copy of a document in the column one is in, else the first there is.
  find(doc) {
    const copies = Array.from(this.node.querySelectorAll("article.card")).filter((card) => card.dataset.doc === doc);
    return copies.find((card) => card.column === this.at[0]) || copies[0];
  }

  // The narrow page shows one column at a time; the tabs say which, and go there.

  makeTabs() {
    const tabs = this.columns.map((column) =>
      el(
        "button",
        { type: "button", class: "tab", title: column.system, onclick: () => this.go(column.i) },
        el("span", { class: "number" }, String(column.i + 1)),
        systemName(column.system),
      ),
    );
    this.tabs.replaceChildren(...tabs);
    this.paintTabs();
  }

  paintTabs() {
    const shown = this.shown ?? this.at[0];
    Array.from(this.tabs.children, (tab, i) => tab.setAttribute("aria-pressed", String(i === shown)));
  }

  go(i) {
    this.sections[i]?.scrollIntoView({ block: "nearest", inline: "start" });
  }

  follow() {
    const width = this.node.clientWidth || 1;
    const shown = Math.round(Math.abs(this.node.scrollLeft) / width);
    if (this.node.scrollWidth > width + 1 && shown !== this.shown) {
      this.shown = shown;
      this.paintTabs();
    }
  }
}
