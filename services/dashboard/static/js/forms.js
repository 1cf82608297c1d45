// Forms: a warning before changes are lost, questions before what cannot be undone, forms that send themselves.
import { onShown } from "./page.js";
import { showToast } from "./toasts.js";

const LEAVE = "Leave without saving?";
const LOST = "The dashboard did not answer. What you typed is still here: try again in a moment.";

// What is only tried is nothing that could be lost.
const isTried = (element) => Boolean(element.closest?.(".try"));
const changedForms = () => [...document.querySelectorAll("form[data-guard][data-changed]")];

for (const name of ["input", "change"]) {
  document.addEventListener(name, (event) => {
    const form = event.target.form ?? event.target.closest?.("form");
    if (form?.hasAttribute("data-guard") && event.target.type !== "search" && event.target.getAttribute("role") !== "combobox" && !isTried(event.target)) form.dataset.changed = "";
    if (name === "change" && form?.hasAttribute("data-submit-on-change") && event.target.getAttribute("role") !== "combobox") form.requestSubmit();
  });
}
addEventListener("beforeunload", (event) => { if (changedForms().length) event.preventDefault(); });

// A form that is on its way is not lost; one that was refused still is unsaved.
document.addEventListener("submit", (event) => {
  if (event.target.hasAttribute("data-guard") && !event.submitter?.hasAttribute("data-part")) delete event.target.dataset.changed;
});
document.addEventListener("htmx:after:request", (event) => {
  const { response, sourceElement } = event.detail.ctx ?? {};
  const form = sourceElement?.closest?.("form[data-guard]");
  if (form?.isConnected && response?.status >= 400) form.dataset.changed = "";
});
onShown(() => { for (const form of document.querySelectorAll("form[data-guard]:has(.errors)")) form.dataset.changed = ""; });
// What was sent and came to nobody is said: nothing on the page would tell it.
document.addEventListener("htmx:error", (event) => {
  const { ctx } = event.detail ?? {};
  if (!ctx || ctx.response || (ctx.request?.method ?? "GET") === "GET") return;
  const form = ctx.sourceElement?.closest?.("form[data-guard]");
  if (form) form.dataset.changed = "";
  showToast(LOST, "bad");
});
// Links that htmx follows do not unload the page: it is asked here instead.
document.addEventListener("htmx:before:request", (event) => {
  const { target, sourceElement } = event.detail.ctx ?? {};
  const lost = changedForms().filter((form) => (target === document.body || target?.contains?.(form)) && target !== form && !form.contains(sourceElement));
  if (!lost.length) return;
  if (confirm(lost[0].dataset.guard || LEAVE)) for (const form of lost) delete form.dataset.changed;
  else event.preventDefault();
});

// What somebody has folded open stays open when the server morphs the form around it.
const opened = new WeakMap();
document.addEventListener("toggle", ({ target }) => { if (target.matches?.("form details")) opened.set(target, target.open); }, true);
onShown(() => { for (const each of document.querySelectorAll("form details")) if (opened.get(each) && !each.open) each.open = true; });

/** The control that asked, while its question is open. */
let asking;
const agreed = new WeakSet();

document.addEventListener("click", (event) => {
  const control = event.target.closest?.("[data-confirm]");
  if (!control || agreed.delete(control)) return;
  const dialog = document.querySelector(control.dataset.confirm);
  if (!dialog) return;
  event.preventDefault();
  event.stopImmediatePropagation();
  asking = control;
  dialog.returnValue = "";
  dialog.showModal();
}, true);
document.addEventListener("close", (event) => {
  if (!asking || !event.target.matches?.(asking.dataset.confirm)) return;
  const control = asking;
  asking = undefined;
  if (event.target.returnValue !== "yes") return;
  agreed.add(control);
  control.click();
}, true);

// What is for good is typed: the button waits until the words are the same.
function settleMatches(root = document) {
  for (const input of root.querySelectorAll("input[data-match]")) {
    const button = input.form?.querySelector("button.danger, button.primary");
    if (button) button.disabled = input.value.trim() !== input.dataset.match;
  }
}
document.addEventListener("input", (event) => { if (event.target.matches?.("input[data-match]")) settleMatches(event.target.form); });
onShown(() => settleMatches());

// Errors are read first: their list takes the focus when it appears or says something else.
const told = new WeakMap();
onShown(() => {
  const errors = document.querySelector(".errors[tabindex]");
  if (!errors || told.get(errors) === errors.textContent) return;
  told.set(errors, errors.textContent);
  errors.focus();
});

// A password can be looked at.
document.addEventListener("click", (event) => {
  const button = event.target.closest?.("[data-reveal]");
  const input = button && document.querySelector(button.dataset.reveal);
  if (!input) return;
  const isHidden = input.type === "password";
  input.type = isHidden ? "text" : "password";
  button.setAttribute("aria-pressed", String(isHidden));
});
