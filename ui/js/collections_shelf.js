// One collection on the shelf: what is in it by language, how far its index is, what was refused, what goes on with it.

const SHOWN_LANGUAGES = 16;

class Shelved {
  // `on`: build(id), stop(kind, id), refused(id) → rows; `may`: whether this person may build.
  constructor(id, { on, may }) {
    Object.assign(this, { id, on, may, facts: null, job: null, took: null, wholly: false });
    this.title = el("h3", { id: `named-${id}` }, write(el("bdi"), id));
    this.state = el("span", { class: "state" });
    this.acts = el("span", { class: "acts" });
    this.counts = el("p", { class: "counts" }, say("shelf.reading"));
    this.bar = el("div", { class: "bar", "aria-hidden": "true" });
    this.legend = el("ul", { class: "by-language", "aria-label": say("shelf.languages") });
    this.about = el("p", { class: "about-it" });
    this.came = el("div", { class: "came", hidden: true });
    this.refused = makeRefused(() => on.refused(id));
    this.work = makeWork({ label: say("work.label", { name: id }), onstop: () => on.stop(this.job?.kind || "build", id) });
    this.fault = el("p", { class: "fault", role: "alert", hidden: true });
    this.work.node.hidden = true;
    const line = el("div", { class: "line" }, this.title, el("span", { class: "ends" }, this.state, this.acts));
    this.node = el(
      "article",
      { class: "shelved", "aria-labelledby": `named-${id}`, tabindex: -1, "data-id": id },
      line, this.counts, this.work.node, this.fault, this.came, this.bar, this.legend, this.about, this.refused.node,
    );
  }

  describe(facts) {
    this.facts = facts;
    if (facts.fault) this.fail(facts.fault);
    this.counts.hidden = Boolean(facts.fault);
    if (!facts.fault) this.showFacts(facts);
    this.showState();
  }

  showFacts(facts) {
    Object.assign(tongues, facts.tongues);
    const named = facts.name !== facts.id ? [write(el("bdi"), facts.name), write(el("code"), facts.id)] : [write(el("bdi"), facts.id)];
    this.title.replaceChildren(...named);
    const tags = Object.entries(facts.languages);
    const of = (n, many, one) => say(n === 1 ? one : many, { n: counted(n) });
    const counts = [of(facts.documents, "shelf.documents", "shelf.documents.one"), of(tags.length, "shelf.tongues", "shelf.tongues.one")];
    if (facts.queries) counts.push(of(facts.queries, "shelf.queries", "shelf.queries.one"));
    if (facts.judgments) counts.push(of(facts.judgments, "shelf.judgments", "shelf.judgments.one"));
    const origin = el("span", { class: `origin ${facts.provenance}` }, say(`provenance.${facts.provenance}`));
    const licence = facts.licence === "unknown" ? say("shelf.licence") : facts.licence;
    this.counts.replaceChildren(`${counts.join(" · ")} · `, origin, " · ", write(el("span"), licence));
    for (const [tag] of tags) colourOf(tag);
    this.bar.replaceChildren(...tags.map(([tag, n]) => this.piece(tag, n)));
    const most = this.wholly ? tags.length : SHOWN_LANGUAGES;
    const more = tags.length > most ? el("li", {}, el("button", { type: "button", class: "quiet", onclick: () => ((this.wholly = true), this.showFacts(facts)) }, say("shelf.more", { n: tags.length - most }))) : "";
    this.legend.replaceChildren(...tags.slice(0, most).map(([tag, n]) => el("li", { title: tongue(tag).name }, dot(tag), el("span", { class: "tag" }, tag), endonym(tag), el("span", { class: "number" }, counted(n)))), more);
    this.about.hidden = !facts.description;
    this.about.replaceChildren();
    write(this.about, facts.description);
    this.showRefused();
  }

  piece(tag, n) {
    const part = el("i");
    part.style.flexGrow = n;
    part.style.background = colourOf(tag);
    return part;
  }

  fail(sentence) {
    this.fault.hidden = !sentence;
    this.fault.replaceChildren();
    write(this.fault, sentence || "");
  }

  // The newest of its jobs that goes on or failed; a job of taking in that is done leaves its summary.
  show(jobs) {
    const running = jobs.find((job) => job.state === "running");
    const failed = jobs.find((job) => job.state === "failed");
    const took = jobs.find((job) => job.kind === "take" && job.state === "done");
    const stopping = !running && this.work.node.contains(document.activeElement);
    this.job = running || null;
    this.work.node.hidden = !running;
    if (running) this.work.show(workText(running), shareOf(running));
    if (!this.facts?.fault) this.fail(running ? "" : failed?.error);
    if (took && !this.took && this.facts?.index?.state !== "ready") {
      this.took = took.result;
      this.showTaken(took.result);
    }
    this.showState();
    if (stopping) (this.acts.querySelector("a, button") || this.node).focus();
  }

  showRefused() {
    this.refused.show((this.may && this.facts?.refused) || 0);
  }

  showState() {
    const index = this.facts?.index;
    const share = index?.total ? (BUILT_BEFORE_WORDS * index.done) / index.total : 0;
    const building = this.job?.kind === "build";
    const taking = this.job?.kind === "take";
    const state = building ? "building" : taking ? "taking" : index?.state || "";
    if (this.node.dataset.state === state && this.may === this.mayShown && state !== "building" && state !== "begun") return;
    this.node.dataset.state = state;
    this.mayShown = this.may;
    const words = { building: () => say("state.building", { share: percent(shareOf(this.job)) }), begun: () => say("state.begun", { share: percent(share) }) };
    this.state.replaceChildren(state ? (words[state] || (() => say(STATE_WORDS[state])))() : "");
    const open = el("a", { class: "plain", href: `./?v=1&c=${encodeURIComponent(this.id)}` }, say("shelf.open"));
    const build = (key) => (this.may ? el("button", { type: "button", class: "plain build", onclick: () => this.on.build(this.id) }, say(key)) : "");
    const acts = { ready: () => open, missing: () => build("shelf.build"), changed: () => build("shelf.build"), begun: () => build("shelf.resume") };
    const held = this.acts.contains(document.activeElement);
    this.acts.replaceChildren(acts[state] ? acts[state]() : "");
    if (held) (this.acts.querySelector("a, button") || this.work.stop).focus();
  }

  showTaken(result) {
    const parts = [say("came.documents", { documents: counted(result.documents), rows: counted(result.rows) })];
    if (result.detected) parts.push(say("came.detected", { n: counted(result.detected), unsure: counted(result.unsure) }));
    if (result.choices.length) parts.push(say("came.columns", { columns: result.choices.map((choice) => `${ROLE_WORDS(choice.role)} = ${choice.column}`).join(", ") }));
    if (result.unused.length) parts.push(say("came.unused", { columns: result.unused.join(", ") }));
    if (result.replaced) parts.push(say("came.replaced", { n: counted(result.replaced) }));
    this.came.hidden = false;
    this.came.replaceChildren(el("h4", {}, say("came.title")), el("ul", {}, parts.map((text) => write(el("li"), text))));
    if (Object.keys(result.refused).length) this.refused.open(result.refused);
  }
}

const STATE_WORDS = { ready: "state.ready", missing: "state.missing", changed: "state.changed", taking: "state.taking" };

// The rows that were not taken in: how many, and the first ones with line and reason.
function makeRefused(ask) {
  const summary = el("summary");
  const list = el("div");
  const node = el("details", { class: "refused", hidden: true }, summary, list);
  let asked = false;
  node.addEventListener("toggle", async () => {
    if (!node.open || asked) return;
    asked = true;
    const answer = await ask();
    if (answer?.ok !== true) {
      asked = false;
      return list.replaceChildren(write(el("p", { class: "fault" }), answer?.error || say("take.lost")));
    }
    show(answer.total);
    const row = (one) => el("tr", {}, el("th", { scope: "row", class: "number" }, counted(one.line)), el("td", { class: "why" }, one.reason), el("td", { dir: "auto" }, write(el("div", { class: "cell raw" }), one.row || say("refused.empty"))));
    const head = ["take.line", "refused.reason", "refused.row"].map((key) => el("th", { scope: "col" }, say(key)));
    list.replaceChildren(
      el("div", { class: "rows", tabindex: 0, role: "region", "aria-label": say("refused.title") }, el("table", {}, el("thead", {}, el("tr", {}, head)), el("tbody", {}, answer.rows.map(row)))),
      answer.file || answer.total > answer.rows.length ? write(el("p", { class: "hint" }), say(answer.file ? "refused.file" : "refused.first", { n: answer.rows.length, total: counted(answer.total), file: answer.file })) : "",
    );
  });
  const show = (n) => {
    node.hidden = !n;
    summary.replaceChildren(say(n === 1 ? "refused.one" : "refused.count", { n: counted(n) }));
  };
  const open = () => {
    node.hidden = false;
    node.open = true;
  };
  return { node, show, open };
}
