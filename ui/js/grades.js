// What this person graded, and what still has to be saved. A grade counts as saved only after {ok: true}; until then
// it is kept here, through reloads too, and sent again under the same event id, which the server stores once.

const ANSWER_MS = 15000;
const AGAIN_MS = 5000;

class Grades {
  // send: {grade, undo, redo}, each a promise of an answer; changed(doc), said(sentence), came(doc) after undo and redo.
  constructor(send, { changed, said, came }) {
    Object.assign(this, { send, changed, said, came });
    this.query = null;
    this.saved = new Map();
    this.refused = new Map();
    this.shelf = `unsent.${uuid4()}`; // each tab keeps its own; a new one takes over what closed ones left
    this.waiting = [];
    this.sending = false;
    window.addEventListener("online", () => this.flush());
  }

  // What closed tabs left. In a session others may have sat at this browser: what is theirs stays for them.
  takeUp() {
    const found = new Map(this.waiting.map((gesture) => [gesture.data.event_id, gesture]));
    for (const name of kept.names("unsent.")) {
      const others = [];
      try {
        for (const gesture of JSON.parse(kept.get(name))) {
          if (!(gesture.kind in this.send) || !gesture.data) continue;
          if (props.mode === "session" && gesture.data.annotator !== person.id) others.push(gesture);
          else found.set(gesture.data.event_id, gesture);
        }
      } catch {
        // Not ours, or cut short: nothing to send.
      }
      kept.set(name, others.length ? JSON.stringify(others) : null);
    }
    if (props.mode === "public") {
      for (const { data } of found.values()) if (data.annotator !== person.id) Object.assign(data, { annotator: person.id, expected_version: null }); // one browser, one visitor
    }
    this.waiting = [...found.values()].sort((a, b) => (a.data.event_id < b.data.event_id ? -1 : 1)); // by time, as UUIDv7 are
    this.remember();
  }

  remember() {
    kept.set(this.shelf, this.waiting.length ? JSON.stringify(this.waiting.slice(-1000)) : null);
  }

  // The grades the server has for the query on screen.
  load(query, grades) {
    this.query = query;
    this.saved = new Map(Object.entries(grades));
    this.refused.clear();
  }

  // {grade, state: "" | "pending" | "saved" | "refused" | "unsaved", error}
  of(doc) {
    const mine = this.waiting.filter((gesture) => gesture.kind === "grade" && gesture.query === this.query?.id && gesture.data.doc === doc);
    if (mine.length) {
      const { data, error } = mine[mine.length - 1];
      return { grade: data.grade, state: error ? "unsaved" : "pending", error: error || "" };
    }
    const [grade] = this.saved.get(doc) || [null];
    const error = this.refused.get(doc) || "";
    if (error) return { grade, state: grade === null ? "unsaved" : "refused", error }; // what stands is another's, or older
    return { grade, state: grade === null ? "" : "saved", error };
  }

  give(doc, grade, { system, rank, collection }) {
    const { id, text, language } = this.query;
    const data = { doc, grade, system, rank, collection, query: text, language };
    this.refused.delete(doc);
    this.add("grade", { ...data, annotator_name: person.name }, id);
    this.changed(doc);
  }

  take(kind, collection) {
    this.add(kind, { collection }, null);
  }

  add(kind, data, query) {
    const event = { event_id: uuid7(), annotator: person.id, client_time: new Date().toISOString() };
    this.waiting.push({ kind, query, data: { ...data, ...event } });
    this.remember();
    this.flush();
  }

  // Sends what waits, oldest first. What fails holds back only what depends on it.
  async flush() {
    if (this.sending || !this.waiting.length) return;
    this.sending = true;
    clearTimeout(this.timer);
    const held = new Set();
    for (let at = 0; at < this.waiting.length; ) {
      const gesture = this.waiting[at];
      const key = gesture.kind === "grade" ? `${gesture.data.collection} ${gesture.query} ${gesture.data.doc}` : "";
      if (held.has(key) || (!key && held.size)) {
        at++;
        continue;
      }
      const answer = await this.ask(gesture);
      if (answer?.ok === true || answer?.final) this.settle(at, gesture, answer);
      else {
        held.add(key);
        gesture.error = answer?.error || say("grade.offline");
        if (gesture.kind === "grade") this.changed(gesture.data.doc);
        this.said(gesture.error, true);
        at++;
        if (answer) continue;
        for (const other of this.waiting) other.error = gesture.error;
        break;
      }
    }
    this.sending = false;
    this.remember();
    if (this.waiting.length) {
      for (const { kind, data } of this.waiting) if (kind === "grade") this.changed(data.doc);
      this.timer = setTimeout(() => this.flush(), AGAIN_MS);
    }
  }

  async ask(gesture) {
    const { data } = gesture;
    if (gesture.kind === "grade" && !("expected_version" in data)) {
      const here = gesture.query === this.query?.id;
      data.expected_version = here ? (this.saved.get(data.doc) || [null, 0])[1] : null;
    }
    const late = new Promise((answer) => setTimeout(answer, ANSWER_MS));
    try {
      return await Promise.race([this.send[gesture.kind](data), late]);
    } catch {
      return undefined;
    }
  }

  settle(at, gesture, answer) {
    this.waiting.splice(at, 1);
    this.remember();
    const doc = answer.doc ?? gesture.data.doc;
    const here = (answer.query ?? gesture.query) === this.query?.id;
    if (here && doc && "version" in answer) this.saved.set(doc, [answer.grade, answer.version]);
    if (answer.ok !== true) {
      const given = gesture.data.grade ?? null;
      const error = given === null ? answer.error : say("grade.refused", { value: given, error: answer.error });
      if (here && doc) this.refused.set(doc, error);
      this.said(error, true);
    } else if (gesture.kind === "grade") {
      this.said(answer.grade === null ? say("grade.cleared") : say("grade.said", { value: answer.grade, name: this.nameOf(answer.grade) }));
    } else {
      this.refused.delete(doc);
      this.said(say(`${gesture.kind}.${here ? "done" : "elsewhere"}`), true);
    }
    if (doc) this.changed(doc);
    if (gesture.kind !== "grade" && answer.ok === true && here) this.came(doc);
  }

  nameOf(value) {
    return this.scale?.find((grade) => grade.value === value)?.name ?? "";
  }
}
