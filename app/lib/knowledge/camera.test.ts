import { expect, test } from 'vitest';
import { fit, nextToward, nodeAt, pan, toMap, toScreen, zoomAt } from './camera.ts';

const size = { width: 400, height: 300 };

test('what lies under the pointer stays there when one comes nearer', () => {
  const camera = { x: 10, y: -5, scale: 0.5 };
  const before = toMap(camera, size, 120, 40);
  const nearer = zoomAt(camera, size, 120, 40, 2);
  expect(nearer.scale).toBe(1);
  const after = toMap(nearer, size, 120, 40);
  expect(after[0]).toBeCloseTo(before[0]);
  expect(after[1]).toBeCloseTo(before[1]);
  expect(zoomAt(camera, size, 0, 0, 1e9).scale).toBe(6);
});

test('dragging moves the map with the pointer', () => {
  const camera = { x: 0, y: 0, scale: 2 };
  expect(toScreen(camera, size, 5, 5)).toEqual([210, 160]);
  expect(toScreen(pan(camera, 30, -10), size, 5, 5)).toEqual([240, 150]);
});

test('everything fits, also one entry and none', () => {
  const camera = fit(new Float32Array([-1000, 0, 1000, 500]), size);
  for (const [x, y] of [
    [-1000, 0],
    [1000, 500],
  ] as const) {
    const [screenX, screenY] = toScreen(camera, size, x, y);
    expect(screenX).toBeGreaterThanOrEqual(0);
    expect(screenX).toBeLessThanOrEqual(size.width);
    expect(screenY).toBeGreaterThanOrEqual(0);
    expect(screenY).toBeLessThanOrEqual(size.height);
  }
  expect(fit(new Float32Array([7, 7]), size)).toMatchObject({ x: 7, y: 7 });
  expect(fit(new Float32Array(), size).scale).toBe(1);
});

test('a node is found within reach, and the next one in a direction', () => {
  const positions = new Float32Array([0, 0, 10, 0, 30, 2, 0, 40]);
  expect(nodeAt(positions, 9, 1, 5)).toBe(1);
  expect(nodeAt(positions, 9, 20, 5)).toBe(-1);
  expect(nextToward(positions, 0, [1, 0], [1, 2, 3])).toBe(1);
  expect(nextToward(positions, 0, [0, 1], [1, 2, 3])).toBe(3);
  expect(nextToward(positions, 0, [-1, 0], [1, 2, 3])).toBe(-1);
});
