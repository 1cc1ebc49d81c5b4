/** "Firefox, Windows" from a browser's own words; null when they name neither. */
export function deviceName(userAgent: string | null): string | null {
  if (!userAgent) return null;
  // Order matters: each later name also stands in the words of those before it.
  const browser = firstOf(userAgent, {
    Edge: /\bEdg/,
    Opera: /\bOPR\//,
    Firefox: /\b(Firefox|FxiOS)\//,
    Chrome: /\b(Chrome|CriOS)\//,
    Safari: /\bSafari\//,
  });
  const system = firstOf(userAgent, {
    iPhone: /\biPhone\b/,
    iPad: /\biPad\b/,
    Android: /\bAndroid\b/,
    Windows: /\bWindows\b/,
    macOS: /\bMac OS X\b/,
    Linux: /\bLinux\b/,
  });
  return [browser, system].filter(Boolean).join(', ') || null;
}

function firstOf(text: string, patterns: Record<string, RegExp>): string | undefined {
  return Object.entries(patterns).find(([, pattern]) => pattern.test(text))?.[0];
}
