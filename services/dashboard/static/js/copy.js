// Buttons that copy: `data-copy="text"`, or `data-copy="#id"` for what an element holds; `data-copy-link="/path"` copies
// the whole address of a page of ours.
import { announce } from "./page.js";

const SAID_MS = 1_600;

function textOf({ copy: wanted, copyLink: path }) {
  if (path) return new URL(path, location.origin).href;
  const from = /^#[\w-]+$/.test(wanted) ? document.querySelector(wanted) : undefined;
  return from ? (from.value ?? from.textContent) : wanted;
}

async function copy(button) {
  const text = textOf(button.dataset);
  try {
    await navigator.clipboard.writeText(text);
  } catch {
    // Without TLS a browser gives no clipboard: a selected text can be copied all the same.
    const area = Object.assign(document.createElement("textarea"), { value: text, className: "sr" });
    (button.closest("dialog") ?? document.body).append(area);
    area.select();
    const isCopied = document.execCommand("copy");
    area.remove();
    button.focus();
    if (!isCopied) { announce("Could not be copied"); return; }
  }
  say(button);
}

function say(button) {
  const words = button.dataset.copied ?? "Copied";
  announce(words);
  button.dataset.done = words;
  setTimeout(() => { delete button.dataset.done; }, SAID_MS);
}

document.addEventListener("click", (event) => {
  const button = event.target.closest?.("[data-copy], [data-copy-link]");
  if (!button) return;
  event.preventDefault();
  copy(button);
});
