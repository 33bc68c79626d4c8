// The Collections page: a way in for own documents, the shelf, and the work that goes on, which lives on the server.

const LOOK_MS = 500; // between two looks at running work

function makeCollections() {
  const live = el("p", { class: "live", role: "status", "aria-live": "polite" });
  const notes = makeNotices();
  const help = makeHelp();
  const header = makeHeader({ onhelp: help.open, oncollection: (id) => point(id, true) });
  const place = el("div", { class: "way-in" });
  const shelf = el("div", { class: "shelf", id: "shelf", tabindex: -1 });
  const skip = el("a", { class: "skip", href: "#shelf" }, say("shelf.skip"));
  const shelved = new Map();
  let form = null;
  let may = false; // build and stop
  let looking = 0;
  let states = new Map(); // "kind subject" → state, as last seen
  const on = { build, stop, refused: (id) => server.refused_rows({ collection: id }).catch(() => undefined) };

  function said(sentence) {
    live.replaceChildren();
    write(live, sentence);
  }

  // The shelf

  async function refresh(first) {
    const answer = await server.list_collections({ link: location.search }).catch(() => undefined);
    if (answer?.ok !== true) return notes.show([], answer?.error || say("take.lost"));
    if (first) notes.show(answer.notes, "");
    header.show(answer.ids, answer.chosen || answer.start);
    backed.show(answer.backed);
    for (const id of answer.ids) entry(id);
    for (const [id, one] of shelved) if (!answer.ids.includes(id) && !one.job && one.facts) forget(id);
    arrange(answer.ids);
    if (first) await describe(answer.start); // so that its languages have the colours of the other pages
    await Promise.all(answer.ids.map(describe));
    if (first && answer.chosen) point(answer.chosen, false);
  }

  function entry(id) {
    if (!shelved.has(id)) shelved.set(id, new Shelved(id, { on, may }));
    return shelved.get(id);
  }

  // What is being taken in, or just was, stands first; then the order of the server.
  function arrange(ids) {
    const fresh = [...shelved.values()].filter((one) => one.took || !ids.includes(one.id));
    const rest = ids.map((id) => shelved.get(id)).filter((one) => !fresh.includes(one));
    const wanted = [...fresh.reverse(), ...rest].map((one) => one.node);
    if (wanted.some((node, i) => shelf.children[i] !== node)) shelf.replaceChildren(...wanted);
  }

  function forget(id) {
    shelved.get(id)?.node.remove();
    shelved.delete(id);
  }

  async function describe(id) {
    const answer = await server.describe_collection({ collection: id }).catch(() => undefined);
    if (answer?.ok === true) shelved.get(id)?.describe(answer);
    shelf.dataset.done = "yes";
  }

  function point(id, push) {
    const one = shelved.get(id);
    if (!one) return;
    if (push) history.replaceState(null, "", `${location.pathname}?v=1&c=${encodeURIComponent(id)}`);
    one.node.scrollIntoView({ block: "nearest" });
    one.node.focus();
  }

  // Work

  async function look() {
    clearTimeout(looking);
    const answer = await server.work_under_way({}).catch(() => undefined);
    if (answer?.ok !== true) {
      if (may && !answer?.final) looking = setTimeout(look, 5 * LOOK_MS); // the server is away: look again
      return;
    }
    await showJobs(answer.jobs);
    if (answer.jobs.some((job) => job.state === "running")) looking = setTimeout(look, LOOK_MS);
  }

  async function showJobs(jobs) {
    const of = new Map();
    for (const job of jobs) of.set(job.subject, [...(of.get(job.subject) || []), job]);
    const before = states;
    states = new Map(jobs.map((job) => [`${job.kind} ${job.subject}`, job.state]));
    const ended = jobs.filter((job) => job.state !== "running" && before.get(`${job.kind} ${job.subject}`) === "running");
    const unknown = [...of.keys()].filter((id) => !shelved.has(id) && of.get(id).some((job) => job.kind === "take" && (job.state === "running" || job.state === "failed")));
    for (const id of unknown) shelf.prepend(waiting(id).node);
    for (const [id, one] of shelved) one.show(of.get(id) || []);
    for (const job of ended) await finished(job);
    if (ended.length) for (const [id, one] of shelved) one.show(of.get(id) || []);
  }

  // A collection that is not there yet.
  function waiting(id) {
    const one = entry(id);
    one.counts.hidden = true;
    return one;
  }

  async function finished(job) {
    if (job.kind === "take") form?.ended(job.state);
    if (job.state === "failed") said(job.error);
    else said(say(ENDED[`${job.kind}-${job.state}`], { name: job.subject }));
    if (job.kind === "take" && job.state === "done") {
      entry(job.subject).show([job]);
      entry(job.subject).counts.hidden = false;
    }
    if (job.kind === "take" && job.state === "stopped") {
      server.stop_work({ kind: "take", subject: job.subject });
      forget(job.subject);
    }
    if (job.kind === "take" && job.state === "failed") entry(job.subject).refused.open();
    if (job.state === "done" && job.kind === "take") await refresh(false);
    else if (shelved.has(job.subject) && job.kind === "build") await describe(job.subject);
    if (job.kind === "take" && job.state === "done") point(job.subject, true);
  }

  function begun(kind, id) {
    states.set(`${kind} ${id}`, "running"); // it may be over before the first look
    look();
  }

  async function build(id) {
    const answer = await server.build_index({ collection: id }).catch(() => undefined);
    if (answer?.ok !== true) return shelved.get(id).fail(answer?.error || say("take.lost"));
    begun("build", id);
  }

  async function stop(kind, subject) {
    await server.stop_work({ kind, subject }).catch(() => undefined);
    look();
  }

  function stopAll() {
    for (const one of shelved.values()) if (one.job) stop(one.job.kind, one.id);
  }

  // Keys

  const leader = makeLeader();

  function onkey(event) {
    if (!element.isConnected) return document.removeEventListener("keydown", onkey, true);
    const command = commandOf(event);
    if (command === "leave" && inTextField(event.target)) return event.target.blur();
    if (inTextField(event.target)) return;
    if (leader.goes(event)) return;
    if (command === "go") leader.begin();
    else if (command === "help") help.open();
    else if (command === "query" && form) form.focus();
    else if (command === "stop") stopAll();
    else if (command === "leave" && !help.node.open) shutPopovers(true);
    else return;
    event.preventDefault();
  }

  function showKeys() {
    const row = (words, ...groups) =>
      el("div", {}, el("dt", {}, groups.map((keys) => el("span", { class: "combination" }, keys.map((text) => el("kbd", {}, text))))), el("dd", {}, words));
    help.node.querySelector("dl").replaceChildren(
      row(say("keys.path"), ["/"]),
      row(say("keys.stop"), ["."]),
      row(say("keys.help"), ["?"]),
      ...props.pages.map((one) => row(`${say("keys.page")}: ${one.title}`, ["g", one.key])),
    );
  }

  async function begin() {
    const listed = refresh(true);
    const answer = await server.import_form({}).catch(() => undefined);
    if (answer?.ok === true) {
      may = true;
      for (const one of shelved.values()) {
        one.may = true;
        one.showState();
        one.showRefused();
      }
      form = makeForm({ form: answer, said, onstarted: (id) => begun("take", id) });
      place.replaceChildren(form.node);
    } else place.replaceChildren(el("h2", {}, say("take.title")), write(el("p", { class: "why-not" }), answer?.error || say("take.lost")));
    await listed;
    if (may) look();
  }

  element.append(skip, header.node, notes.node, place, el("h2", { class: "shelf-title" }, say("shelf.title")), shelf, live, help.node);
  document.title = `${say("shelf.title")} · ${say("brand")}`;
  showKeys();
  skip.addEventListener("click", (event) => {
    event.preventDefault();
    shelf.focus();
  });
  document.addEventListener("keydown", onkey, true);
  document.addEventListener("visibilitychange", () => {
    if (document.hidden || !element.isConnected) return;
    refresh(false); // what another program took in or built meanwhile
    if (may) look();
  });
  begin();
}

const ENDED = { "take-done": "ended.take", "take-stopped": "ended.take.stopped", "build-done": "ended.build", "build-stopped": "ended.build.stopped" };

window.babelscopeTheme.apply();
element.classList.add("babelscope", "collections");
makeCollections();
