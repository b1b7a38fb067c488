import type { APIGatewayProxyEventV2 } from 'aws-lambda';
import { describe, expect, it } from 'vitest';
import { bodyOf, headerOf } from '../../../functions/runtime/http.ts';

function event(changes: object): APIGatewayProxyEventV2 {
  return { headers: {}, isBase64Encoded: false, ...changes } as APIGatewayProxyEventV2;
}

describe('headerOf()', () => {
  it.each(['x-hook-secret', 'X-Hook-Secret', 'X-HOOK-SECRET', 'x-Hook-sEcret'])('finds %s', (name) => {
    expect(headerOf(event({ headers: { accept: '*/*', [name]: 'value' } }), 'X-Hook-Secret')).toBe('value');
  });

  it('distinguishes an empty header from a missing header', () => {
    expect(headerOf(event({ headers: { 'X-Hook-Secret': '' } }), 'X-Hook-Secret')).toBe('');
    expect(headerOf(event({ headers: { 'X-Hook-Secrets': 'value' } }), 'X-Hook-Secret')).toBeUndefined();
  });
});

describe('bodyOf()', () => {
  const bytes = Buffer.from('{"ü":"😀"}\r\n');

  it('returns the same bytes for text and for base64', () => {
    expect(bodyOf(event({ body: bytes.toString('utf8') }))).toEqual(bytes);
    expect(bodyOf(event({ body: bytes.toString('base64'), isBase64Encoded: true }))).toEqual(bytes);
  });

  it('returns no bytes if there is no body', () => {
    expect(bodyOf(event({}))).toHaveLength(0);
  });
});
