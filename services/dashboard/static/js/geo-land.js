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

/** A ring that crosses the antimeridian goes on beyond 180 degrees; one around a pole is closed along it. Else a map draws bands across the world. */
function unwrapRing(ring) {
  let shift = 0;
  const turned = ring.map(([lng, lat], at) => {
    const step = at ? lng - ring[at - 1][0] : 0;
    if (Math.abs(step) > 180) shift -= Math.sign(step) * 360;
    return [lng + shift, lat];
  });
  const [first, last] = [turned[0], turned.at(-1)];
  if (Math.abs(first[0] - last[0]) < 180) return turned;
  const pole = Math.sign(last[1]) * 90;
  return [...turned, [last[0], pole], [first[0], pole], first];
}

/** The polygons of a country, those beyond 180 degrees on both sides of the map. */
function unwrapCountry(feature) {
  const { type, coordinates } = feature.geometry;
  const polygons = (type === "Polygon" ? [coordinates] : coordinates).map((rings) => rings.map(unwrapRing));
  const move = (by) => (rings) => rings.map((ring) => ring.map(([lng, lat]) => [lng + by, lat]));
  const reaches = (rings, isBeyond) => rings[0].some(([lng]) => isBeyond(lng));
  const copies = [
    ...polygons.filter((rings) => reaches(rings, (lng) => lng > 180)).map(move(-360)),
    ...polygons.filter((rings) => reaches(rings, (lng) => lng < -180)).map(move(360)),
  ];
  return { ...feature, geometry: { type: "MultiPolygon", coordinates: [...polygons, ...copies] } };
}

let land;
/** The countries as GeoJSON, fetched once. */
function fetchLand() {
  land ??= (async () => {
    const [answer] = await Promise.all([fetch(LAND), globalThis.topojson ?? import("/static/vendor/topojson-client.min.js")]);
    const told = await answer.json();
    const countries = globalThis.topojson.feature(told, told.objects.countries);
    return { ...countries, features: countries.features.map(unwrapCountry) };
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
