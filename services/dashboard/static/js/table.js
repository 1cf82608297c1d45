// Tables: which rows are chosen, rows that lead where their first link leads, heads that stay in sight.
import { announce, onShown } from "./page.js";

const tables = () => document.querySelectorAll(".table:has([data-select])");
const rowsOf = (table) => [...table.querySelectorAll('[data-select="row"]')];

/** What is chosen stays chosen when the list is shown anew. */
const chosen = new Map();
let last;

function settle(table) {
  const rows = rowsOf(table);
  const count = rows.filter((each) => each.checked).length;
  const page = table.querySelector('[data-select="page"]');
  if (page) {
    page.checked = count > 0 && count === rows.length;
    page.indeterminate = count > 0 && count < rows.length;
  }
  const scope = table.closest("form, #list, .page") ?? document;
  // All of a filter were chosen: that ends with the rows, so that it is never meant of another one.
  if (!count) setAll(scope, false);
  for (const bar of scope.querySelectorAll(".bulk")) {
    bar.hidden = !count;
    const isAll = bar.querySelector("[data-all-input]")?.value === "true";
    for (const each of bar.querySelectorAll("[data-count]")) each.textContent = `${isAll ? (each.dataset.total ?? count) : count} ${each.dataset.count || "selected"}`;
    const all = bar.querySelector('[data-select="all"]');
    if (all) all.hidden = isAll || count < rows.length;
  }
  chosen.set(table.id || "table", new Set(rows.filter((each) => each.checked).map((each) => each.value)));
}

function setAll(scope, isAll) {
  for (const input of scope.querySelectorAll("[data-all-input]")) input.value = isAll ? "true" : "";
}

document.addEventListener("change", (event) => {
  const box = event.target;
  const kind = box.dataset?.select;
  const table = kind && box.closest(".table");
  if (!table) return;
  const rows = rowsOf(table);
  if (kind === "page") for (const each of rows) each.checked = box.checked;
  if (!box.checked) setAll(table.closest("form, #list, .page") ?? document, false);
  settle(table);
  const count = rows.filter((each) => each.checked).length;
  announce(`${count} selected`);
});
document.addEventListener("click", (event) => {
  const box = event.target.closest?.('[data-select="row"]');
  if (box) {
    const rows = rowsOf(box.closest(".table"));
    if (event.shiftKey && last && rows.includes(last)) {
      const [from, to] = [rows.indexOf(last), rows.indexOf(box)].sort((a, b) => a - b);
      for (const each of rows.slice(from, to + 1)) each.checked = box.checked;
      settle(box.closest(".table"));
    }
    last = box;
  }
  const button = event.target.closest?.('button[data-select="all"], button[data-select="none"]');
  if (button) {
    const scope = button.closest("form, #list, .page") ?? document;
    setAll(scope, button.dataset.select === "all");
    for (const table of scope.querySelectorAll(".table:has([data-select])")) {
      if (button.dataset.select === "none") for (const each of rowsOf(table)) each.checked = false;
      settle(table);
    }
    announce(button.dataset.select === "all" ? button.textContent.trim() : "Nothing selected");
  }
  followRow(event);
});

/** A click beside the first link of a row counts as one on it, unless text was selected or something else was meant. */
function followRow(event) {
  const row = event.target.closest?.("tr:has(a.open)");
  if (!row || event.defaultPrevented || event.target.closest("a, button, input, select, label, summary, dialog, [popover]")) return;
  if (!getSelection()?.isCollapsed) return;
  const link = row.querySelector("a.open");
  if (event.metaKey || event.ctrlKey) open(link.href, "_blank", "noopener");
  else link.click();
}

/** A table that is wider than its place scrolls in it and can be scrolled by keys; another keeps its head in sight. */
function fit(scroll) {
  const table = scroll.firstElementChild;
  if (!table || scroll.classList.contains("own")) return;
  const fits = table.scrollWidth <= scroll.clientWidth + 1 && table.offsetWidth <= scroll.clientWidth + 1;
  scroll.toggleAttribute("data-fits", fits);
  if (fits) scroll.removeAttribute("tabindex");
  else scroll.tabIndex = 0;
  if (!fits && !scroll.hasAttribute("role")) {
    // Not a region: a card around it is one, mostly by the same name.
    scroll.setAttribute("role", "group");
    scroll.setAttribute("aria-label", table.getAttribute("aria-label") ?? document.querySelector("h1")?.textContent ?? "Table");
  }
}
const sizes = new ResizeObserver((entries) => { for (const each of entries) fit(each.target); });

onShown(() => {
  for (const table of tables()) {
    const before = chosen.get(table.id || "table");
    if (before?.size) for (const each of rowsOf(table)) if (before.has(each.value)) each.checked = true;
    settle(table);
  }
  for (const scroll of document.querySelectorAll(".scroll")) { sizes.observe(scroll); fit(scroll); }
});
// Another page chooses anew.
document.addEventListener("htmx:after:history:push", () => chosen.clear());
