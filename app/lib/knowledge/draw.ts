import { type Camera, type Size, toScreen } from './camera.ts';
import type { Drawing, EntryKind } from './graph.ts';

/** Each kind has a shape besides its colour. */
type Shape = 'lozenge' | 'circle' | 'square' | 'triangle' | 'ring' | 'down' | 'bar';
const shapes: Record<EntryKind, Shape> = {
  npc: 'lozenge',
  player: 'circle',
  location: 'square',
  item: 'ring',
  faction: 'triangle',
  event: 'bar',
  quest: 'down',
  concept: 'circle',
  lore: 'square',
  other: 'ring',
};
const pigments: Record<EntryKind, number> = {
  npc: 1,
  player: 2,
  location: 3,
  item: 6,
  faction: 4,
  event: 5,
  quest: 7,
  concept: 8,
  lore: 8,
  other: 5,
};

/** The brand's colours as the theme has them now. */
export interface Palette {
  line: string;
  lineConfirmed: string;
  brass: string;
  text: string;
  background: string;
  kinds: Record<EntryKind, string>;
  font: string;
}

export function readPalette(element: Element): Palette {
  const style = getComputedStyle(element);
  const token = (name: string) => style.getPropertyValue(name).trim();
  return {
    line: token('--border-strong'),
    lineConfirmed: token('--faint'),
    brass: token('--brass'),
    text: token('--foreground'),
    background: token('--card'),
    kinds: Object.fromEntries(
      Object.entries(pigments).map(([kind, pigment]) => [kind, token(`--speaker-${pigment}`)]),
    ) as Record<EntryKind, string>,
    font: token('--font-story'),
  };
}

export interface Picture {
  drawing: Drawing;
  positions: Float32Array;
  camera: Camera;
  size: Size;
  /** Which entry is pointed at, open, or has the keyboard's place; -1 for none. */
  hovered: number;
  open: number;
  focused: number;
}

/** Radius in pixels: well-linked entries are larger, and nearer ones too. */
function radius(links: number, scale: number): number {
  return Math.min(14, (3 + Math.sqrt(links) * 1.1) * Math.min(1.4, Math.max(0.5, Math.sqrt(scale))));
}

const mostNames = 70;

export function draw(context: CanvasRenderingContext2D, picture: Picture, palette: Palette): void {
  const { drawing, positions, camera, size, hovered, open, focused } = picture;
  context.clearRect(0, 0, size.width, size.height);
  const points = new Float32Array(positions.length);
  for (let at = 0; at < positions.length; at += 2) {
    const [x, y] = toScreen(camera, size, positions[at] ?? 0, positions[at + 1] ?? 0);
    points[at] = x;
    points[at + 1] = y;
  }
  const marked = new Set([hovered, open, focused].filter((node) => node >= 0));
  drawLinks(context, drawing, points, size, marked, palette);
  drawNodes(context, drawing, points, size, camera.scale, palette);
  for (const node of marked) {
    context.beginPath();
    context.arc(
      points[node * 2] ?? 0,
      points[node * 2 + 1] ?? 0,
      radius(drawing.nodes[node]?.links ?? 0, camera.scale) + 5,
      0,
      7,
    );
    context.lineWidth = 2;
    context.strokeStyle = palette.brass;
    context.stroke();
  }
  drawNames(context, drawing, points, size, camera.scale, marked, palette);
}

function drawLinks(
  context: CanvasRenderingContext2D,
  drawing: Drawing,
  points: Float32Array,
  size: Size,
  marked: ReadonlySet<number>,
  palette: Palette,
): void {
  const stroke = (
    style: string,
    width: number,
    dashed: boolean,
    wanted: (link: Drawing['links'][number]) => boolean,
  ) => {
    context.beginPath();
    for (const link of drawing.links) {
      if (!wanted(link)) continue;
      const [x1, y1] = [points[link[0] * 2] ?? 0, points[link[0] * 2 + 1] ?? 0];
      const [x2, y2] = [points[link[1] * 2] ?? 0, points[link[1] * 2 + 1] ?? 0];
      if (Math.max(x1, x2) < 0 || Math.min(x1, x2) > size.width) continue;
      if (Math.max(y1, y2) < 0 || Math.min(y1, y2) > size.height) continue;
      context.moveTo(x1, y1);
      context.lineTo(x2, y2);
    }
    context.setLineDash(dashed ? [3, 4] : []);
    context.strokeStyle = style;
    context.lineWidth = width;
    context.stroke();
    context.setLineDash([]);
  };
  const isMarked = (link: Drawing['links'][number]) => marked.has(link[0]) || marked.has(link[1]);
  // Dashes cost too much for thousands of lines.
  const few = drawing.links.length <= 1500;
  stroke(palette.line, 1, few, (link) => link[2] === 0 && !isMarked(link));
  stroke(few ? palette.lineConfirmed : palette.line, 1, false, (link) => link[2] === 1 && !isMarked(link));
  if (marked.size > 0) stroke(palette.brass, 1.5, false, isMarked);
}

function drawNodes(
  context: CanvasRenderingContext2D,
  drawing: Drawing,
  points: Float32Array,
  size: Size,
  scale: number,
  palette: Palette,
): void {
  for (const kind of Object.keys(shapes) as EntryKind[]) {
    const shape = shapes[kind];
    context.beginPath();
    for (const [index, node] of drawing.nodes.entries()) {
      if (node.kind !== kind) continue;
      const [x, y] = [points[index * 2] ?? 0, points[index * 2 + 1] ?? 0];
      if (x < -20 || y < -20 || x > size.width + 20 || y > size.height + 20) continue;
      trace(context, shape, x, y, radius(node.links, scale));
    }
    if (shape === 'ring') {
      context.strokeStyle = palette.kinds[kind];
      context.lineWidth = 2.5;
      context.stroke();
    } else {
      context.fillStyle = palette.kinds[kind];
      context.fill();
    }
  }
}

function trace(context: CanvasRenderingContext2D, shape: Shape, x: number, y: number, r: number): void {
  const path = (...corners: [number, number][]) => {
    for (const [place, [dx, dy]] of corners.entries()) {
      if (place === 0) context.moveTo(x + dx * r, y + dy * r);
      else context.lineTo(x + dx * r, y + dy * r);
    }
    context.closePath();
  };
  if (shape === 'lozenge') path([0, -1.2], [1.2, 0], [0, 1.2], [-1.2, 0]);
  else if (shape === 'square') path([-0.9, -0.9], [0.9, -0.9], [0.9, 0.9], [-0.9, 0.9]);
  else if (shape === 'triangle') path([0, -1.2], [1.1, 0.8], [-1.1, 0.8]);
  else if (shape === 'down') path([0, 1.2], [1.1, -0.8], [-1.1, -0.8]);
  else if (shape === 'bar') path([-1.2, -0.6], [1.2, -0.6], [1.2, 0.6], [-1.2, 0.6]);
  else {
    const inner = shape === 'ring' ? r * 0.8 : r;
    context.moveTo(x + inner, y);
    context.arc(x, y, inner, 0, 7);
  }
}

/** Names of the marked entries, then of the best linked ones in view, as long as they do not lie on each other. */
function drawNames(
  context: CanvasRenderingContext2D,
  drawing: Drawing,
  points: Float32Array,
  size: Size,
  scale: number,
  marked: ReadonlySet<number>,
  palette: Palette,
): void {
  context.font = `540 13px ${palette.font}`;
  context.textBaseline = 'middle';
  context.lineJoin = 'round';
  const taken: [number, number, number, number][] = [];
  const order = [...marked, ...drawing.nodes.keys()];
  for (const index of order) {
    if (taken.length >= mostNames) break;
    const node = drawing.nodes[index];
    if (!node) continue;
    const [x, y] = [points[index * 2] ?? 0, points[index * 2 + 1] ?? 0];
    if (x < 0 || y < 0 || x > size.width || y > size.height) continue;
    const name = node.name.length > 34 ? `${node.name.slice(0, 33)}…` : node.name;
    const width = context.measureText(name).width;
    const gap = radius(node.links, scale) + 6;
    const left = x + gap + width > size.width ? x - gap - width : x + gap;
    const box: [number, number, number, number] = [left - 4, y - 10, left + width + 4, y + 10];
    if (taken.some(([l, t, r, b]) => box[0] < r && box[2] > l && box[1] < b && box[3] > t)) continue;
    taken.push(box);
    context.lineWidth = 4;
    context.strokeStyle = palette.background;
    context.strokeText(name, left, y);
    context.fillStyle = marked.has(index) ? palette.brass : palette.text;
    context.fillText(name, left, y);
  }
}
