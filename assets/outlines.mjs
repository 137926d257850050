// Coasts and borders of western Europe as rings of [longitude, latitude], small enough to be drawn
// by hand: cut to a box, and without what is too fine to be seen on a page.

import { feature } from "topojson-client";

const BOX = { west: -12, south: 34, east: 20, north: 60 };
const TOLERANCE = 0.025; // degrees: less than a pixel where France fills a page
const SMALLEST = 0.02; // square degrees: smaller islands would be specks
const DECIMALS = 2; // a kilometre

/** Return the rings of a topology's countries that are seen in the box. */
export function drawOutlines(atlas) {
  // Arcs are simplified before rings are made of them, so that neighbours keep one border.
  const simple = { ...atlas, transform: undefined, arcs: atlas.arcs.map((arc) => thinned(decoded(arc, atlas.transform))) };
  const { features } = feature(simple, simple.objects.countries);
  return features
    .flatMap(({ geometry }) => polygons(geometry))
    .map((polygon) => cut(polygon[0])) // what lies in a hole is another country
    .map((ring) => ring.map(rounded).filter(isNew))
    .filter((ring) => ring.length > 3 && Math.abs(area(ring)) >= SMALLEST)
    .sort((one, other) => compared(String(one[0]), String(other[0])));
}

function polygons(geometry) {
  if (!geometry) return [];
  return geometry.type === "Polygon" ? [geometry.coordinates] : geometry.coordinates;
}

/** Undo the delta encoding of an arc (TopoJSON 1.0, §2.1.3 and §2.1.2). */
function decoded(arc, { scale, translate }) {
  let x = 0;
  let y = 0;
  return arc.map(([dx, dy]) => [
    (x += dx) * scale[0] + translate[0],
    (y += dy) * scale[1] + translate[1],
  ]);
}

/** Leave out points by Douglas and Peucker; a closed arc is halved first, or it would vanish. */
function thinned(points) {
  const [first, last] = [points[0], points.at(-1)];
  if (first[0] === last[0] && first[1] === last[1] && points.length > 4) {
    const middle = points.length >> 1;
    return [...kept(points.slice(0, middle + 1)).slice(0, -1), ...kept(points.slice(middle))];
  }
  return kept(points);
}

function kept(points) {
  if (points.length < 3) return points;
  const [from, to] = [points[0], points.at(-1)];
  let farthest = 0;
  let distance = 0;
  for (let n = 1; n < points.length - 1; n++) {
    const away = distanceTo(points[n], from, to);
    if (away > distance) [farthest, distance] = [n, away];
  }
  if (distance <= TOLERANCE) return [from, to];
  return [...kept(points.slice(0, farthest + 1)).slice(0, -1), ...kept(points.slice(farthest))];
}

function distanceTo([x, y], [x1, y1], [x2, y2]) {
  const [dx, dy] = [x2 - x1, y2 - y1];
  const length = dx * dx + dy * dy;
  const t = length ? Math.max(0, Math.min(1, ((x - x1) * dx + (y - y1) * dy) / length)) : 0;
  return Math.hypot(x - x1 - t * dx, y - y1 - t * dy);
}

/** Cut a ring to the box, side by side (Sutherland and Hodgman). */
function cut(ring) {
  const sides = [
    [0, (x) => x >= BOX.west, BOX.west],
    [0, (x) => x <= BOX.east, BOX.east],
    [1, (y) => y >= BOX.south, BOX.south],
    [1, (y) => y <= BOX.north, BOX.north],
  ];
  return sides.reduce((points, [axis, inside, edge]) => cutAt(points, axis, inside, edge), ring.slice(0, -1));
}

function cutAt(points, axis, inside, edge) {
  const found = [];
  points.forEach((point, n) => {
    const before = points.at(n - 1);
    if (inside(point[axis]) !== inside(before[axis])) found.push(crossing(before, point, axis, edge));
    if (inside(point[axis])) found.push(point);
  });
  return found;
}

function crossing(from, to, axis, edge) {
  const t = (edge - from[axis]) / (to[axis] - from[axis]);
  const other = from[1 - axis] + t * (to[1 - axis] - from[1 - axis]);
  return axis ? [other, edge] : [edge, other];
}

function rounded(point) {
  return point.map((degrees) => Number(degrees.toFixed(DECIMALS)));
}

function isNew(point, n, ring) {
  const before = ring[n - 1];
  return !before || before[0] !== point[0] || before[1] !== point[1];
}

function area(ring) {
  return ring.reduce((sum, [x, y], n) => {
    const [u, v] = ring.at(n - 1);
    return sum + (u * y - x * v) / 2;
  }, 0);
}

function compared(one, other) {
  return one < other ? -1 : Number(one > other);
}
