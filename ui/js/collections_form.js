// Own documents: a path, or a file that is chosen or dropped; then what it holds; then it is taken in.

function makeForm({ form, onstarted, said }) {
  const path = el("input", { type: "text", id: "path", class: "where", spellcheck: "false", autocomplete: "off", dir: "ltr", maxlength: 4000, placeholder: say("take.path"), "aria-label": say("take.path.label") });
  const look = el("button", { type: "submit", class: "plain look" }, say("take.look"));
  const chooser = el("input", { type: "file", class: "chooser", tabindex: -1, "aria-hidden": "true", accept: ".csv,.tsv,.tab,.jsonl,.ndjson,.json,.gz,.parquet" });
  const choose = el("button", { type: "button", class: "plain choose", onclick: () => chooser.click() }, say("take.choose"));
  const hint = el("p", { class: "hint" }, say(form.paths ? "take.hint" : "take.hint.file", { most: `${Math.round(form.most / 2 ** 30)} GB` }));
  const fault = el("p", { class: "fault", role: "alert" });
  const sending = makeWork({ label: say("take.sending.label"), onstop: () => (cancelled = true) });
  const box = el("form", { class: "source" }, form.paths ? path : el("span", { class: "where hint" }, say("take.drop")), form.paths ? look : "", choose, chooser);
  const preview = makePreview({ form, onchange: () => ask(false), oncheck: check, ontake: takeIn, onclose: forget });
  const node = el("section", { class: "own", "aria-labelledby": "own-title" }, el("h2", { id: "own-title" }, say("take.title")), box, hint, fault, sending.node, preview.node);
  let source = null; // {path, file}
  let wanted = 0;
  let cancelled = false;
  sending.node.hidden = true;

  box.addEventListener("submit", (event) => {
    event.preventDefault();
    if (form.paths) open({ path: path.value, file: "" });
  });
  chooser.addEventListener("change", () => {
    if (chooser.files.length) send([...chooser.files]);
    chooser.value = "";
  });
  for (const name of ["dragenter", "dragover"]) node.addEventListener(name, (event) => over(event, true));
  for (const name of ["dragleave", "drop"]) node.addEventListener(name, (event) => over(event, false));
  node.addEventListener("drop", (event) => {
    const folder = [...(event.dataTransfer?.items || [])].some((item) => item.webkitGetAsEntry?.()?.isDirectory);
    if (folder) return fail(say("take.folder"));
    send([...(event.dataTransfer?.files || [])]);
  });

  function over(event, on) {
    if (![...(event.dataTransfer?.types || [])].includes("Files")) return;
    event.preventDefault();
    node.classList.toggle("over", on);
  }

  function fail(sentence) {
    fault.replaceChildren();
    write(fault, sentence || "");
  }

  async function send(files) {
    if (!sending.node.hidden || !files.length) return;
    if (files.length > 1) return fail(say("take.several"));
    const [file] = files;
    forget();
    if (file.size > form.most) return fail(say("take.large", { name: file.name, most: `${Math.round(form.most / 2 ** 30)} GB` }));
    cancelled = false;
    busy(true);
    const part = (done, total) => sending.show(say("take.sending", { name: file.name, done: (done / 1e6).toFixed(1), total: (total / 1e6).toFixed(1) }), total ? done / total : 0);
    part(0, file.size);
    try {
      const number = await sendFile(file, { piece: form.piece, onpart: part, stopped: () => cancelled });
      busy(false);
      path.value = "";
      await open({ path: "", file: number });
    } catch (error) {
      busy(false);
      fail(error.message);
    }
  }

  function busy(on) {
    sending.node.hidden = !on;
    choose.disabled = look.disabled = path.disabled = on;
    if (on) sending.stop.focus();
  }

  async function open(from) {
    if (source?.file && source.file !== from.file) server.drop_file({ file: source.file });
    source = from;
    preview.forget();
    await ask(true);
  }

  async function ask(fresh) {
    const mine = ++wanted;
    fail("");
    node.setAttribute("aria-busy", "true");
    const answer = await server.preview_documents({ ...source, ...preview.wish() }).catch(() => undefined);
    if (mine !== wanted) return;
    node.removeAttribute("aria-busy");
    if (answer?.ok !== true) return fail(answer?.error || say("take.lost"));
    preview.show(answer, fresh);
    if (fresh) {
      said(say("take.found", { layout: answer.said, columns: answer.columns.length + answer.more }));
      preview.id.focus();
      preview.id.select();
    }
  }

  async function check(id) {
    const answer = await server.check_id({ id }).catch(() => undefined);
    return answer?.ok === true ? answer.id_fault : answer?.error || "";
  }

  async function takeIn() {
    const id = preview.id.value;
    preview.allow(true);
    const answer = await server.take_in({ ...source, ...preview.wish(), id }).catch(() => undefined);
    preview.allow();
    if (answer?.ok !== true) return fail(answer?.error || say("take.lost"));
    fail("");
    preview.allow(true);
    onstarted(id);
  }

  function forget() {
    wanted++;
    if (source?.file) server.drop_file({ file: source.file });
    source = null;
    fail("");
    preview.forget();
    node.removeAttribute("aria-busy");
  }

  // How the taking in ended that this page began: only after success the form is empty again.
  function ended(state) {
    if (!source) return;
    if (state !== "done") return preview.allow();
    source.file = "";
    path.value = "";
    forget();
  }

  return { node, ended, focus: () => (form.paths ? path : choose).focus() };
}
