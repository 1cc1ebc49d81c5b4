import { ApiError } from './errors.ts';

/** Deeper than anything people write; the libraries behind walk through JSON by recursion. */
const mostLevels = 100;

/** Throws 400 for text that is no JSON, is nested too deeply, or holds the character NUL, which Postgres cannot store. */
export function assertJsonText(text: string): void {
  try {
    JSON.parse(text);
  } catch (cause) {
    throw new ApiError(400, 'malformed_json', 'The request body is not valid JSON.', { cause });
  }
  let level = 0;
  let inText = false;
  // It is valid JSON, so every escape is complete.
  for (let at = 0; at < text.length; at++) {
    const character = text[at];
    if (character === '"') inText = !inText;
    else if (inText && character === '\\') {
      at++;
      if (text.startsWith('u0000', at)) {
        throw new ApiError(
          400,
          'nul_character',
          'A text in the request holds the character NUL, which cannot be kept.',
        );
      }
    } else if (!inText && (character === '[' || character === '{') && ++level > mostLevels) {
      throw new ApiError(400, 'json_too_deep', `The request body may be nested at most ${mostLevels} levels deep.`);
    } else if (!inText && (character === ']' || character === '}')) level--;
  }
}
