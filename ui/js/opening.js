// Which document is open beside the results, from which column, and how the URL keeps it.

const OPENED = ["open", "panel", "col"];

// The address without what is open.
function unopened(search) {
  const parts = new URLSearchParams(search);
  for (const name of OPENED) parts.delete(name);
  return parts.toString();
}

const readable = (parts) => parts.toString().replace(/%3B/g, ";").replace(/%3A/g, ":").replace(/%2C/g, ",").replace(/%28/g, "(").replace(/%29/g, ")");

function makeOpening({ grid, ask }) {
  const sidebar = makeSidebar({ ask, columns: () => grid.columns, on: { shut: left, kept: keep, place } });
  const show = (card, panel) => sidebar.show({ doc: card.dataset.doc, panel, column: card.column });

  // The same key again, or a click on what is open, shuts it. Focus stays with the cards.
  function toggle(card, panel, byKey) {
    const now = sidebar.shown();
    if (now && now.doc === card.dataset.doc && now.panel === panel && now.column === card.column) return void sidebar.shut();
    grid.current = card;
    show(card, panel);
    if (!byKey) grid.focus(card, true);
  }

  // The panel goes where one goes.
  function follow(card) {
    const now = sidebar.shown();
    if (now && (now.doc !== card.dataset.doc || now.column !== card.column)) show(card, now.panel);
  }

  function place(column, doc) {
    const card = grid.cardsOf(column).find((one) => one.dataset.doc === doc);
    if (card) grid.current = card;
  }

  function left(doc, inside) {
    keep(null);
    if (inside) grid.focus(grid.current?.dataset.doc === doc ? grid.current : grid.find(doc), true);
  }

  // What is open, in the URL; the first part and the first column go without saying.
  function keep(now) {
    const parts = new URLSearchParams(unopened(location.search));
    if (now) {
      parts.set("open", now.doc);
      if (now.panel !== PANELS[0]) parts.set("panel", now.panel);
      if (now.column) parts.set("col", now.column + 1);
    }
    history.replaceState(null, "", `${location.pathname}?${readable(parts)}`);
  }

  // As the link says; or as it was before something else was asked, where the document is found again.
  function restore({ kind, state }) {
    const before = sidebar.shown();
    const wish = kind === "follow" ? { doc: state.open, panel: state.panel, column: Number(state.column) - 1 } : before;
    if (!wish?.doc) return;
    const copies = grid.columns.map((_, i) => grid.cardsOf(i).find((card) => card.dataset.doc === wish.doc));
    const card = copies[wish.column] || copies.find(Boolean);
    if (!card) return void sidebar.shut();
    grid.current = card;
    if (kind === "follow") card.scrollIntoView({ block: "nearest" });
    show(card, PANELS.includes(wish.panel) ? wish.panel : PANELS[0]);
  }

  return { node: sidebar.node, shut: sidebar.shut, toggle, follow, restore };
}
