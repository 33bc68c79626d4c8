// What moved against a reference column: ▲ up, ▼ down, ● new, = the same on each card, and under a list what is gone.

const SIGNS = { up: "▲", down: "▼", new: "●", same: "=" };

// As core/comparing.movement: the first k of the ranking, then what is gone from the first k of the reference.
function movement(reference, ranking, k) {
  const places = (list) => new Map(list.map((doc, at) => [doc, at + 1]));
  const [ranks, before] = [places(ranking), places(reference)];
  const kindOf = (rank, old) => (old === undefined ? "new" : rank === old ? "same" : rank < old ? "up" : "down");
  const move = (doc, kind) => ({ doc, kind, rank: ranks.get(doc), before: before.get(doc), by: (before.get(doc) ?? NaN) - (ranks.get(doc) ?? NaN) });
  const shown = ranking.slice(0, k).map((doc) => move(doc, kindOf(ranks.get(doc), before.get(doc))));
  const gone = reference.slice(0, k).filter((doc) => (ranks.get(doc) ?? k + 1) > k);
  return [...shown, ...gone.map((doc) => move(doc, "gone"))];
}

class Moves {
  constructor(grid) {
    Object.assign(this, { grid, system: null, at: -1, many: 0, painted: new Set() });
    this.later = inFrame(() => this.paint(this.painted));
  }

  // A search begins, or a link is followed: the reference goes with its system, and stays where only a name changed.
  begin(systems, linked) {
    if (linked !== undefined) this.system = systems[linked - 1] ?? null;
    const place = this.system === null ? -1 : systems.indexOf(this.system);
    const renamed = this.system !== null && place < 0 && systems.length === this.many;
    this.at = renamed ? this.at : place;
    this.system = systems[this.at] ?? null;
    this.many = systems.length;
  }

  // The part of the URL.
  get look() {
    return this.at < 0 ? "" : String(this.at + 1);
  }

  turn(i) {
    this.at = this.at === i ? -1 : i;
    this.system = this.grid.columns[this.at]?.system ?? null;
    keepLooks({ ref: this.look });
    this.paint();
  }

  // A column is painted anew: it is compared, or, as the reference, all are with it.
  came(column) {
    this.painted.add(column.i);
    this.later();
  }

  paint(some = new Set([this.at])) {
    const all = some.has(this.at) || this.at < 0;
    for (const column of this.grid.columns) if (column.state === "done" && (all || some.has(column.i))) this.paintColumn(column);
    some.clear();
  }

  paintColumn(column) {
    const [section, reference] = [this.grid.sections[column.i], this.grid.columns[this.at]];
    if (section.classList.contains("folded")) return;
    this.paintButton(section, column);
    section.querySelector(".gone")?.remove();
    const against = reference?.state === "done" && column.i !== this.at;
    if (!against && !section.querySelector(".move")) return;
    const cards = this.grid.cardsOf(column.i);
    const moves = against ? movement(reference.order, column.order, Math.max(reference.hits.length, cards.length)) : [];
    cards.forEach((card, at) => paintMove(card, moves[at], reference));
    if (against) section.append(this.gone(moves.slice(cards.length), reference, column));
  }

  paintButton(section, column) {
    const line = section.querySelector(".head .line");
    const button = line.querySelector(".refer") ?? line.appendChild(el("button", { type: "button", class: "quiet refer", onclick: () => this.turn(column.i) }, "⇅"));
    const on = column.i === this.at;
    const words = say(on ? "moves.reference.on" : "moves.reference", { system: column.system });
    button.hidden = this.grid.columns.length < 2;
    button.setAttribute("aria-pressed", String(on));
    button.setAttribute("aria-label", words);
    button.title = words;
  }

  // The reference's cards that this list has not among its first.
  gone(moves, reference, column) {
    const counts = { column: reference.i + 1, n: moves.length };
    if (!moves.length) return el("p", { class: "gone quietly" }, say("moves.gone.none", counts));
    const hits = new Map(reference.hits.map((hit) => [hit.id, hit]));
    const rows = moves.map(({ doc, rank, before }) => {
      const { language, title } = hits.get(doc);
      const go = () => {
        if (!this.grid.cardsOf(reference.i).length) this.grid.on.unfoldColumn(reference.i);
        this.grid.focus(this.grid.cardsOf(reference.i)[before - 1]);
      };
      const name = spoken(el("bdi", {}), language);
      if (visible(title)) writePieces(name, title.map(([text]) => [text, 0]));
      else write(name, say("card.untitled", { id: doc }));
      const here = say(rank ? "moves.gone.deeper" : "moves.gone.away", { rank, n: column.order.length });
      return el(
        "li",
        { "data-doc": doc, "data-rank": rank },
        el("span", { class: "number" }, String(before)),
        el("button", { type: "button", class: "quiet", title: say("moves.gone.go", counts), onclick: go }, dot(language), el("span", { class: "tag" }, language), name),
        el("span", { class: "here" }, here),
      );
    });
    return el("details", { class: "gone" }, el("summary", { title: say("moves.gone.title", counts) }, say("moves.gone", counts)), el("ul", {}, rows));
  }
}

// ▲3 under the rank of a card; what it means for a screen reader and under the pointer.
function paintMove(card, move, reference) {
  card.querySelector(".move")?.remove();
  card.removeAttribute("aria-describedby");
  card.dataset.move = move?.kind ?? "";
  if (!move) return;
  const far = Math.abs(move.by);
  const words = say(`moves.${move.kind}`, { by: far, before: move.before, column: reference.i + 1, n: reference.order.length });
  const id = `move-${card.column}-${card.hit.rank}`;
  const text = { new: say("moves.new.short"), same: "" }[move.kind] ?? String(far);
  card.querySelector(".rank").append(el("span", { class: `move ${move.kind}`, id, role: "img", "aria-label": words, title: words, "data-by": far || null }, SIGNS[move.kind], el("span", {}, text)));
  card.setAttribute("aria-describedby", id);
}
