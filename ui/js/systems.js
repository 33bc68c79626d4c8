// Which systems stand as columns, and in which order: chosen by name, built from parts, pasted, or loaded as a saved set.

const MOST_COLUMNS = 8;

// on: {onask(), said(sentence, insight), collection(), renamed(old, name)}
function makeSystemPicker({ onask, said, collection, renamed }) {
  let chosen = [];
  let suggested = [];
  let faults = {};
  let taken = null; // what was removed last: {name, at}
  const chips = el("span", { class: "chips" });
  const add = el("button", { type: "button", class: "quiet plus", "aria-label": say("systems.add"), title: say("systems.add") });
  const count = el("span", { class: "count" });
  add.append(el("span", { class: "sign" }, "+"), count, caret());
  const order = el("ol", { class: "order", "aria-label": say("systems.chosen") });
  const offers = el("ul", { class: "offers", "aria-label": say("systems.offered") });
  const input = el("textarea", { rows: 2, dir: "ltr", maxlength: 40000, spellcheck: "false", autocapitalize: "off", "aria-label": say("systems.type"), placeholder: say("systems.type") });
  const take = el("button", { type: "button", class: "plain", onclick: () => paste(false) }, say("systems.take"));
  const anyway = el("button", { type: "button", class: "plain", hidden: true, onclick: () => paste(true) }, say("systems.anyway"));
  const warning = el("div", { class: "hint", role: "status" });
  const build = el("button", { type: "button", class: "plain", onclick: () => edit(null) }, say("build.open"));
  const link = el("button", { type: "button", class: "plain", onclick: () => copyLink() }, say("systems.link"));
  const back = el("button", { type: "button", class: "chip putback", hidden: true, onclick: () => putBack() });
  const sets = makeSets({ chosen: () => chosen, onload: (names) => change(names.slice(0, MOST_COLUMNS)) });
  const builder = makeBuilder({ collection, ondone: built, onleave: () => showBuilder(false) });
  const plain = el(
    "div",
    {},
    el("p", { class: "caption" }, say("systems.chosen")),
    order,
    el("p", { class: "caption" }, say("systems.offered")),
    offers,
    el("div", { class: "typed" }, input, el("div", {}, take, anyway)),
    warning,
    el("div", { class: "tools" }, build, link),
    sets.node,
  );
  const panel = el("div", { class: "systems" }, plain, builder.node);

  const change = (names) => {
    chosen = names;
    paint();
    onask();
  };

  function tell(...sentences) {
    warning.replaceChildren(...sentences.map((text) => write(el("p", {}), text)));
  }

  // Those that run are added; one that does not is said why, and can be added all the same.
  async function paste(all) {
    if (!input.value.trim()) return;
    const answer = await server.check_system({ names: input.value, collection: collection() }).catch(() => undefined);
    anyway.hidden = true;
    if (answer?.ok !== true) return tell(answer?.error || say("error.lost"));
    const fresh = answer.systems.filter(({ system }) => !chosen.includes(system));
    const run = fresh.filter(({ error }) => all || !error);
    const room = MOST_COLUMNS - chosen.length;
    const left = [...run.slice(room), ...(all ? [] : fresh.filter(({ error }) => error))];
    const full = run.length > room || answer.more ? [say("systems.full", { n: MOST_COLUMNS })] : [];
    const twice = fresh.length < answer.systems.length ? [say("systems.twice")] : [];
    input.value = left.map(({ system }) => system).join("\n");
    anyway.hidden = !left.some(({ error }) => error) || room <= run.length;
    tell(...full, ...twice, ...left.map(({ error }) => error).filter(Boolean));
    if (run.length && room > 0) change([...chosen, ...run.slice(0, room).map(({ system }) => system)]);
  }

  function append(name) {
    if (chosen.length >= MOST_COLUMNS) return tell(say("systems.full", { n: MOST_COLUMNS }));
    tell();
    change([...chosen, name]);
    offers.querySelector("button")?.focus();
  }

  function remove(name) {
    if (chosen.length === 1) return said(say("systems.one"), true);
    tell();
    const last = { name, at: chosen.indexOf(name) };
    change(chosen.filter((other) => other !== name));
    taken = last;
    paint();
    said(say("systems.removed", { name }));
    if (!panel.hidden) return;
    back.focus();
  }

  function putBack() {
    const { name, at } = taken;
    taken = null;
    if (chosen.includes(name) || chosen.length >= MOST_COLUMNS) return paint();
    change([...chosen.slice(0, at), name, ...chosen.slice(at)]);
    said(say("systems.returned", { name }));
    add.focus();
  }

  // From one place to another; the others close up.
  function move(from, to) {
    if (to < 0 || to >= chosen.length || from === to) return false;
    const names = [...chosen];
    names.splice(to, 0, names.splice(from, 1)[0]);
    said(say("systems.moved", { name: chosen[from], at: to + 1, n: chosen.length }));
    change(names);
    return true;
  }

  // Another system in the place of that column.
  function put(at, name) {
    if (chosen[at] === name) return;
    if (chosen.includes(name)) return said(say("systems.twice"), true);
    renamed(chosen[at], name);
    change(chosen.map((other, i) => (i === at ? name : other)));
  }

  // The builder, with that column's system, or for a new column.
  function edit(at) {
    if (panel.hidden) add.click();
    showBuilder(true);
    builder.open(at === null ? builder.first() : chosen[at], at).then(() => builder.node.querySelector("select:enabled, textarea").focus());
  }

  function showBuilder(on) {
    builder.node.hidden = !on;
    plain.hidden = on;
    if (!on && !panel.hidden) build.focus();
  }

  function built(name, at) {
    showBuilder(false);
    if (at !== null) return put(at, name);
    if (chosen.includes(name)) return tell(say("systems.twice"));
    append(name);
  }

  // The address, with the systems that are chosen now, even before anybody asked with them.
  async function copyLink() {
    const parts = new URLSearchParams(location.search || "?v=1");
    parts.set("c", collection());
    parts.set("s", chosen.join(";"));
    const done = await navigator.clipboard?.writeText(`${location.origin}${location.pathname}?${readable(parts)}`).then(() => true, () => false);
    said(say(done ? "systems.copied" : "systems.uncopied"), true);
  }

  const step = (name, at, by, sign) => {
    const words = say(by < 0 ? "systems.earlier" : "systems.later", { name });
    const off = at + by < 0 || at + by >= chosen.length;
    const go = () => {
      move(at, at + by);
      order.children[at + by]?.querySelector(by < 0 ? ".up" : ".down")?.focus();
    };
    return el("button", { type: "button", class: `quiet ${by < 0 ? "up" : "down"}`, disabled: off, title: words, "aria-label": words, onclick: go }, sign);
  };
  const cross = (name) => {
    const words = say("systems.remove", { name });
    return el("button", { type: "button", class: "quiet cross", title: words, "aria-label": words, onclick: () => remove(name) }, "×");
  };
  const pen = (name, at) => {
    const words = say("systems.edit", { name });
    return el("button", { type: "button", class: "quiet", title: words, "aria-label": words, onclick: () => edit(at) }, "✎");
  };
  const code = (name) => systemName(name, "name", name);
  const offer = (name) => {
    const words = faults[name] && write(el("span", { class: "wrong" }), faults[name]);
    return el("li", {}, el("button", { type: "button", class: "offer", onclick: () => append(name) }, code(name)), words);
  };
  const paint = () => {
    count.textContent = String(chosen.length);
    chips.replaceChildren(...chosen.map((name) => el("span", { class: "chip" }, systemName(name, null, name), cross(name))));
    order.replaceChildren(...chosen.map((name, at) => el("li", {}, code(name), pen(name, at), step(name, at, -1, "↑"), step(name, at, 1, "↓"), cross(name))));
    offers.replaceChildren(...suggested.filter((name) => !chosen.includes(name)).map(offer));
    back.hidden = !taken;
    if (taken) back.replaceChildren(say("putback"), " ", systemName(taken.name, null, taken.name));
    picker.place();
  };
  input.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || event.shiftKey || event.isComposing || event.keyCode === 229) return;
    event.preventDefault();
    paste(false);
  });
  const show = (names, all) => {
    if (taken && names.includes(taken.name)) taken = null;
    [chosen, suggested] = [names, all];
    paint();
  };
  // What can be built, and what cannot run: asked for when somebody looks.
  async function look() {
    showBuilder(false);
    sets.load();
    const answer = await server.read_offers({ collection: collection() }).catch(() => undefined);
    if (answer?.ok !== true) return;
    faults = answer.faults;
    builder.know(answer);
    offers.replaceChildren(...suggested.filter((name) => !chosen.includes(name)).map(offer));
  }
  const picker = popover(add, panel, { onopen: look });
  const node = el("div", { class: "field" }, el("span", { class: "key" }, say("systems.key")), chips, picker, back);
  return { node, show, put, edit, remove, move, chosen: () => chosen };
}
