// Light or dark, roomy or dense: what somebody chose before. A plain script in the head, so that nothing is painted twice.
(() => {
  const root = document.documentElement;
  const kept = (name) => { try { return localStorage.getItem(name); } catch { return null; } };
  const keep = (name, value) => { try { localStorage.setItem(name, value); } catch { /* a browser that keeps nothing still shows it */ } };
  const theme = kept("theme");
  if (theme === "light" || theme === "dark") root.dataset.theme = theme;
  if (kept("density") === "dense") root.dataset.density = "dense";

  const tell = () => document.dispatchEvent(new Event("themechange"));
  document.addEventListener("click", (event) => {
    const button = event.target.closest?.("#theme, [data-theme-choice], [data-density-choice]");
    if (!button) return;
    const now = root.dataset.theme ?? (matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light");
    if (button.dataset.densityChoice) {
      root.dataset.density = button.dataset.densityChoice;
      keep("density", root.dataset.density);
    } else {
      const wanted = button.dataset.themeChoice ?? (now === "dark" ? "light" : "dark");
      keep("theme", wanted);
      if (wanted === "system") delete root.dataset.theme;
      else root.dataset.theme = wanted;
    }
    tell();
  });
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", tell);
})();
