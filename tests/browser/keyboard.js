// What the keyboard walk needs in the page: installed before its own script, so that it hears of every click handler.

window.clickable = new Set();
const add = EventTarget.prototype.addEventListener;
EventTarget.prototype.addEventListener = function (kind, ...rest) {
  if (kind === "click" && this instanceof Element) clickable.add(this);
  return add.call(this, kind, ...rest);
};

const CONTROLS = 'button, a[href], input, select, textarea, summary, [tabindex]:not([tabindex="-1"])';

// Begins a walk: what has to be reached, apart from what has keys of its own.
window.begin = (known) => {
  const page = document.querySelector("dialog[open]") || document.querySelector(".babelscope");
  const own = [...clickable].filter((node) => page.contains(node));
  const shown = (node) => node.checkVisibility() && node.getClientRects().length && !node.disabled;
  window.stops = [];
  window.wanted = [...new Set([...page.querySelectorAll(CONTROLS), ...own])];
  window.wanted = wanted.filter((node) => shown(node) && !node.matches(known));
  return wanted.length;
};

// Where the focus is now: null between the end of the page and its beginning.
window.stop = () => {
  const node = document.activeElement;
  if (!node || node === document.body) return null;
  if (stops.includes(node)) return { again: true };
  stops.push(node);
  const style = getComputedStyle(node);
  const form = node.closest("form.query"); // rings itself around its field
  const ringed = style.outlineStyle !== "none" && parseFloat(style.outlineWidth) > 0;
  const { width, height } = node.getBoundingClientRect();
  const hidden = !node.checkVisibility({ opacityProperty: true, visibilityProperty: true }) || width < 1 || height < 1;
  return { name: named(node), ringed: ringed || Boolean(form && getComputedStyle(form).boxShadow !== "none"), hidden };
};

const named = (node) => node.outerHTML.slice(0, 140);
window.left = () => wanted.filter((node) => !stops.includes(node)).map(named);
