// Leaflet, and the countries of Natural Earth under it: no tiles, nothing from elsewhere.

const LAND = "/static/vendor/countries-50m.json";

/** Leaflet asks once, when it loads, whether a browser draws SVG from markup; with Trusted Types that has to be answered without markup. */
async function loadLeaflet() {
  if (globalThis.L?.map) return globalThis.L;
  const markup = Object.getOwnPropertyDescriptor(Element.prototype, "innerHTML");
  Object.defineProperty(Element.prototype, "innerHTML", {
    ...markup,
    set(text) {
      if (text === "<svg/>") this.replaceChildren(document.createElementNS("http://www.w3.org/2000/svg", "svg"));
      else markup.set.call(this, text);
    },
  });
  try { await import("/static/vendor/leaflet.js"); } finally { Object.defineProperty(Element.prototype, "innerHTML", markup); }
  return globalThis.L;
}
export const L = await loadLeaflet();

let land;
/** The countries as GeoJSON, fetched once. */
function fetchLand() {
  land ??= (async () => {
    const [answer] = await Promise.all([fetch(LAND), globalThis.topojson ?? import("/static/vendor/topojson-client.min.js")]);
    const told = await answer.json();
    return globalThis.topojson.feature(told, told.objects.countries);
  })();
  return land;
}

function styleLand() {
  const probe = document.createElement("i");
  const resolve = (name) => { probe.style.color = `var(${name})`; return getComputedStyle(probe).color; };
  document.body.append(probe);
  const style = { fillColor: resolve("--land"), fillOpacity: 1, color: resolve("--line-strong"), weight: 0.8 };
  probe.remove();
  return style;
}

/** Puts the countries under everything on a map; the map can be used before they are there. */
export async function addLand(map) {
  const pane = map.createPane("land");
  pane.style.zIndex = "200";
  pane.style.pointerEvents = "none";
  const layer = L.geoJSON(await fetchLand(), { pane: "land", renderer: L.canvas({ pane: "land", padding: 0.3 }), interactive: false, style: styleLand });
  layer.addTo(map);
  const restyle = () => layer.setStyle(styleLand());
  document.addEventListener("themechange", restyle);
  map.on("unload", () => document.removeEventListener("themechange", restyle));
}
