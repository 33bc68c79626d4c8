// A chosen file goes to the server in pieces, one after the other; a piece that did not arrive is sent again.

const TRIES = 6;

async function sendFile(file, { piece, onpart, stopped }) {
  const begun = await server.begin_file({ name: file.name, size: file.size }).catch(() => undefined);
  if (begun?.ok !== true) throw new Error(begun?.error || say("take.lost"));
  let there = 0;
  while (there < file.size) {
    const answer = stopped() ? null : await sendPiece(begun.file, there, file.slice(there, there + piece), stopped);
    if (answer?.ok !== true) {
      await server.drop_file({ file: begun.file }).catch(() => undefined);
      throw new Error(answer === null ? "" : answer?.error || say("take.lost"));
    }
    there = answer.there;
    onpart(there, file.size);
  }
  return begun.file;
}

async function sendPiece(file, start, blob, stopped) {
  const piece = await inBase64(blob);
  if (piece === undefined) return { error: say("take.gone") };
  for (let tried = 0; tried < TRIES; tried++) {
    const answer = await server.put_piece({ file, start, piece }).catch(() => undefined);
    if (answer && "ok" in answer) return answer; // a sentence is an answer too; silence is asked again
    if (stopped()) return null;
    await new Promise((done) => setTimeout(done, 250 * 2 ** tried));
  }
  return undefined;
}

// Undefined where the file cannot be read any more: it was moved, or changed.
function inBase64(blob) {
  return new Promise((done) => {
    const reader = new FileReader();
    reader.onload = () => done(String(reader.result).replace(/^[^,]*,?/, ""));
    reader.onerror = () => done(undefined);
    reader.readAsDataURL(blob);
  });
}
