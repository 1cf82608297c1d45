// A link that lets somebody in: what opens it stands behind the `#`. It is taken out of the address, so that no history
// has it, and sent as a form, so that no log has it.
function openLink() {
  const shown = document.querySelector("form[data-link]");
  if (!shown || !location.hash.startsWith("#token=")) return;
  const form = Object.assign(document.createElement("form"), { method: "post", action: shown.action, hidden: true });
  form.append(Object.assign(document.createElement("input"), { name: "link", value: location.hash }));
  history.replaceState(history.state, "", location.pathname);
  document.body.append(form);
  form.submit();
}

addEventListener("hashchange", openLink);
openLink();
