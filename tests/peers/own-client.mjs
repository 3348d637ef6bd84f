// Our own client in a real browser, over a line that is cut: once against our server of files, and once against the
// real @tus/server, which stands at the same address as a CDN would put it there.
//
//   cargo xtask judge uploads    # installs what is needed, and runs this
//   node tests/peers/own-client.mjs BACKEND DATA DIST CHROMIUM [MEGABYTES] [CUTS]
import { spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdtempSync, readFileSync, readdirSync, rmSync, statSync, writeFileSync } from "node:fs";
import { createServer, request } from "node:http";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import process from "node:process";
import { createInterface } from "node:readline";

import { line, verdict, video } from "./line.mjs";

const here = createRequire(join(process.cwd(), "peer.js"));
const load = async (name) => await import(here.resolve(name));
const [backend, data, dist, chromium, megabytes = "40", cuts = "5"] = process.argv.slice(2);
const { Server } = await load("@tus/server");
const { FileStore } = await load("@tus/file-store");
const puppeteer = (await load("puppeteer-core")).default;
const PIECE = 8 * 1024 * 1024;
const digest = (what) => createHash("sha256").update(what).digest("hex");

const folder = mkdtempSync(join(tmpdir(), "frontdesk-judge-"));
const ends = [() => rmSync(folder, { recursive: true, force: true })];
const film = join(folder, "film.mp4");
const bytes = video(Number(megabytes) * 1_000_000);
writeFileSync(film, bytes);

/** A backend that is reached at `port`; where it listens. */
async function serve(port) {
  const child = spawn(
    backend,
    ["serve", "--data", data, "--panel", dist, "--listen", "127.0.0.1:0", "--origin", `http://127.0.0.1:${port}`],
    { stdio: ["ignore", "pipe", "ignore"] },
  );
  ends.unshift(() => child.kill("SIGKILL"));
  for await (const said of createInterface(child.stdout)) {
    const listens = said.match(/Listening on http:\/\/127\.0\.0\.1:(\d+)/);
    if (listens) return { port: Number(listens[1]), stop: () => child.kill("SIGKILL") };
  }
  throw new Error("the backend ended before it listened");
}

/** What a browser sees at one address: files go to `tus`, everything else to the backend. */
async function cdn(backendPort, tus) {
  const server = createServer((asked, answer) => {
    if (asked.url.startsWith("/api/uploads")) return void tus.handle(asked, answer);
    const { method, url, headers } = asked;
    const on = request({ host: "127.0.0.1", port: backendPort(), method, path: url, headers }, (come) => {
      answer.writeHead(come.statusCode, come.rawHeaders);
      come.pipe(answer);
    });
    on.on("error", () => answer.destroy());
    answer.on("close", () => on.destroy());
    asked.pipe(on);
  });
  await new Promise((done) => server.listen(0, "127.0.0.1", done));
  ends.unshift(() => server.close());
  return server.address().port;
}

/** Attaches the film to a question, as an admin does it, and waits until the page says that it is there. */
async function attach(base) {
  const browser = await puppeteer.launch({
    executablePath: chromium,
    args: ["--no-sandbox", "--lang=en-US"],
    protocolTimeout: 600_000,
  });
  ends.unshift(() => browser.close());
  const page = await browser.newPage();
  await page.goto(`${base}/sign-in?to=%2Fsupport`);
  await page.locator("::-p-aria(Email address)").fill("admin@acme.example");
  await page.locator("::-p-aria(Password)").fill("frontdesk");
  await page.locator('::-p-aria([name="Sign in"][role="button"])').click();
  const field = await page.waitForSelector("input[type=file]", { timeout: 60_000 });
  let address;
  page.on("response", (come) => {
    if (come.request().method() === "POST" && come.url().endsWith("/api/uploads")) {
      address = new URL(come.headers().location, base).pathname;
    }
  });
  const start = Date.now();
  await field.uploadFile(film);
  const has = (words) => page.waitForFunction((words) => document.body.innerText.includes(words), { timeout: 600_000 }, words);
  await Promise.race([has("Added"), has("can’t be sent").then(() => Promise.reject(new Error("it can't be sent")))]);
  const seconds = (Date.now() - start) / 1_000;
  const cookies = (await page.cookies()).map(({ name, value }) => `${name}=${value}`).join("; ");
  await browser.close();
  return { address, cookies, seconds };
}

async function againstOurs() {
  let port;
  const told = await line(() => port, { cuts: Number(cuts), length: bytes.length });
  const ours = await serve(told.port);
  port = ours.port;
  const base = `http://127.0.0.1:${told.port}`;
  const { address, cookies, seconds } = await attach(base);
  const answer = await fetch(`http://127.0.0.1:${port}${address}`, { headers: { Cookie: cookies } });
  const read = Buffer.from(await answer.arrayBuffer());
  ours.stop();
  told.close();
  const isSame = digest(read) === digest(bytes);
  return verdict(`our client and our server, ${seconds.toFixed(1)} s`, { isSame, length: bytes.length, told, piece: PIECE });
}

async function againstTheirs() {
  const directory = join(folder, "theirs");
  const tus = new Server({ path: "/api/uploads", datastore: new FileStore({ directory }), relativeLocation: true });
  let port;
  const front = await cdn(() => port, tus);
  const told = await line(() => front, { cuts: Number(cuts), length: bytes.length });
  const ours = await serve(told.port);
  port = ours.port;
  const { seconds } = await attach(`http://127.0.0.1:${told.port}`);
  ours.stop();
  told.close();
  const files = readdirSync(directory).map((name) => join(directory, name));
  const isSame = files.some((file) => statSync(file).size === bytes.length && digest(readFileSync(file)) === digest(bytes));
  return verdict(`our client and @tus/server, ${seconds.toFixed(1)} s`, { isSame, length: bytes.length, told, piece: PIECE });
}

let isKept = false;
try {
  isKept = [await againstOurs(), await againstTheirs()].every(Boolean);
} catch (error) {
  console.log(`ERROR ${error.stack}`);
}
for (const end of ends) await end();
process.exit(isKept ? 0 : 1);
