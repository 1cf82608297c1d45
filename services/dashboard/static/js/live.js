// What happens now: one stream a page, told to what follows it, and never under somebody's hands.
//
// Events of the stream: `redemptions`, or any other name that elements follow; `rate` {succeeded, failed} of the second before;
// `notification` {unread}; `state` {state: "live" | "catching-up"}; `closed` when the server ends it in peace.
import { isAtWorkIn, isSomethingOpen, onShown } from "./page.js";

const REST_MS = 2_000;
const WORDS = { live: "Live", connecting: "Connecting", "catching-up": "Catching up" };
const SECONDS = 120;

const RETRY_MS = 3_000;
const RETRY_MAX_MS = 60_000;

let source;
let attempts = 0;
let address;
const heard = new Set();
/** What happened and was not shown yet, by the name that elements follow. */
const waiting = new Set();
const asked = new WeakMap();
/** The rows of a refreshed list before it was, by the id of the list: a morph takes away what the server did not write. */
const known = new Map();

const emptySeconds = () => ({ at: Array.from({ length: SECONDS }, (_, at) => Math.floor(Date.now() / 1000) - SECONDS + at), succeeded: new Array(SECONDS).fill(0), failed: new Array(SECONDS).fill(0) });
/** Two minutes of redemptions a second; `live:rate` is told on the document at each change. */
export const rates = emptySeconds();

function tellState(state) {
  const box = document.getElementById("live");
  if (!box || box.dataset.state === state) return;
  box.dataset.state = state;
  box.toggleAttribute("data-off", state !== "live");
  box.textContent = box.getAttribute(`data-${state}`) ?? WORDS[state];
}

const pluralOf = (kind) => (kind.endsWith("y") ? `${kind.slice(0, -1)}ies` : `${kind}s`);
const singularOf = (plural) => (plural.endsWith("ies") ? `${plural.slice(0, -3)}y` : plural.replace(/s$/, ""));

function refresh() {
  if (!waiting.size || isSomethingOpen() || document.hidden) return;
  const names = [...waiting];
  let isLeft = false;
  for (const element of document.querySelectorAll("[data-follows]")) {
    if (!names.some((name) => element.dataset.follows.split(/\s+/).includes(name))) continue;
    const isSoon = Date.now() - (asked.get(element) ?? 0) < REST_MS;
    const isHeld = isAtWorkIn(element) || element.querySelector("[data-select]:checked, [data-dragged]");
    if (isSoon || isHeld) { isLeft = true; continue; }
    asked.set(element, Date.now());
    if (element.id) known.set(element.id, new Set([...element.querySelectorAll("tbody tr[id]")].map((row) => row.id)));
    globalThis.htmx?.trigger(element, "refresh");
  }
  if (!isLeft) waiting.clear();
}

// Rows that a refresh brought are shown as new for a moment.
document.addEventListener("htmx:after:swap", () => {
  for (const [id, rows] of known) {
    known.delete(id);
    if (!rows.size) continue;
    for (const row of document.getElementById(id)?.querySelectorAll("tbody tr[id]") ?? []) if (!rows.has(row.id)) row.classList.add("fresh");
  }
});
document.addEventListener("animationend", (event) => event.target.classList?.remove("fresh"));

function takeRate({ succeeded = 0, failed = 0 }) {
  rates.at.push(Math.floor(Date.now() / 1000));
  rates.succeeded.push(succeeded);
  rates.failed.push(failed);
  for (const each of Object.values(rates)) each.shift();
  document.dispatchEvent(new CustomEvent("live:rate"));
}

/** The number is part of the name of the button that it lies on. */
function tellUnread(box, count) {
  const button = box.closest("a, button");
  box.ariaHidden = "true";
  if (!button) return;
  button.dataset.name ??= button.getAttribute("aria-label") ?? "";
  button.setAttribute("aria-label", Number(count) ? `${button.dataset.name}, ${count} unread` : button.dataset.name);
}

function takeNotification({ unread }) {
  for (const box of document.querySelectorAll("[data-unread]")) {
    const count = unread ?? Number(box.dataset.unread || 0) + 1;
    box.dataset.unread = count;
    box.textContent = count > 99 ? "99+" : count || "";
    tellUnread(box, count);
  }
  waiting.add("notifications");
  refresh();
}

/** Listens for what is followed: `redemptions`, and `redemption` for one of them. */
function hear(name) {
  if (!source || heard.has(name)) return;
  heard.add(name);
  for (const kind of new Set([name, singularOf(name)])) source.addEventListener(kind, () => { waiting.add(name); refresh(); });
}

function connect(isQuiet = false) {
  address = document.body.dataset.live;
  source?.close();
  source = undefined;
  heard.clear();
  if (!address) return;
  source = new EventSource(address);
  if (isQuiet !== true) tellState("connecting");
  const on = (name, take) => source.addEventListener(name, (event) => { try { take(JSON.parse(event.data)); } catch { /* a line that is no JSON tells nothing */ } });
  source.onopen = () => { attempts = 0; tellState("live"); };
  source.onerror = () => {
    tellState("connecting");
    // A browser asks again by itself unless it was refused.
    if (source?.readyState === EventSource.CLOSED) setTimeout(connect, Math.min(RETRY_MAX_MS, RETRY_MS * 2 ** attempts++));
  };
  source.addEventListener("closed", () => connect(true));
  hearAll();
  on("state", ({ state }) => { if (state in WORDS) tellState(state); });
  on("rate", takeRate);
  on("notification", takeNotification);
  on("message", ({ kind }) => { if (kind) { waiting.add(pluralOf(kind)); refresh(); } });
}

function hearAll() {
  for (const element of document.querySelectorAll("[data-follows]")) for (const name of element.dataset.follows.split(/\s+/)) if (name) hear(name);
}

onShown(() => {
  if ((document.body.dataset.live ?? "") !== (address ?? "")) connect();
  const box = document.getElementById("live");
  // A page that came over the one before says anew what is known already.
  if (box && source && !box.dataset.state) tellState(source.readyState === EventSource.OPEN ? "live" : "connecting");
  for (const each of document.querySelectorAll("[data-unread]")) tellUnread(each, each.dataset.unread);
  hearAll();
});
setInterval(refresh, REST_MS / 2);
document.addEventListener("visibilitychange", refresh);
addEventListener("pagehide", () => source?.close());
addEventListener("pageshow", (event) => { if (event.persisted) { address = undefined; connect(); } });
