// The search over everything: the dialog #palette around the combobox #find and its list #found.
document.addEventListener("toggle", (event) => {
  if (event.target.id !== "palette" || event.newState !== "open") return;
  const input = document.getElementById("find");
  input?.focus();
  input?.select();
}, true);

document.addEventListener("click", (event) => {
  // The chosen line leads elsewhere; the dialog must not lie over the page that comes.
  if (event.target.closest?.("#found a[href]")) document.getElementById("palette")?.close();
  if (event.target.closest?.(".find[data-opens-palette]")) document.getElementById("palette")?.showModal();
});
