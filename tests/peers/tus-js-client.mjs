// The real tus-js-client against our server of files: a video with cuts ends with the same bytes.
//
//   npm i tus-js-client@4.3.1
//   frontdesk-backend seed --data DIR --people 12 --requests 40
//   frontdesk-backend serve --data DIR --listen 127.0.0.1:8080
//   node tests/peers/tus-js-client.mjs http://127.0.0.1:8080 [MEGABYTES] [CUTS]
//
// It is no part of the gate: it needs a package of npm.
import { createHash } from "node:crypto";
import { createRequire } from "node:module";
import { join } from "node:path";
import process from "node:process";

const tus = createRequire(join(process.cwd(), "peer.js"))("tus-js-client");
const [base, megabytes = "40", cuts = "5"] = process.argv.slice(2);
const length = Number(megabytes) * 1_000_000;

const bytes = Buffer.alloc(length);
Buffer.from("0000002066747970", "hex").copy(bytes);
bytes.write("isom", 8);
let state = 7;
for (let at = 32; at + 4 <= length; at += 4) {
  state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
  bytes.writeUInt32BE(state, at);
}

const signedIn = await fetch(`${base}/api/session`, {
  method: "POST",
  headers: { "Content-Type": "application/json" },
  body: JSON.stringify({ email: "admin@acme.example", password: "frontdesk" }),
});
const cookie = signedIn.headers.get("set-cookie").split(";")[0];
const headers = { Cookie: cookie, "X-Frontdesk": "1", Origin: base };

let sent = 0;
const url = await new Promise((done, failed) => {
  let left = Number(cuts);
  let isCut = false;
  const upload = new tus.Upload(bytes, {
    endpoint: `${base}/api/uploads`,
    chunkSize: 8 * 1024 * 1024,
    retryDelays: [0, 100, 300],
    metadata: { filename: "Écran.mov", filetype: "video/quicktime" },
    headers,
    onError: failed,
    onSuccess: () => done(upload.url),
    onProgress: (now) => {
      sent = now;
      if (!isCut && left > 0 && now > (length / (Number(cuts) + 1)) * (Number(cuts) + 1 - left)) {
        left -= 1;
        isCut = true;
        // As a lost connection does it: in the middle of a piece, and on from where the server says.
        upload.abort().then(() => {
          isCut = false;
          upload.start();
        });
      }
    },
  });
  upload.start();
});

const answer = await fetch(url, { headers });
const read = Buffer.from(await answer.arrayBuffer());
const digest = (what) => createHash("sha256").update(what).digest("hex");
const isSame = digest(read) === digest(bytes);
console.log(`${sent} bytes, ${answer.headers.get("content-type")}, ${isSame ? "the same" : "OTHER BYTES"}`);
process.exit(isSame ? 0 : 1);
