// Reports that are sent over a line that fails at random: whatever is cut, lost, reloaded, closed or killed, each report
// arrives once, with its picture.
//
//   cargo xtask judge outbox    # installs what is needed, and runs this
//   node tests/peers/outbox.mjs BACKEND DATA DIST CHROMIUM [SCHEDULES] [SEED]
import { spawn } from "node:child_process";
import { cpSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { Agent, createServer, request } from "node:http";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import process from "node:process";
import { createInterface } from "node:readline";
import { deflateSync } from "node:zlib";

const here = createRequire(join(process.cwd(), "peer.js"));
const puppeteer = (await import(here.resolve("puppeteer-core"))).default;
const [backend, data, dist, chromium, schedules = "200", seed = "1"] = process.argv.slice(2);
const WORKERS = 4;
/** So many things go wrong in one schedule at most; then the line is good. */
const FAULTS_MAX = 4;
/** So long a report may take, all faults included. */
const PATIENCE = 90_000;
const FAULTS = ["before", "after", "half", "busy", "page", "reload", "close", "twice", "kill"];

// A connection that is kept would outlive a backend that was killed.
const agent = new Agent({ keepAlive: false });
const folder = mkdtempSync(join(tmpdir(), "frontdesk-outbox-"));
const ends = [() => rmSync(folder, { recursive: true, force: true })];
const sleep = (ms) => new Promise((done) => setTimeout(done, ms));

/** Numbers from 0 to 1, the same for the same seed. */
function dice(state) {
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** The checksum of a chunk of a PNG. */
function crc32(bytes) {
  let sum = ~0;
  for (const byte of bytes) {
    sum ^= byte;
    for (let bit = 0; bit < 8; bit += 1) sum = (sum >>> 1) ^ (sum & 1 ? 0xedb88320 : 0);
  }
  return ~sum >>> 0;
}

/** A picture of 64 × 48 in one colour. */
function picture() {
  const chunk = (kind, body) => {
    const named = Buffer.concat([Buffer.from(kind), body]);
    const length = Buffer.alloc(4);
    length.writeUInt32BE(body.length);
    const sum = Buffer.alloc(4);
    sum.writeUInt32BE(crc32(named));
    return Buffer.concat([length, named, sum]);
  };
  const head = Buffer.from([0, 0, 0, 64, 0, 0, 0, 48, 8, 2, 0, 0, 0]);
  const row = Buffer.concat([Buffer.from([0]), Buffer.alloc(64 * 3, 0xc8)]);
  const rows = deflateSync(Buffer.concat(Array(48).fill(row)));
  const sign = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);
  return Buffer.concat([sign, chunk("IHDR", head), chunk("IDAT", rows), chunk("IEND", Buffer.alloc(0))]);
}
const file = join(folder, "desk.png");
writeFileSync(file, picture());

/** A backend with data of its own behind a line that does what `plan` says to each call that changes something. */
class Desk {
  constructor(number) {
    this.data = join(folder, `data-${number}`);
    cpSync(data, this.data, { recursive: true });
    this.plan = () => undefined;
    this.does = async () => {};
    this.doing = [];
  }

  async start() {
    const line = createServer((asked, answer) => void this.pass(asked, answer));
    await new Promise((done) => line.listen(0, "127.0.0.1", done));
    ends.unshift(() => line.close());
    this.base = `http://127.0.0.1:${line.address().port}`;
    await this.serve("127.0.0.1:0");
    ends.unshift(() => this.child.kill("SIGKILL"));
  }

  async serve(listen) {
    const args = ["serve", "--data", this.data, "--panel", dist, "--listen", listen, "--origin", this.base];
    this.child = spawn(backend, args, { stdio: ["ignore", "pipe", "ignore"] });
    for await (const said of createInterface(this.child.stdout)) {
      const listens = said.match(/Listening on http:\/\/127\.0\.0\.1:(\d+)/);
      if (listens) {
        this.port = Number(listens[1]);
        return;
      }
    }
    throw new Error("the backend ended before it listened");
  }

  async killed() {
    const gone = new Promise((done) => this.child.once("exit", done));
    this.child.kill("SIGKILL");
    await gone;
    await this.serve(`127.0.0.1:${this.port}`);
  }

  async pass(asked, answer) {
    const changes = ["POST", "PATCH"].includes(asked.method) && /^\/api\/(uploads|reports)/.test(asked.url);
    const fault = changes ? this.plan() : undefined;
    const body = [];
    for await (const piece of asked) body.push(piece);
    const bytes = Buffer.concat(body);
    if (fault === "before") return void asked.socket.destroy();
    if (fault === "busy") {
      answer.writeHead(503, { "content-type": "application/problem+json", "retry-after": "1" });
      return void answer.end('{"type":"about:blank","title":"Busy","status":503}');
    }
    if (fault === "page") {
      answer.writeHead(502, { "content-type": "text/html" });
      return void answer.end("<!doctype html><title>Bad gateway</title>");
    }
    const { method, url, headers } = asked;
    const on = request({ agent, host: "127.0.0.1", port: this.port, method, path: url, headers }, (come) => {
      if (fault) {
        // It was heard and answered; the answer is lost.
        come.on("error", () => asked.socket.destroy());
        come.on("end", () => {
          asked.socket.destroy();
          this.doing.push(this.does(fault));
        });
        come.resume();
        return;
      }
      answer.writeHead(come.statusCode, come.rawHeaders);
      come.on("error", () => answer.destroy());
      come.pipe(answer);
    });
    on.on("error", () => answer.destroy());
    answer.on("close", () => on.destroy());
    if (fault === "half") {
      on.write(bytes.subarray(0, bytes.length >> 1));
      await sleep(30);
      on.destroy();
      return void asked.socket.destroy();
    }
    on.end(bytes);
    if (fault === "kill") {
      await this.killed().catch((error) => this.broke?.(error));
    }
  }
}

async function signIn(desk, context) {
  const page = await context.newPage();
  await page.goto(`${desk.base}/sign-in`);
  await page.locator("::-p-aria(Email address)").fill("employee@acme.example");
  await page.locator("::-p-aria(Password)").fill("frontdesk");
  await page.locator('::-p-aria([name="Sign in"][role="button"])').click();
  await page.waitForFunction(() => location.pathname !== "/sign-in", { timeout: 60_000, polling: 100 });
  return page;
}

/** What a tab says, whether it holds no report any more, and another try where it offers one. In one step by a script of
 * the page: a tab in the background isn't painted, and what asks for its layout would wait for ever. */
const look = (page) =>
  page
    .evaluate(() => {
      const again = [...document.querySelectorAll("button")].find((button) => button.textContent.trim() === "Try again");
      again?.click();
      const said = document.body?.innerText ?? "";
      // The browser's own page about a backend that wasn't there: whoever sees it loads again.
      if (location.protocol === "chrome-error:") location.reload();
      // Painted by the server in both languages until the dialog stands.
      const stands = !said.includes("·");
      return { said, isEmpty: stands && document.querySelector("textarea")?.value === "" };
    })
    .catch(() => ({ said: "", isEmpty: false }));

/** One report over one random line; what went wrong with it, if anything did. */
async function schedule(desk, context, number) {
  const roll = dice(Number(seed) * 100_003 + number);
  const words = `Schedule ${number} of ${seed}: the badge reader on floor 3 stays dark`;
  const done = [];
  let pages = [await context.newPage()];
  const open = async () => {
    // While others close, the browser may refuse a tab.
    let page;
    while (!page) page = await context.newPage().catch(() => sleep(200));
    page.on("dialog", (dialog) => void dialog.accept());
    pages.push(page);
    // Whoever finds a page that doesn't come loads it again.
    for (let turn = 0; turn < 3; turn += 1) {
      try {
        await page.goto(`${desk.base}/report.html`, { timeout: 10_000 });
        return;
      } catch (error) {
        if (page.isClosed()) return;
        console.log(`  schedule ${number}: a tab didn't come: ${error.message}`);
      }
    }
  };
  desk.does = async (fault) => {
    if (fault === "reload") await pages.at(-1)?.reload().catch(() => {});
    if (fault === "twice") await open();
    if (fault === "close") {
      const old = pages;
      pages = [];
      const closed = Promise.all(old.map((page) => page.close().catch(() => {})));
      // A tab that is in the middle of something may never say that it is closed.
      await Promise.race([closed, sleep(3_000)]);
      await open();
    }
  };
  const page = pages[0];
  page.on("dialog", (dialog) => void dialog.accept());
  await page.bringToFront();
  await page.goto(`${desk.base}/report.html`);
  await page.waitForFunction(() => !document.body.innerText.includes("·"), { polling: 100 });
  // What was sent before is kept nowhere.
  await page.waitForSelector("textarea");
  if ((await look(page)).said.includes("on this device")) throw new Error("an older report lies there still");
  await page.locator("textarea").fill(words);
  const field = await page.waitForSelector("input[type=file]");
  await field.uploadFile(file);
  await page.waitForFunction(() => document.body.innerText.includes("The whole picture is covered"), { timeout: 30_000, polling: 100 });
  const probability = 0.3 + roll() * 0.6;
  desk.plan = () => {
    if (done.length >= FAULTS_MAX || roll() > probability) return undefined;
    const fault = FAULTS[Math.floor(roll() * FAULTS.length)];
    done.push(fault);
    return fault;
  };
  await page.locator('::-p-aria([name="Send report"][role="button"])').click();
  const start = Date.now();
  let said = [];
  let empty = 0;
  for (;;) {
    await sleep(200);
    const seen = await Promise.all(pages.map(look));
    said = seen.map(({ said }) => said);
    if (said.some((said) => said.includes("Your report number is"))) break;
    // It may have been sent by a page that is closed: then nothing waits any more. A page that was just opened is
    // empty until it has found the draft.
    empty = seen.length > 0 && seen.every(({ isEmpty }) => isEmpty) ? empty + 1 : 0;
    if (empty > 15) break;
    if (Date.now() - start > PATIENCE) {
      return { done, fault: `it never arrived; the pages say:\n${said.join("\n---\n")}` };
    }
  }
  desk.plan = () => undefined;
  await Promise.all(desk.doing.splice(0));
  const cookies = (await context.cookies()).map(({ name, value }) => `${name}=${value}`).join("; ");
  const ask = (path) => fetch(`http://127.0.0.1:${desk.port}${path}`, { headers: { Cookie: cookies } });
  const { items } = await (await ask("/api/reports?limit=20")).json();
  const mine = items.filter((report) => report.body === words);
  await Promise.all(pages.map((page) => page.close().catch(() => {})));
  if (mine.length !== 1) return { done, fault: `it arrived ${mine.length} times` };
  if (mine[0].uploads.length !== 1) return { done, fault: `it has ${mine[0].uploads.length} pictures` };
  const bytes = Buffer.from(await (await ask(`/api/uploads/${mine[0].uploads[0].id}`)).arrayBuffer());
  if (bytes.length < 50 || bytes.length !== mine[0].uploads[0].size) return { done, fault: "its picture is cut off" };
  return { done };
}

async function work(number, browser, next, tell) {
  const desk = new Desk(number);
  await desk.start();
  const context = await browser.createBrowserContext();
  await signIn(desk, context);
  for (let index = next(); index !== undefined; index = next()) {
    const { done, fault } = await schedule(desk, context, index).catch(async (error) => {
      const said = await Promise.all((await context.pages()).map(look));
      return { done: [], fault: [error.stack, ...said.map(({ said }) => said)].join("\n---\n") };
    });
    tell(index, done, fault);
  }
}

let isKept = false;
try {
  const browser = await puppeteer.launch({
    executablePath: chromium,
    args: ["--no-sandbox", "--lang=en-US"],
    protocolTimeout: 600_000,
  });
  ends.unshift(() => browser.close());
  const start = Date.now();
  const counts = Object.fromEntries(FAULTS.map((fault) => [fault, 0]));
  let [index, failed] = [0, 0];
  const next = () => (index < Number(schedules) ? index++ : undefined);
  const tell = (number, done, fault) => {
    for (const fault of done) counts[fault] += 1;
    if (fault) {
      failed += 1;
      console.log(`ERROR schedule ${number} (${done.join(", ")}): ${fault}`);
    }
  };
  await Promise.all(Array.from({ length: WORKERS }, (_, number) => work(number, browser, next, tell)));
  const seconds = ((Date.now() - start) / 1_000).toFixed(0);
  const met = Object.entries(counts).map(([fault, count]) => `${count} ${fault}`).join(", ");
  console.log(`  ${schedules} reports, ${failed} not as they should be; ${met}; ${seconds} s`);
  isKept = failed === 0;
} catch (error) {
  console.log(`ERROR ${error.stack}`);
}
for (const end of ends) await end();
process.exit(isKept ? 0 : 1);
