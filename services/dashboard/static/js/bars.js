// Shares that only the data knows: `.bar[data-share]`, between 0 and 1.
import { onShown } from "./page.js";

onShown(() => {
  for (const bar of document.querySelectorAll(".bar[data-share]")) {
    bar.style.setProperty("--share", `${Math.min(1, Math.max(0, Number(bar.dataset.share) || 0)) * 100}%`);
  }
});
