// Lines between the copies of a document in neighbouring columns: of the card in hand, and, switched on, of all first ten.

const FIRST = 10; // ranks of each column whose joins the switch draws

class Joins {
  constructor(grid) {
    Object.assign(this, { grid, card: null, waiting: 0 });
    this.node = svg("svg", { class: "joins", "aria-hidden": "true", focusable: "false" });
    this.wide = matchMedia("(min-width: 900px)");
    this.sparing = matchMedia("(prefers-reduced-data: reduce)");
    this.button = el("button", { type: "button", class: "plain lines", title: say("joins.title"), "aria-pressed": String(this.all), onclick: () => this.turn() }, say("joins"));
    // Below and above the screen cards have the height that is guessed for them, until one scrolls there.
    addEventListener("scroll", () => this.later(), { passive: true, capture: true });
    this.sized = new ResizeObserver(() => this.later());
    this.sized.observe(grid.node);
    this.wide.addEventListener("change", () => this.later());
  }

  get all() {
    return kept.get("lines") === "on";
  }

  turn() {
    kept.set("lines", this.all ? null : "on");
    this.button.setAttribute("aria-pressed", String(this.all));
    this.later();
  }

  hold(card) {
    this.card = card;
    this.later();
  }

  // Columns came: their heights are watched too.
  shown() {
    for (const section of this.grid.sections) this.sized.observe(section);
    this.later();
  }

  // At most once a frame.
  later() {
    if (!this.waiting && (this.card || this.all || this.node.childElementCount)) this.waiting = requestAnimationFrame(() => this.draw());
  }

  // First everything is read, then everything is written.
  draw() {
    this.waiting = 0;
    const nothing = !this.wide.matches || this.sparing.matches || !this.grid.node.clientWidth;
    const joins = nothing ? [] : [...(this.all ? this.ofAll() : []), ...(this.card?.isConnected ? this.ofCard(this.card) : [])];
    if (!this.node.isConnected && joins.length) this.grid.node.append(this.node);
    const frame = joins.length ? this.node.getBoundingClientRect() : null;
    const paths = joins.map((join) => [join, curve(...ends(join), frame)]);
    this.node.replaceChildren(...paths.map(([{ kind, from, of = from }, d]) => {
      const path = svg("path", { class: kind, d });
      path.style.stroke = colourOf(of.hit.language);
      return path;
    }));
  }

  // [[card, …] of each column whose cards can be seen]
  decks() {
    const seen = (cards) => cards.length && cards[0].getClientRects().length;
    return this.grid.columns.map((column) => this.grid.cardsOf(column.i)).filter(seen);
  }

  // The document from column to column; its translations from this column to the next on each side.
  ofCard(card) {
    const decks = this.decks();
    const copies = decks.map((deck) => deck.find((other) => other.dataset.doc === card.dataset.doc));
    const joins = chained(copies, "own");
    const at = decks.findIndex((deck) => deck.includes(card));
    if (element.dataset.kin !== "on" || !card.dataset.group || at < 0) return joins;
    const kin = (deck) => (deck || []).filter((other) => other.dataset.group === card.dataset.group && other.dataset.doc !== card.dataset.doc);
    return [
      ...joins,
      ...kin(decks[at - 1]).map((from) => ({ from, to: card, kind: "kin", of: from })),
      ...kin(decks[at + 1]).map((to) => ({ from: card, to, kind: "kin", of: to })),
    ];
  }

  ofAll() {
    const decks = this.decks().map((deck) => new Map(deck.slice(0, FIRST).map((card) => [card.dataset.doc, card])));
    const docs = new Set(decks.flatMap((deck) => [...deck.keys()]));
    return [...docs].flatMap((doc) => chained(decks.map((deck) => deck.get(doc)), "faint"));
  }
}

// Each copy with the next one; where a column between has none, the line is only a hint.
function chained(copies, kind) {
  const places = copies.map((card, at) => [card, at]).filter(([card]) => card);
  return places.slice(1).map(([to, at], i) => ({ from: places[i][0], to, kind: at - places[i][1] > 1 ? `${kind} over` : kind }));
}

const ANCHOR = 24; // pixels below a card's upper edge: the height of its title

function ends({ from, to }) {
  const [a, b] = [from.getBoundingClientRect(), to.getBoundingClientRect()];
  const forth = a.left <= b.left;
  return [{ x: forth ? a.right : a.left, y: a.top + ANCHOR }, { x: forth ? b.left : b.right, y: b.top + ANCHOR }];
}

function curve(a, b, frame) {
  const [x1, y1, x2, y2] = [a.x - frame.left, a.y - frame.top, b.x - frame.left, b.y - frame.top].map((one) => Math.round(one * 10) / 10);
  const middle = (x1 + x2) / 2;
  return `M${x1} ${y1}C${middle} ${y1} ${middle} ${y2} ${x2} ${y2}`;
}
