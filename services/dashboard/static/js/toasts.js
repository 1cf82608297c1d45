// Toasts go by themselves after six seconds, not while the pointer or the focus is on them.
import { make, onShown } from "./page.js";

const SHOWN_MS = 6_000;
const LEAVING_MS = 150;
const timers = new WeakMap();

function remove(toast) {
  toast.dataset.leaving = "";
  setTimeout(() => {
    const box = toast.parentElement;
    toast.remove();
    if (box?.matches(":popover-open") && !box.childElementCount) box.hidePopover();
  }, LEAVING_MS);
}

function start(toast) {
  clearTimeout(timers.get(toast));
  timers.set(toast, setTimeout(remove, SHOWN_MS, toast));
}

// Over an open drawer too: what is in the top layer covers everything else, so toasts go there last.
function settle() {
  const box = document.getElementById("toasts");
  if (!box) return;
  if (box.popover !== "manual") box.popover = "manual";
  let isNew = false;
  for (const toast of box.querySelectorAll(".toast")) {
    if (timers.has(toast)) continue;
    isNew = true;
    start(toast);
  }
  if (isNew && box.matches(":popover-open")) box.hidePopover();
  if (box.childElementCount && !box.matches(":popover-open")) box.showPopover();
}

/** Shows a text as a toast, as the server's are shown. */
export function showToast(text, kind = "") {
  document.getElementById("toasts")?.append(make("div", { className: `toast ${kind}`.trim() }, make("span", {}, text)));
  settle();
}

for (const [name, isHeld] of [["pointerover", true], ["focusin", true], ["pointerout", false], ["focusout", false]]) {
  document.addEventListener(name, (event) => {
    const toast = event.target.closest?.(".toast");
    if (!toast || toast.contains(event.relatedTarget)) return;
    if (isHeld) clearTimeout(timers.get(toast));
    else start(toast);
  });
}
document.addEventListener("click", (event) => {
  const toast = event.target.closest?.(".toast [data-close]")?.closest(".toast");
  if (toast) remove(toast);
});
onShown(settle);
