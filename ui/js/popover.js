// A button that opens a small panel under itself; Esc, a click outside or Tab out of it closes it.

const popovers = [];

function popover(button, panel, { onopen } = {}) {
  const wrap = el("div", { class: "popover" }, button, panel);
  const shut = (focus) => {
    if (panel.hidden) return false;
    panel.hidden = true;
    button.setAttribute("aria-expanded", "false");
    if (focus) button.focus();
    return true;
  };
  // Within the window; to be called again when the button has moved.
  wrap.place = () => {
    if (panel.hidden) return;
    panel.style.removeProperty("--shift");
    const { left, right } = panel.getBoundingClientRect();
    const over = right - document.documentElement.clientWidth + 12;
    if (over > 0 || left < 12) panel.style.setProperty("--shift", `${over > 0 ? -over : 12 - left}px`);
  };
  const open = () => {
    popovers.forEach((other) => other.shut(false));
    if (onopen) onopen();
    panel.hidden = false;
    button.setAttribute("aria-expanded", "true");
    wrap.place();
    const first = panel.querySelector("input:checked, input, button");
    if (first) first.focus();
  };
  panel.hidden = true;
  panel.classList.add("panel");
  button.setAttribute("aria-expanded", "false");
  button.addEventListener("click", () => (panel.hidden ? open() : shut(true)));
  wrap.addEventListener("focusout", (event) => {
    if (event.relatedTarget && !wrap.contains(event.relatedTarget)) shut(false);
  });
  popovers.push({ wrap, shut });
  return wrap;
}

function shutPopovers(focus) {
  return popovers.map((other) => other.shut(focus)).some(Boolean);
}

document.addEventListener("pointerdown", (event) => {
  for (const other of popovers) if (!other.wrap.contains(event.target)) other.shut(false);
});
