// What the other modules share: when a page is there, what is open on it, and saying something to everybody.

/** Runs `show` now and after each change that htmx makes; it has to bear being run twice over the same elements. */
export function onShown(show) {
  show();
  document.addEventListener("htmx:after:settle", show);
  document.addEventListener("htmx:after:swap", show);
}

/** Whether somebody has something open that a change below it would disturb. */
export function isSomethingOpen() {
  return [...document.querySelectorAll("dialog[open], :popover-open")].some((each) => each.id !== "toasts");
}

/** Whether somebody types or has text selected within the element. */
export function isAtWorkIn(element) {
  const active = document.activeElement;
  if (element.contains(active) && active.matches("input:not([type=checkbox], [type=radio]), textarea, select, [contenteditable]")) return true;
  const chosen = getSelection();
  return Boolean(chosen && !chosen.isCollapsed && chosen.anchorNode && element.contains(chosen.anchorNode));
}

/** Says a text by a region that screen readers follow; nothing is seen. */
export function announce(text) {
  let region = document.getElementById("announcer");
  if (!region) {
    region = Object.assign(document.createElement("div"), { id: "announcer", className: "sr" });
    region.setAttribute("role", "status");
  }
  const dialog = [...document.querySelectorAll("dialog[open]")].at(-1);
  (dialog ?? document.body).append(region);
  region.textContent = "";
  setTimeout(() => { region.textContent = text; }, 60);
}

/** An element by its name, its properties and what is in it; never from markup. */
export function make(name, properties = {}, ...inside) {
  const { dataset, ...rest } = properties;
  const element = Object.assign(document.createElement(name), rest);
  Object.assign(element.dataset, dataset);
  element.append(...inside);
  return element;
}

/** Tells forms and htmx of a change that a script made. */
export function tellChange(element) {
  element.dispatchEvent(new Event("input", { bubbles: true }));
  element.dispatchEvent(new Event("change", { bubbles: true }));
}
