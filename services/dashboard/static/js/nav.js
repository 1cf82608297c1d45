// The sidebar as a sheet on narrow screens, and the row of tabs that keeps the present one in sight.
import { onShown } from "./page.js";

const narrow = matchMedia("(max-width: 800px)");

function settleSide() {
  const side = document.querySelector(".side");
  if (!side) return;
  if (narrow.matches && !side.popover) side.popover = "auto";
  if (!narrow.matches && side.popover) side.popover = null;
  document.getElementById("menu")?.setAttribute("aria-expanded", String(narrow.matches && side.matches(":popover-open")));
}

document.addEventListener("click", (event) => {
  const side = document.querySelector(".side");
  const menu = event.target.closest?.("#menu");
  if (menu && side?.popover) side.matches(":popover-open") ? side.hidePopover() : side.showPopover({ source: menu });
  else if (side?.popover && event.target.closest?.(".side a[href]")) side.hidePopover();
});

// What lies under the sheet cannot be reached by Tab while it is open.
document.addEventListener("toggle", (event) => {
  if (!event.target.matches?.(".side")) return;
  const isOpen = event.newState === "open";
  document.querySelector(".main")?.toggleAttribute("inert", isOpen);
  document.getElementById("menu")?.setAttribute("aria-expanded", String(isOpen));
  if (isOpen) (event.target.querySelector("[aria-current]") ?? event.target.querySelector("a, button"))?.focus();
  else document.getElementById("menu")?.focus();
}, true);

narrow.addEventListener("change", settleSide);
onShown(() => {
  settleSide();
  for (const tabs of document.querySelectorAll(".tabs, .steps")) {
    const at = tabs.querySelector("[aria-current], [aria-selected=true]");
    if (at && tabs.scrollWidth > tabs.clientWidth) tabs.scrollLeft = at.offsetLeft - tabs.offsetLeft - 24;
  }
});
