// A piece of long work as the server tells of it: what it does, how far it is, how fast, how long still, and a way to stop it.

const STEPS = {
  documents: { words: "work.documents", from: 0, to: 0.3 },
  word: { words: "work.index", from: 0.3, to: 0.3 },
  vectors: { words: "work.vectors", from: 0.3, to: 0.65 },
  words: { words: "work.words", from: 0.65, to: 1 },
  bytes: { words: "work.bytes", from: 0, to: 1 },
  rows: { words: "work.rows", from: 0, to: 1 },
};
const BUILT_BEFORE_WORDS = 0.65; // the share of a build that documents and vectors are

const percent = (share) => `${Math.floor(100 * share)} %`;
const counted = (n) => n.toLocaleString("en");

function stepOf(job) {
  return STEPS[job.what.split(" ")[0]] || null;
}

function shareOf(job) {
  const step = stepOf(job);
  return step && job.total ? step.from + (step.to - step.from) * Math.min(1, job.done / job.total) : 0;
}

// 40 s, 3 min, 1.5 h
function lasting(seconds) {
  if (seconds < 90) return say("work.seconds", { n: Math.max(1, Math.round(seconds)) });
  return seconds < 5400 ? say("work.minutes", { n: Math.round(seconds / 60) }) : say("work.hours", { n: (seconds / 3600).toFixed(1) });
}

function workText(job) {
  const step = stepOf(job);
  if (!step) return say("work.begins");
  const bytes = job.what.startsWith("bytes");
  const size = (n) => (bytes ? `${(n / 1e6).toFixed(n < 1e7 ? 1 : 0)} MB` : counted(Math.round(n)));
  const parts = [say(step.words, { done: size(job.done), total: size(job.total) })];
  if (job.rate && job.done < job.total) parts.push(say(bytes ? "work.rate.bytes" : "work.rate", { n: size(job.rate) }));
  if (job.left > 0 && job.done < job.total) parts.push(lasting(job.left));
  return parts.join(" · ");
}

function makeWork({ label, onstop }) {
  const bar = el("i");
  const track = el("div", { class: "track", role: "progressbar", "aria-label": label, "aria-valuemin": 0, "aria-valuemax": 100 }, bar);
  const words = el("p", { class: "doing" });
  const stop = el("button", { type: "button", class: "plain", onclick: onstop }, say("stop"));
  const node = el("div", { class: "work" }, el("div", { class: "line" }, words, stop), track);
  const show = (text, share) => {
    if (words.textContent !== text) words.replaceChildren(text);
    bar.style.width = `${100 * share}%`;
    track.setAttribute("aria-valuenow", Math.floor(100 * share));
  };
  return { node, stop, show };
}
