// The real tus-js-client against our server of files, over a line that is cut: each file ends with the same bytes.
//
//   cargo xtask judge tus        # installs what is needed, starts a backend, and runs this
//   node tests/peers/tus-js-client.mjs http://127.0.0.1:8080 [MEGABYTES] [CUTS]
import { createHash } from "node:crypto";
import { createRequire } from "node:module";
import { join } from "node:path";
import process from "node:process";

import { line, verdict, video } from "./line.mjs";

const tus = createRequire(join(process.cwd(), "peer.js"))("tus-js-client");
const [base, megabytes = "40", cuts = "5"] = process.argv.slice(2);
const MEBIBYTE = 1024 * 1024;

const signedIn = await fetch(`${base}/api/session`, {
  method: "POST",
  headers: { "Content-Type": "application/json" },
  body: JSON.stringify({ email: "admin@acme.example", password: "frontdesk" }),
});
const cookie = signedIn.headers.get("set-cookie").split(";")[0];
const headers = { Cookie: cookie, "X-Frontdesk": "1", Origin: base };
const digest = (what) => createHash("sha256").update(what).digest("hex");

/** Sends a file over a line that is cut, or with pauses that the client makes itself. */
async function send(name, { bytes, cuts, chunkSize, pauses = 0 }) {
  const told = await line(() => Number(new URL(base).port), { cuts, length: bytes.length });
  let paused = 0;
  const url = await new Promise((done, failed) => {
    const upload = new tus.Upload(bytes, {
      endpoint: `http://127.0.0.1:${told.port}/api/uploads`,
      chunkSize,
      retryDelays: [0, 50, 100, 300, 1_000],
      metadata: { filename: "Écran.mov", filetype: "video/quicktime" },
      headers,
      onError: failed,
      onSuccess: () => done(upload.url),
      onProgress: (now) => {
        if (now > (bytes.length * (paused + 1)) / (pauses + 1) && paused < pauses) {
          paused += 1;
          upload.abort().then(() => upload.start());
        }
      },
    });
    upload.start();
  });
  const answer = await fetch(`${base}${new URL(url).pathname}`, { headers });
  const read = Buffer.from(await answer.arrayBuffer());
  await fetch(`${base}${new URL(url).pathname}`, {
    method: "DELETE",
    headers: { ...headers, "Tus-Resumable": "1.0.0" },
  });
  told.close();
  const piece = Math.min(chunkSize, 8 * MEBIBYTE);
  return verdict(name, { isSame: digest(read) === digest(bytes), length: bytes.length, told, piece });
}

const large = { bytes: video(Number(megabytes) * 1_000_000), cuts: Number(cuts) };
const results = [
  await send("tus-js-client, pieces of 8 MiB", { ...large, chunkSize: 8 * MEBIBYTE }),
  await send("tus-js-client, pieces of 20 MiB", { ...large, chunkSize: 20 * MEBIBYTE }),
  await send("tus-js-client, one piece", { ...large, chunkSize: Infinity }),
  await send("tus-js-client, two pauses", { ...large, cuts: 0, pauses: 2, chunkSize: 8 * MEBIBYTE }),
  await send("tus-js-client, a file of one piece", { bytes: video(1_000), cuts: 0, chunkSize: Infinity }),
];
process.exit(results.every(Boolean) ? 0 : 1);
