// The map: a point for each document, in the colour and shape of its language; lines join translations. It holds no text.

const MOST_DRAWN = 3000; // as SVG; more points are drawn by WebGL
const FAINT = 0.16;

function loadPlotly() {
  loadPlotly.once ??= new Promise((done) => {
    const script = el("script", { src: props.plotly ? `./${props.plotly}` : null, onload: () => done(window.Plotly), onerror: () => done(null) });
    if (props.plotly) document.head.append(script);
    else done(null);
  });
  return loadPlotly.once;
}

// Base64 of little-endian numbers, as Python packs them.
function unpacked(text, Kind) {
  return new Kind(Uint8Array.from(atob(text), (character) => character.charCodeAt(0)).buffer);
}

function unpackedPoints(sent) {
  const [x, y] = [unpacked(sent.x, Float32Array), unpacked(sent.y, Float32Array)];
  const [language, group] = [unpacked(sent.language, Uint16Array), unpacked(sent.group, Uint32Array)];
  return Array.from(x, (_, at) => ({ at, x: x[at], y: y[at], language: sent.languages[language[at]], group: sent.groups[group[at]] }));
}

class DocumentMap {
  constructor({ onpoint }) {
    this.onpoint = onpoint;
    this.points = [];
    this.hidden = new Set();
    this.star = []; // places: the open document first, then its translations
    this.pair = null; // {asked, answering, missed: Set of groups}
    this.plot = el("div", { class: "plot", role: "img" });
    this.tip = el("div", { class: "tip", hidden: true });
    this.probe = el("i", { hidden: true });
    this.legend = el("div", { class: "legend", role: "group", "aria-label": say("map.legend") });
    this.hint = el("p", { class: "hint" });
    this.ends = el("span", { class: "ends" });
    this.state = el("p", { class: "drawing hint", role: "status" });
    this.node = el("div", { class: "map" }, el("div", { class: "frame" }, this.plot, this.state, this.tools(), this.tip), this.legend, el("div", { class: "below" }, this.hint, this.ends), this.probe);
    const wheel = (event) => event.ctrlKey || event.metaKey || event.stopPropagation(); // else the page scrolls
    this.plot.addEventListener("wheel", wheel, { capture: true, passive: true });
    new ResizeObserver(() => this.drawn && window.Plotly.Plots.resize(this.plot)).observe(this.plot);
    const repaint = () => requestAnimationFrame(() => this.drawn && this.draw());
    new MutationObserver(repaint).observe(document.documentElement, { attributes: true, attributeFilter: ["data-theme"] });
    matchMedia("(prefers-color-scheme: dark)").addEventListener("change", repaint);
  }

  tools() {
    const tool = (key, sign, act) => el("button", { type: "button", class: "tool", title: say(key), "aria-label": say(key), onclick: act }, sign);
    return el("div", { class: "tools" }, tool("map.in", "+", () => this.zoom(0.7)), tool("map.out", "−", () => this.zoom(1 / 0.7)), tool("map.whole", "⤢", () => this.whole()));
  }

  async show(study) {
    Object.assign(this, { study, points: unpackedPoints(study.points), star: [], pair: null, drawn: false });
    this.hidden.clear();
    this.byGroup = new Map();
    for (const point of this.points) this.byGroup.set(point.group, [...(this.byGroup.get(point.group) || []), point]);
    this.plot.setAttribute("aria-label", say("map.label", { n: this.points.length }));
    this.paintLegend();
    this.state.textContent = say("map.loading");
    const Plotly = await loadPlotly();
    this.state.textContent = Plotly ? "" : say("map.failed");
    if (!Plotly || this.study !== study || !this.plot.isConnected) return;
    this.gl = this.points.length >= MOST_DRAWN && Boolean(document.createElement("canvas").getContext("webgl"));
    Plotly.purge(this.plot);
    await this.draw();
    this.listen();
  }

  listen() {
    this.plot.on("plotly_click", ({ points: [point] }) => point?.customdata !== undefined && this.onpoint(point.customdata));
    this.plot.on("plotly_hover", ({ points: [point], event }) => this.hover(this.points[point?.customdata], event));
    this.plot.on("plotly_unhover", () => this.hover(null));
  }

  hover(point, event) {
    this.plot.classList.toggle("over", Boolean(point));
    this.tip.hidden = !point;
    if (!point) return;
    const frame = this.plot.getBoundingClientRect();
    this.tip.replaceChildren(languageMark(point.language), write(el("bdi", { class: "group" }), point.group));
    const [left, top] = [event.clientX - frame.left, event.clientY - frame.top];
    this.tip.style.left = `${Math.min(left + 14, frame.width - this.tip.offsetWidth - 6)}px`;
    this.tip.style.top = `${top > frame.height - 60 ? top - 44 : top + 14}px`;
  }

  // What Plotly is told. The lines lie under the points; the open document and its translations above them.
  draw() {
    const traces = [...this.pairLines(), this.line(this.starLine(), "--accent", 1.6), ...this.study.languages.map((tag) => this.cloud(tag)), this.ring()];
    const done = window.Plotly.react(this.plot, traces, this.layout(), { displayModeBar: false, scrollZoom: true, doubleClick: "reset" });
    this.drawn = true;
    Object.assign(this.plot.dataset, { points: this.points.filter((point) => !this.hidden.has(point.language)).length, lines: Math.max(0, this.star.length - 1), drawn: "yes" });
    return done;
  }

  layout() {
    const [first, second] = this.study.variance.map(share);
    const axis = (text) => ({ showgrid: false, zeroline: false, showticklabels: false, ticks: "", title: { text, font: { size: 12, color: this.ink("--faint") }, standoff: 4 } });
    return {
      uirevision: "kept", // a zoom outlives every change
      showlegend: false,
      hovermode: "closest",
      dragmode: matchMedia("(pointer: coarse)").matches ? false : "pan",
      margin: { l: 30, r: 12, t: 12, b: 30 },
      paper_bgcolor: "transparent",
      plot_bgcolor: "transparent",
      font: { family: "system-ui, sans-serif" },
      xaxis: axis(say("map.x", { share: first })),
      yaxis: { ...axis(say("map.y", { share: second })), scaleanchor: "x" },
    };
  }

  get kind() {
    return this.gl ? "scattergl" : "scatter";
  }

  cloud(tag) {
    const points = this.points.filter((point) => point.language === tag);
    const asked = !this.pair || tag === this.pair.asked || tag === this.pair.answering;
    const size = this.points.length < 300 ? 9 : this.points.length < MOST_DRAWN ? 7 : 4;
    return {
      type: this.kind, mode: "markers", hoverinfo: "none", visible: !this.hidden.has(tag),
      x: points.map((point) => point.x), y: points.map((point) => point.y), customdata: points.map((point) => point.at),
      marker: { color: this.ink(`--language-${palette.get(tag)}`), symbol: SHAPES[shapeOf(tag)], size, opacity: !asked ? FAINT : this.star.length && !this.pair ? 0.4 : 0.9, line: { width: 0 } },
    };
  }

  ring() {
    const points = this.star.map((at) => this.points[at]);
    const colours = points.map((point) => this.ink(`--language-${palette.get(point.language)}`));
    return {
      type: this.kind, mode: "markers", hoverinfo: "none",
      x: points.map((point) => point.x), y: points.map((point) => point.y), customdata: points.map((point) => point.at),
      marker: { color: colours, symbol: points.map((point) => SHAPES[shapeOf(point.language)]), opacity: 1, size: points.map((_, i) => (i ? 11 : 16)), line: { color: this.ink("--ink"), width: points.map((_, i) => (i ? 0.8 : 2)) } },
    };
  }

  // One trace for any number of lines: ends apart by a gap.
  line(ends, colour, width, dash = "solid") {
    const gapped = ends.flatMap(([from, to]) => [from, to, { x: NaN, y: NaN }]);
    return { type: this.kind, mode: "lines", hoverinfo: "skip", x: gapped.map((end) => end.x), y: gapped.map((end) => end.y), line: { color: this.ink(colour), width, dash } };
  }

  starLine() {
    const [open, ...others] = this.star.map((at) => this.points[at]);
    return others.map((other) => [open, other]);
  }

  pairLines() {
    const [hits, misses] = [[], []];
    if (this.pair) {
      for (const [group, members] of this.byGroup) {
        const ends = [this.pair.asked, this.pair.answering].map((tag) => members.find((point) => point.language === tag));
        if (ends[0] && ends[1]) (this.pair.missed.has(group) ? misses : hits).push(ends);
      }
    }
    const many = hits.length + misses.length > 100;
    return [this.line(hits, "--faint", many ? 0.7 : 1.2), this.line(misses, "--error", many ? 0.7 : 1.8, many ? "solid" : "dash")];
  }

  // A colour token as this theme has it: Plotly takes no variables.
  ink(token) {
    this.probe.style.color = `var(${token})`;
    return getComputedStyle(this.probe).color;
  }

  join(places) {
    this.star = places;
    if (this.drawn) this.draw();
  }

  compare(pair) {
    this.pair = pair;
    for (const tag of pair ? [pair.asked, pair.answering] : []) this.hidden.delete(tag);
    this.paintPressed();
    if (this.drawn) this.draw();
  }

  zoom(by) {
    if (!this.drawn) return;
    const closer = (axis) => {
      const [low, high] = axis.range;
      return [(low + high) / 2 - ((high - low) / 2) * by, (low + high) / 2 + ((high - low) / 2) * by];
    };
    const { xaxis, yaxis } = this.plot._fullLayout;
    window.Plotly.relayout(this.plot, { "xaxis.range": closer(xaxis), "yaxis.range": closer(yaxis) });
  }

  whole() {
    if (this.drawn) window.Plotly.relayout(this.plot, { "xaxis.autorange": true, "yaxis.autorange": true });
  }

  paintLegend() {
    const pick = (tags) => {
      this.hidden = new Set(tags);
      this.paintPressed();
      if (this.drawn) this.draw();
    };
    const turn = (tag) => pick(this.hidden.has(tag) ? [...this.hidden].filter((other) => other !== tag) : [...this.hidden, tag]);
    const entries = this.study.languages.map((tag) => el("button", { type: "button", class: "entry", "data-language": tag, title: tongue(tag).name, onclick: () => turn(tag) }, languageMark(tag)));
    const ends = [["map.all", []], ["map.none", this.study.languages]].map(([key, tags]) => el("button", { type: "button", class: "quiet", onclick: () => pick(tags) }, say(key)));
    this.legend.replaceChildren(...entries);
    this.ends.replaceChildren(...ends);
    this.paintPressed();
  }

  paintPressed() {
    for (const entry of this.legend.querySelectorAll(".entry")) entry.setAttribute("aria-pressed", String(!this.hidden.has(entry.dataset.language)));
  }
}
