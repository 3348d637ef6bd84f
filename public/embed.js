// Opens Frontdesk's "Something isn't working?" on any page. Adds nothing to the page before it is asked.
// <script src="https://frontdesk.example/embed.js" data-frontdesk defer></script>
(() => {
  "use strict";
  const script = document.currentScript;
  const win = window;
  if (win.Frontdesk || !script) return;
  const home = new URL(script.src).origin;
  const errors = [];
  let shadow, holder, dialog, frame, opener, options, button, timer;

  // What the page tells about itself: to our own origin alone, once the dialog is open.
  const note = (text) => {
    if (text) errors[errors.length] = ("" + text).slice(0, 500);
    if (errors.length > 10) errors.shift();
  };
  if ("errors" in script.dataset) {
    win.addEventListener("error", (event) => note(event.message));
    win.addEventListener("unhandledrejection", (event) => note(event.reason));
  }

  // Who sits here, as the page's own server signs it: by a function, or at an address. Handed to our own origin alone.
  const signer = () => options?.token || script.dataset.token;
  const vouch = async () => {
    let token = "";
    try {
      const from = signer();
      token += await (typeof from === "function" ? from() : (await fetch(from)).text());
    } catch {}
    say("token", { token });
  };

  const say = (word, more) => {
    const page = options?.page || location.origin + location.pathname;
    const title = options?.title || document.title;
    const signs = !!signer();
    frame.contentWindow.postMessage({ frontdesk: word, page, title, signs, errors: options?.errors || errors, ...more }, home);
  };
  const tell = (name, detail) => document.dispatchEvent(new CustomEvent("frontdesk:" + name, { detail }));
  const style = (element, text) => {
    element.style.cssText = text;
  };
  const full = "all:initial;display:grid;place-items:center;position:fixed;inset:0;width:100vw;height:100dvh;max-width:none;max-height:none;margin:0;padding:0;border:0;background:rgba(10,14,22,.45);color-scheme:light dark";
  const bar = "all:initial;display:block;position:fixed;inset:auto 16px 16px auto;width:min(480px,calc(100vw - 32px));height:120px;margin:0;padding:0;border:0;background:transparent;z-index:2147483647";
  const inside = "all:initial;display:block;width:min(42rem,100vw);height:min(56rem,100dvh);border:0;border-radius:12px;box-shadow:0 16px 48px rgba(0,0,0,.3)";

  const isOpen = () => dialog?.open;
  const close = () => isOpen() && dialog.close();
  const modal = () => {
    style(dialog, full);
    style(frame, inside);
    if (dialog.open) dialog.close("again");
    dialog.showModal();
  };

  const open = (wish) => {
    options = wish || {};
    if (!dialog) {
      holder = document.createElement("div");
      holder.dataset.frontdeskDialog = "";
      shadow = holder.attachShadow({ mode: "open" });
      dialog = document.createElement("dialog");
      frame = document.createElement("iframe");
      frame.title = options.label || script.dataset.label || "Something isn’t working?";
      frame.allow = "display-capture; clipboard-read; clipboard-write; microphone";
      dialog.addEventListener("close", () => {
        if (dialog.returnValue === "again") {
          dialog.returnValue = "";
          return;
        }
        // Ours is drawn by its own rules, so it has to be told to go.
        style(dialog, "display:none");
        tell("closed");
        opener?.focus?.();
      });
      dialog.append(frame);
      shadow.append(dialog);
      // No opacity of the dialog hides its backdrop.
      const sheet = new CSSStyleSheet();
      sheet.insertRule("::backdrop{all:unset}");
      shadow.adoptedStyleSheets = [sheet];
    }
    // Inline and important, so that no rule of the page hides it.
    holder.style.setProperty("display", "contents", "important");
    if (isOpen()) return;
    opener = document.activeElement;
    // A page that was rebuilt has thrown ours out.
    if (!holder.isConnected) document.body.append(holder);
    if (frame.src) say("hello");
    else frame.src = home + "/report.html";
    modal();
    frame.focus();
    tell("opened");
  };

  // Where the page shows text, or something in which text may stand: its size, then four numbers for each.
  const texts = () => {
    const { innerWidth: width, innerHeight: height } = win;
    let said = width + " " + height;
    const add = ({ left, top, width: wide, height: high }) => {
      if (wide > 0 && high > 0 && left < width && top < height && left + wide > 0 && top + high > 0)
        said += ` ${Math.floor(left)} ${Math.floor(top)} ${Math.ceil(wide) + 1} ${Math.ceil(high) + 1}`;
    };
    const drawn = (element, part) => {
      const { content, backgroundImage } = getComputedStyle(element, part);
      return (part && content.length > 2 && content !== "none" && content !== "normal") || backgroundImage.includes("url(");
    };
    const range = document.createRange();
    const walker = document.createTreeWalker(document.documentElement, 5);
    for (let node = walker.currentNode; node; node = walker.nextNode()) {
      if (node.nodeType === 3) {
        range.selectNodeContents(node);
        const lines = range.getClientRects();
        if (node.data.trim()) for (let line = 0; line < lines.length; line += 1) add(lines[line]);
      } else if (
        node !== holder &&
        // What has nothing in it may show what only its own scripts know.
        (node.shadowRoot || !node.firstChild ||
          /-|^(img|video|canvas|svg|iframe|object|embed|input|textarea|select|meter|progress|math)$/i.test(node.localName) ||
          drawn(node) || drawn(node, "::before") || drawn(node, "::after"))
      )
        add(node.getBoundingClientRect());
    }
    // A page that is zoomed with the fingers looks otherwise than it is laid out.
    return win.visualViewport && win.visualViewport.scale !== 1 ? "" : said;
  };
  // By this word a picture of this page is known to be one; only our own origin can read it.
  const mark = (isSeen) => {
    try {
      const handle = isSeen ? crypto.randomUUID() : "";
      navigator.mediaDevices.setCaptureHandleConfig(handle ? { handle, permittedOrigins: [home] } : {});
      return { handle, texts: handle && texts() };
    } catch {
      return {};
    }
  };

  // Transparent, never gone: what isn't drawn isn't repainted, and a page that doesn't change gives no picture.
  const hide = () => {
    let step = 0;
    const blink = () => {
      dialog.style.opacity = (step += 1) % 2 ? "0" : "0.004";
      if (step === 3) say("hidden", mark(true));
    };
    clearInterval(timer);
    timer = setInterval(blink, 50);
  };
  const show = () => {
    clearInterval(timer);
    dialog.style.opacity = "1";
    mark(false);
  };

  const heard = {
    ready: () => say("hello"),
    hide,
    show,
    close,
    bar: () => {
      dialog.close("again");
      style(dialog, bar);
      style(frame, inside + ";width:100%;height:100%");
      dialog.show();
    },
    full: modal,
    sent: () => tell("sent"),
    token: vouch,
    waits: (message) => {
      if (button) button.textContent = button.dataset.text + (message.count > 0 ? " •" : "");
    },
  };
  win.addEventListener("message", (event) => {
    if (!frame || event.source !== frame.contentWindow || event.origin !== home) return;
    const word = event.data?.frontdesk;
    if (typeof word === "string" && Object.hasOwn(heard, word)) heard[word](event.data);
  });

  // The page's own buttons, also those that come later.
  document.addEventListener("click", (event) => {
    const target = event.target;
    if (target instanceof Element && target.closest("[data-frontdesk-open]")) {
      event.preventDefault();
      open();
    }
  });

  // A button of ours, where it is wished. While the page has a modal dialog open, it stands in that dialog.
  const place = () => {
    const open = document.querySelectorAll("dialog:modal");
    let host = document.body;
    for (let index = 0; index < open.length; index += 1) if (open[index] !== dialog) host = open[index];
    if (button.parentNode !== host) host.append(button);
  };
  if (script.dataset.button) {
    button = document.createElement("button");
    button.type = "button";
    button.dataset.text = button.textContent = script.dataset.button;
    button.dataset.frontdeskOpen = "";
    style(button, "all:initial;position:fixed;inset:auto 16px 16px auto;z-index:2147483646;padding:10px 16px;border-radius:99px;background:#2f5bc7;color:#fff;font:600 14px system-ui,sans-serif;cursor:pointer".replace(/;|$/g, "!important;"));
    place();
    document.addEventListener("toggle", place, true);
    document.addEventListener("close", () => setTimeout(place), true);
    document.addEventListener("focusin", place);
  }

  Object.defineProperty(win, "Frontdesk", { value: Object.freeze({ open, close, version: 1 }) });
})();
