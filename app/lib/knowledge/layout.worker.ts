// Arranges the map beside the page, so that the page answers while thousands of entries find their places.
import { forceLink, forceManyBody, forceSimulation, forceX, forceY, type SimulationNodeDatum } from 'd3-force';

export interface LayoutTask {
  nodes: number;
  /** Pairs of places in the list of nodes, one after the other. */
  links: Uint32Array;
  /** x and y of each node where it has a place already; those that are new are no numbers. Null: all are new. */
  start: Float32Array | null;
  /** Only the end is shown: for people who want no motion. */
  still: boolean;
}

/** x and y of each node, one after the other. */
export interface LayoutStep {
  positions: Float32Array;
  done: boolean;
}

const showEveryMs = 120;
const mostTicks = 300;
const fewestTicks = 80;
/** Work that is still bearable: larger maps are arranged in fewer steps. */
const tickBudget = 240_000;
/** How strongly a map is arranged again that was arranged before; a new one begins at 1. */
const stirred = 0.05;

addEventListener('message', ({ data }: MessageEvent<LayoutTask>) => {
  const nodes: SimulationNodeDatum[] = Array.from({ length: data.nodes }, (_, index) =>
    data.start ? { x: data.start[index * 2] ?? Number.NaN, y: data.start[index * 2 + 1] ?? Number.NaN } : {},
  );
  const links = Array.from({ length: data.links.length / 2 }, (_, index) => ({
    source: data.links[index * 2] ?? 0,
    target: data.links[index * 2 + 1] ?? 0,
  }));
  const ticks = Math.round(Math.min(mostTicks, Math.max(fewestTicks, tickBudget / (data.nodes + 1))));
  const simulation = forceSimulation(nodes)
    .force('link', forceLink(links).distance(46))
    .force('charge', forceManyBody().strength(-90).theta(1.1).distanceMax(600))
    .force('x', forceX().strength(0.045))
    .force('y', forceY().strength(0.06))
    .alphaDecay(1 - 0.001 ** (1 / ticks))
    .stop();
  // Who has a place keeps it, but for what a new link or a gap moves.
  if (data.start) simulation.alpha(stirred);
  let shown = performance.now();
  for (let tick = 0; tick < ticks; tick++) {
    simulation.tick();
    if (data.still || performance.now() - shown < showEveryMs) continue;
    show(nodes, false);
    shown = performance.now();
  }
  show(nodes, true);
});

function show(nodes: readonly SimulationNodeDatum[], done: boolean): void {
  const positions = new Float32Array(nodes.length * 2);
  for (const [index, { x = 0, y = 0 }] of nodes.entries()) {
    positions[index * 2] = x;
    positions[index * 2 + 1] = y;
  }
  postMessage({ positions, done } satisfies LayoutStep, { transfer: [positions.buffer] });
}
