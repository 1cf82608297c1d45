// Shapes on a map as values: polygons are lists of rings (the outer first, then holes) of [latitude, longitude], without the closing point.

const METRES = { m: 1, km: 1_000, mi: 1_609.344, yd: 0.9144, ft: 0.3048, nmi: 1_852 };
const EARTH_M = 6_371_008.8;
const DIGITS = 6;

export const toMetres = (value, unit) => value * (METRES[unit] ?? 1);
export const fromMetres = (metres, unit) => metres / (METRES[unit] ?? 1);
export const roundDegrees = (value) => Number(Number(value).toFixed(DIGITS));

/** Metres between two points along the ground (haversine). */
export function measureMetres([lat1, lng1], [lat2, lng2]) {
  const rad = Math.PI / 180;
  const half = Math.sin(((lat2 - lat1) * rad) / 2) ** 2 + Math.cos(lat1 * rad) * Math.cos(lat2 * rad) * Math.sin(((lng2 - lng1) * rad) / 2) ** 2;
  return 2 * EARTH_M * Math.asin(Math.min(1, Math.sqrt(half)));
}

/** Whether a point lies within a ring (even-odd rule). */
export function isWithin([lat, lng], ring) {
  let isIn = false;
  for (let at = 0, before = ring.length - 1; at < ring.length; before = at, at += 1) {
    const [a, b] = [ring[at], ring[before]];
    if (a[0] > lat !== b[0] > lat && lng < ((b[1] - a[1]) * (lat - a[0])) / (b[0] - a[0]) + a[1]) isIn = !isIn;
  }
  return isIn;
}

function readRing(points) {
  if (!Array.isArray(points)) throw new Error("A ring is a list of positions");
  const ring = points.map((each) => {
    const [lng, lat] = Array.isArray(each) ? each.map(Number) : [];
    if (!(Math.abs(lat) <= 90 && Math.abs(lng) <= 180)) throw new Error("A position is [longitude, latitude], within ±180 and ±90");
    return [lat, lng];
  });
  const [first, last] = [ring[0], ring.at(-1)];
  if (ring.length > 1 && first[0] === last[0] && first[1] === last[1]) ring.pop();
  if (ring.length < 3) throw new Error("A ring needs three corners");
  return ring;
}

/** The polygons of a GeoJSON text (Polygon, MultiPolygon, or a Feature of them); throws what is wrong in words. */
export function readGeoJson(text) {
  if (!text.trim()) return [];
  let told;
  try { told = JSON.parse(text); } catch { throw new Error("This is no JSON"); }
  if (told?.type === "FeatureCollection" && told.features?.length === 1) [told] = told.features;
  if (told?.type === "Feature") told = told.geometry;
  if (told?.type === "Polygon") return [told.coordinates.map(readRing)];
  if (told?.type === "MultiPolygon") return told.coordinates.map((each) => each.map(readRing));
  throw new Error("A Polygon or a MultiPolygon is needed");
}

/** Polygons as GeoJSON: closed rings, the outer against the clock and holes with it (RFC 7946). */
export function writeGeoJson(polygons) {
  const area = (ring) => ring.reduce((sum, [lat, lng], at) => { const [nextLat, nextLng] = ring[(at + 1) % ring.length]; return sum + lng * nextLat - nextLng * lat; }, 0);
  const close = (ring, at) => {
    const turned = area(ring) > 0 === (at === 0) ? ring : [...ring].reverse();
    return [...turned, turned[0]].map(([lat, lng]) => [roundDegrees(lng), roundDegrees(lat)]);
  };
  const whole = polygons.filter(([outer]) => outer?.length >= 3).map((each) => each.filter((ring) => ring.length >= 3).map(close));
  if (!whole.length) return "";
  return JSON.stringify(whole.length === 1 ? { type: "Polygon", coordinates: whole[0] } : { type: "MultiPolygon", coordinates: whole });
}
