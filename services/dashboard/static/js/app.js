// What HTML cannot do by itself. Each module listens to the document, so that parts which htmx brings work without being told.
import "./nav.js";
import "./keys.js";
import "./drawer.js";
import "./toasts.js";
import "./forms.js";
import "./copy.js";
import "./save.js";
import "./table.js";
import "./lookup.js";
import "./palette.js";
import "./bars.js";
import "./live.js";
import { onShown } from "./page.js";

// What scripts draw and mark is no part of the server's page: a morph leaves it as it is. Nor is the
// nonce of another page, which Back would bring: htmx acts on that which it was started with.
if (globalThis.htmx) {
  htmx.config.morphSkipChildren = ".plot, [data-geo-map]";
  htmx.config.morphIgnore = [...htmx.config.morphIgnore, "hx-nonce", "data-changed", "data-fits", "data-full"];
}

// What few pages have is fetched by those that have it.
const RARE = [
  ["[data-chart]", () => import("./plot.js")],
  [".dropzone", () => import("./dropzone.js")],
  ["[data-sortable]", () => import("./sortable.js")],
  ["[data-geo-map]", () => import("./geo-map.js")],
  ["form[data-link]", () => import("./link.js")],
];
onShown(() => {
  for (const [selector, load] of RARE) if (document.querySelector(selector)) load().catch((fault) => console.error(fault));
});
