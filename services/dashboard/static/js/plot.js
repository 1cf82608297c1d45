// Charts by uPlot: `.plot[data-chart="bars|lines|stacked|rate"]`; where its numbers are, series.js says.
import { rates } from "./live.js";
import { make, onShown } from "./page.js";
import { makeFormat, readChart, stackSeries } from "./series.js";

const DAY = 86_400;
const root = document.documentElement;

async function loadPlot() {
  if (!globalThis.uPlot && document.readyState === "loading") await new Promise((done) => { document.addEventListener("DOMContentLoaded", done, { once: true }); });
  return globalThis.uPlot ?? (await import("/static/vendor/uPlot.esm.js")).default;
}
const uPlot = await loadPlot();

/** What is drawn: the chart, what it was drawn from, and its numbers, by its element. */
const drawn = new Map();

/** A colour of the tokens as canvas understands it. */
function resolveColour(value) {
  const probe = make("i");
  probe.style.color = value;
  document.body.append(probe);
  const { color } = getComputedStyle(probe);
  probe.remove();
  return color;
}
const colourOf = (name) => resolveColour(`var(--${name})`);
const softOf = (name, share) => resolveColour(`color-mix(in oklab, var(--${name}) ${share}%, var(--surface))`);
const veilOf = (name, share) => resolveColour(`color-mix(in oklab, var(--${name}) ${share}%, transparent)`);

const language = () => root.lang || "en";
const zone = () => document.body.dataset.zone || "UTC";
const dateFormat = (options) => new Intl.DateTimeFormat(language(), { timeZone: zone(), ...options });

/** The texts of the axis of times: the day where it begins or changes, the hour else. */
function tellTimes(splits, step, told) {
  const day = dateFormat({ day: "numeric", month: "short" });
  if (step >= 28 * DAY) return splits.map((at) => dateFormat({ month: "short", year: "numeric" }).format(at * 1000));
  if (step >= DAY) return splits.map((at) => day.format(at * 1000));
  const hour = dateFormat({ hour: "2-digit", minute: "2-digit", ...(step < 60 ? { second: "2-digit" } : {}), hourCycle: "h23" });
  let before;
  return splits.map((at, index) => {
    const today = day.format(at * 1000);
    const isTold = told && today !== before && (index === 0 || before !== undefined);
    before = today;
    return hour.format(at * 1000) + (isTold ? `\n${today}` : "");
  });
}

function tellMoment(at, step) {
  const days = { weekday: "short", day: "numeric", month: "short", year: "numeric" };
  if (step >= DAY) return dateFormat(days).format(at * 1000);
  return dateFormat({ ...days, hour: "2-digit", minute: "2-digit", ...(step < 60 ? { second: "2-digit" } : {}), hourCycle: "h23" }).format(at * 1000);
}

const readNow = (box) => (box.dataset.chart === "rate"
  ? { at: rates.at, step: 1, series: [{ name: box.dataset.succeeded ?? "Succeeded", colour: "c1", values: rates.succeeded, kind: "area" }, { name: box.dataset.failed ?? "Refused", colour: "c2", values: rates.failed, kind: "area" }] }
  : readChart(box));

const kindOf = (box, each) => each.kind ?? { bars: "bar", stacked: "area", lines: "line", rate: "area" }[box.dataset.chart] ?? "line";
const isStacked = (box) => box.dataset.chart === "bars" || box.dataset.chart === "stacked";
const isLaid = (box) => (each) => isStacked(box) && ["bar", "area"].includes(kindOf(box, each));

/** The data as uPlot takes it: what is laid on others comes first from the top, lines over it at last. */
function arrange(box, chart) {
  const laid = stackSeries(chart.series, isLaid(box));
  const order = chart.series.map((_, index) => index);
  const under = order.filter((index) => isLaid(box)(chart.series[index])).reverse();
  const over = order.filter((index) => !isLaid(box)(chart.series[index]));
  return { order: [...under, ...over], data: [chart.at, ...[...under, ...over].map((index) => laid[index])] };
}

function styleSeries(box, each) {
  const kind = kindOf(box, each);
  const base = { label: each.name, stroke: colourOf(each.colour), width: 1.75, points: { show: false } };
  if (kind === "bar") return { ...base, width: 0, fill: colourOf(each.colour), paths: uPlot.paths.bars({ size: [0.72, 36], radius: 0 }) };
  if (kind === "dash") return { ...base, dash: [5, 4], width: 1.5 };
  if (kind === "area") return { ...base, fill: isStacked(box) ? softOf(each.colour, 45) : veilOf(each.colour, 20), paths: box.dataset.chart === "rate" ? uPlot.paths.stepped({ align: 1 }) : undefined };
  return { ...base, width: 2 };
}

function placeTip(chart, box, told) {
  const tip = make("div", { className: "tip", hidden: true });
  const formats = chart.series.map((each) => makeFormat(each.unit, { language: language(), currency: document.body.dataset.currency }));
  return {
    hooks: {
      init: (plot) => plot.over.append(tip),
      setCursor: (plot) => {
        const { idx, left } = plot.cursor;
        tip.hidden = idx === null || idx === undefined || left < 0;
        if (tip.hidden) return;
        const now = told();
        const lines = now.series.map((each, index) => {
          const line = make("div", {}, each.name, make("output", {}, formats[index](each.values[idx])));
          line.style.setProperty("--k", `var(--${each.colour})`);
          return line;
        });
        tip.replaceChildren(make("b", {}, tellMoment(now.at[idx], now.step)), ...lines);
        const isRight = left > plot.over.clientWidth / 2;
        tip.style.translate = `${isRight ? left - tip.offsetWidth - 12 : left + 12}px 4px`;
      },
    },
  };
}

function follow(plot, box, chart) {
  const { idx } = plot.cursor;
  const template = box.dataset.href;
  if (!template || idx === null || idx === undefined) return;
  const at = chart.at[idx];
  const until = chart.at[idx + 1] ?? at + chart.step;
  const iso = (seconds) => encodeURIComponent(new Date(seconds * 1000).toISOString());
  const url = new URL(template.replaceAll("{from}", iso(at)).replaceAll("{to}", iso(until)).replaceAll("{at}", at), location.href);
  if (url.origin === location.origin) location.assign(url);
}

function optionsOf(box, chart, order) {
  const [muted, line] = [colourOf("muted"), colourOf("line")];
  const axis = { stroke: muted, ticks: { show: false }, font: "11px Inter Variable, system-ui, sans-serif" };
  const hasBars = chart.series.some((each) => kindOf(box, each) === "bar");
  const short = makeFormat(chart.series[0]?.unit, { language: language(), currency: document.body.dataset.currency, isShort: true });
  const isWhole = !chart.series[0]?.unit;
  return {
    width: box.clientWidth, height: box.clientHeight || 240, legend: { show: false }, padding: [10, 20, 0, 0],
    cursor: { y: false, points: { size: 7 }, drag: { x: false, y: false } },
    tzDate: (at) => uPlot.tzDate(new Date(at * 1000), zone()),
    scales: {
      x: { range: (_, min, max) => (hasBars ? [min - chart.step / 2, max + chart.step / 2] : [min, max === min ? max + chart.step : max]) },
      y: { range: (_, min, max) => [Math.min(0, min ?? 0), Math.max(isWhole ? 4 : 1, (max ?? 0) * 1.08)] },
    },
    axes: [
      { ...axis, grid: { show: false }, space: 64, size: chart.step >= DAY || chart.step < 60 ? 26 : 40, values: (plot, splits, at, space, step) => tellTimes(splits, step, chart.step >= 60 && chart.step < DAY) },
      { ...axis, grid: { stroke: line, width: 1 }, size: 48, space: 40, incrs: isWhole ? [1, 2, 5, 10, 20, 50, 100, 200, 500, 1e3, 2e3, 5e3, 1e4, 2e4, 5e4, 1e5, 2e5, 5e5, 1e6, 2e6, 5e6, 1e7, 1e8, 1e9] : undefined, values: (_, splits) => splits.map(short) },
    ],
    series: [{}, ...order.map((index) => styleSeries(box, chart.series[index]))],
    plugins: [placeTip(chart, box, () => drawn.get(box)?.chart ?? chart)],
  };
}

function draw(box) {
  const chart = readNow(box);
  drawn.get(box)?.plot?.destroy();
  box.querySelector(".nothing")?.remove();
  const isEmpty = !chart.at.length || !chart.series.length;
  if (isEmpty) {
    box.replaceChildren(make("p", { className: "nothing" }, box.dataset.nothing ?? "Nothing in this time"));
    drawn.set(box, { from: fromOf(box), chart });
    return;
  }
  box.replaceChildren();
  const { order, data } = arrange(box, chart);
  const plot = new uPlot(optionsOf(box, chart, order), data, box);
  plot.over.addEventListener("click", () => follow(plot, box, drawn.get(box)?.chart ?? chart));
  drawn.set(box, { plot, from: fromOf(box), chart });
}

const fromOf = (box) => `${box.dataset.chart} ${box.dataset.points ?? ""} ${box.dataset.source ? document.querySelector(box.dataset.source)?.textContent : ""}`;

const sizes = new ResizeObserver((entries) => {
  for (const { target } of entries) {
    const plot = drawn.get(target)?.plot;
    if (plot && target.clientWidth && (target.clientWidth !== plot.width || target.clientHeight !== plot.height)) plot.setSize({ width: target.clientWidth, height: target.clientHeight });
  }
});

function drawAll(isAnew) {
  for (const [box, { plot }] of drawn) if (!box.isConnected) { plot?.destroy(); sizes.unobserve(box); drawn.delete(box); }
  for (const box of document.querySelectorAll("[data-chart]")) {
    const before = drawn.get(box);
    if (!isAnew && before && before.from === fromOf(box) && box.firstElementChild) continue;
    draw(box);
    sizes.observe(box);
  }
}

document.addEventListener("themechange", () => drawAll(true));
document.addEventListener("live:rate", () => {
  for (const [box, { plot, chart }] of drawn) if (box.dataset.chart === "rate" && plot) plot.setData(arrange(box, Object.assign(chart, readNow(box))).data);
});
onShown(() => drawAll(false));
