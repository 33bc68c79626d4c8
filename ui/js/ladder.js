// The rank ladder: all lists as scales, documents as lines through them. One Tab stop; the arrow keys walk.

const TOPS = [10, 20, 50];

class LadderView {
  // ask(data): titles and judgments; on: {open(doc, column, panel), at(doc, column), grades(doc)}
  constructor({ ask, on }) {
    Object.assign(this, { ask, on, columns: [], grades: null, scale: [], top: 20, shown: false, hand: null, at: null, only: null, waiting: 0 });
    this.known = new Map(); // id → {language, title}
    this.judged = null; // id → grade, where the collection judges the query
    this.by = "own";
    this.readout = el("div", { class: "readout" });
    this.frame = el("div", { class: "ladder-frame", tabindex: 0, role: "region", "aria-label": say("ladder.frame") });
    this.legend = makeLadderLegend({ onlimit: (tag) => this.limit(tag) });
    this.table = makeLadderTable();
    this.sources = makeGradeSources({
      onpick: (by) => {
        Object.assign(this, { by, chosen: true });
        this.paintGrades();
      },
    });
    this.depths = el("span", { class: "switch", role: "group", "aria-label": say("ladder.depth") }, TOPS.map((n) => el("button", { type: "button", class: "plain", "data-top": n, onclick: () => this.depth(n) }, String(n))));
    this.node = el(
      "section",
      { class: "ladder", hidden: true, "aria-label": say("ladder.title") },
      el("div", { class: "line" }, this.readout, el("div", { class: "aside" }, this.sources.node, el("span", { class: "key" }, say("ladder.first")), this.depths)),
      this.frame,
      this.legend.node,
      this.table.node,
    );
    this.listen();
  }

  listen() {
    const documentAt = (event) => event.target.closest?.(".document");
    this.frame.addEventListener("pointerover", (event) => this.take(documentAt(event) ?? null));
    this.frame.addEventListener("pointerleave", () => this.take(this.frame.contains(document.activeElement) ? documentAt({ target: document.activeElement }) : null));
    this.frame.addEventListener("focusin", (event) => {
      const point = event.target.closest(".point");
      if (!point) return;
      this.reachable(point);
      this.take(point.parentNode);
      this.on.at(point.one.id, this.lists[Number(point.dataset.list)].i);
    });
    this.frame.addEventListener("click", (event) => {
      const drawn = documentAt(event);
      if (!drawn) return;
      const point = event.target.closest(".point") ?? drawn.querySelector(".point");
      point.focus({ preventScroll: true });
      this.open("text");
    });
    this.frame.addEventListener("keydown", (event) => {
      if (event.key !== " " || !event.target.closest(".point")) return;
      event.preventDefault();
      this.open("text");
    });
    new ResizeObserver(() => this.shown && this.frame.clientWidth !== this.drawnWidth && this.later()).observe(this.frame);
  }

  // What is on screen changed: lists came, or another search begins.
  show(columns, scale) {
    Object.assign(this, { columns, scale });
    const running = columns.every((column) => column.state === "running");
    this.node.classList.toggle("stale", running); // what was drawn stays until a list comes
    if (this.shown && !running) this.later();
  }

  begin() {
    Object.assign(this, { judged: null, asked: null, only: null, by: "own", chosen: false });
    this.known.clear();
    this.node.dataset.done = "";
  }

  learn(id, language, title) {
    this.known.set(id, { language, title: title.trim() || say("card.untitled", { id }) });
  }

  turn(on, doc) {
    this.shown = on;
    this.node.hidden = !on;
    element.dataset.view = on ? "ladder" : "columns";
    if (!on) return;
    this.at = doc ?? this.at;
    this.draw(doc);
  }

  depth(n) {
    this.top = n;
    keepLooks(this.looks);
    this.draw();
  }

  // Its parts of the URL.
  get looks() {
    return { view: this.shown ? "ladder" : "", top: this.top === 20 ? "" : String(this.top) };
  }

  later() {
    this.waiting ||= requestAnimationFrame(() => this.draw());
  }

  // held: the document in hand; as it was, where none is named.
  draw(held = this.hand?.dataset.doc) {
    cancelAnimationFrame(this.waiting);
    this.waiting = 0;
    const focused = this.frame.contains(document.activeElement);
    const point = focused ? document.activeElement.closest(".point") : null;
    this.lists = this.columns.filter(({ state }) => state === "done" || state === "running");
    if (getComputedStyle(element).direction === "rtl") this.lists.reverse();
    for (const { hits } of this.lists) for (const hit of hits) this.learn(hit.id, hit.language, hit.title.map(([text]) => text).join(""));
    this.drawnWidth = this.frame.clientWidth;
    this.documents = this.laid();
    this.plan = this.documents.length ? ladderFrame(this.lists, this.top, this.drawnWidth) : null;
    this.frame.replaceChildren(this.plan ? ladderPlot(this.lists, this.documents, this.plan) : el("p", { class: "quietly" }, say(this.columns.some((column) => column.state === "running") ? "column.running" : "column.empty")));
    for (const button of this.depths.children) button.setAttribute("aria-pressed", String(Number(button.dataset.top) === this.top));
    this.legend.show(this.documents);
    this.sources.show(this.by, this.judged);
    this.table.show(this.lists, this.documents);
    this.paintOnly();
    this.hand = null;
    const again = this.pointOf(point?.one.id ?? this.at, point?.dataset.list) ?? this.frame.querySelector(".point");
    if (again) this.reachable(again);
    if (point && again) again.focus({ preventScroll: true });
    else if (held) this.take(this.documentOf(held));
    if (!this.hand) this.paintReadout(null);
    this.complete();
  }

  // Every document of the first ranks, with its rank in each list as deep as that is known.
  laid() {
    const ids = new Set(this.lists.flatMap((list) => list.order.slice(0, this.top)));
    const known = [...ids].filter((id) => this.known.has(id));
    return known.map((id) => ({ id, ...this.known.get(id), ...this.graded(id), ranks: this.lists.map((list) => list.ranks.get(id)) }));
  }

  // Its grade by whom the lines are thick, null where there is none, and its step.
  graded(id) {
    const grade = (this.by === "own" ? this.on.grades(id) : this.judged?.[id]) ?? null;
    return { grade, step: grade === null || !this.scale.length ? 0 : stepOf(grade, this.scale) };
  }

  // Grades changed: the same lines in other widths.
  paintGrades() {
    for (const one of this.documents) Object.assign(one, this.graded(one.id));
    for (const node of this.frame.querySelectorAll(".document")) {
      const { step } = node.querySelector(".point").one;
      node.dataset.step = step;
      const line = node.querySelector(".line");
      if (line) line.style.strokeWidth = WIDTHS[step];
    }
    this.sources.show(this.by, this.judged);
    this.table.show(this.lists, this.documents);
    this.paintReadout(this.hand?.querySelector(".point").one);
  }

  // Titles below the cards, and judgments: asked for once, after the first drawing.
  async complete() {
    const docs = [...new Set(this.lists.flatMap((list) => list.order.slice(0, this.top)))];
    if (this.columns.some((column) => column.state === "running")) return;
    const wanted = docs.join("\n");
    if (!docs.length || this.asked === wanted) return;
    this.asked = wanted;
    const answer = await this.ask({ docs }).catch(() => undefined);
    if (this.asked !== wanted || answer?.ok !== true) return;
    const news = Object.entries(answer.documents).filter(([id]) => !this.known.has(id));
    for (const [id, [language, title]] of news) this.learn(id, language, title);
    if (!this.chosen) this.by = !answer.judged || docs.some((id) => this.on.grades(id) !== null) ? "own" : "collection";
    this.judged = answer.judged;
    this.node.dataset.done = "yes";
    if (news.length && this.shown) this.draw();
    else this.paintGrades();
  }

  regrade() {
    if (this.shown && this.by === "own") this.paintGrades();
  }

  // One document in hand: the others fade, its title and its ranks are said.

  take(drawn) {
    const plot = this.frame.firstElementChild;
    if (!this.plan || this.hand === drawn) return;
    this.hand?.classList.remove("on");
    this.hand = drawn;
    drawn?.classList.add("on");
    plot.classList.toggle("holding", Boolean(drawn));
    const one = drawn && drawn.querySelector(".point").one;
    plot.querySelector(".hand").replaceChildren(...(one ? inHand(one, this.plan) : []));
    this.paintReadout(one);
  }

  paintReadout(one) {
    if (!one) return void this.readout.replaceChildren(el("span", { class: "hint" }, say("ladder.hint")));
    const title = write(spoken(el("bdi", { class: "title" }), one.language), one.title);
    const ranks = this.lists.map(({ i, system }, at) => el("span", { class: "rung", title: system }, el("span", { class: "key" }, `${i + 1}`), " ", el("span", { class: "number" }, one.ranks[at] ? String(one.ranks[at]) : "–")));
    const given = this.scale.find((step) => step.value === one.grade);
    this.readout.replaceChildren(languageTag(one.language), title, el("span", { class: "rungs" }, ranks), given ? el("span", { class: "given" }, `${given.value} · ${given.name}`) : "");
  }

  // Walking: along a list, or with the document to the next list that has it.

  get current() {
    return this.frame.querySelector('.point[tabindex="0"]');
  }

  reachable(point) {
    this.current?.setAttribute("tabindex", -1);
    point.setAttribute("tabindex", 0);
    this.at = point.one.id;
  }

  documentOf(id) {
    return Array.from(this.frame.querySelectorAll(".document")).find((node) => node.dataset.doc === id) ?? null;
  }

  pointOf(id, list) {
    const points = Array.from(this.documentOf(id)?.querySelectorAll(".point") ?? []);
    return points.find((point) => point.dataset.list === list) ?? points[0];
  }

  pointAt(list, rank) {
    return this.frame.querySelector(`.point[data-list="${list}"][data-rank="${rank}"]`);
  }

  go(point) {
    if (!point) return;
    point.focus({ preventScroll: true });
    point.scrollIntoView({ block: "nearest", inline: "nearest" });
  }

  // To the document, when the panel beside the ladder was shut.
  back(doc) {
    if (this.shown) this.go(this.pointOf(doc) ?? this.current);
    return this.shown;
  }

  move(by) {
    const here = this.current;
    if (!here || !this.node.contains(document.activeElement)) return this.go(here);
    for (let rank = Number(here.dataset.rank) + by; rank > 0 && rank <= this.top; rank += by) {
      const point = this.pointAt(here.dataset.list, rank);
      if (point && !point.parentNode.classList.contains("off")) return this.go(point);
    }
  }

  turnList(by) {
    const here = this.current;
    if (!here || !this.frame.contains(document.activeElement)) return this.go(here);
    const from = Number(here.dataset.list);
    for (let at = from + by; at >= 0 && at < this.lists.length; at += by) {
      if (within(here.one.ranks[at], this.top)) return this.go(this.pointAt(at, here.one.ranks[at]));
    }
    for (let rank = Number(here.dataset.rank); rank > 0; rank--) {
      const point = this.pointAt(from + by, rank);
      if (point) return this.go(point);
    }
  }

  open(panel) {
    const point = this.current;
    if (!point || !this.frame.contains(document.activeElement)) return false;
    this.on.open(point.one.id, this.lists[Number(point.dataset.list)].i, panel);
    return true;
  }

  // Only the documents of one language, or all again.
  limit(tag) {
    this.only = this.only === tag ? null : tag;
    this.paintOnly();
  }

  paintOnly() {
    this.legend.press(this.only);
    for (const node of this.frame.querySelectorAll(".document")) node.classList.toggle("off", Boolean(this.only) && node.dataset.language !== this.only);
  }
}
