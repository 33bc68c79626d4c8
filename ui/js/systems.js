// Which systems stand as columns, and in which order.

const MOST_COLUMNS = 4;

function makeSystemPicker({ onask, said }) {
  let chosen = [];
  let suggested = [];
  const chips = el("span", { class: "chips" });
  const add = el("button", { type: "button", class: "quiet plus", "aria-label": say("systems.add"), title: say("systems.add") });
  const count = el("span", { class: "count" });
  add.append(el("span", { class: "sign" }, "+"), count, caret());
  const order = el("ol", { class: "order", "aria-label": say("systems.chosen") });
  const offers = el("ul", { class: "offers", "aria-label": say("systems.offered") });
  const input = el("input", { type: "text", dir: "ltr", maxlength: 2000, spellcheck: "false", autocapitalize: "off", "aria-label": say("systems.add"), placeholder: say("systems.type") });
  const take = el("button", { type: "button", class: "plain" }, say("systems.take"));
  const warning = el("p", { class: "hint", role: "status" });
  const typed = el("div", { class: "typed" }, input, take);
  const panel = el("div", { class: "systems" }, el("p", { class: "caption" }, say("systems.chosen")), order, el("p", { class: "caption" }, say("systems.offered")), offers, typed, warning);

  const change = (names) => {
    chosen = names;
    paint();
    onask();
  };
  const append = (name) => {
    const text = name.trim();
    const words = !text ? "" : chosen.includes(text) ? say("systems.twice") : chosen.length >= MOST_COLUMNS ? say("systems.full", { n: MOST_COLUMNS }) : "";
    warning.textContent = words;
    if (!text || words) return;
    input.value = "";
    change([...chosen, text]);
  };
  const remove = (name) => {
    if (chosen.length === 1) return said(say("systems.one"), true);
    warning.textContent = "";
    change(chosen.filter((other) => other !== name));
  };
  const move = (at, by) => {
    const names = [...chosen];
    names.splice(at + by, 0, names.splice(at, 1)[0]);
    change(names);
    order.children[at + by]?.querySelector(by < 0 ? "button" : "button + button")?.focus();
  };
  const step = (name, at, by, sign) => {
    const words = say(by < 0 ? "systems.earlier" : "systems.later", { name });
    const off = at + by < 0 || at + by >= chosen.length;
    return el("button", { type: "button", class: "quiet", disabled: off, title: words, "aria-label": words, onclick: () => move(at, by) }, sign);
  };
  const cross = (name) => {
    const words = say("systems.remove", { name });
    return el("button", { type: "button", class: "quiet cross", title: words, "aria-label": words, onclick: () => remove(name) }, "×");
  };
  const code = (name) => systemName(name, "name", name);
  const paint = () => {
    count.textContent = String(chosen.length);
    chips.replaceChildren(...chosen.map((name) => el("span", { class: "chip" }, systemName(name, null, name), cross(name))));
    order.replaceChildren(...chosen.map((name, at) => el("li", {}, code(name), step(name, at, -1, "↑"), step(name, at, 1, "↓"), cross(name))));
    const free = suggested.filter((name) => !chosen.includes(name));
    offers.replaceChildren(...free.map((name) => el("li", {}, el("button", { type: "button", class: "offer", onclick: () => append(name) }, code(name)))));
  };
  take.addEventListener("click", () => append(input.value));
  input.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && !event.isComposing && event.keyCode !== 229) append(input.value);
  });
  const show = (names, all) => {
    [chosen, suggested] = [names, all];
    paint();
  };
  // Another system in the place of that column.
  const put = (at, name) => {
    if (chosen.includes(name)) return said(say("systems.twice"), true);
    change(chosen.map((other, i) => (i === at ? name : other)));
  };
  const node = el("div", { class: "field" }, el("span", { class: "key" }, say("systems.key")), chips, popover(add, panel));
  return { node, show, put, chosen: () => chosen };
}
