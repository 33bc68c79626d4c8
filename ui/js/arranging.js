// What one does to a column as a whole: the menu of its head, moving it by keys or by its head, pinning, collapsing.

const DRAG_PX = 6; // a press that moves less is none
const EDGE_PX = 48; // nearer to the side of the window the page scrolls along

function makeArranging({ grid, systems, said }) {
  let at = 0; // the column whose menu is open
  let opener = null;
  const menu = el("div", { class: "panel columns-menu", hidden: true, role: "group" });
  const shut = (focus) => {
    if (menu.hidden) return false;
    menu.hidden = true;
    opener.setAttribute("aria-expanded", "false");
    if (focus) opener.focus();
    return true;
  };
  popovers.push({ wrap: { contains: (node) => menu.contains(node) || Boolean(opener?.contains(node)) }, shut });
  menu.addEventListener("focusout", (event) => {
    if (event.relatedTarget && !menu.contains(event.relatedTarget) && event.relatedTarget !== opener) shut(false);
  });

  function open(column, button) {
    if (!menu.hidden && opener === button) return shut(true);
    shutPopovers(false);
    [at, opener] = [column.i, button];
    menu.replaceChildren(...menuOf(column));
    menu.setAttribute("aria-label", say("column.menu", { system: column.system }));
    menu.hidden = false;
    button.setAttribute("aria-expanded", "true");
    const { left, bottom } = button.getBoundingClientRect();
    menu.style.left = `${Math.max(12, Math.min(left, document.documentElement.clientWidth - menu.offsetWidth - 12))}px`;
    menu.style.top = `${bottom + 4}px`;
    menu.querySelector("button:enabled").focus({ preventScroll: true });
  }

  const item = (key, act, off) => {
    const go = () => {
      shut(true);
      act();
    };
    return el("button", { type: "button", class: "quiet", disabled: off, onclick: go }, say(key));
  };
  const menuOf = ({ i, system }) => [
    item("column.edit", () => systems.edit(i)),
    item(grid.pinned === system ? "column.unpin" : "column.pin", () => pin(i)),
    item("column.fold", () => fold(i)),
    item("column.earlier", () => move(i, i - 1), i === 0),
    item("column.later", () => move(i, i + 1), i === grid.columns.length - 1),
    item("column.remove", () => systems.remove(system), grid.columns.length === 1),
  ];

  // The column keeps the focus, and the card that one was at.
  function move(from, to) {
    const doc = grid.current?.column === from ? grid.current.dataset.doc : "";
    if (from === to || !grid.columns[to]) return;
    if (grid.pinned && (from === 0 || to === 0)) grid.pinned = ""; // the first is another, or another is the first
    grid.follows = { column: to, doc };
    systems.move(from, to);
  }

  function pin(i) {
    const { system } = grid.columns[i];
    grid.pinned = grid.pinned === system ? "" : system;
    if (grid.pinned && i > 0) {
      grid.follows = { column: 0, doc: "" };
      systems.move(i, 0);
    } else grid.lay();
    keep();
    said(say(grid.pinned ? "column.pinned" : "column.unpinned", { system }));
  }

  // To a narrow strip that keeps its name; and back.
  function fold(i) {
    const { system } = grid.columns[i];
    const on = !grid.folded.has(system);
    grid.folded[on ? "add" : "delete"](system);
    grid.lay();
    grid.paintAllPlaces();
    grid.sections[i].querySelector(on ? ".unfold" : ".more")?.focus();
    grid.tend();
    keep();
    said(say(on ? "column.folded" : "column.unfolded", { system }));
  }

  // In the URL, without an entry in the history.
  function keep() {
    const folded = grid.columns.filter(({ system }) => grid.folded.has(system)).map(({ i }) => i + 1);
    keepLooks({ fold: folded.join(","), pin: grid.pinned && grid.columns[0]?.system === grid.pinned ? "1" : "" });
  }

  // As a link says.
  function restore({ systems: names, folded, pinned }) {
    grid.folded = new Set(folded.map((number) => names[Number(number) - 1]).filter(Boolean));
    grid.pinned = pinned ? names[0] : "";
  }

  function renamed(old, name) {
    if (grid.pinned === old) grid.pinned = name;
    if (grid.folded.delete(old)) grid.folded.add(name);
  }

  // By keys: Ctrl+Shift and a side arrow move the column that one is in.
  function onkey(event) {
    if (!element.isConnected) return document.removeEventListener("keydown", onkey, true);
    const side = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
    if (!side || !event.ctrlKey || !event.shiftKey || event.altKey || event.metaKey || event.isComposing || inTextField(event.target)) return;
    if (grid.node.offsetParent === null || !grid.columns.length) return;
    const within = grid.sections.findIndex((section) => section.contains(document.activeElement));
    const from = within < 0 ? grid.at[0] : within;
    event.preventDefault();
    move(from, from + (getComputedStyle(element).direction === "rtl" ? -side : side));
  }
  document.addEventListener("keydown", onkey, true);

  // By its head, with the mouse, a pen or a finger.
  let drag = null;
  grid.node.addEventListener("pointerdown", (event) => {
    const section = event.target.closest(".head") && event.target.closest("section.column");
    if (!section || event.button || event.target.closest("button, a, .ranks, .stages") || grid.columns.length < 2) return;
    if (!matchMedia("(min-width: 900px)").matches) return;
    drag = { from: grid.sections.indexOf(section), to: null, x: event.clientX, id: event.pointerId, section };
  });
  grid.node.addEventListener("pointermove", (event) => {
    if (!drag || event.pointerId !== drag.id) return;
    if (drag.to === null && Math.abs(event.clientX - drag.x) < DRAG_PX) return;
    if (drag.to === null) begin();
    event.preventDefault();
    along(event.clientX);
    point(placeAt(event.clientX));
  });
  const drop = (event) => {
    if (!drag || event.pointerId !== drag.id) return;
    const { from, to } = drag;
    end();
    if (event.type === "pointerup" && to !== null) move(from, to);
  };
  grid.node.addEventListener("pointerup", drop);
  grid.node.addEventListener("pointercancel", drop);

  function begin() {
    drag.to = drag.from;
    grid.node.setPointerCapture(drag.id);
    drag.section.classList.add("dragged");
    getSelection()?.removeAllRanges();
    element.classList.add("dragging");
    document.addEventListener("keydown", giveUp, true);
  }

  function end() {
    drag.section.classList.remove("dragged");
    element.classList.remove("dragging");
    document.removeEventListener("keydown", giveUp, true);
    point(null);
    drag = null;
  }

  function giveUp(event) {
    if (event.key !== "Escape") return;
    event.preventDefault();
    event.stopImmediatePropagation();
    end();
  }

  // The place the column would have: among the others, before the first whose middle lies beyond the pointer.
  function placeAt(x) {
    const rtl = getComputedStyle(element).direction === "rtl";
    const others = grid.sections.filter((section) => section !== drag.section);
    const beyond = others.findIndex((section) => {
      const { left, width } = section.getBoundingClientRect();
      return rtl ? x > left + width / 2 : x < left + width / 2;
    });
    return beyond < 0 ? others.length : beyond;
  }

  function point(to) {
    if (drag) drag.to = to ?? drag.to;
    grid.sections.forEach((section, i) => {
      section.classList.toggle("drop-before", to !== null && to < drag.from && i === to);
      section.classList.toggle("drop-after", to !== null && to > drag.from && i === to);
    });
  }

  function along(x) {
    const edge = x < EDGE_PX ? -1 : x > document.documentElement.clientWidth - EDGE_PX ? 1 : 0;
    if (edge) window.scrollBy(14 * edge, 0);
  }

  return { node: menu, open, fold, keep, restore, renamed, shut };
}
