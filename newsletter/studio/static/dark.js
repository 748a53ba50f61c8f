// What mail programs do that turn colours round by themselves, roughly: lightness is reversed, hue and saturation stay.

function parts(colour) {
  const found = /rgba?\(([\d.]+),\s*([\d.]+),\s*([\d.]+)(?:,\s*([\d.]+))?\)/.exec(colour);
  return found ? { rgb: found.slice(1, 4).map(Number), alpha: found[4] === undefined ? 1 : Number(found[4]) } : null;
}

const lightness = (rgb) => (Math.max(...rgb) + Math.min(...rgb)) / 510;

function turned(rgb, alpha) {
  const [high, low] = [Math.max(...rgb), Math.min(...rgb)];
  // reversing lightness in HSL moves every channel by the same amount
  const by = 255 - high - low;
  const dark = rgb.map((value) => Math.round(Math.min(255, Math.max(0, value + by))));
  const lifted = dark.map((value) => Math.round(18 + value * 0.93));
  return `rgba(${lifted.join(",")},${alpha})`;
}

export function darken(document, mode) {
  const view = document.defaultView;
  const changes = [];
  for (const element of [document.documentElement, document.body, ...document.body.querySelectorAll("*")]) {
    const style = view.getComputedStyle(element);
    for (const [property, isBackground] of [["background-color", true], ["color", false], ["border-top-color", false], ["border-bottom-color", false]]) {
      const found = parts(style.getPropertyValue(property));
      if (!found || !found.alpha) continue;
      const light = lightness(found.rgb);
      if (mode === "partial" && (isBackground ? light <= 0.5 : light > 0.5)) continue;
      changes.push([element, property, turned(found.rgb, found.alpha)]);
    }
  }
  for (const [element, property, value] of changes) element.style.setProperty(property, value, "important");
  const page = parts(view.getComputedStyle(document.documentElement).backgroundColor);
  if (!page?.alpha) document.documentElement.style.setProperty("background-color", "rgb(18,18,18)");
}
