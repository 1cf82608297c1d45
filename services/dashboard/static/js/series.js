// The numbers of a chart as its element or the table beside it holds them.

const NAMES = ["c1", "c2", "c3", "c4", "c5", "c6"];

/** Seconds since 1970 of a number of seconds or of an ISO text. */
const secondsOf = (at) => (typeof at === "number" ? at : /^\d+(\.\d+)?$/.test(at) ? Number(at) : Date.parse(at) / 1000);
const numberOf = (value) => (value === null || value === undefined || value === "" ? null : Number(value));

function fromTable(table) {
  const heads = [...table.querySelectorAll("thead th")].slice(1);
  const rows = [...table.querySelectorAll("tbody tr")].map((row) => [...row.children]);
  return {
    at: rows.map(([first]) => first.querySelector("time")?.dateTime ?? first.dataset.value ?? first.textContent),
    series: heads.map((head, index) => ({
      name: head.textContent.trim(), ...head.dataset,
      values: rows.map((cells) => cells[index + 1]?.dataset.value ?? cells[index + 1]?.textContent.replace(/[^\d.-]/g, "")),
    })),
  };
}

/** {at, step, series} of a chart's element: times in seconds, a colour and a kind for each series; no series where nothing is told. */
export function readChart(box) {
  let told = { at: [], series: [] };
  if (box.dataset.points) told = JSON.parse(box.dataset.points);
  else if (box.dataset.source) {
    const table = document.querySelector(box.dataset.source);
    if (table) told = fromTable(table);
  }
  const at = told.at.map(secondsOf);
  const steps = at.slice(1).map((each, index) => each - at[index]).filter((each) => each > 0);
  return {
    at,
    step: told.step ?? (steps.length ? Math.min(...steps) : 3600),
    series: told.series.map((each, index) => ({ ...each, colour: each.colour || NAMES[index % NAMES.length], values: each.values.map(numberOf) })),
  };
}

/** Values laid on those of the series before them, so that the last is the sum; `isLaid` tells which take part. */
export function stackSeries(series, isLaid) {
  const sums = [];
  return series.map((each) => (isLaid(each) ? each.values.map((value, at) => { sums[at] = (sums[at] ?? 0) + (value ?? 0); return sums[at]; }) : each.values));
}

/** How a value is told: `unit` is "money" (minor units of `currency`), "percent" (of 1), or a count. */
export function makeFormat(unit, { language, currency, isShort }) {
  if (unit === "percent") return formatWith(new Intl.NumberFormat(language, { style: "percent", maximumFractionDigits: 1 }), 1);
  if (unit === "money" && currency) {
    const digits = new Intl.NumberFormat(language, { style: "currency", currency }).resolvedOptions().maximumFractionDigits;
    const style = { style: "currency", currency, ...(isShort ? { notation: "compact", minimumFractionDigits: 0, maximumFractionDigits: 1 } : {}) };
    return formatWith(new Intl.NumberFormat(language, style), 10 ** digits);
  }
  return formatWith(new Intl.NumberFormat(language, isShort ? { notation: "compact", maximumFractionDigits: 1 } : { maximumFractionDigits: 2 }), 1);
}

const formatWith = (format, divisor) => (value) => (value === null || value === undefined ? "–" : format.format(value / divisor));
