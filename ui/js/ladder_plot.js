// The lists as scales side by side, each document a line through them: one SVG, made of text and paths only.

const POINTS = {
  circle: (r) => `M${-r} 0a${r} ${r} 0 1 0 ${2 * r} 0a${r} ${r} 0 1 0 ${-2 * r} 0`,
  square: (r) => `M${-r} ${-r}h${2 * r}v${2 * r}h${-2 * r}z`,
  diamond: (r) => `M0 ${-1.3 * r}L${1.3 * r} 0L0 ${1.3 * r}L${-1.3 * r} 0z`,
  "triangle-up": (r) => `M0 ${-1.3 * r}L${1.3 * r} ${0.9 * r}H${-1.3 * r}z`,
  cross: (r) => `M${-r} ${-r / 2}h${r / 2}v${-r / 2}h${r}v${r / 2}h${r / 2}v${r}h${-r / 2}v${r / 2}h${-r}v${-r / 2}h${-r / 2}z`,
  star: (r) => `M0 ${-1.3 * r}L${0.5 * r} ${-0.5 * r}L${1.3 * r} 0L${0.5 * r} ${0.5 * r}L0 ${1.3 * r}L${-0.5 * r} ${0.5 * r}L${-1.3 * r} 0L${-0.5 * r} ${-0.5 * r}z`,
};
const WIDTHS = [1.25, 2.5, 4, 5.5]; // of a line, by the step of its grade
const NAME_LINES = 5; // of a system's name above its scale
const LINE = 15; // pixels between them
const MOST_SPREAD = 320; // between two scales

// How much room text takes, without asking the page: [13px, the interface's font].
function measured(text, font = "13px system-ui, 'Noto Sans', sans-serif") {
  measured.pen ??= document.createElement("canvas").getContext("2d");
  if (measured.pen.font !== font) measured.pen.font = font;
  return measured.pen.measureText(text).width;
}

// Whole graphemes of it that fit, with an ellipsis where some do not.
function fitted(text, width, font) {
  if (measured(text, font) <= width) return text;
  const parts = Array.from(new Intl.Segmenter().segment(text), ({ segment }) => segment);
  let [least, most] = [0, parts.length];
  while (least < most) {
    const middle = Math.ceil((least + most) / 2);
    if (measured(`${parts.slice(0, middle).join("")}…`, font) <= width) least = middle;
    else most = middle - 1;
  }
  return `${parts.slice(0, least).join("").trimEnd()}…`;
}

// A system's name on lines of that width, broken where its grammar does.
function broken(name, width) {
  const font = "600 12px system-ui, 'Noto Sans', sans-serif";
  const lines = [""];
  const parts = name.match(/>> ?|[^\s(),]*[(),]?\s?/g).filter(Boolean);
  const short = (part) => (measured(part, font) > width ? part.split(/(?<=[:|@[\-])/) : [part]);
  for (const part of parts.flatMap(short)) {
    if (lines.at(-1) && measured(lines.at(-1) + part, font) > width) lines.push("");
    lines[lines.length - 1] += part;
  }
  const shown = lines.slice(0, NAME_LINES);
  if (lines.length > NAME_LINES) shown[NAME_LINES - 1] += "…";
  return shown.map((line) => fitted(line.trim(), width, font));
}

// Text for a drawing, which cannot carry badges: what hides something is a box.
const drawable = (text) => text.replace(HIDDEN, (found) => (MARKS.has(found.codePointAt(0)) ? found : "□"));

function directionOf(text, tag) {
  const { direction } = tongue(tag);
  if (direction === "ltr" || direction === "rtl") return direction;
  return /^\P{L}*[\p{Script=Arab}\p{Script=Hebr}\p{Script=Syrc}\p{Script=Thaa}\p{Script=Nkoo}]/u.test(text) ? "rtl" : "ltr";
}

// Where everything stands. lists: [{i, system, order}] from left to right; top: ranks; width: of the frame.
function ladderFrame(lists, top, width) {
  const narrow = width < 700;
  const gaps = Math.max(0, lists.length - 1);
  const least = narrow ? 96 : 130; // for the titles at the sides
  const wanted = narrow ? least : Math.max(least, Math.min(280, 0.19 * width));
  const spread = gaps ? Math.min(MOST_SPREAD, Math.max(narrow ? 72 : 92, (width - 2 * wanted) / gaps)) : 0;
  const whole = Math.max(width, 2 * least + gaps * spread);
  const margin = (whole - gaps * spread) / 2;
  const row = top > 20 ? 17 : top > 10 ? 25 : 32;
  const radius = top > 20 ? 4.5 : 9;
  const names = lists.map(({ system }) => broken(drawable(system), gaps ? Math.min(spread, 2 * margin) - 10 : width - 40));
  const head = 26 + LINE * Math.max(1, ...names.map((lines) => lines.length));
  const below = head + top * row + row * 1.2;
  return { top, row, radius, names, head, below, width: whole, height: below + 26, margin, spread, x: (at) => margin + at * spread, y: (rank) => head + (rank - 0.5) * row };
}

// documents: [{id, language, title, step, ranks: [rank or undefined, as lists]}]
function ladderPlot(lists, documents, frame) {
  const scales = lists.map(({ i, system }, at) => scale(frame, at, i, system));
  const floor = svg("line", { class: "floor", x1: frame.x(0) - 12, x2: frame.x(lists.length - 1) + 12, y1: frame.below, y2: frame.below });
  const told = svg("text", { class: "told", x: 4, y: frame.below + 18 }, say("ladder.below", { n: frame.top }));
  const lines = documents.map((one) => documentLine(one, frame, lists));
  return svg("svg", { class: "ladder-plot", width: frame.width, height: frame.height, viewBox: `0 0 ${frame.width} ${frame.height}`, role: "group", "aria-label": say("ladder.label", { n: documents.length, lists: lists.length }) }, scales, floor, told, lines, svg("g", { class: "hand" }));
}

function scale(frame, at, i, system) {
  const x = frame.x(at);
  const lines = frame.names[at].map((line, n) => svg("tspan", { x, dy: n ? LINE : 0 }, line));
  return svg(
    "g",
    { class: "scale" },
    svg("line", { x1: x, x2: x, y1: frame.head, y2: frame.below }),
    svg("text", { class: "column-number", x, y: 13, "text-anchor": "middle" }, String(i + 1)),
    svg("text", { class: "column-name", x, y: 30, "text-anchor": "middle", direction: "ltr" }, svg("title", {}, drawable(system)), lines),
  );
}

const within = (rank, top) => rank !== undefined && rank <= top;

function documentLine(one, frame, lists) {
  const { d, stubs } = paths(one.ranks, frame);
  const colour = colourOf(one.language);
  const line = (kind, way) => {
    const path = way && svg("path", { class: kind, d: way });
    if (path && kind !== "catch") path.style.stroke = colour;
    if (path && kind === "line") path.style.strokeWidth = WIDTHS[one.step];
    return path;
  };
  const points = one.ranks.map((rank, at) => within(rank, frame.top) && ladderPoint(one, at, frame, lists));
  return svg("g", { class: "document", "data-doc": one.id, "data-language": one.language, "data-step": one.step }, line("stub", stubs), line("line", d), line("catch", d), labels(one, frame), points);
}

// From scale to scale where it stands on both; where it leaves a list, a stub.
function paths(ranks, frame) {
  let [d, stubs] = ["", ""];
  const stub = Math.min(26, frame.spread / 3);
  for (let at = 0; at < ranks.length - 1; at++) {
    const [here, next] = [within(ranks[at], frame.top), within(ranks[at + 1], frame.top)];
    const [x1, x2] = [frame.x(at), frame.x(at + 1)];
    if (here && next) d += leap(x1, frame.y(ranks[at]), x2, frame.y(ranks[at + 1]));
    else if (here) stubs += `M${x1} ${frame.y(ranks[at])}l${stub} ${stub / 2}`;
    else if (next) stubs += `M${x2} ${frame.y(ranks[at + 1])}l${-stub} ${stub / 2}`;
  }
  return { d, stubs };
}

function leap(x1, y1, x2, y2) {
  const middle = (x1 + x2) / 2;
  return `M${x1} ${y1}C${middle} ${y1} ${middle} ${y2} ${x2} ${y2}`;
}

// A ring in the colour and shape of the language with its tag; where the ranks stand close, the shape alone.
function ladderPoint(one, at, frame, lists) {
  const { row, radius } = frame;
  const rank = one.ranks[at];
  const shape = svg("path", { class: "ring", d: POINTS[SHAPES[shapeOf(one.language)]](radius) });
  shape.style.stroke = colourOf(one.language);
  if (radius < 8) shape.style.fill = colourOf(one.language);
  const tag = radius >= 8 && svg("text", { class: "in-ring", y: 3.5, "text-anchor": "middle" }, one.language.split("-")[0]);
  const label = say("ladder.point", { rank, column: lists[at].i + 1, title: one.title, language: tongue(one.language).name, ranks: spokenRanks(one, lists) });
  const point = svg("g", { class: "point", role: "button", tabindex: -1, "aria-label": label, transform: `translate(${frame.x(at)} ${frame.y(rank)})`, "data-list": at, "data-rank": rank }, svg("rect", { class: "catch", x: -14, y: -row / 2, width: 28, height: row }), shape, tag);
  point.one = one;
  return point;
}

const spokenRanks = (one, lists) => lists.map(({ i }, at) => say("ladder.rank", { column: i + 1, rank: one.ranks[at] ?? "–" })).join(", ");

// Its title beside the first and the last scale.
function labels(one, frame) {
  const last = one.ranks.length - 1;
  const way = directionOf(one.title, one.language);
  const room = frame.margin - frame.radius - 36;
  const label = (at, side) => {
    if (!within(one.ranks[at], frame.top)) return null;
    const edge = frame.x(at) + side * (frame.radius + 7);
    const y = frame.y(one.ranks[at]) + 4;
    const number = svg("text", { class: "rank-number", x: edge + side * 16, y, "text-anchor": side > 0 ? "end" : "start" }, String(one.ranks[at]));
    const title = svg("text", { class: "title", x: edge + side * 22, y, "text-anchor": (way === "rtl") === side < 0 ? "start" : "end", direction: way }, fitted(drawable(one.title), room));
    if (one.language !== "und") title.setAttribute("lang", one.language);
    const { script } = tongue(one.language);
    if (script) title.dataset.script = script;
    return [number, title];
  };
  return [...(last > 0 ? [label(0, -1)] : []), label(last, 1)].filter(Boolean).flat();
}

// The document in hand: its rank on every scale, and dashed where it leaves the ranks that are drawn.
function inHand(one, frame) {
  const heights = one.ranks.map((rank) => (within(rank, frame.top) ? frame.y(rank) : frame.below));
  const away = one.ranks.slice(1).map((_, at) => (within(one.ranks[at], frame.top) && within(one.ranks[at + 1], frame.top) ? "" : leap(frame.x(at), heights[at], frame.x(at + 1), heights[at + 1])));
  const dashed = svg("path", { class: "away", d: away.join("") || "M0 0" });
  dashed.style.stroke = colourOf(one.language);
  const ranks = one.ranks.map((rank, at) => {
    const ring = svg("path", { class: "ring", d: POINTS[SHAPES[shapeOf(one.language)]](10) });
    ring.style.stroke = colourOf(one.language);
    return svg("g", { transform: `translate(${frame.x(at)} ${heights[at]})` }, ring, svg("text", { class: "in-ring", y: 4, "text-anchor": "middle" }, String(rank ?? "–")));
  });
  return [dashed, ...ranks];
}
