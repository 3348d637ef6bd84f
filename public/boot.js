// Starts the program of the page, and stands in for it when it can't start or has failed.
// Nothing here is inline and nothing sets markup from text: the policy of the page holds from the first byte.
(() => {
  "use strict";

  const script = document.currentScript;
  const root = document.documentElement;

  // Leptos copies its own fixed markup, which needs this policy. Nothing that could run gets through.
  const dangerous = /<(?:script|iframe|object|embed|base|link|meta|form)\b|[\s"'/]on\w+\s*=|javascript:/i;
  if (globalThis.trustedTypes && trustedTypes.createPolicy) {
    trustedTypes.createPolicy("default", {
      createHTML: (text) => (dangerous.test(text) ? null : text),
      createScriptURL: (address) => (new URL(address, location.href).origin === location.origin ? address : null),
    });
  }

  const sentences = {
    en: {
      start: "This page could not start",
      start_text: "Your drafts are kept. Reload, or check the status page.",
      wasm: "This browser cannot run Frontdesk",
      wasm_text: "Frontdesk needs WebAssembly, which is switched off or missing here. Allow it for this site, or use another browser. Your drafts are kept.",
      crash: "This page has stopped",
      crash_text: "Your draft is saved on this device. Reload to go on where you were.",
      reload: "Reload",
      copy: "Copy details",
      copied: "Copied",
      not_copied: "Not copied: select the text below",
      details: "Details for support",
      status: "Status",
      help: "Help",
      contact: "Contact",
      report: "Report this",
      locked: "Can’t sign in? Get help",
    },
    fr: {
      start: "Cette page n’a pas pu démarrer",
      start_text: "Vos brouillons sont conservés. Rechargez-la ou consultez la page de statut.",
      wasm: "Ce navigateur ne peut pas afficher Frontdesk",
      wasm_text: "Frontdesk a besoin de WebAssembly, qui est désactivé ou absent ici. Autorisez-le pour ce site ou utilisez un autre navigateur. Vos brouillons sont conservés.",
      crash: "Cette page s’est arrêtée",
      crash_text: "Votre brouillon est enregistré sur cet appareil. Rechargez la page pour reprendre où vous en étiez.",
      reload: "Recharger",
      copy: "Copier les détails",
      copied: "Copié",
      not_copied: "Non copié : sélectionnez le texte ci-dessous",
      details: "Détails pour l’assistance",
      status: "Statut",
      help: "Aide",
      contact: "Contact",
      report: "Signaler ce problème",
      locked: "Connexion impossible ? Obtenir de l’aide",
    },
  };
  const rightToLeft = ["ar", "fa", "he", "ur"];

  // What the program of a page listens to.
  const heard = ["afterprint", "beforeinput", "beforeprint", "blur", "change", "click", "close", "dragover", "drop", "focus", "focusin", "focusout", "input", "keydown", "keyup", "message", "offline", "online", "pagehide", "paste", "pointercancel", "pointerdown", "pointermove", "pointerup", "popstate", "resize", "scroll", "storage", "submit", "visibilitychange"];

  let isCrashed = false;
  let shown = null;

  /** A text of this device's storage; none where storage is refused. */
  const stored = (key) => {
    try {
      return localStorage.getItem(key);
    } catch {
      return null;
    }
  };

  /** The chosen language, else the first that the person reads, else English. */
  const pick = (tags) => {
    const wishes = [stored("frontdesk.language"), ...(navigator.languages || [])].filter(Boolean);
    for (const wish of wishes) {
      const found = tags.find((tag) => tag === wish) || tags.find((tag) => tag.split("-")[0] === wish.split("-")[0]);
      if (found) return found;
    }
    return "en";
  };

  /** Loads a file of this release; what its address says after `#` is the integrity. */
  const load = (address, integrity) => {
    const [path, said] = address.split("#");
    const options = { credentials: "same-origin" };
    if (integrity || said) options.integrity = integrity || said;
    return fetch(path, options).then((answer) => {
      if (!answer.ok) throw new Error(`${path}: ${answer.status}`);
      return answer;
    });
  };

  /**
   * What the page at this address needs beside the program comes with it, and what other pages need when nothing else
   * is to do. The first pages make do with the first words.
   */
  const preload = (pieces, words) => {
    const [, place] = location.pathname.split("/");
    const first = { "": "overview", "sign-in": "door", claim: "door", forgotten: "door", "locked-out": "door" }[place];
    const more = words.map((address) => address.split("#")[0]);
    const now = [...(pieces[first || place] || []), ...(first ? [] : more)];
    if (!first) dress();
    now.forEach((href) => document.head.append(element("link", { rel: "preload", href, as: "fetch", crossorigin: "" })));
    if (navigator.connection && navigator.connection.saveData) return;
    const later = new Set([...more, ...Object.values(pieces).flat()].filter((address) => !now.includes(address)));
    // Not by `rel=prefetch`: Firefox holds that against `default-src` of the policy, and Safari doesn't know it.
    const fetchLater = async () => {
      for (const address of later) {
        if (!navigator.onLine) return;
        await fetch(address, { credentials: "same-origin", priority: "low" }).then((answer) => answer.arrayBuffer());
      }
    };
    const whenIdle = globalThis.requestIdleCallback || ((act) => setTimeout(act, 2000));
    // What doesn't come now comes when it is needed.
    addEventListener("load", () => whenIdle(() => fetchLater().catch(() => undefined), { timeout: 10000 }), { once: true });
  };

  /** The sheet of the later pages: asked for once, and again when it didn't come. Resolves to whether it is here. */
  let sheet = null;
  const dress = () => {
    const link = document.getElementById("more");
    if (!link) return Promise.resolve(true);
    sheet ??= new Promise((told) => {
      link.addEventListener("load", () => told(true), { once: true });
      link.addEventListener("error", () => told(false), { once: true });
      link.rel = "stylesheet";
    }).then((isHere) => {
      if (!isHere) {
        sheet = null;
        link.replaceWith(element("link", { rel: "later", id: "more", href: link.getAttribute("href"), integrity: link.integrity }));
      }
      return isHere;
    });
    return sheet;
  };

  const element = (name, attributes, ...children) => {
    const made = document.createElement(name);
    for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
    made.append(...children);
    return made;
  };

  const button = (text, variant, act) => {
    const made = element("button", { class: "button", type: "button", "data-variant": variant }, text);
    made.addEventListener("click", act);
    return made;
  };

  /** Links of the operator, from config.json; other kinds of addresses are left out. */
  const addLinks = (place, words) =>
    fetch("/config.json", { credentials: "same-origin" })
      .then((answer) => answer.json())
      .then(({ links = {} }) => {
        for (const name of ["status", "help", "contact"]) {
          const address = links[name];
          if (typeof address === "string" && /^(?:https?:|mailto:|\/(?!\/))/.test(address)) {
            place.append(element("a", { href: address, rel: "noopener" }, words[name]));
          }
        }
      })
      .catch(() => undefined);

  const copy = (details, said, words) => {
    const tell = (text) => () => said.replaceChildren(text);
    Promise.resolve()
      .then(() => navigator.clipboard.writeText(details))
      .then(tell(words.copied), tell(words.not_copied));
  };

  /** Shows a page in plain HTML, whatever stood there before. */
  const show = (kind, details) => {
    // The dialog's page is a form that works without any program, and may hold words already.
    if (kind !== "crash" && document.querySelector("form[action='/api/public-reports']")) return;
    const words = sentences[root.lang] || sentences.en;
    const heading = element("h1", { tabindex: "-1" }, words[kind]);
    const said = element("p", { role: "status" });
    const links = element("p", { class: "gate__links" });
    if (location.pathname !== "/locked-out") links.append(element("a", { href: "/locked-out" }, words.locked));
    if (location.pathname !== "/report.html") links.append(element("a", { href: "/report.html" }, words.report));
    const actions = element("p", { class: "gate__actions" }, button(words.reload, "primary", () => location.reload()));
    if (details) actions.append(button(words.copy, "secondary", () => copy(details, said, words)));
    const page = element("main", { class: "gate" }, heading, element("p", {}, words[`${kind}_text`]), actions, said, links);
    if (details) {
      page.append(element("h2", {}, words.details), element("pre", { class: "gate__details", tabindex: "0" }, details));
    }
    document.title = words[kind];
    document.body.replaceChildren(page);
    shown = page;
    root.removeAttribute("data-ready");
    heading.focus();
    addLinks(links, words);
  };

  /** What a person can hand on: no address of the page behind `?` or `#`, as it may be personal. */
  const report = (error) => {
    // Where in the program it was, by the numbers of functions: the stack names files and nothing else.
    const stack = (error instanceof WebAssembly.RuntimeError && error.stack) || "";
    const told = [String(error), location.origin + location.pathname, navigator.userAgent, new Date().toISOString(), stack];
    return told.join("\n").slice(0, 4000).trim();
  };

  const crash = (error) => {
    if (isCrashed) return;
    isCrashed = true;
    root.dataset.crashed = "";
    console.error(String(error));
    // The program must hear nothing more, not even that its elements go: it can't act.
    const deaf = (event) => {
      if (!shown || !(event.target instanceof Node && shown.contains(event.target))) event.stopImmediatePropagation();
    };
    for (const name of heard) window.addEventListener(name, deaf, true);
    setTimeout(() => show("crash", report(error)), 0);
  };

  const fail = (error) => {
    if (!isCrashed) show("start", report(error));
  };

  const start = () => {
    const { js, wasm, wasmIntegrity, languages, pieces } = script.dataset;
    const files = languages ? JSON.parse(languages) : {};
    const language = pick(Object.keys(files));
    const [firstWords, ...moreWords] = (files[language] || "").split(" ");
    preload(pieces ? JSON.parse(pieces) : {}, moreWords);
    root.lang = language;
    root.dir = rightToLeft.includes(language) ? "rtl" : "ltr";
    const theme = stored("frontdesk.theme");
    if (theme === "light" || theme === "dark") root.dataset.theme = theme;
    if (stored("frontdesk.density") === "compact") root.dataset.density = "compact";
    if (typeof WebAssembly !== "object") return show("wasm", "");

    const frontdesk = { language, languages: files, words: [], dress, crash };
    globalThis.frontdesk = frontdesk;
    window.addEventListener("error", ({ error }) => error instanceof WebAssembly.RuntimeError && crash(error));
    window.addEventListener("unhandledrejection", ({ reason }) => reason instanceof WebAssembly.RuntimeError && crash(reason));

    const words = firstWords ? load(firstWords).then((answer) => answer.json()) : [];
    const program = load(wasm, wasmIntegrity);
    // Safari doesn't hold a preloaded module to its integrity, and `import()` names none: so the file is asked for with
    // it before it runs. It is in the browser's cache by then.
    const { integrity } = document.querySelector("link[rel=modulepreload]") || {};
    const glue = load(js, integrity).then(() => import(js));
    Promise.all([words, glue, program])
      .then(([texts, module, module_or_path]) => {
        frontdesk.words = texts;
        return module.default({ module_or_path });
      })
      .catch(fail);
  };

  try {
    start();
  } catch (error) {
    fail(error);
  }
})();
