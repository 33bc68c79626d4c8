// Languages by languages: one number a cell, how far from perfect as its tint. A table, walked by the arrow keys.

const METRICS = {
  retrieval: { name: "metric.retrieval", about: "metric.retrieval.info", of: ([retrieval]) => retrieval, perfect: 1 },
  margin: { name: "metric.margin", about: "metric.margin.info", of: ([, margin]) => margin, perfect: 0, cited: true },
  cosine: { name: "metric.cosine", about: "metric.cosine.info", of: ([, , matched, random]) => matched - random, perfect: 1 },
};

// .812, 1.000, −.017
function measured(value) {
  const text = Math.abs(value).toFixed(3).replace(/^0\./, ".");
  return value < 0 && !/^\.0+$/.test(text) ? `−${text}` : text;
}

// 14.8 %
function share(value) {
  const percent = 100 * value;
  return `${percent === 0 || percent === 100 ? percent : percent.toFixed(1)} %`;
}

// The square root spreads what is nearly perfect, where most cells are; the scale below the matrix says what is what.
function tintOf(value, perfect) {
  return Math.sqrt(Math.min(1, Math.abs(perfect - value)));
}

// A small "i" that opens what something is and where it comes from.
function about(name, words, source) {
  const button = el("button", { type: "button", class: "about-it", "aria-label": say("align.about", { name }), title: say("align.about", { name }) }, "i");
  return popover(button, el("div", { class: "definition" }, el("b", {}, name), el("p", {}, words), el("p", { class: "hint" }, source)));
}

class Matrix {
  // on: {pair(asked, answering), metric(name)}
  constructor(on) {
    this.on = on;
    this.metric = "retrieval";
    this.pair = null;
    this.at = [0, 1];
    this.tabs = el("div", { class: "metrics", role: "group", "aria-label": say("matrix.measure") });
    this.table = el("table", { class: "matrix", role: "grid" });
    this.scale = el("div", { class: "scale" });
    this.table.addEventListener("keydown", (event) => this.onkey(event));
    const control = about(say("matrix.control.name"), say("matrix.control.info"), say("align.own", { file: "study" }));
    this.node = el("div", {}, this.tabs, el("div", { class: "scroll", tabindex: -1 }, this.table), el("div", { class: "under" }, this.scale, el("span", { class: "control-name" }, say("matrix.control.name"), control)));
  }

  show(study) {
    this.study = study;
    this.paintTabs();
    this.paint();
  }

  paintTabs() {
    const tabs = Object.entries(METRICS).map(([name, { name: key, about: words, cited }]) => {
      const source = cited ? say("align.source", { source: this.study.source }) : say("align.own", { file: "measures" });
      const button = el("button", { type: "button", class: "metric", "data-metric": name, onclick: () => this.choose(name) }, say(key));
      return el("span", { class: "with-info" }, button, about(say(key), say(words), source));
    });
    this.tabs.replaceChildren(...tabs);
  }

  choose(name) {
    this.metric = name;
    this.paint();
    this.on.metric(name);
  }

  paint() {
    const { languages, cells } = this.study;
    const { name } = METRICS[this.metric];
    for (const button of this.tabs.querySelectorAll(".metric")) button.setAttribute("aria-pressed", String(button.dataset.metric === this.metric));
    const head = (tag, scope) => el("th", { scope, title: tongue(tag).name }, marker(tag), el("span", { class: "tag" }, tag));
    const rows = languages.map((asked, i) => el("tr", {}, head(asked, "row"), languages.map((answering, j) => this.cell(i, j, cells[i][j]))));
    const foot = [["matrix.mean", this.study.mean], ["matrix.control", this.study.control]].map(([key, columns]) =>
      el("tr", { class: key === "matrix.control" ? "control" : "" }, el("th", { scope: "row" }, say(key)), columns.map((cell) => this.filled(el("td", { role: "gridcell" }), cell))),
    );
    this.table.replaceChildren(
      el("caption", { class: "live" }, say("matrix.caption", { name: say(name) })),
      el("thead", {}, el("tr", {}, el("td", { class: "corner" }, say("matrix.corner")), languages.map((tag) => head(tag, "col")))),
      el("tbody", {}, rows),
      el("tfoot", {}, foot),
    );
    this.paintScale();
    this.mark();
  }

  cell(i, j, cell) {
    const { languages } = this.study;
    const [asked, answering] = [languages[i], languages[j]];
    const node = el("td", { role: "gridcell", tabindex: -1, "data-at": `${i},${j}`, "aria-selected": "false" });
    if (!cell) {
      node.title = i === j ? say("matrix.same") : say("matrix.absent", { asked, answering });
      node.append(el("span", { class: "none", "aria-label": node.title }, i === j ? "·" : "–"));
      node.addEventListener("focus", () => (this.at = [i, j]));
      return node;
    }
    const numbers = { asked, answering, value: measured(METRICS[this.metric].of(cell)), matched: measured(cell[2]), random: measured(cell[3]), n: cell[4] };
    node.title = say(this.metric === "cosine" ? "matrix.both" : "matrix.cell", numbers);
    node.classList.add("full");
    node.dataset.pair = `${asked}-${answering}`;
    node.addEventListener("click", () => this.on.pair(asked, answering));
    node.addEventListener("focus", () => (this.at = [i, j]));
    return this.filled(node, cell);
  }

  filled(node, cell) {
    if (!cell) return node;
    const { of, perfect } = METRICS[this.metric];
    node.style.setProperty("--far-by", tintOf(of(cell), perfect).toFixed(3));
    node.classList.toggle("perfect", of(cell) === perfect);
    node.append(el("span", { class: "value" }, measured(of(cell))), el("span", { class: "n" }, String(cell[4])));
    return node;
  }

  paintScale() {
    const { perfect } = METRICS[this.metric];
    const steps = [0, 0.05, 0.2, 0.5, 1].map((far) => {
      const value = perfect - (perfect ? far : -far);
      const step = el("span", { class: "step" }, measured(value));
      step.style.setProperty("--far-by", tintOf(value, perfect).toFixed(3));
      return step;
    });
    this.scale.replaceChildren(el("span", { class: "hint" }, say("matrix.scale")), ...steps);
  }

  select(pair) {
    this.pair = pair;
    if (pair && this.study) this.at = pair.map((tag) => this.study.languages.indexOf(tag));
    if (this.study) this.mark();
  }

  // One Tab stop for the whole table: the cell that was there last.
  mark() {
    const chosen = this.pair?.join("-");
    for (const cell of this.table.querySelectorAll("tbody td")) {
      cell.tabIndex = cell.dataset.at === this.at.join(",") ? 0 : -1;
      cell.setAttribute("aria-selected", String(Boolean(chosen) && cell.dataset.pair === chosen));
    }
    if (!this.table.querySelector("tbody td[tabindex='0']")) this.at = [0, 0];
  }

  move(down, right) {
    const last = this.study.languages.length - 1;
    this.at = [this.at[0] + down, this.at[1] + right].map((place) => Math.max(0, Math.min(last, place)));
    this.mark();
    const cell = this.table.querySelector(`td[data-at='${this.at.join(",")}']`);
    cell?.focus({ preventScroll: true });
    cell?.scrollIntoView({ block: "nearest", inline: "nearest" });
  }

  onkey(event) {
    const mirror = getComputedStyle(this.table).direction === "rtl" ? -1 : 1;
    const steps = { next: [1, 0], previous: [-1, 0], right: [0, mirror], left: [0, -mirror] };
    const command = event.key === " " ? "open" : commandOf(event);
    if (!event.target.closest("tbody td") || typeof command !== "string") return;
    if (steps[command]) this.move(...steps[command]);
    else if (command === "open") event.target.click();
    else return;
    event.preventDefault();
  }
}
