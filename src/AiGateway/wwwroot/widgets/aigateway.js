// AiGateway widgets: plain custom elements in one module, no framework. A page needs two lines:
//   <meta name="aigateway-token" content="(portal token, made by your server)">
//   <script type="module" src="https://your-gateway/widgets/aigateway.js"></script>
// An element with data of its own in its attributes asks no server. Everything that is shown is built as text, never as markup.

const texts = {
  tokens: "tokens", remaining: "{n} tokens remaining", spoken: "{n} of {all} tokens remaining", low: "Low", none: "No tokens left", refill: "Refills on {date}",
  add: "Add tokens", loading: "Loading balance", unavailable: "Balance unavailable", retry: "Try again", old: "Last seen: {n}", title: "Balance",
  estimateTitle: "Use tokens?", estimated: "Estimated: {low}–{high} tokens.", estimatedOne: "Estimated: {high} tokens.", unknown: "Cost unknown, at most {n} tokens.",
  unknownAll: "Cost unknown right now.", have: "You have {n} remaining.", leavesLow: "This leaves you low.", notEnough: "You do not have enough for this.",
  use: "Use Tokens", cancel: "Cancel",
  "action.chat": "Coach chat",
  used: "Used {n} tokens • {left} remaining", runningLow: "You're running low.", last: "That was your last.", notCharged: "Nothing was charged.", failed: "That did not work.", close: "Close",
  lowTitle: "You're running low", lowText: "You have {n} tokens left. Your next actions still work.", later: "Later",
  outTitle: "Not enough tokens", outText: "{what} was not done, and nothing was charged.", outWhat: "Your last action",
  usageTitle: "Tokens by day", usageNone: "No tokens were used in these days.", day: "Day", action: "Action", times: "Times", tokensHead: "Tokens", table: "Show as a table",
  buyTitle: "Add tokens", buy: "Buy", about: "about {n} coach chats", every: "every {n} {unit}", noOffers: "Nothing is on sale right now.", offersAway: "Packs and plans cannot be shown right now.",
  usageAway: "Usage cannot be shown right now.", buyFailed: "The checkout cannot be reached. Nothing was bought.",
};

const config = { base: new URL(import.meta.url).origin, token: undefined, getToken: undefined, locale: undefined, lowPercent: 10, addUrl: undefined, texts };

/** Sets base, token, getToken (an async function that brings a new portal token), locale, lowPercent, addUrl, texts. */
export function configure(options) {
  Object.assign(config, options, { texts: { ...config.texts, ...options?.texts } });
  for (const part of parts) part.draw();
  if (parts.size) refresh();
}

const say = (key, values = {}) => config.texts[key].replace(/\{(\w+)\}/g, (_, name) => values[name] ?? "");

/** formatTokens(4234567) is "4,234,567"; formatTokens(4234567, true) is "4.2M", cut and not rounded. */
export function formatTokens(tokens, compact = false) {
  const n = Number(tokens);
  if (!compact) return new Intl.NumberFormat(config.locale).format(n);
  return new Intl.NumberFormat(config.locale, { notation: "compact", maximumFractionDigits: 1, roundingMode: "trunc" }).format(n);
}

const formatDay = (text) => new Intl.DateTimeFormat(config.locale, { day: "numeric", month: "short", year: "numeric", timeZone: "UTC" }).format(new Date(text));
const formatUsd = (usd) => new Intl.NumberFormat(config.locale, { style: "currency", currency: "USD", minimumFractionDigits: Number(usd) % 1 ? 2 : 0 }).format(usd);

// What is known of the balance, for all elements of the page together.
const known = { balance: undefined, allocation: undefined, status: undefined, resets_at: undefined, plan: null, isOld: false };
const parts = new Set();

async function call(path, body) {
  for (let again = false; ; again = true) {
    config.token ??= document.querySelector('meta[name="aigateway-token"]')?.content || undefined;
    if ((again || !config.token) && config.getToken) config.token = await config.getToken();
    if (!config.token) throw new Error("aigateway: no portal token");
    const answer = await fetch(`${config.base}/gateway/v1/${path}`, {
      method: body ? "POST" : "GET", cache: "no-store", credentials: "omit",
      headers: { Authorization: `Bearer ${config.token}`, ...(body && { "Content-Type": "application/json" }) }, body: body && JSON.stringify(body),
    });
    if (answer.ok) return answer.json();
    // Over after a quarter of an hour: the app's server gives a new one, once.
    if (answer.status !== 401 || again || !config.getToken) throw new Error(`aigateway: ${path} answered ${answer.status}`);
  }
}

/** Asks for the balance now; elements otherwise ask by themselves while the page is seen. */
export async function refresh() {
  try {
    learn({ ...(await call("balance")), isOld: false });
  } catch {
    learn({ isOld: true });
  }
}

function learn(news) {
  Object.assign(known, news);
  for (const part of parts) part.learned();
}

/**
 * Takes the numbers of a call: a Response whose X-AiGateway-* headers your server passed on, or {tokens_used, tokens_remaining, status}.
 * Balances change at once, a toast tells, and a refusal for want of tokens opens the dialog. `what` names the action in words.
 */
export function apply(response, { what } = {}) {
  const isResponse = typeof response?.headers?.get === "function";
  const read = (header, member) => (isResponse ? response.headers.get(`X-AiGateway-${header}`) : response?.[member]) ?? undefined;
  const number = (text) => (text === undefined || text === "" ? undefined : Number(text));
  const [used, remaining] = [number(read("Tokens-Used", "tokens_used")), number(read("Tokens-Remaining", "tokens_remaining"))];
  const status = read("Balance-Status", "status");
  if (remaining !== undefined) learn({ balance: remaining, status: status ?? statusOf(remaining, known.allocation), isOld: false });
  if (isResponse && response.status === 402) tell("aigateway-low-balance", (part) => part.refused(what));
  else if (isResponse && !response.ok) tell("aigateway-toast", (part) => part.show({ error: true }));
  else if (used !== undefined) tell("aigateway-toast", (part) => part.show({ used, remaining, status: known.status }));
  // A stream's header is the balance at its start, and a refusal has none.
  if (used === undefined || known.allocation === undefined) refresh();
  return response;
}

const tell = (name, what) => [...parts].filter((part) => part.localName === name).forEach(what);
const statusOf = (balance, allocation) => (balance <= 0 ? "depleted" : balance * 100 < (allocation ?? 0) * config.lowPercent ? "low" : "ok");

async function addTokens(from) {
  const wish = new CustomEvent("aigateway-add-tokens", { bubbles: true, composed: true, cancelable: true });
  if (!from.dispatchEvent(wish)) return;
  const to = config.addUrl ?? (config.token ? `${config.base}/dashboard/sign-in?token=${encodeURIComponent(config.token)}&to=/dashboard/tokens` : `${config.base}/dashboard/tokens`);
  window.open(to, "_blank", "noopener");
}

// --- drawing

const sheet = new CSSStyleSheet();
sheet.replaceSync(`
:host { --a: var(--aigateway-accent, #0b6e5f); --on: var(--aigateway-on-accent, #fff); --t: var(--aigateway-text, #1c1b18); --m: var(--aigateway-muted, #5d5a52); --s: var(--aigateway-surface, #fff);
  --l: var(--aigateway-border, #dcd9cf); --g: var(--aigateway-track, #d9e9e4); --bar: var(--aigateway-bar, #12907c); --low: var(--aigateway-low, #7a4f00); --lowbar: var(--aigateway-low-bar, #d99a1c); --bad: var(--aigateway-bad, #9b2419);
  --r: var(--aigateway-radius, 14px); display: block; color: var(--t); font: 400 1rem/1.5 var(--aigateway-font, system-ui, -apple-system, "Segoe UI", Roboto, sans-serif); font-variant-numeric: tabular-nums; }
@media (prefers-color-scheme: dark) { :host { --a: var(--aigateway-accent, #6fd6bf); --on: var(--aigateway-on-accent, #06231d); --t: var(--aigateway-text, #f1f0eb); --m: var(--aigateway-muted, #a8aba1); --s: var(--aigateway-surface, #1b1d1a);
  --l: var(--aigateway-border, #373b35); --g: var(--aigateway-track, #2a3733); --bar: var(--aigateway-bar, #46bfa6); --low: var(--aigateway-low, #f3c567); --lowbar: var(--aigateway-low-bar, #e0a83a); --bad: var(--aigateway-bad, #ffa79b); } }
:host([hidden]) { display: none; }
* { box-sizing: border-box; }
p, h2, h3 { margin: 0; } h2 { font-size: 1.0625rem; line-height: 1.3; } h3 { font-size: .9375rem; }
.card, dialog { background: var(--s); color: var(--t); border: 1px solid var(--l); border-radius: var(--r); padding: 1rem 1.15rem; display: grid; gap: .6rem; }
.row { display: flex; gap: .6rem; align-items: center; flex-wrap: wrap; } .between { justify-content: space-between; }
.value { font-size: 1.6rem; font-weight: 700; letter-spacing: -.02em; line-height: 1.15; } .m { color: var(--m); font-size: .875rem; }
.word { display: inline-flex; gap: .3rem; align-items: center; font-weight: 600; font-size: .875rem; } .low .word, .word.low { color: var(--low); } .bad .word, .word.bad { color: var(--bad); }
.word svg { width: 1.1em; height: 1.1em; fill: currentColor; flex: none; }
.meter { height: .5rem; border-radius: 9px; overflow: hidden; background: var(--g); } .meter svg { display: block; width: 100%; height: 100%; } .meter rect { fill: var(--bar); } .low .meter rect { fill: var(--lowbar); }
button { font: inherit; font-size: .9375rem; font-weight: 600; min-height: 2.5rem; padding: .4rem 1rem; border-radius: 99px; border: 1px solid transparent; background: var(--a); color: var(--on); cursor: pointer; }
button.plain { background: transparent; color: var(--t); border-color: var(--m); } button.x { background: transparent; color: inherit; padding: .2rem .55rem; min-height: 2rem; margin-left: auto; }
button[disabled] { opacity: .5; cursor: not-allowed; } button:focus-visible, summary:focus-visible, .scroll:focus-visible { outline: 3px solid var(--a); outline-offset: 2px; }
dialog { width: min(26rem, calc(100vw - 2rem)); padding: 1.4rem; gap: .8rem; box-shadow: 0 20px 60px #0006; } dialog:not([open]) { display: none; } dialog::backdrop { background: #0f100e99; }
.toast { display: flex; gap: .6rem; align-items: center; background: var(--t); color: var(--s); border-radius: var(--r); padding: .5rem .5rem .5rem 1rem; box-shadow: 0 8px 30px #0004; font-size: .9375rem; }
:host(aigateway-toast:not([inline])) { position: fixed; inset: auto 1rem 1rem auto; max-width: calc(100vw - 2rem); z-index: 2147483000; }
table { border-collapse: collapse; width: 100%; font-size: .875rem; } th, td { text-align: left; padding: .35rem .5rem .35rem 0; border-bottom: 1px solid var(--l); font-weight: 400; } thead th { color: var(--m); } .n { text-align: right; padding-right: 0; }
.scroll { overflow: auto; max-height: 16rem; } summary { cursor: pointer; color: var(--a); font-size: .875rem; width: max-content; } .chart { display: block; width: 100%; height: 7rem; } .chart rect { fill: var(--bar); }
.offers { display: grid; gap: .75rem; grid-template-columns: repeat(auto-fit, minmax(11rem, 1fr)); } .offer { border: 1px solid var(--l); border-radius: calc(var(--r) * .75); padding: .9rem; display: grid; gap: .35rem; grid-template-rows: auto auto 1fr auto; } .offer button { margin-top: .3rem; }
@media (prefers-reduced-motion: no-preference) { .meter rect { transition: width .4s ease-out; } }
@media (forced-colors: active) { .meter { border: 1px solid; } .meter rect, .chart rect { fill: Highlight; } }`);

const SVG = "http://www.w3.org/2000/svg";
const ICON = "M8.9 2.6a1.3 1.3 0 0 1 2.2 0l7.4 12.9a1.3 1.3 0 0 1-1.1 2H2.6a1.3 1.3 0 0 1-1.1-2ZM10 6.8a.9.9 0 0 0-.9.9v3.6a.9.9 0 0 0 1.8 0V7.7a.9.9 0 0 0-.9-.9Zm0 6.5a1 1 0 1 0 0 2 1 1 0 0 0 0-2Z";

function h(tag, attributes = {}, ...children) {
  const [name, ...classes] = tag.split(".");
  const node = name === "svg" || name === "rect" || name === "path" || name === "title" ? document.createElementNS(SVG, name) : document.createElement(name);
  if (classes.length) node.setAttribute("class", classes.join(" "));
  for (const [key, value] of Object.entries(attributes)) {
    if (typeof value === "function") node.addEventListener(key, value);
    else if (value !== undefined && value !== null && value !== false) node.setAttribute(key, value === true ? "" : value);
  }
  node.append(...children.flat().filter((child) => child !== undefined && child !== null && child !== false));
  return node;
}

const word = (text, kind) => h(`span.word.${kind}`, { part: `status ${kind}` }, h("svg", { viewBox: "0 0 20 20", "aria-hidden": "true" }, h("path", { d: ICON })), text);
const addButton = (part, kind) => h(kind ? `button.${kind}` : "button", { type: "button", part: "button add", click: () => addTokens(part) }, say("add"));

class Part extends HTMLElement {
  constructor() {
    super();
    this.attachShadow({ mode: "open" }).adoptedStyleSheets = [sheet];
  }
  connectedCallback() {
    parts.add(this);
    this.draw();
    this.start?.();
  }
  disconnectedCallback() {
    parts.delete(this);
    clearInterval(this.timer);
  }
  attributeChangedCallback() {
    if (this.isConnected) this.draw();
  }
  learned() {
    this.draw();
  }
  number(name) {
    return this.hasAttribute(name) ? Number(this.getAttribute(name)) : undefined;
  }
  /** Data of its own, as JSON in an attribute. */
  get values() {
    return this.hasAttribute("values") ? JSON.parse(this.getAttribute("values")) : this.loaded;
  }
  put(...nodes) {
    // What is focused stays so while the same button is drawn again.
    const at = [...this.shadowRoot.querySelectorAll("button, summary")].indexOf(this.shadowRoot.activeElement);
    this.shadowRoot.replaceChildren(...nodes);
    if (at >= 0) this.shadowRoot.querySelectorAll("button, summary")[at]?.focus();
  }
  /** A native dialog, or a card where the element is to stand in its place. */
  frame(role, title, ...nodes) {
    const head = h("h2", { id: "t", part: "title" }, title);
    if (this.hasAttribute("inline")) return h("section.card", { part: "card", role: "group", "aria-labelledby": "t" }, head, ...nodes);
    const dialog = h("dialog", { part: "dialog", role, "aria-labelledby": "t", "aria-describedby": "d" }, head, ...nodes);
    return dialog;
  }
}

class Balance extends Part {
  static observedAttributes = ["balance", "allocation", "status", "resets-at", "state"];
  get own() {
    return this.hasAttribute("balance") || this.hasAttribute("state");
  }
  start() {
    if (this.own) return;
    refresh();
    const seconds = this.number("poll") ?? 15;
    this.timer = setInterval(() => document.hidden || refresh(), Math.max(seconds, 1) * 1000);
  }
  draw() {
    const balance = this.own ? this.number("balance") : known.balance;
    const allocation = this.own ? this.number("allocation") : known.allocation;
    const resets = this.own ? this.getAttribute("resets-at") : known.plan && known.resets_at;
    const status = (this.own ? this.getAttribute("status") : known.status) ?? statusOf(balance, allocation);
    if (this.own ? this.getAttribute("state") === "error" : known.isOld)
      return this.put(h("section.card.bad", { part: "card error", role: "group", "aria-label": say("title") }, word(say("unavailable"), "bad"),
        balance !== undefined && h("span.m", { part: "old" }, say("old", { n: formatTokens(balance, true) })),
        h("div.row", {}, h("button.plain", { type: "button", part: "button retry", click: () => refresh() }, say("retry")))));
    if (balance === undefined) return this.put(h("section.card", { part: "card loading", "aria-busy": "true" }, h("span.m", {}, say("loading"))));
    const percent = Math.max(0, Math.min(100, allocation > 0 ? Math.floor((balance * 100) / allocation) : 0));
    this.put(h(`section.card.${status === "depleted" ? "bad" : status}`, { part: `card ${status}`, role: "group", "aria-label": say("title") },
      h("div.row.between", {},
        status === "depleted" ? word(say("none"), "bad") : h("span", {}, h("span.value", { part: "value" }, formatTokens(balance, true)), h("span.m", { part: "label" }, ` ${say("tokens")}`)),
        status === "low" && word(say("low"), "low")),
      h("div.meter", { part: "bar", role: "meter", "aria-label": say("title"), "aria-valuemin": 0, "aria-valuemax": 100, "aria-valuenow": percent, "aria-valuetext": say("spoken", { n: formatTokens(balance), all: formatTokens(allocation ?? 0) }) },
        h("svg", { viewBox: "0 0 100 1", preserveAspectRatio: "none", "aria-hidden": "true" }, h("rect", { width: percent, height: 1 }))),
      status === "depleted" && resets && h("span.m", { part: "refill" }, say("refill", { date: formatDay(resets) })),
      status !== "ok" && h("div.row", {}, addButton(this))));
  }
}

class Estimate extends Part {
  static observedAttributes = ["values"];
  /** Asks about a call ({path, body}), an {action} or {tokens}; true when the user lets it go on. */
  async ask(question) {
    if (!this.hasAttribute("values")) {
      try {
        if (known.allocation === undefined) await refresh();
        this.loaded = await call("estimate", question);
      } catch {
        this.loaded = { failed: true };
      }
    }
    this.draw();
    const dialog = this.shadowRoot.querySelector("dialog");
    if (dialog) dialog.showModal();
    return new Promise((done) => (this.done = done));
  }
  learned() {}
  answer(isYes) {
    this.shadowRoot.querySelector("dialog")?.close();
    this.done?.(isYes);
    this.done = undefined;
    this.dispatchEvent(new CustomEvent(isYes ? "aigateway-confirm" : "aigateway-cancel", { bubbles: true, composed: true }));
    if (!this.hasAttribute("values")) this.put();
  }
  draw() {
    const v = this.values;
    if (!v) return;
    const [low, high, most] = [v.typical_low, v.typical_high, v.estimated_tokens];
    const allocation = v.allocation ?? known.allocation;
    const enough = v.failed || v.has_enough;
    const cost = high ?? most ?? 0;
    const isLow = enough && !v.failed && statusOf(v.balance - cost, allocation) !== "ok";
    const figure = v.failed ? say("unknownAll") : high == null ? (most == null ? say("unknownAll") : say("unknown", { n: formatTokens(most) }))
      : low === high ? say("estimatedOne", { high: formatTokens(high) }) : say("estimated", { low: formatTokens(low), high: formatTokens(high) });
    const box = this.frame("dialog", say("estimateTitle"),
      h("p", { id: "d", part: "text" }, figure, v.balance !== undefined ? ` ${say("have", { n: formatTokens(Math.max(0, v.balance), true) })}` : ""),
      isLow && word(say("leavesLow"), "low"), !enough && word(say("notEnough"), "bad"),
      h("div.row", {}, h("button", { type: "button", part: "button use", disabled: !enough, click: () => this.answer(true) }, say("use")),
        !enough && addButton(this), h("button.plain", { type: "button", part: "button cancel", click: () => this.answer(false) }, say("cancel"))));
    box.addEventListener("cancel", (event) => (event.preventDefault(), this.answer(false)));
    this.put(box);
  }
}

class Toast extends Part {
  static observedAttributes = ["values"];
  constructor() {
    super();
    // The region is there before its words are, or they would not be read out.
    this.region = h("div", { role: "status", part: "region" });
    this.shadowRoot.append(this.region);
  }
  learned() {}
  show({ used, remaining, status, error }) {
    const end = error ? say("notCharged") : status === "low" ? say("runningLow") : status === "depleted" ? say("last") : "";
    const text = error ? say("failed") : say("used", { n: formatTokens(used), left: formatTokens(Math.max(0, remaining ?? 0), true) });
    this.region.replaceChildren(h("div.toast", { part: `toast ${error ? "error" : status ?? "ok"}` }, h("span", {}, end ? `${text}${error ? "" : "."} ${end}` : text),
      h("button.x", { type: "button", part: "close", "aria-label": say("close"), click: () => this.region.replaceChildren() }, "✕")));
    clearTimeout(this.hiding);
    const seconds = this.number("seconds") ?? 8;
    // Not from under a reader's pointer.
    const hide = () => (this.matches(":hover, :focus-within") ? (this.hiding = setTimeout(hide, 1000)) : this.region.replaceChildren());
    if (!this.hasAttribute("values")) this.hiding = setTimeout(hide, seconds * 1000);
  }
  draw() {
    if (this.hasAttribute("values")) this.show(this.values);
  }
}

class LowBalance extends Part {
  static observedAttributes = ["values"];
  learned() {
    if (this.hasAttribute("values") || known.isOld || known.status !== "low") return;
    // Once a threshold and session: another grant makes another threshold.
    const key = `aigateway:low:${known.allocation}`;
    if (known.allocation === undefined || sessionStorage.getItem(key)) return;
    sessionStorage.setItem(key, "1");
    this.open("dialog", say("lowTitle"), say("lowText", { n: formatTokens(known.balance) }));
  }
  /** A call was refused for want of tokens. */
  refused(what) {
    this.open("alertdialog", say("outTitle"), say("outText", { what: what ?? say("outWhat") }));
  }
  open(role, title, text) {
    this.shadowRoot.querySelector("dialog")?.close();
    const box = this.frame(role, title, h("p", { id: "d", part: "text" }, text),
      h("div.row", {}, addButton(this), h("button.plain", { type: "button", part: "button later", click: () => box.close?.() }, say("later"))));
    this.put(box);
    box.showModal?.();
  }
  draw() {
    const v = this.hasAttribute("values") && this.values;
    if (v) v.refused ? this.refused(v.what) : this.open("dialog", say("lowTitle"), say("lowText", { n: formatTokens(v.balance) }));
  }
}

class Usage extends Part {
  static observedAttributes = ["values", "days"];
  async start() {
    if (this.hasAttribute("values")) return;
    const day = (ago) => new Date(Date.now() - ago * 864e5).toISOString().slice(0, 10);
    try {
      this.loaded = await call(`usage?from=${day((this.number("days") ?? 30) - 1)}&to=${day(0)}`);
    } catch {
      this.loaded = { failed: true };
    }
    this.draw();
  }
  learned() {}
  draw() {
    const v = this.values;
    if (!v) return this.put(h("section.card", { "aria-busy": "true" }, h("span.m", {}, say("loading"))));
    if (v.failed) return this.put(h("section.card.bad", { part: "card error" }, word(say("usageAway"), "bad"), h("div.row", {}, h("button.plain", { type: "button", click: () => this.start() }, say("retry")))));
    const most = Math.max(1, ...v.days.map((d) => d.tokens));
    const step = 100 / Math.max(1, v.days.length);
    this.put(h("section.card", { part: "card", role: "group", "aria-label": say("usageTitle") }, h("h2", { part: "title" }, say("usageTitle")),
      v.days.some((d) => d.tokens) ? h("svg.chart", { part: "chart", viewBox: "0 0 100 40", preserveAspectRatio: "none", role: "img", "aria-label": say("usageTitle") },
        v.days.map((d, at) => h("rect", { x: (at + 0.12) * step, width: step * 0.76, y: 40 - Math.max(0, d.tokens * 40) / most, height: Math.max(0, d.tokens * 40) / most }, h("title", {}, `${formatDay(d.day)}: ${formatTokens(d.tokens)}`))))
        : h("p.m", {}, say("usageNone")),
      v.actions.length > 0 && h("table", { part: "actions" }, row("th", [say("action"), say("times"), say("tokensHead")], true), h("tbody", {}, v.actions.map((a) => row("td", [name(a.action_type), formatTokens(a.calls), formatTokens(a.tokens)])))),
      v.days.some((d) => d.tokens) && h("details", {}, h("summary", {}, say("table")), h("div.scroll", { tabindex: 0, role: "group", "aria-label": say("usageTitle") },
        h("table", {}, row("th", [say("day"), say("tokensHead")], true), h("tbody", {}, v.days.map((d) => row("td", [formatDay(d.day), formatTokens(d.tokens)]))))))));
  }
}

const name = (action) => (config.texts[`action.${action}`] ?? action.replace(/[_.-]+/g, " ").replace(/^./, (first) => first.toUpperCase()));
function row(cell, texts, isHead) {
  const line = h("tr", {}, texts.map((text, at) => h(`${cell}${at ? ".n" : ""}`, isHead && { scope: "col" }, text)));
  return isHead ? h("thead", {}, line) : line;
}

class Buy extends Part {
  static observedAttributes = ["values"];
  async start() {
    if (this.hasAttribute("values")) return;
    try {
      this.loaded = await call("offers");
    } catch {
      this.loaded = { failed: true };
    }
    this.draw();
  }
  learned() {}
  /** Stripe's page, or the demo's, in this tab; what was bought arrives by itself. */
  async buy(wish) {
    if (!this.dispatchEvent(new CustomEvent("aigateway-buy", { bubbles: true, composed: true, cancelable: true, detail: wish }))) return;
    try {
      location.assign((await call("checkout", wish)).url);
    } catch {
      this.shadowRoot.querySelector("[role=alert]").replaceChildren(word(say("buyFailed"), "bad"));
    }
  }
  draw() {
    const v = this.values;
    if (!v) return this.put(h("section.card", { "aria-busy": "true" }, h("span.m", {}, say("loading"))));
    if (v.failed) return this.put(h("section.card.bad", { part: "card error" }, word(say("offersAway"), "bad"), h("div.row", {}, h("button.plain", { type: "button", click: () => this.start() }, say("retry")))));
    const offers = [...v.packs.map((pack) => [pack, { pack: pack.id }]), ...v.plans.map((plan) => [plan, { plan: plan.id }])];
    this.put(h("section.card", { part: "card", role: "group", "aria-labelledby": "t" }, h("h2", { id: "t", part: "title" }, say("buyTitle")), h("div", { role: "alert" }),
      offers.length ? h("div.offers", { part: "offers" }, offers.map(([offer, wish]) => h("div.offer", { part: `offer ${wish.plan ? "plan" : "pack"}` },
        h("h3", {}, offer.name),
        h("span", {}, h("span.value", { part: "price" }, formatUsd(offer.price_usd)), offer.every && h("span.m", {}, ` ${say("every", { n: offer.every.count > 1 ? formatTokens(offer.every.count) : "", unit: offer.every.unit + (offer.every.count > 1 ? "s" : "") }).replace("  ", " ")}`)),
        h("span.m", {}, `${offer.name.startsWith(formatTokens(offer.tokens)) ? "" : `${formatTokens(offer.tokens)} ${say("tokens")}, `}${say("about", { n: formatTokens(offer.about_chats) })}`),
        h("button", { type: "button", part: "button buy", "aria-label": `${say("buy")} ${offer.name}`, click: () => this.buy(wish) }, say("buy"))))) : h("p.m", {}, say("noOffers"))));
  }
}

const elements = { balance: Balance, estimate: Estimate, toast: Toast, "low-balance": LowBalance, usage: Usage, buy: Buy };
for (const [end, element] of Object.entries(elements)) if (!customElements.get(`aigateway-${end}`)) customElements.define(`aigateway-${end}`, element);

const aigateway = { configure, apply, refresh, formatTokens };
globalThis.aigateway = aigateway;
export default aigateway;
