const copied = [
  'font',
  'letterSpacing',
  'wordSpacing',
  'paddingTop',
  'paddingRight',
  'paddingBottom',
  'paddingLeft',
  'borderTopWidth',
  'borderLeftWidth',
] as const;

/** Where a character of a text area stands, in pixels from the area's upper left corner: found by laying the text out once more. */
export function caretPlace(area: HTMLTextAreaElement, index: number): { top: number; left: number; line: number } {
  const style = getComputedStyle(area);
  const copy = document.createElement('div');
  for (const name of copied) copy.style[name] = style[name];
  Object.assign(copy.style, {
    position: 'absolute',
    visibility: 'hidden',
    inset: '0 auto auto 0',
    width: `${area.clientWidth}px`,
    whiteSpace: 'pre-wrap',
    overflowWrap: 'break-word',
  });
  const sign = document.createElement('span');
  sign.textContent = '@';
  copy.append(area.value.slice(0, index), sign);
  document.body.append(copy);
  const place = {
    top: sign.offsetTop - area.scrollTop,
    left: sign.offsetLeft,
    line: Number.parseFloat(style.lineHeight) || sign.offsetHeight,
  };
  copy.remove();
  return place;
}
