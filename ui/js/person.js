// Who sits here: a number made once by this browser, and a name that nobody checks.

const person = {
  get id() {
    let id = kept.get("annotator");
    if (!/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/.test(id || "")) {
      id = uuid4();
      kept.set("annotator", id);
    }
    return id;
  },
  get name() {
    return (kept.get("name") || "").slice(0, 80);
  },
  set name(text) {
    kept.set("name", text.trim().slice(0, 80));
  },
};

function nameButton() {
  const label = el("bdi");
  const button = el("button", { type: "button", class: "quiet", title: say("name.title") });
  const unverified = el("span", { class: "unverified" }, say("name.unverified"));
  button.append(label, unverified, caret());
  const input = el("input", { type: "text", maxlength: 80, dir: "auto", autocomplete: "nickname", "aria-describedby": "name-hint" });
  const show = () => {
    label.replaceChildren();
    write(label, person.name || say("name.none"));
    button.setAttribute("aria-label", `${say("name.label")}: ${person.name || say("name.none")}`);
    button.classList.toggle("unset", !person.name);
    unverified.hidden = !person.name;
  };
  input.addEventListener("change", () => {
    person.name = input.value;
    show();
  });
  input.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && !event.isComposing && event.keyCode !== 229) {
      person.name = input.value;
      show();
      shutPopovers(true);
    }
  });
  show();
  const panel = el(
    "div",
    { class: "name" },
    el("label", {}, say("name.label"), input),
    el("p", { class: "hint", id: "name-hint" }, say("name.hint")),
  );
  return popover(button, panel, { onopen: () => (input.value = person.name) });
}

function caret() {
  return el("span", { class: "caret", "aria-hidden": "true" });
}
