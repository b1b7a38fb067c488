import { stripVTControlCharacters } from 'node:util';

/**
 * Control characters (C0 and C1) but tab and line feed, and the marks that turn the direction of text: from another system
 * they could clear the screen, set its title, or show something else than what is there.
 */
const unwanted = /(?![\t\n])[\p{Cc}\p{Bidi_Control}]/gu;

/** Text that a terminal only shows: without control characters and escape sequences. */
export function plain(text: string): string {
  return stripVTControlCharacters(text).replaceAll(unwanted, '');
}

/** Plain text in one line. */
export function inOneLine(text: string): string {
  return plain(text).replaceAll(/\s+/g, ' ').trim();
}

/** A value as JSON in one line. What JSON does not escape of the unwanted characters is escaped here. */
export function toJson(value: unknown): string {
  return JSON.stringify(value).replaceAll(
    unwanted,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}
