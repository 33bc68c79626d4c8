// Which document is open beside the results, from which column, and how the URL keeps it.

// ask(name, data): the server's answer; back(doc): whether the focus went back to where else one had been than a card
function makeOpening({ grid, ask, back }) {
  const sidebar = makeSidebar({ ask, columns: () => grid.columns, on: { shut: left, kept: keep, place } });
  const show = (card, panel) => sidebar.show({ doc: card.dataset.doc, panel, column: card.column });

  // The same key again, or a click on what is open, shuts it. Focus stays with the cards.
  function toggle(card, panel, byKey) {
    if (!turn({ doc: card.dataset.doc, panel, column: card.column })) return;
    grid.current = card;
    if (!byKey) grid.focus(card, true);
  }

  // Whether it is open now.
  function turn(wish) {
    const now = sidebar.shown();
    const same = now && now.doc === wish.doc && now.panel === wish.panel && now.column === wish.column;
    if (same) sidebar.shut();
    else sidebar.show(wish);
    return !same;
  }

  // The panel goes where one goes.
  function follow(doc, column) {
    const now = sidebar.shown();
    if (now && (now.doc !== doc || now.column !== column)) sidebar.show({ doc, panel: now.panel, column });
  }

  function place(column, doc) {
    const card = grid.cardsOf(column).find((one) => one.dataset.doc === doc);
    if (card) grid.current = card;
  }

  function left(doc, inside) {
    keep(null);
    if (inside && !back(doc)) grid.focus(grid.current?.dataset.doc === doc ? grid.current : grid.find(doc), true);
  }

  // What is open, in the URL; the first part and the first column go without saying.
  function keep(now) {
    keepLooks({ open: now?.doc, panel: now && now.panel !== PANELS[0] ? now.panel : "", col: now?.column ? now.column + 1 : "" });
  }

  // As the link says; or as it was before something else was asked, where the document is found again.
  function restore({ kind, state }) {
    const before = sidebar.shown();
    const wish = kind === "follow" ? { doc: state.open, panel: state.panel, column: Number(state.column) - 1 } : before;
    if (!wish?.doc) return;
    const copies = grid.columns.map((_, i) => grid.cardsOf(i).find((card) => card.dataset.doc === wish.doc));
    const card = copies[wish.column] || copies.find(Boolean);
    const panel = PANELS.includes(wish.panel) ? wish.panel : PANELS[0];
    const below = grid.columns.find((column) => column.ranks.has(wish.doc)); // deeper than the cards: from the ladder
    if (!card) return void (below ? sidebar.show({ doc: wish.doc, panel, column: below.i }) : sidebar.shut());
    grid.current = card;
    if (kind === "follow") card.scrollIntoView({ block: "nearest" });
    show(card, panel);
  }

  return { node: sidebar.node, shut: sidebar.shut, toggle, turn, follow, restore };
}
