// Keys that work everywhere: ⌘K finds, / goes to the search of the list, ⌘Enter saves.

function isTyping(target) {
  return target.matches?.("input:not([type=checkbox], [type=radio]), textarea, select, [contenteditable]");
}

document.addEventListener("keydown", (event) => {
  const isCommand = event.metaKey || event.ctrlKey;
  if (isCommand && !event.shiftKey && !event.altKey && event.key.toLowerCase() === "k") {
    const palette = document.getElementById("palette");
    if (!palette) return;
    event.preventDefault();
    if (palette.open) palette.close();
    else palette.showModal();
  } else if (isCommand && event.key === "Enter") {
    const form = event.target.form ?? event.target.closest?.("form");
    if (!form) return;
    event.preventDefault();
    const buttons = [...form.elements].filter((each) => each.type === "submit" && !each.disabled);
    const save = buttons.find((each) => each.classList.contains("primary"));
    if (save) form.requestSubmit(save);
    else if (!form.hasAttribute("data-no-shortcut")) form.requestSubmit();
  } else if (event.key === "/" && !isCommand && !event.altKey && !isTyping(event.target) && !document.querySelector("dialog[open]")) {
    const search = document.getElementById("q");
    if (!search) return;
    event.preventDefault();
    search.focus();
    search.select?.();
  }
});

// The keys are named as the machine at hand names them.
if (!/Mac|iPhone|iPad/.test(navigator.platform)) {
  for (const each of document.querySelectorAll("kbd")) each.textContent = each.textContent.replace("⌘", "Ctrl ");
}
