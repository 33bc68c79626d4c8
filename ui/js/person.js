// Who sits here. On one trusted machine a number made once by this browser, and a name that nobody checks; where people
// sign in, or visit, what the server knows by the cookie, which no script can read.

const person = {
  who: null,
  showing: [],
  // Asked once; to be waited for before anything else is asked.
  come() {
    return (this.coming ??= props.mode === "private" ? Promise.resolve() : this.ask());
  },
  async ask() {
    const answer = await server.read_person({}).catch(() => undefined);
    if (answer?.ok === true) this.who = answer;
    for (const show of this.showing) show();
  },
  get id() {
    if (props.mode !== "private") return this.who?.annotator ?? "";
    let id = kept.get("annotator");
    if (!/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/.test(id || "")) {
      id = uuid4();
      kept.set("annotator", id);
    }
    return id;
  },
  get name() {
    if (props.mode !== "private") return this.who?.name ?? "";
    return (kept.get("name") || "").slice(0, 80);
  },
  set name(text) {
    kept.set("name", text.trim().slice(0, 80));
  },
};

function nameButton() {
  const button = { private: typedName, session: signedName, public: visitorName }[props.mode]();
  person.come();
  return button;
}

function typedName() {
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

function signedName() {
  const label = el("bdi");
  const button = el("button", { type: "button", class: "quiet" }, label, caret());
  const out = el("form", { method: "post", action: "./signout" }, el("button", { class: "plain" }, say("name.out")));
  const people = makePeople();
  const panel = el("div", { class: "name" }, people.node, out);
  const show = () => {
    label.replaceChildren();
    write(label, person.name || say("name.none"));
    button.setAttribute("aria-label", `${say("name.signed")} ${person.name}`);
    people.node.hidden = !person.who?.owner;
    panel.classList.toggle("owner", Boolean(person.who?.owner));
  };
  person.showing.push(show);
  show();
  return popover(button, panel, { onopen: () => person.who?.owner && people.load() });
}

function visitorName() {
  const none = el("span", { class: "unverified", hidden: true }, say("name.nocookie"));
  const button = el("button", { type: "button", class: "quiet", title: say("name.visitor.title") }, say("name.visitor"), none, caret());
  const hint = el("p", { class: "hint" }, say("name.visitor.hint"));
  const own = el("a", { href: location.href, target: "_blank", rel: "noopener", hidden: true }, say("name.nocookie.open"));
  person.showing.push(() => {
    const lost = !person.id;
    none.hidden = own.hidden = !lost;
    own.href = location.href;
    if (lost) hint.textContent = say("name.nocookie.hint");
  });
  return popover(button, el("div", { class: "name" }, hint, own));
}

function caret() {
  return el("span", { class: "caret", "aria-hidden": "true" });
}
