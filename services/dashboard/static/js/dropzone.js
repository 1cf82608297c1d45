// A file is dropped or chosen; its name, its size and the first rows of a CSV are shown before it is sent.
import { announce, make } from "./page.js";

const ROWS_MAX = 10;
const CELLS_MAX = 40;
const READ_BYTES = 64 * 1024;

/** The rows of a CSV text (RFC 4180: quotes, doubled quotes, line ends within them), at most `limit`. */
export function readCsv(text, limit, separator = ",") {
  const rows = [];
  let row = [];
  let cell = "";
  let isQuoted = false;
  for (let at = 0; at < text.length && rows.length < limit; at += 1) {
    const each = text[at];
    if (isQuoted) {
      if (each !== '"') cell += each;
      else if (text[at + 1] === '"') { cell += '"'; at += 1; } else isQuoted = false;
    } else if (each === '"' && cell === "") isQuoted = true;
    else if (each === separator) { row.push(cell); cell = ""; } else if (each === "\n") {
      rows.push([...row, cell.replace(/\r$/, "")]);
      [row, cell] = [[], ""];
    } else cell += each;
  }
  if (rows.length < limit && (cell !== "" || row.length)) rows.push([...row, cell]);
  return rows.filter((each) => each.length > 1 || each[0] !== "");
}

function sizeOf(bytes) {
  const units = ["byte", "kilobyte", "megabyte", "gigabyte"];
  const step = bytes < 1 ? 0 : Math.min(3, Math.floor(Math.log10(bytes) / 3));
  return new Intl.NumberFormat(document.documentElement.lang || "en", { style: "unit", unit: units[step], unitDisplay: "short", maximumFractionDigits: step ? 1 : 0 }).format(bytes / 1000 ** step);
}

function tableOf(rows) {
  const [head, ...rest] = rows;
  const cells = (row, name) => row.slice(0, CELLS_MAX).map((each) => make(name, { textContent: each }));
  const table = make("table", {}, make("thead", {}, make("tr", {}, ...cells(head, "th"))), make("tbody", {}, ...rest.map((row) => make("tr", {}, ...cells(row, "td")))));
  for (const th of table.querySelectorAll("th")) th.scope = "col";
  return table;
}

async function showFile(input) {
  const zone = input.closest(".dropzone");
  const [file] = input.files;
  const name = zone.querySelector("[data-file-name]") ?? zone.appendChild(make("b", { dataset: { fileName: "" } }));
  name.textContent = file ? `${file.name}, ${sizeOf(file.size)}` : "";
  const place = (zone.parentElement ?? document).querySelector("[data-preview]") ?? document.querySelector("[data-preview]");
  place?.replaceChildren();
  if (!file) return;
  announce(name.textContent);
  const limit = Number(zone.dataset.maxBytes || 0);
  input.setCustomValidity(limit && file.size > limit ? `At most ${sizeOf(limit)}` : "");
  input.reportValidity();
  if (!place || !/\.(csv|tsv|txt)$/i.test(file.name)) return;
  const text = (await file.slice(0, READ_BYTES).text()).replace(/^\uFEFF/, "");
  const first = text.split("\n", 1)[0];
  const separator = [",", ";", "\t"].reduce((best, each) => (first.split(each).length > first.split(best).length ? each : best));
  const rows = readCsv(text, ROWS_MAX + 1, separator);
  if (rows.length) place.append(tableOf(rows));
}

const zoneOf = (event) => event.target.closest?.(".dropzone");
for (const name of ["dragenter", "dragover"]) {
  document.addEventListener(name, (event) => {
    const zone = zoneOf(event);
    if (!zone || !event.dataTransfer?.types.includes("Files")) return;
    event.preventDefault();
    zone.dataset.over = "";
  });
}
document.addEventListener("dragleave", (event) => {
  const zone = zoneOf(event);
  if (zone && !zone.contains(event.relatedTarget)) delete zone.dataset.over;
});
document.addEventListener("drop", (event) => {
  const zone = zoneOf(event);
  const input = zone?.querySelector('input[type="file"]');
  if (!input) return;
  event.preventDefault();
  delete zone.dataset.over;
  input.files = event.dataTransfer.files;
  input.dispatchEvent(new Event("change", { bubbles: true }));
});
document.addEventListener("change", (event) => { if (event.target.matches?.('.dropzone input[type="file"]')) showFile(event.target); });
// A file may be chosen before this is here.
for (const input of document.querySelectorAll('.dropzone input[type="file"]')) if (input.files.length) showFile(input);
