// What a file holds before it is taken in: a select for each role, the language, the id, and the first rows.

function makePreview({ form, onchange, oncheck, ontake, onclose }) {
  const said = el("p", { class: "said" });
  const roles = Object.fromEntries(form.roles.map((role) => [role, el("select", { class: "choice", onchange })]));
  const id = el("input", { type: "text", class: "choice", maxlength: 200, spellcheck: "false", autocomplete: "off", dir: "auto", "aria-describedby": "id-fault" });
  const idFault = el("p", { class: "fault", id: "id-fault", role: "alert" });
  const fault = el("p", { class: "fault", role: "alert" });
  const table = el("table");
  const take = el("button", { type: "submit", class: "primary" }, say("take.in"));
  const close = el("button", { type: "button", class: "quiet", onclick: onclose }, say("take.close"));
  const labelled = (words, field, more) => el("label", { class: "labelled" }, el("span", { class: "key" }, words), field, more);
  const fields = el("div", { class: "roles" }, form.roles.map((role) => labelled(ROLE_WORDS(role), roles[role])));
  const node = el(
    "form",
    { class: "preview", hidden: true, "aria-label": say("take.preview") },
    said,
    fields,
    el("div", { class: "rows", tabindex: 0, role: "region", "aria-label": say("take.rows") }, table),
    fault,
    el("div", { class: "last" }, labelled(say("take.id"), id), el("div", { class: "acts" }, close, take)),
    idFault,
  );
  let found = null;
  let timer = 0;

  node.addEventListener("submit", (event) => {
    event.preventDefault();
    if (!take.disabled) ontake();
  });
  id.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(async () => {
      const asked = id.value;
      const sentence = await oncheck(asked);
      if (asked === id.value) sayId(sentence);
    }, 200);
  });

  function sayId(sentence) {
    idFault.replaceChildren();
    write(idFault, sentence || "");
    if (sentence) id.setAttribute("aria-invalid", "true");
    else id.removeAttribute("aria-invalid");
    allow();
  }

  function allow(busy) {
    take.disabled = Boolean(busy) || id.hasAttribute("aria-invalid") || !found || !(found.fixed || roles.text.value);
  }

  // `fresh`: another file, so the id is suggested anew.
  function show(preview, fresh) {
    found = preview;
    Object.assign(tongues, preview.tongues);
    said.replaceChildren();
    write(said, say("take.found", { layout: preview.said, columns: preview.columns.length + preview.more }));
    fields.hidden = preview.fixed;
    for (const role of form.roles) fill(role, preview);
    fault.replaceChildren();
    if (preview.fault) write(fault, roles.text.value ? preview.fault : say("take.which"));
    showRows(preview);
    if (fresh) {
      id.value = preview.id;
      sayId(preview.id_fault);
    }
    node.hidden = false;
    allow();
  }

  function fill(role, preview) {
    const chosen = preview.choices[role]?.column ?? "";
    const kept = role === "language" && roles.language.value.startsWith("all:") ? roles.language.value : "";
    const column = (name) => write(el("option", { value: `column:${name}` }), name);
    const groups = [el("option", { value: "" }, say(NONE_WORDS[role])), el("optgroup", { label: say("take.column") }, preview.columns.map(column))];
    if (role === "language") {
      const all = form.languages.map((one) => el("option", { value: `all:${one.tag}` }, `${one.name} · ${one.endonym}`));
      groups.push(el("optgroup", { label: say("take.all") }, all));
    }
    roles[role].replaceChildren(...groups);
    roles[role].value = kept || (chosen ? `column:${chosen}` : "");
  }

  function showRows(preview) {
    const roleOf = (name) => Object.entries(preview.choices).filter(([, choice]) => choice.column === name).map(([role]) => ROLE_WORDS(role));
    const rolesOf = (i) => roleOf(preview.shown[i]);
    const isText = (i) => ["title", "text"].some((role) => preview.choices[role]?.column === preview.shown[i]);
    const heads = preview.shown.map((name) => {
      const used = roleOf(name);
      return el("th", { scope: "col", class: used.length ? "used" : "" }, write(el("bdi"), name), el("span", { class: "role" }, used.join(", ") || say("take.unused")));
    });
    const body = preview.rows.map((row) => {
      const language = el("td", { class: "tag" }, row.reason ? write(el("span", { class: "reason" }), row.reason) : row.language || "–");
      const cells = row.cells.map((text, i) => el("td", { class: rolesOf(i).length ? "used" : "" }, cell(text, isText(i) ? row.language : "")));
      return el("tr", { class: row.reason ? "bad" : "" }, el("th", { scope: "row", class: "number" }, counted(row.line)), language, cells);
    });
    table.replaceChildren(
      el("caption", {}, say("take.first", { n: preview.rows.length })),
      el("thead", {}, el("tr", {}, el("th", { scope: "col" }, say("take.line")), el("th", { scope: "col" }, say("take.language")), heads)),
      el("tbody", {}, body),
    );
  }

  function cell(text, tag) {
    const node = el("div", { class: text.length > 24 ? "cell" : "cell short" });
    if (tag) spoken(node, tag);
    node.dir = "auto";
    return write(node, text.length > 400 ? `${text.slice(0, 400)} …` : text);
  }

  // What the selects say: role → column, and one language for all or none.
  function wish() {
    const column = (role) => (roles[role].value.startsWith("column:") ? roles[role].value.slice(7) : "");
    const columns = found && !found.fixed ? Object.fromEntries(form.roles.map((role) => [role, column(role)])) : null;
    const language = !found?.fixed && roles.language.value.startsWith("all:") ? roles.language.value.slice(4) : "";
    return { columns, language };
  }

  function forget() {
    found = null;
    node.hidden = true;
    roles.language.value = "";
  }

  return { node, id, take, show, wish, forget, allow, said: sayId };
}

const NONE_WORDS = { id: "take.none.id", title: "take.none.title", text: "take.none.text", language: "take.none.language", group: "take.none.group" };
const ROLE_NAMES = { id: "role.id", title: "role.title", text: "role.text", language: "role.language", group: "role.group" };
const ROLE_WORDS = (role) => say(ROLE_NAMES[role]);
