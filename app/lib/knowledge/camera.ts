/** Where one looks: the point of the map in the middle of the canvas, and pixels per unit. */
export interface Camera {
  x: number;
  y: number;
  scale: number;
}

export interface Size {
  width: number;
  height: number;
}

const leastScale = 0.02;
const mostScale = 6;

export function toScreen(camera: Camera, size: Size, x: number, y: number): [number, number] {
  return [(x - camera.x) * camera.scale + size.width / 2, (y - camera.y) * camera.scale + size.height / 2];
}

export function toMap(camera: Camera, size: Size, x: number, y: number): [number, number] {
  return [(x - size.width / 2) / camera.scale + camera.x, (y - size.height / 2) / camera.scale + camera.y];
}

/** Nearer or farther, with the point under `x`, `y` of the canvas staying where it is. */
export function zoomAt(camera: Camera, size: Size, x: number, y: number, factor: number): Camera {
  const [mapX, mapY] = toMap(camera, size, x, y);
  const scale = Math.min(mostScale, Math.max(leastScale, camera.scale * factor));
  return { scale, x: mapX - (x - size.width / 2) / scale, y: mapY - (y - size.height / 2) / scale };
}

export function pan(camera: Camera, dx: number, dy: number): Camera {
  return { ...camera, x: camera.x - dx / camera.scale, y: camera.y - dy / camera.scale };
}

/** Everything in view, with room at the edge for names. */
export function fit(positions: Float32Array, size: Size): Camera {
  let [left, right, top, bottom] = [Infinity, -Infinity, Infinity, -Infinity];
  for (let at = 0; at < positions.length; at += 2) {
    const [x, y] = [positions[at] ?? 0, positions[at + 1] ?? 0];
    left = Math.min(left, x);
    right = Math.max(right, x);
    top = Math.min(top, y);
    bottom = Math.max(bottom, y);
  }
  if (left > right) return { x: 0, y: 0, scale: 1 };
  const room = 56;
  const scale = Math.min(
    (size.width - 2 * room) / Math.max(right - left, 1),
    (size.height - 2 * room) / Math.max(bottom - top, 1),
    1.6,
  );
  return { x: (left + right) / 2, y: (top + bottom) / 2, scale: Math.max(leastScale, scale) };
}

/** The node nearest to a point of the map, at most `reach` away; -1 for none. */
export function nodeAt(positions: Float32Array, x: number, y: number, reach: number): number {
  let [found, nearest] = [-1, reach * reach];
  for (let at = 0; at < positions.length; at += 2) {
    const [dx, dy] = [(positions[at] ?? 0) - x, (positions[at + 1] ?? 0) - y];
    const distance = dx * dx + dy * dy;
    if (distance <= nearest) [found, nearest] = [at / 2, distance];
  }
  return found;
}

/**
 * The next node in a direction (dx, dy of length one): the nearest of `among` that lies that way within 60 degrees; -1 for none.
 */
export function nextToward(
  positions: Float32Array,
  from: number,
  [dx, dy]: [number, number],
  among: Iterable<number>,
): number {
  const [x, y] = [positions[from * 2] ?? 0, positions[from * 2 + 1] ?? 0];
  let [found, best] = [-1, Infinity];
  for (const node of among) {
    if (node === from) continue;
    const [toX, toY] = [(positions[node * 2] ?? 0) - x, (positions[node * 2 + 1] ?? 0) - y];
    const distance = Math.hypot(toX, toY);
    const along = toX * dx + toY * dy;
    if (along < distance * 0.5 || distance >= best) continue;
    [found, best] = [node, distance];
  }
  return found;
}
