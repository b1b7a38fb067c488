/**
 * EventBridge's event patterns (EventBridge user guide, "Comparison operators for use in event patterns").
 */

type Json = unknown;
type JsonObject = Readonly<Record<string, Json>>;

/**
 * Whether an event matches a pattern. Every field of the pattern must match. A field matches if one of its
 * alternatives matches. An array in the event matches if one of its items matches.
 *
 * @throws Error if the operator is unknown. Ignoring the operator would match too many or too few events.
 */
export function matches(pattern: JsonObject, event: Json): boolean {
  return Object.entries(pattern).every(([name, expected]) => {
    if (name === '$or' && Array.isArray(expected)) {
      return expected.some((alternative) => matches(alternative as JsonObject, event));
    }
    const actual = isObject(event) ? event[name] : undefined;
    if (Array.isArray(expected)) return matchesLeaf(expected, actual);
    if (!isObject(expected)) throw new Error(`Expected an array or an object for ${name} in the pattern`);
    // One item of an array must match the whole nested pattern. A value that is not an object is an empty
    // object.
    const candidates = flatten(actual).filter(isObject);
    return (candidates.length > 0 ? candidates : [{}]).some((candidate) => matches(expected, candidate));
  });
}

/** Whether a value matches one of the alternatives. The value may be absent. */
function matchesLeaf(alternatives: readonly Json[], actual: Json): boolean {
  // An object or an empty array has no leaf. It counts as absent.
  const leaves = flatten(actual).filter((value) => value !== undefined && !isObject(value));
  return alternatives.some((alternative) => {
    if (isObject(alternative) && 'exists' in alternative) return alternative.exists === leaves.length > 0;
    return leaves.some((leaf) => isOne(alternative, leaf));
  });
}

function isOne(alternative: Json, value: Json): boolean {
  if (!isObject(alternative)) return alternative === value;
  const [[operator = '', operand] = []] = Object.entries(alternative);
  switch (operator) {
    case 'anything-but':
      return !anythingBut(operand, value);
    case 'numeric':
      return typeof value === 'number' && isInRange(operand as readonly (string | number)[], value);
    default:
      return typeof value === 'string' && compares(operator, operand, value);
  }
}

/** Whether `anything-but` excludes a value. It excludes values, or one operator with one or more operands. */
function anythingBut(operand: Json, value: Json): boolean {
  if (!isObject(operand)) return [operand].flat().includes(value);
  const [[operator = '', inner] = []] = Object.entries(operand);
  return typeof value === 'string' && [inner].flat().some((each) => compares(operator, each, value));
}

function compares(operator: string, operand: Json, value: string): boolean {
  // `{ "prefix": { "equals-ignore-case": "x" } }`
  if (isObject(operand)) {
    return compares(operator, lower(operand['equals-ignore-case']), lower(value));
  }
  const text = String(operand);
  switch (operator) {
    case 'prefix':
      return value.startsWith(text);
    case 'suffix':
      return value.endsWith(text);
    case 'equals-ignore-case':
      return lower(value) === lower(text);
    case 'wildcard':
      return wildcard(text).test(value);
    default:
      throw new Error(`Unknown operator ${operator} in the pattern`);
  }
}

/** The operand is one comparison `["<", 5]` or two comparisons `[">", 0, "<=", 5]`. */
function isInRange(operand: readonly (string | number)[], value: number): boolean {
  for (let index = 0; index < operand.length; index += 2) {
    if (!isOnSide(String(operand[index]), value, Number(operand[index + 1]))) return false;
  }
  return true;
}

function isOnSide(operator: string, value: number, bound: number): boolean {
  switch (operator) {
    case '=':
      return value === bound;
    case '<':
      return value < bound;
    case '<=':
      return value <= bound;
    case '>':
      return value > bound;
    case '>=':
      return value >= bound;
    default:
      throw new Error(`Unknown comparison ${operator} in the pattern`);
  }
}

/** `*` matches any text, also an empty text. A backslash makes the next `*` or backslash literal. */
function wildcard(text: string): RegExp {
  const parts = text.match(/\\[\\*]|\*|[^\\*]+/g) ?? [];
  const source = parts.map((part) => (part === '*' ? '.*' : literally(part.replace(/^\\([\\*])$/, '$1'))));
  return new RegExp(`^${source.join('')}$`, 's');
}

function literally(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&');
}

function flatten(value: Json): readonly Json[] {
  return Array.isArray(value) ? value.flatMap(flatten) : [value];
}

function isObject(value: Json): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function lower(value: Json): string {
  return String(value).toLowerCase();
}
