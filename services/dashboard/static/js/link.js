// A link that lets somebody in: what opens it stands behind the `#`. It is taken out of the address, so that no history
// has it, and sent as a form, so that no log has it.
function openLink() {
  const form = document.querySelector("form[data-link]");
  if (!form || !location.hash.startsWith("#token=")) return;
  form.elements.link.value = location.hash;
  history.replaceState(history.state, "", location.pathname);
  form.submit();
}

addEventListener("hashchange", openLink);
openLink();
