// Who may sign in, for an owner: add people, give a new password, remove. A password is shown once, on its slip.

function makePeople() {
  const list = el("ul", { class: "members" });
  const slips = el("dl", { class: "slips", hidden: true });
  const said = el("p", { class: "hint", role: "status" });
  const names = el("textarea", { rows: 3, dir: "auto", spellcheck: "false", "aria-describedby": "people-said" });
  const add = el("button", { type: "button", class: "plain", onclick: () => change("add_people", { names: lines(names.value) }) }, say("people.add.button"));
  said.id = "people-said";
  const node = el(
    "section",
    { "aria-label": say("people.title"), hidden: true },
    el("p", { class: "caption" }, say("people.title")),
    list,
    el("label", {}, say("people.add"), names),
    add,
    said,
    slips,
  );

  const lines = (text) => text.split("\n").map((name) => name.trim()).filter(Boolean);

  async function ask(name, data) {
    const answer = await server[name](data).catch(() => undefined);
    if (answer?.ok === true) return answer;
    tell(answer?.error || say("people.lost"));
    return null;
  }

  async function load() {
    const answer = await ask("list_people", {});
    if (answer) list.replaceChildren(...answer.people.map(row));
  }

  async function change(name, data) {
    tell("");
    showSlips({});
    const answer = await ask(name, data);
    if (!answer) return;
    if (name === "add_people") names.value = "";
    if (name === "remove_person") tell(say("people.removed", { name: data.name }));
    if (answer.slips) showSlips(answer.slips);
    await load();
  }

  function row({ name, owner }) {
    const renew = el("button", { type: "button", class: "quiet", "aria-label": say("people.renew.of", { name }), onclick: () => change("renew_password", { name }) }, say("people.renew"));
    const remove = el("button", { type: "button", class: "quiet", "aria-label": say("people.remove.of", { name }), onclick: () => line.replaceChildren(...sure()) }, say("people.remove"));
    const face = [write(el("bdi", { class: "name" }), name), owner ? el("span", { class: "key" }, say("people.owner")) : null, renew, name === person.name ? null : remove];
    const line = el("li", {}, face);

    function sure() {
      const yes = el("button", { type: "button", class: "plain", onclick: () => change("remove_person", { name }) }, say("people.sure.yes"));
      const no = el("button", { type: "button", class: "quiet", onclick: () => back() }, say("people.sure.no"));
      setTimeout(() => no.focus());
      return [write(el("span", { class: "name" }), say("people.sure", { name })), yes, no];
    }

    function back() {
      line.replaceChildren(...face.filter(Boolean));
      remove.focus();
    }

    return line;
  }

  function showSlips(made) {
    const rows = Object.entries(made);
    slips.hidden = !rows.length;
    slips.replaceChildren(...rows.flatMap(([name, password]) => [write(el("dt"), name), el("dd", {}, el("kbd", {}, password))]));
    if (rows.length) tell(say("people.slips"));
  }

  function tell(sentence) {
    said.replaceChildren();
    write(said, sentence);
  }

  return { node, load };
}
