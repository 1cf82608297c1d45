// The drawer of details: it opens when it is filled, and the address tells which object it shows.
import { onShown } from "./page.js";

/** The id of the row that the drawer was opened from; focus goes back there. */
let opener = "";
let isLeaving = false;

const findDrawer = () => document.getElementById("drawer");

function findOpener(row) {
  const found = row && (document.getElementById(row) ?? document.getElementById(`row-${row}`));
  return found && (found.querySelector("a.open, a, button") ?? found);
}

document.addEventListener("click", (event) => {
  const link = event.target.closest?.('[hx-target="#drawer"], [data-hx-target="#drawer"], a.open');
  if (link) opener = link.closest("[id]")?.id ?? "";
});

onShown(() => {
  const drawer = findDrawer();
  if (!drawer) return;
  const isFilled = drawer.firstElementChild !== null;
  if (isFilled && !drawer.open) {
    drawer.showModal();
    // What is told is read first; its first link would be in the way.
    if (!drawer.querySelector("[autofocus]")) { drawer.tabIndex = -1; drawer.focus(); }
  }
  else if (!isFilled && drawer.open) drawer.close();
  const name = new URL(location.href).searchParams.get("open");
  if (isFilled && !opener && name) opener = name;
});

// The next page comes over this one: what was open must not stay in the way, and the address is that of the next.
document.addEventListener("htmx:before:swap", (event) => {
  if (!event.detail.tasks?.some((task) => task.target === document.body)) return;
  isLeaving = true;
  for (const dialog of document.querySelectorAll("dialog[open]")) dialog.close();
  for (const popover of document.querySelectorAll(":popover-open")) popover.hidePopover();
});
document.addEventListener("htmx:finally:swap", () => { isLeaving = false; });

document.addEventListener("close", (event) => {
  const drawer = event.target;
  if (drawer.id !== "drawer" || isLeaving) return;
  drawer.replaceChildren();
  for (const each of document.querySelectorAll("tr[data-open]")) delete each.dataset.open;
  const url = new URL(location.href);
  if (url.searchParams.has("open")) {
    url.searchParams.delete("open");
    // htmx goes back only to entries that it knows as its own.
    if (!history.state?.htmx) history.replaceState({ htmx: true }, "", location.href);
    history.pushState({ htmx: true }, "", url);
  }
  const row = opener;
  opener = "";
  queueMicrotask(() => { if (document.activeElement === document.body) findOpener(row)?.focus(); });
}, true);

// A form in a popover that changed what lies elsewhere has done its work.
document.addEventListener("htmx:after:swap", (event) => {
  const { sourceElement, target } = event.detail.ctx ?? {};
  const popover = sourceElement?.closest?.(":popover-open");
  if (popover && !popover.matches("[role=listbox]") && !popover.contains(target)) popover.hidePopover();
});

// An older browser without invoker commands still opens and closes dialogs.
if (!("command" in HTMLButtonElement.prototype)) {
  document.addEventListener("click", (event) => {
    const button = event.target.closest?.("button[commandfor]");
    const dialog = button && document.getElementById(button.getAttribute("commandfor"));
    if (!dialog) return;
    if (button.getAttribute("command") === "show-modal") dialog.showModal();
    if (button.getAttribute("command") === "close") dialog.close();
  });
}
// closedby="any", where the browser does not have it.
if (!("closedBy" in HTMLDialogElement.prototype)) {
  document.addEventListener("pointerdown", (event) => {
    if (!event.target.matches?.('dialog[open][closedby="any"]')) return;
    const box = event.target.getBoundingClientRect();
    const isInside = event.clientX >= box.left && event.clientX <= box.right && event.clientY >= box.top && event.clientY <= box.bottom;
    if (!isInside) event.target.close();
  });
}
