/** Two small plots, drawn as SVG without a library; the table beneath says the same to whoever does not see them. */
const SVG = 'http://www.w3.org/2000/svg';
const [WIDTH, HEIGHT, EDGE] = [600, 160, 4];

type Attributes = Readonly<Record<string, string | number>>;

function draw(parent: Element, tag: string, attributes: Attributes, colour?: string): SVGElement {
  const element = document.createElementNS(SVG, tag);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, String(value));
  if (colour) element.style.setProperty(tag === 'polyline' ? 'stroke' : 'fill', colour);
  parent.append(element);
  return element;
}

function frame(label: string): SVGElement {
  const plot = document.createElementNS(SVG, 'svg');
  for (const [name, value] of Object.entries({ viewBox: `0 0 ${WIDTH} ${HEIGHT}`, role: 'img', 'aria-label': label, preserveAspectRatio: 'none' })) plot.setAttribute(name, value);
  plot.style.cssText = 'inline-size: 100%; block-size: 10rem; direction: ltr';
  draw(plot, 'rect', { x: 0, y: HEIGHT - 1, width: WIDTH, height: 1 }, 'var(--line-strong)');
  return plot;
}

const top = (values: readonly number[]): number => Math.max(1, ...values);

/** One bar for each value, the oldest at the left. */
export function bars(values: readonly number[], label: string): SVGElement {
  const plot = frame(label);
  const [most, step] = [top(values), WIDTH / Math.max(values.length, 1)];
  values.forEach((value, at) => {
    const height = value === 0 ? 0 : Math.max(2, value / most * (HEIGHT - 2 * EDGE));
    draw(plot, 'rect', { x: at * step + step * 0.1, y: HEIGHT - 1 - height, width: Math.min(step * 0.8, 48), height }, 'var(--brand)');
  });
  return plot;
}

/** A line through the medians and a line through the slowest; null where nothing was measured. */
export function lines(series: readonly (readonly (number | null)[])[], label: string): SVGElement {
  const plot = frame(label);
  const most = top(series.flat().filter(value => value !== null));
  series.forEach((values, which) => {
    const step = WIDTH / Math.max(values.length, 1);
    const points = values.flatMap((value, at) => value === null ? [] : [[(at + 0.5) * step, HEIGHT - EDGE - value / most * (HEIGHT - 2 * EDGE)] as const]);
    const colour = which === 0 ? 'var(--brand)' : 'var(--unsure)';
    draw(plot, 'polyline', { points: points.map(point => point.join(',')).join(' '), fill: 'none', 'stroke-width': 2, 'stroke-dasharray': which === 0 ? 'none' : '6 4', 'vector-effect': 'non-scaling-stroke' }, colour);
    for (const [x, y] of points) draw(plot, 'circle', { cx: x, cy: y, r: 4 }, colour);
  });
  return plot;
}
