import { createCipheriv, createHmac } from 'node:crypto';
import test from 'ava';
import { openFernet } from './fernet.ts';

/** The specification's: github.com/fernet/spec, generate.json, verify.json and invalid.json. */
const KEY = Buffer.from('cw_0x689RpI-jtRR7oE8h_eQsKImvJapLeSbXpwF4e4=', 'base64url');
const HELLO =
  'gAAAAAAdwJ6wAAECAwQFBgcICQoLDA0ODy021cpGVWKZ_eEwCGM4BLLF_5CV9dOPmrhuVUPgJobwOz7JcbmrR64jVmpU4IwqDA==';
/** Of Python's `cryptography`. */
const PYTHONS =
  'gAAAAABrAgCo62h2gch0YwCEF_sFSLUPQTpuf-ZdrP754og_aU6Ty0uua2EDSmKhrR_Ny2J7v09ADKOzT8QOSAiguWKztjaExpCSsIT-dC34NPXLvNQzcUo=';

const INVALID: [why: string, token: string][] = [
  [
    'incorrect mac',
    'gAAAAAAdwJ6xAAECAwQFBgcICQoLDA0OD3HkMATM5lFqGaerZ-fWPAl1-szkFVzXTuGb4hR8AKtwcaX1YdykQUFBQUFBQUFBQQ==',
  ],
  ['too short', 'gAAAAAAdwJ6xAAECAwQFBgcICQoLDA0OD3HkMATM5lFqGaerZ-fWPA=='],
  [
    'invalid base64',
    '%%%%%%%%%%%%%AECAwQFBgcICQoLDA0OD3HkMATM5lFqGaerZ-fWPAl1-szkFVzXTuGb4hR8AKtwcaX1YdykRtfsH-p1YsUD2Q==',
  ],
  [
    'payload size not multiple of block size',
    'gAAAAAAdwJ6xAAECAwQFBgcICQoLDA0OD3HkMATM5lFqGaerZ-fWPOm73QeoCk9uGib28Xe5vz6oxq5nmxbx_v7mrfyudzUm',
  ],
  [
    'payload padding error',
    'gAAAAAAdwJ6xAAECAwQFBgcICQoLDA0ODz4LEpdELGQAad7aNEHbf-JkLPIpuiYRLQ3RtXatOYREu2FWke6CnJNYIbkuKNqOhw==',
  ],
  [
    'incorrect IV (causes padding error)',
    'gAAAAAAdwJ6xBQECAwQFBgcICQoLDA0OD3HkMATM5lFqGaerZ-fWPAkLhFLHpGtDBRLRTZeUfWgHSv49TF2AUEZ1TIvcZjK1zQ==',
  ],
  ['no token', ''],
];

test("the specification's token and Python's are opened", (t) => {
  t.is(String(openFernet(HELLO, KEY)), 'hello');
  t.is(String(openFernet(PYTHONS, KEY)), 'canary-secret-ß');
});

for (const [why, token] of INVALID) {
  test(`a token is refused: ${why}`, (t) => {
    t.is(openFernet(token, KEY), null);
  });
}

test('a token opens under no other key, and with no character changed or missing', (t) => {
  t.is(openFernet(HELLO, Buffer.alloc(32, 1)), null);
  for (let at = 0; at < HELLO.length; at++) {
    const other = HELLO[at] === 'A' ? 'B' : 'A';
    t.is(openFernet(HELLO.slice(0, at) + other + HELLO.slice(at + 1), KEY), null, `at ${at}`);
    t.is(openFernet(HELLO.slice(0, at), KEY), null, `cut at ${at}`);
  }
  // The last character but the padding carries bits that no byte takes up.
  t.is(openFernet(HELLO.replace('DA==', 'DB=='), KEY), null);
});

test('another version is refused, signed as it may be', (t) => {
  const cipher = createCipheriv('aes-128-cbc', KEY.subarray(16), Buffer.alloc(16));
  const text = Buffer.concat([cipher.update('hello'), cipher.final()]);
  const sign = (version: number) => {
    const body = Buffer.concat([Buffer.from([version]), Buffer.alloc(24), text]);
    const mac = createHmac('sha256', KEY.subarray(0, 16)).update(body).digest();
    return Buffer.concat([body, mac]).toString('base64url').padEnd(100, '=');
  };
  t.is(String(openFernet(sign(0x80), KEY)), 'hello');
  t.is(openFernet(sign(0x81), KEY), null);
});
