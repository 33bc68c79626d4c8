// What the keys do on the Search page. One listener, in the capture phase; it leaves when the page does.

function listen({ box, grid, gridNode, ladder, view, grades, help, opening, tip, stop, give, collection }) {
  const leader = makeLeader();
  const commands = {
    query: () => {
      box.input.focus();
      box.input.select();
    },
    next: () => (ladder.shown ? ladder : grid).move(1),
    previous: () => (ladder.shown ? ladder : grid).move(-1),
    left: () => (ladder.shown ? ladder.turnList(-1) : grid.turn(mirrored() ? 1 : -1)),
    right: () => (ladder.shown ? ladder.turnList(1) : grid.turn(mirrored() ? -1 : 1)),
    clear: () => withCard((card) => grades.of(card.dataset.doc).grade !== null && give(card, null)),
    undo: () => grades.take("undo", collection()),
    redo: () => grades.take("redo", collection()),
    open: () => open("text"),
    why: () => open("why"),
    translations: () => open("translations"),
    view: () => view.turn(),
    help: () => help.open(),
    stop: () => stop(),
    go: () => leader.begin(),
  };
  const mirrored = () => getComputedStyle(element).direction === "rtl";
  const withCard = (act) => {
    const card = [gridNode, opening.node].some((node) => node.contains(document.activeElement)) ? grid.current : null;
    if (card) act(card);
    return Boolean(card);
  };
  const open = (panel) => (ladder.shown ? ladder.open(panel) : withCard((card) => opening.toggle(card, panel, true)));

  function onkey(event) {
    if (!element.isConnected) return document.removeEventListener("keydown", onkey, true);
    if (element.offsetParent === null || !collection()) return;
    const command = commandOf(event);
    if (command === "leave") return leave(event);
    if (!inTextField(event.target) && leader.goes(event)) return;
    if (!command || inTextField(event.target) || help.node.open || event.target.closest?.(".panel")) {
      if (command === "help" && help.node.open) help.open();
      return;
    }
    if (withinControl(event, command)) return;
    const done = typeof command === "object" ? gradeKey(command.grade) : (commands[command] || (() => false))();
    if (done !== false) event.preventDefault();
  }

  function leave(event) {
    tip.shut();
    if (shutPopovers(true)) return event.preventDefault();
    if (help.node.open) return;
    if (event.target === box.input) {
      box.input.blur();
      grid.focus(grid.current, true);
    } else if (opening.shut()) event.preventDefault();
  }

  // On a button Enter presses it; among the grades of a card the side arrows go from one to the next.
  function withinControl(event, command) {
    const control = event.target.closest?.("button, a, summary");
    if (!control) return false;
    if (event.key === "Enter" || event.key === " ") return true;
    if (!control.matches(".grade") || !["ArrowLeft", "ArrowRight"].includes(event.key) || !command) return false;
    const grades = Array.from(control.parentNode.children);
    const by = (event.key === "ArrowRight") !== mirrored() ? 1 : -1;
    grades[(grades.indexOf(control) + by + grades.length) % grades.length].focus();
    event.preventDefault();
    return true;
  }

  function gradeKey(value) {
    if (!grid.scale.some((grade) => grade.value === value)) return false;
    return withCard((card) => give(card, value));
  }

  document.addEventListener("keydown", onkey, true);
}
