// A line between two programs that is cut again and again, in the middle of what goes over it, and that counts.
import { createServer, connect } from "node:net";

/** A line to the port that `port` gives. It is cut `cuts` times, at moments of chance, while `length` bytes go over it. */
export async function line(port, { cuts, length }) {
  const share = length / (cuts + 1);
  const moments = Array.from({ length: cuts }, (_, cut) => share * (cut + 0.5 + Math.random()));
  const told = { port: 0, sent: 0, cuts: 0, close: () => server.close() };
  const server = createServer((near) => {
    const far = connect({ port: port(), host: "127.0.0.1" });
    let isCut = false;
    const end = () => (near.destroy(), isCut || far.destroy());
    near.on("error", end).on("close", end).on("data", (piece) => {
      told.sent += piece.length;
      if (moments.length > 0 && told.sent > moments[0]) {
        moments.shift();
        told.cuts += 1;
        isCut = true;
        // A part of the piece still arrives, as on a line that breaks: at once for whoever sends, and for whoever
        // reads now with what is on the way, now without.
        const isLost = Math.random() < 0.5;
        far.write(piece.subarray(0, Math.floor(Math.random() * piece.length)), () => {
          if (isLost) {
            far.resetAndDestroy();
          } else {
            far.end();
          }
          near.resetAndDestroy();
        });
      } else if (!far.write(piece)) {
        near.pause();
      }
    });
    far.on("error", end).on("close", end).on("drain", () => near.resume()).pipe(near);
  });
  await new Promise((done) => server.listen(0, "127.0.0.1", done));
  told.port = server.address().port;
  return told;
}

/** So many bytes that begin as a video does and go on without a pattern. */
export function video(length) {
  const bytes = Buffer.alloc(length);
  Buffer.from("0000002066747970", "hex").copy(bytes);
  bytes.write("isom", 8);
  let state = 7;
  for (let at = 32; at + 4 <= length; at += 4) {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    bytes.writeUInt32BE(state, at);
  }
  return bytes;
}

/** One line that says how it went; whether it went well: the same bytes, and at most one piece twice for each cut. */
export function verdict(name, { isSame, length, told, piece }) {
  const twice = told.sent - length;
  const isKept = isSame && twice <= told.cuts * piece + 1_000_000;
  const bytes = (count) => `${(count / 1e6).toFixed(1)} MB`;
  console.log(
    `${isKept ? "SUCCESS" : "ERROR"} ${name}: ${bytes(length)}, ${told.cuts} cuts, ${bytes(twice)} sent twice, ` +
      `${isSame ? "the same bytes" : "OTHER BYTES"}`,
  );
  return isKept;
}
