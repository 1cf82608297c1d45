// The editor of places: a circle by its centre and radius, or polygons with holes, on a map and by numbers, each following the other.
//
// Within one `.geo-editor` (or form), all optional but the first:
//   div.geo[data-geo-map]            the map; data-view="52.2,21.0,5" where it begins; data-readonly only shows
//                                    data-others='[{"name":…,"lat":…,"lng":…,"radius":metres} | {"name":…,"geojson":{…}}]' shown faintly
//   [data-geo="kind"]                radios or a select: circle | polygon
//   [data-geo="lat"|"lng"|"radius"]  number inputs of the circle; [data-geo="unit"] a select: m km mi yd ft nmi
//   textarea[data-geo="geojson"]     the polygons, both ways; [data-geo="problem"] says what is wrong with it
//   ol.vertices[data-geo="vertices"] gets a line of number inputs for each corner
//   [data-geo-only="circle"|"polygon"]   shown for that kind only
//   button[data-geo-do="draw"|"hole"|"undo"|"clear"|"fit"|"corner"]
//                                    draw a polygon by clicks, a hole in one, take back, remove all, show all, one more corner by numbers
// By keys: corners on the map are reached by Tab, moved by arrows (Shift: further), removed by Delete; Enter ends a drawing, Escape leaves it.
import { announce, make, onShown } from "./page.js";
import { L, addLand } from "./geo-land.js";
import { fromMetres, isWithin, measureMetres, readGeoJson, roundDegrees, toMetres, writeGeoJson } from "./geo-shape.js";

const CORNERS_MAX = 300;
const UNDO_MAX = 50;
const editors = new WeakMap();

function iconOf(kind) {
  return L.divIcon({ className: `vertex ${kind}`, iconSize: null, html: make("i", { className: "sr" }) });
}

class GeoEditor {
  constructor(box) {
    this.box = box;
    this.root = box.closest(".geo-editor, form") ?? box;
    this.isReadonly = box.hasAttribute("data-readonly");
    this.polygons = [];
    this.circle = null;
    this.past = [];
    this.draft = null;
    const [lat, lng, zoom] = (box.dataset.view ?? "30,10,2").split(",").map(Number);
    this.map = L.map(box, { zoomControl: false, attributionControl: false, minZoom: 1, maxZoom: 18, worldCopyJump: true, zoomSnap: 0.5 }).setView([lat, lng], zoom);
    box.setAttribute("role", "group");
    this.shapes = L.layerGroup().addTo(this.map);
    this.corners = L.layerGroup().addTo(this.map);
    this.help = box.appendChild(make("div", { className: "help" }));
    this.help.setAttribute("role", "status");
    this.addZoom();
    this.addOthers();
    this.read();
    this.show();
    this.fit();
    this.listen();
    addLand(this.map).catch((fault) => console.error(fault));
    new ResizeObserver(() => this.map.invalidateSize()).observe(box);
  }

  get(name) { return this.root.querySelector(`[data-geo="${name}"]`); }

  get kind() {
    const control = this.root.querySelector('[data-geo="kind"]:checked') ?? this.get("kind");
    if (control) return control.value;
    return this.get("radius") && !this.get("geojson") ? "circle" : "polygon";
  }

  get unit() { return this.get("unit")?.value ?? "m"; }

  addZoom() {
    const button = (text, label, by) => {
      const each = make("button", { type: "button", className: "btn icon", ariaLabel: label, textContent: text });
      each.addEventListener("click", () => this.map.setZoom(this.map.getZoom() + by));
      return each;
    };
    const zoom = make("div", { className: "zoom" }, button("+", "Zoom in", 1), button("−", "Zoom out", -1));
    L.DomEvent.disableClickPropagation(zoom);
    this.box.append(zoom);
  }

  addOthers() {
    for (const each of JSON.parse(this.box.dataset.others ?? "[]")) {
      const style = { className: "other", interactive: false };
      if (each.geojson) for (const polygon of readGeoJson(JSON.stringify(each.geojson))) L.polygon(polygon, style).addTo(this.map);
      else L.circle([each.lat, each.lng], { ...style, radius: each.radius }).addTo(this.map);
    }
  }

  /** Takes what the inputs say. */
  read() {
    const [lat, lng, radius] = ["lat", "lng", "radius"].map((name) => this.get(name)?.value ?? "");
    const isCircle = lat !== "" && lng !== "" && Number(radius) > 0 && Math.abs(lat) <= 90 && Math.abs(lng) <= 180;
    this.circle = isCircle ? { centre: [Number(lat), Number(lng)], radius: toMetres(Number(radius), this.unit) } : null;
    const area = this.get("geojson");
    let problem = "";
    try { if (area) this.polygons = readGeoJson(area.value); } catch (fault) { problem = fault.message; }
    this.tellProblem(problem);
  }

  tellProblem(problem) {
    this.get("geojson")?.setCustomValidity?.(this.kind === "polygon" ? problem : "");
    const place = this.get("problem");
    if (place) place.textContent = problem;
  }

  keep() {
    this.past.push(JSON.stringify([this.polygons, this.circle]));
    if (this.past.length > UNDO_MAX) this.past.shift();
  }

  /** Writes the shape to the inputs; `isEnd` also tells the form. */
  write(isEnd = true) {
    const put = (name, value) => { const input = this.get(name); if (input && input.value !== String(value)) input.value = value; };
    if (this.circle) {
      put("lat", roundDegrees(this.circle.centre[0]));
      put("lng", roundDegrees(this.circle.centre[1]));
      put("radius", Number(fromMetres(this.circle.radius, this.unit).toPrecision(6)));
    } else for (const name of ["lat", "lng", "radius"]) put(name, "");
    put("geojson", writeGeoJson(this.polygons));
    if (!isEnd) return;
    this.isWriting = true;
    (this.get(this.kind === "circle" ? "lat" : "geojson") ?? this.box).dispatchEvent(new Event("change", { bubbles: true }));
    this.isWriting = false;
    this.tellProblem("");
  }

  /** Draws the shape, its corners and the lines of numbers anew. */
  show() {
    this.shapes.clearLayers();
    this.corners.clearLayers();
    for (const each of this.root.querySelectorAll("[data-geo-only]")) each.hidden = each.dataset.geoOnly !== this.kind;
    if (this.draft) this.showDraft();
    else if (this.kind === "circle") this.showCircle();
    else this.showPolygons();
    this.showNumbers();
    const words = this.draft ? "Click the corners; Enter or the first corner ends it, Escape leaves it" : this.isReadonly || this.circle || this.polygons.length ? "" : this.kind === "circle" ? "Click where the centre is" : "";
    if (this.help.textContent !== words) this.help.textContent = words;
    this.box.toggleAttribute("data-drawing", Boolean(this.draft) || (this.kind === "circle" && !this.circle && !this.isReadonly));
  }

  showCircle() {
    if (!this.circle) return;
    const path = L.circle(this.circle.centre, { radius: this.circle.radius, className: "shape", interactive: false }).addTo(this.shapes);
    if (this.isReadonly) return;
    const edgeOf = () => path.getBounds().getEast();
    const centre = this.addCorner(this.circle.centre, "centre", "Centre", (at) => { this.circle.centre = at; path.setLatLng(at); edge.setLatLng([at[0], edgeOf()]); });
    const edge = this.addCorner([this.circle.centre[0], edgeOf()], "", "Edge: sets the radius", (at) => {
      this.circle.radius = Math.max(1, measureMetres(this.circle.centre, at));
      path.setRadius(this.circle.radius);
    });
    return centre;
  }

  showPolygons() {
    const count = this.polygons.flat(2).length;
    this.polygons.forEach((polygon, at) => {
      const path = L.polygon(polygon, { className: "shape", interactive: false, fillRule: "evenodd" }).addTo(this.shapes);
      if (!this.isReadonly && count <= CORNERS_MAX) polygon.forEach((ring, index) => this.addRing(polygon, ring, path, `Area ${at + 1}${index ? `, hole ${index}` : ""}`));
    });
  }

  addRing(polygon, ring, path, name) {
    ring.forEach((corner, at) => {
      this.addCorner(corner, "", `${name}, corner ${at + 1}`, (to) => { ring[at] = to; path.setLatLngs(polygon); }, () => this.removeCorner(polygon, ring, at));
      const next = ring[(at + 1) % ring.length];
      const middle = [(corner[0] + next[0]) / 2, (corner[1] + next[1]) / 2];
      let isNew = true;
      this.addCorner(middle, "middle", "", (to) => {
        if (isNew) ring.splice(at + 1, 0, to);
        isNew = false;
        ring[at + 1] = to;
        path.setLatLngs(polygon);
      });
    });
  }

  removeCorner(polygon, ring, at) {
    ring.splice(at, 1);
    if (ring.length < 3 && ring === polygon[0]) this.polygons.splice(this.polygons.indexOf(polygon), 1);
    else if (ring.length < 3) polygon.splice(polygon.indexOf(ring), 1);
    this.write();
    this.show();
  }

  /** A corner that is dragged or moved by arrows; without a name it is for the pointer alone. */
  addCorner(at, kind, name, moveTo, remove) {
    const marker = L.marker(at, { icon: iconOf(kind), draggable: true, keyboard: Boolean(name), autoPan: true }).addTo(this.corners);
    const place = () => { const { lat, lng } = marker.getLatLng(); return [lat, lng]; };
    marker.on("dragstart", () => this.keep());
    marker.on("drag", () => { moveTo(place()); this.write(false); });
    marker.on("dragend", () => { this.write(); this.show(); });
    const element = marker.getElement();
    if (!name) { element.setAttribute("aria-hidden", "true"); return marker; }
    element.setAttribute("aria-label", name);
    element.addEventListener("keydown", (event) => {
      const step = event.shiftKey ? 40 : 8;
      const by = { ArrowUp: [0, -step], ArrowDown: [0, step], ArrowLeft: [-step, 0], ArrowRight: [step, 0] }[event.key];
      if (by) {
        event.preventDefault();
        event.stopPropagation();
        this.keep();
        marker.setLatLng(this.map.containerPointToLatLng(this.map.latLngToContainerPoint(marker.getLatLng()).add(by)));
        moveTo(place());
        this.write();
        this.showNumbers();
      } else if ((event.key === "Delete" || event.key === "Backspace") && remove) {
        event.preventDefault();
        this.keep();
        remove();
        announce(`${name} removed`);
      }
    });
    return marker;
  }

  showDraft() {
    for (const polygon of this.polygons) L.polygon(polygon, { className: "shape", interactive: false }).addTo(this.shapes);
    L.polyline(this.draft.ring, { className: "draft", interactive: false }).addTo(this.shapes);
    this.draft.ring.forEach((at, index) => {
      const marker = L.marker(at, { icon: iconOf("point"), keyboard: false }).addTo(this.corners);
      if (index === 0) marker.on("click", () => this.endDraft(true));
    });
  }

  endDraft(isKept) {
    const { ring, isHole } = this.draft ?? {};
    this.draft = null;
    this.map.doubleClickZoom.enable();
    if (isKept && ring?.length >= 3) {
      this.keep();
      const around = isHole && this.polygons.find(([outer]) => isWithin(ring[0], outer));
      if (isHole && !around) announce("A hole lies within an area");
      else if (around) around.push(ring);
      else this.polygons.push(ring.length ? [ring] : []);
      this.write();
    }
    this.show();
  }

  /** A line of numbers for each corner, which is how the shape is made without a pointer. */
  showNumbers() {
    const list = this.get("vertices");
    if (!list || list.contains(document.activeElement)) return;
    const lines = this.polygons.flatMap((polygon, area) => polygon.flatMap((ring, hole) => ring.map((corner, at) => this.numberLine(polygon, ring, at, `${this.polygons.length > 1 ? `${area + 1}.` : ""}${hole ? `h${hole}.` : ""}${at + 1}`))));
    list.replaceChildren(...lines.slice(0, CORNERS_MAX));
  }

  numberLine(polygon, ring, at, name) {
    const input = (axis, label, limit) => {
      const each = make("input", { type: "number", className: "input num", step: "any", min: -limit, max: limit, value: roundDegrees(ring[at][axis]), ariaLabel: `${label} of corner ${name}` });
      each.addEventListener("change", (event) => {
        event.stopPropagation();
        if (each.value === "" || !each.checkValidity()) return;
        this.keep();
        ring[at][axis] = Number(each.value);
        this.write();
        this.show();
      });
      return each;
    };
    const remove = make("button", { type: "button", className: "btn quiet icon small", ariaLabel: `Remove corner ${name}`, textContent: "×" });
    remove.addEventListener("click", () => { this.keep(); this.removeCorner(polygon, ring, at); });
    return make("li", {}, make("span", {}, name), input(0, "Latitude", 90), input(1, "Longitude", 180), remove);
  }

  /** One more corner, beside the last: to be set by numbers. */
  addByNumbers() {
    this.keep();
    const outer = this.polygons.at(-1)?.[0];
    if (outer) {
      const [first, last] = [outer[0], outer.at(-1)];
      outer.push([(first[0] + last[0]) / 2, (first[1] + last[1]) / 2]);
    } else {
      const { lat, lng } = this.map.getCenter();
      this.polygons.push([[[lat + 1, lng], [lat - 1, lng - 1], [lat - 1, lng + 1]]]);
    }
    this.write();
    this.show();
    [...(this.get("vertices")?.querySelectorAll("li") ?? [])].at(-1)?.querySelector("input")?.select();
  }

  fit() {
    const bounds = L.latLngBounds([]);
    this.shapes.eachLayer((each) => bounds.extend(each.getBounds()));
    if (bounds.isValid()) this.map.fitBounds(bounds.pad(0.25), { animate: false, maxZoom: 16 });
  }

  undo() {
    if (this.draft?.ring.length) this.draft.ring.pop();
    else if (this.past.length) { [this.polygons, this.circle] = JSON.parse(this.past.pop()); this.write(); }
    this.show();
  }

  run(verb) {
    if (verb === "draw" || verb === "hole") {
      this.draft = { ring: [], isHole: verb === "hole" };
      this.map.doubleClickZoom.disable();
      this.show();
      this.box.focus();
    } else if (verb === "undo") this.undo();
    else if (verb === "fit") this.fit();
    else if (verb === "corner") this.addByNumbers();
    else if (verb === "clear") {
      this.keep();
      if (this.kind === "circle") this.circle = null;
      else this.polygons = [];
      this.write();
      this.show();
    }
  }

  listen() {
    this.map.on("click", ({ latlng }) => {
      const at = [latlng.lat, latlng.wrap().lng];
      if (this.draft) { this.draft.ring.push(at); this.show(); } else if (this.kind === "circle" && !this.circle && !this.isReadonly) {
        this.keep();
        const width = this.map.distance(this.map.getBounds().getSouthWest(), this.map.getBounds().getSouthEast());
        this.circle = { centre: at, radius: toMetres(Number(this.get("radius")?.value) || 0, this.unit) || Number((width / 10).toPrecision(1)) };
        this.write();
        this.show();
      }
    });
    this.box.addEventListener("keydown", (event) => {
      if (!this.draft || (event.key !== "Enter" && event.key !== "Escape")) return;
      event.preventDefault();
      event.stopPropagation();
      this.endDraft(event.key === "Enter");
    });
    this.root.addEventListener("input", (event) => this.follow(event));
    this.root.addEventListener("change", (event) => this.follow(event));
    this.root.addEventListener("click", (event) => {
      const button = event.target.closest?.("[data-geo-do]");
      if (button) this.run(button.dataset.geoDo);
    });
  }

  follow(event) {
    if (this.isWriting || !event.target.matches?.("[data-geo]")) return;
    const isUnit = event.target.dataset.geo === "unit";
    if (event.target.dataset.geo === "kind") this.draft = null;
    if (isUnit && this.circle) this.write(false);
    else this.read();
    this.show();
    if (event.type === "change") this.fit();
  }
}

onShown(() => {
  for (const box of document.querySelectorAll("[data-geo-map]")) {
    if (!editors.has(box)) editors.set(box, new GeoEditor(box));
  }
});
