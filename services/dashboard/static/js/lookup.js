// A combobox by the ARIA pattern, whose options the server finds and whose choices are hidden fields of the form.
//
// <div class="lookup" data-lookup="segment" data-name="value.3" data-multiple>
//   <div class="chips"> <span class="chip">Name <input type=hidden …><button type=button data-drop>…</button></span> </div>
//   <input role=combobox aria-controls=LIST aria-expanded=false aria-autocomplete=list autocomplete=off hx-get=… hx-target=#LIST>
//   <div id=LIST class=pop role=listbox popover=manual></div>
// </div>
// Each option: role=option, an id, data-value, its text or data-label. An option that is a link is followed.
import { announce, make, onShown, tellChange } from "./page.js";

const listOf = (input) => document.getElementById(input.getAttribute("aria-controls"));
const boxOf = (input) => input.closest(".lookup[data-name]");
const optionsOf = (input) => [...(listOf(input)?.querySelectorAll("[role=option]:not([aria-disabled=true])") ?? [])];
const isCombobox = (element) => element?.getAttribute?.("role") === "combobox";

/** Two lists of the same page never share the names of their options. */
function nameOptions(list) {
  [...list.querySelectorAll("[role=option]")].forEach((each, at) => { each.id = `${list.id}-${at}`; });
}

function show(input, on) {
  const list = listOf(input);
  if (!list?.popover) return;
  if (on !== list.matches(":popover-open")) {
    if (on) list.showPopover({ source: input });
    else list.hidePopover();
  }
  input.setAttribute("aria-expanded", String(on));
  if (!on) mark(input, null);
}

function mark(input, option) {
  for (const each of optionsOf(input)) {
    each.toggleAttribute("data-focused", each === option);
    each.setAttribute("aria-selected", String(each === option));
  }
  if (option) {
    input.setAttribute("aria-activedescendant", option.id);
    option.scrollIntoView({ block: "nearest" });
  } else input.removeAttribute("aria-activedescendant");
}

function chipOf(name, value, text) {
  const remove = make("button", { type: "button", ariaLabel: `Remove ${text}`, textContent: "×" });
  remove.dataset.drop = "";
  return make("span", { className: "chip" }, make("span", {}, text), make("input", { type: "hidden", name, value }), remove);
}

function choose(input, option) {
  if (option.href) return option.click();
  const box = boxOf(input);
  if (!box) return;
  const { value } = option.dataset;
  const text = option.dataset.label ?? option.querySelector(".name")?.textContent ?? option.textContent.trim();
  let chips = box.querySelector(".chips");
  if (!chips) box.prepend(chips = make("div", { className: "chips" }));
  const isMany = box.hasAttribute("data-multiple");
  const has = [...chips.querySelectorAll("input[type=hidden]")].some((each) => each.value === value);
  if (!isMany) chips.replaceChildren();
  if (!has || !isMany) chips.append(chipOf(box.dataset.name, value, text));
  input.value = "";
  show(input, false);
  settle();
  announce(`${text} chosen`);
  if (box.hasAttribute("data-full")) chips.querySelector("button")?.focus();
  tellChange(chips.lastElementChild.querySelector("input"));
}

function drop(button) {
  const form = button.form;
  const box = button.closest(".lookup");
  const chip = button.closest(".chip");
  const next = chip.nextElementSibling ?? chip.previousElementSibling;
  chip.remove();
  settle();
  (next?.querySelector("button") ?? box?.querySelector("[role=combobox]"))?.focus();
  if (box ?? form) tellChange(box ?? form);
}

/** A lookup for one value shows its input only while nothing is chosen. */
function settle() {
  for (const box of document.querySelectorAll(".lookup[data-name]:not([data-multiple])")) {
    box.toggleAttribute("data-full", Boolean(box.querySelector(".chip input")));
  }
}

document.addEventListener("keydown", (event) => {
  const input = event.target;
  if (!isCombobox(input)) return;
  const options = optionsOf(input);
  const at = options.findIndex((each) => each.id === input.getAttribute("aria-activedescendant"));
  const isOpen = !listOf(input)?.popover || listOf(input).matches(":popover-open");
  const to = { ArrowDown: at + 1, ArrowUp: at < 0 ? options.length - 1 : at - 1, Home: 0, End: options.length - 1, PageDown: Math.min(at + 8, options.length - 1), PageUp: Math.max(at - 8, 0) }[event.key];
  if (to !== undefined && !event.altKey && !event.metaKey && !event.ctrlKey) {
    // Home and End move within the text until an option is marked.
    if ((event.key === "Home" || event.key === "End") && at < 0) return;
    event.preventDefault();
    show(input, true);
    if (options.length) mark(input, options.at(to % options.length));
  } else if (event.key === "Enter" && !event.metaKey && !event.ctrlKey) {
    event.preventDefault();
    const option = options[at] ?? (options.length === 1 || input.id === "find" ? options[0] : undefined);
    if (option && isOpen) choose(input, option);
  } else if (event.key === "Escape" && listOf(input)?.popover && isOpen) {
    event.preventDefault();
    event.stopPropagation();
    show(input, false);
  } else if (event.key === "Tab") show(input, false);
  else if (event.key === "Backspace" && !input.value) boxOf(input)?.querySelector(".chip:last-of-type [data-drop]")?.focus();
});

document.addEventListener("pointerdown", (event) => {
  const option = event.target.closest?.("[role=option]");
  const input = option && document.querySelector(`[role=combobox][aria-controls="${option.closest("[role=listbox]").id}"]`);
  if (!input) return;
  // The focus stays, else the list would close before the click that a link is followed by.
  event.preventDefault();
  if (option.href) return;
  if (option.getAttribute("aria-disabled") !== "true") choose(input, option);
});
document.addEventListener("focusout", (event) => { if (isCombobox(event.target)) show(event.target, false); });
document.addEventListener("click", (event) => {
  const button = event.target.closest?.(".chip [data-drop]");
  if (button) drop(button);
});
onShown(() => {
  settle();
  for (const list of document.querySelectorAll("[role=listbox]")) nameOptions(list);
  const input = document.activeElement;
  if (isCombobox(input) && listOf(input)?.childElementCount) show(input, true);
});
