// Buttons that save a text as a file: `data-save="text"`, `data-file="name"`. The text never travels.
const REVOKE_MS = 10_000;

document.addEventListener("click", (event) => {
  const button = event.target.closest?.("[data-save]");
  if (!button) return;
  const address = URL.createObjectURL(new Blob([`${button.dataset.save}\n`], { type: "text/plain" }));
  const link = Object.assign(document.createElement("a"), { href: address, download: button.dataset.file });
  link.click();
  setTimeout(() => URL.revokeObjectURL(address), REVOKE_MS);
});
