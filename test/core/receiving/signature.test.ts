import { describe, expect, it } from 'vitest';
import { isSignedWith } from '../../../core/receiving/signature.ts';

// Made with Python's hmac module, not with the code under test.
const secret = 'b537207f20cbfa02357cf448134da559e8bd39d61597dcd5631b8012eae53e81';
const shortSecret = '0f1e2d3c4b5a69788796a5b4c3d2e1f0';
const heartbeat = Buffer.from('{"events":[]}');
const heartbeatSignature = '10468027b67df18c739cc4794c6fc2d2806dcaaf2259fc3e1ed9d26433659853';
const oddBody = Buffer.from(
  '{ "events" : [ {"action":"changed","note":"caf\\u00e9 – 日本語 😀","action":"added"} ]\r\n}',
);
const oddSignature = '103740016ee042bb863d9c59cdd2f319b4061e01782fdfd4027d26ee9a68af46';

describe('isSignedWith()', () => {
  it('accepts a body that is signed with a secret of 64 characters', () => {
    expect(isSignedWith(secret, heartbeat, heartbeatSignature)).toBe(true);
  });

  it('accepts a body that is signed with a secret of 32 characters', () => {
    const signature = '3409475edc97689758fc8392a22c721026d85efa74039daccae131122027959c';
    expect(isSignedWith(shortSecret, heartbeat, signature)).toBe(true);
  });

  it('accepts odd white space, escapes, duplicate keys and non-ASCII: it compares bytes', () => {
    expect(isSignedWith(secret, oddBody, oddSignature)).toBe(true);
  });

  it('accepts an upper-case signature', () => {
    expect(isSignedWith(secret, heartbeat, heartbeatSignature.toUpperCase())).toBe(true);
  });

  it.each([
    ['empty', ''],
    ['one digit short', heartbeatSignature.slice(1)],
    ['one digit long', `${heartbeatSignature}0`],
    ['half of it', heartbeatSignature.slice(0, 32)],
    ['with a prefix', `sha256=${heartbeatSignature}`],
    ['with white space', ` ${heartbeatSignature}`],
    ['with a line end', `${heartbeatSignature}\n`],
    ['not hexadecimal', `${heartbeatSignature.slice(0, 63)}g`],
    ['base64', Buffer.from(heartbeatSignature, 'hex').toString('base64')],
    ['with its last digit changed', `${heartbeatSignature.slice(0, 63)}4`],
    ['with its first digit changed', `2${heartbeatSignature.slice(1)}`],
    ['of another body', oddSignature],
  ])('refuses a signature that is %s', (_, signature) => {
    expect(isSignedWith(secret, heartbeat, signature)).toBe(false);
  });

  it("refuses the signature of another webhook's secret", () => {
    expect(isSignedWith(shortSecret, heartbeat, heartbeatSignature)).toBe(false);
  });

  it('refuses a body with one bit changed', () => {
    for (let index = 0; index < heartbeat.length; index += 1) {
      const tampered = Buffer.from(heartbeat);
      tampered.writeUInt8(heartbeat.readUInt8(index) ^ 1, index);
      expect(isSignedWith(secret, tampered, heartbeatSignature)).toBe(false);
    }
  });

  it('refuses a body with one additional byte', () => {
    expect(isSignedWith(secret, Buffer.concat([heartbeat, Buffer.from(' ')]), heartbeatSignature)).toBe(
      false,
    );
  });
});
