// Lists that are put in order: by dragging a handle, by Alt+↑ and Alt+↓, by buttons; said aloud, and kept by the order of hidden inputs.
//
// <ol data-sortable aria-label="Tiers"><li data-id data-label> <button data-handle> … <button data-move="up|down"> <input type=hidden name=order> </li></ol>
// `data-fixed` keeps an item where it is. Lists with the same name (`data-sortable="levels"`) exchange their items.
import { announce, onShown, tellChange } from "./page.js";

const listOf = (element) => element?.closest?.("[data-sortable]");
const itemsOf = (list) => [...list.children].filter((each) => each.dataset.id !== undefined);
const itemOf = (element) => { const list = listOf(element); return list && itemsOf(list).find((each) => each.contains(element)); };
const nameOf = (item) => item.dataset.label ?? item.querySelector(".name")?.textContent.trim() ?? item.dataset.id;

/** Numbers and the ends of the list follow the order. */
function settle(list) {
  const items = itemsOf(list);
  items.forEach((item, at) => {
    for (const place of item.querySelectorAll(".place")) place.textContent = at + 1;
    for (const input of item.querySelectorAll("input[data-place]")) input.value = at + 1;
    const ends = { up: at === 0 || items[at - 1].hasAttribute("data-fixed"), down: at === items.length - 1 || items[at + 1].hasAttribute("data-fixed") };
    // A button that had the focus keeps it: one that is disabled would lose it.
    for (const button of item.querySelectorAll("[data-move]")) button.setAttribute("aria-disabled", String(ends[button.dataset.move] || item.hasAttribute("data-fixed")));
  });
}

function tell(list, item) {
  settle(list);
  const items = itemsOf(list);
  announce(`${nameOf(item)}, ${items.indexOf(item) + 1} of ${items.length}`);
  tellChange(item.querySelector("input[type=hidden]") ?? list);
}

/** Moves an item by one place and keeps the focus where it was. */
function move(item, by) {
  const list = listOf(item);
  const items = itemsOf(list);
  const other = items[items.indexOf(item) + by];
  if (!other || other.hasAttribute("data-fixed") || item.hasAttribute("data-fixed")) return;
  const focused = document.activeElement;
  if (by < 0) other.before(item);
  else other.after(item);
  if (item.contains(focused) || focused === item) focused.focus();
  item.scrollIntoView({ block: "nearest" });
  tell(list, item);
}

document.addEventListener("keydown", (event) => {
  if (!event.altKey || (event.key !== "ArrowUp" && event.key !== "ArrowDown")) return;
  const item = itemOf(event.target);
  if (!item) return;
  event.preventDefault();
  move(item, event.key === "ArrowUp" ? -1 : 1);
});
document.addEventListener("click", (event) => {
  const button = event.target.closest?.("[data-sortable] [data-move]");
  if (!button || button.getAttribute("aria-disabled") === "true") return;
  event.preventDefault();
  move(itemOf(button), button.dataset.move === "up" ? -1 : 1);
});

/** What is dragged now: its item, the list it began in, and where the pointer took it. */
let drag;

function findList(x, y) {
  const under = listOf(document.elementFromPoint(x, y));
  const name = drag.list.dataset.sortable;
  return under && (under === drag.list || (name && under.dataset.sortable === name)) ? under : undefined;
}

function follow(event) {
  if (!drag) return;
  const { item } = drag;
  item.style.transform = "";
  const to = findList(event.clientX, event.clientY) ?? listOf(item);
  const others = itemsOf(to).filter((each) => each !== item && !each.hasAttribute("data-fixed"));
  const next = others.find((each) => { const box = each.getBoundingClientRect(); return event.clientY < box.top + box.height / 2; });
  if (next) { if (next.previousElementSibling !== item) next.before(item); } else if (others.length) { if (others.at(-1).nextElementSibling !== item) others.at(-1).after(item); } else if (listOf(item) !== to) to.append(item);
  const box = item.getBoundingClientRect();
  item.style.transform = `translateY(${Math.round(event.clientY - drag.grip - box.top)}px)`;
  const edge = 48;
  if (event.clientY < edge) scrollBy(0, -10);
  if (event.clientY > innerHeight - edge) scrollBy(0, 10);
}

function finish(isKept) {
  if (!drag) return;
  const { item, list, next } = drag;
  item.style.transform = "";
  delete item.dataset.dragged;
  delete list.dataset.dragging;
  if (!isKept) list.insertBefore(item, next);
  const now = listOf(item);
  const isMoved = now !== list || item.nextElementSibling !== next;
  drag = undefined;
  for (const input of item.querySelectorAll("input[type=hidden][name]")) if (now !== list && now.dataset.name) input.name = now.dataset.name;
  if (now !== list) settle(list);
  if (isMoved) tell(now, item);
}

document.addEventListener("pointerdown", (event) => {
  const handle = event.target.closest?.("[data-handle]");
  const item = handle && itemOf(handle);
  if (!item || event.button !== 0 || item.hasAttribute("data-fixed")) return;
  event.preventDefault();
  handle.focus();
  drag = { item, list: listOf(item), next: item.nextElementSibling, grip: event.clientY - item.getBoundingClientRect().top };
  item.dataset.dragged = "";
  drag.list.dataset.dragging = "";
});
document.addEventListener("pointermove", follow);
document.addEventListener("pointerup", () => finish(true));
document.addEventListener("pointercancel", () => finish(false));
document.addEventListener("keydown", (event) => { if (drag && event.key === "Escape") { event.preventDefault(); finish(false); } });

onShown(() => { for (const list of document.querySelectorAll("[data-sortable]")) settle(list); });
// What moves items is seen from now on, since it works from now on.
document.documentElement.dataset.sorts = "";
