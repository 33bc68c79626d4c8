// Sets of systems that somebody saved under a name: save, load, rename, delete, and put back what was deleted.

function makeSets({ chosen, onload }) {
  let sets = [];
  let again = null; // what puts back the set that was deleted last
  const list = el("ul", { class: "sets" });
  const input = el("input", { type: "text", dir: "auto", maxlength: 80, autocomplete: "off", "aria-label": say("sets.name"), placeholder: say("sets.name") });
  const save = el("button", { type: "button", class: "plain", onclick: () => keep(false) }, say("sets.save"));
  const replace = el("button", { type: "button", class: "plain", hidden: true, onclick: () => keep(true) }, say("sets.replace"));
  const back = el("button", { type: "button", class: "plain", hidden: true, onclick: () => again() }, say("putback"));
  const told = el("span", { role: "status" });
  const node = el(
    "section",
    { "aria-label": say("sets.title") },
    el("p", { class: "caption" }, say("sets.title")),
    list,
    el("div", { class: "typed" }, input, save),
    el("p", { class: "hint told" }, told, " ", replace, back),
  );

  async function ask(name, data) {
    const answer = await server[name]({ annotator: person.id, ...data }).catch(() => undefined);
    tell(answer?.ok === true ? "" : answer?.error || say("error.lost"));
    replace.hidden = !answer?.taken;
    back.hidden = true;
    if (answer?.ok !== true) return null;
    sets = answer.sets;
    paint();
    return answer;
  }

  function tell(text) {
    told.replaceChildren();
    write(told, text);
  }

  async function keep(replacing) {
    const answer = await ask("save_set", { name: input.value, systems: chosen(), replace: replacing });
    if (!answer) return input.focus();
    tell(say("sets.saved", { name: answer.saved.name, n: answer.saved.systems.length }));
    input.value = "";
    input.focus();
  }

  async function remove(one) {
    const answer = await ask("delete_set", { id: one.id });
    if (!answer) return;
    tell(say("sets.deleted", { name: one.name }));
    back.hidden = false;
    again = async () => {
      if (!(await ask("save_set", { name: one.name, systems: answer.gone.systems, replace: false }))) return;
      tell(say("sets.back", { name: one.name }));
      list.querySelector("button")?.focus();
    };
    back.focus();
  }

  function rename(one, item) {
    const name = el("input", { type: "text", dir: "auto", maxlength: 80, "aria-label": say("sets.rename", { name: one.name }) });
    name.value = one.name;
    const done = async (sure) => {
      const changed = sure && name.value.trim() && name.value !== one.name;
      if (changed && !(await ask("rename_set", { id: one.id, name: name.value }))) return name.focus();
      paint();
      list.querySelector(`[data-set="${CSS.escape(one.id)}"] .rename`)?.focus();
    };
    name.addEventListener("keydown", (event) => {
      if (event.isComposing || event.keyCode === 229) return;
      if (event.key === "Enter") done(true);
      if (event.key !== "Escape") return;
      event.stopPropagation();
      done(false);
    });
    item.replaceChildren(name, el("button", { type: "button", class: "plain", onclick: () => done(true) }, say("sets.renamed")));
    name.select();
    name.focus();
  }

  const row = (one) => {
    const item = el("li", { "data-set": one.id });
    const title = one.systems.join("\n");
    const words = (key) => say(key, { name: one.name });
    const count = el("span", { class: "number" }, String(one.systems.length));
    item.append(
      el("button", { type: "button", class: "offer", title, onclick: () => onload(one.systems) }, write(el("bdi", { class: "name" }), one.name), count),
      el("button", { type: "button", class: "quiet rename", title: words("sets.rename"), "aria-label": words("sets.rename"), onclick: () => rename(one, item) }, "✎"),
      el("button", { type: "button", class: "quiet cross", title: words("sets.delete"), "aria-label": words("sets.delete"), onclick: () => remove(one) }, "×"),
    );
    return item;
  };
  const paint = () => list.replaceChildren(...(sets.length ? sets.map(row) : [el("li", { class: "hint" }, say("sets.none"))]));
  input.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && !event.isComposing && event.keyCode !== 229) keep(false);
  });
  input.addEventListener("input", () => (replace.hidden = true));
  return { node, load: () => ask("list_sets", {}) };
}
