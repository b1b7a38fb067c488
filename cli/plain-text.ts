import { stripVTControlCharacters } from 'node:util';

/**
 * Control characters (C0 and C1) except tab and line feed, and marks that change text direction. Text from another system
 * could use them to clear the screen, set its title, or disguise what it says.
 */
const unwanted = /(?![\t\n])[\p{Cc}\p{Bidi_Control}]/gu;

/** Removes control characters and escape sequences. */
export function plain(text: string): string {
  return stripVTControlCharacters(text).replaceAll(unwanted, '');
}

/** The same, in one line. */
export function inOneLine(text: string): string {
  return plain(text).replaceAll(/\s+/g, ' ').trim();
}

/** A value as JSON in one line. Escapes the control characters that JSON.stringify does not escape. */
export function toJson(value: unknown): string {
  return JSON.stringify(value).replaceAll(
    unwanted,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}
