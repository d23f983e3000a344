import test from 'ava';
import { redactor } from './redaction.ts';

const SECRET = 'canary/secret+4711==&#';

test('a secret is taken out in every form it travels in', (t) => {
  const redact = redactor([SECRET]);
  const bytes = Buffer.from(SECRET);
  const forms = [
    SECRET,
    encodeURIComponent(SECRET),
    bytes.toString('base64'),
    bytes.toString('base64url'),
    bytes.toString('hex'),
    bytes.toString('hex').toUpperCase(),
  ];
  for (const form of forms) t.is(redact(`before ${form} after`), 'before [secret] after');
});

test('URLs and signatures are taken out, whoever they belong to', (t) => {
  const redact = redactor([]);
  t.is(redact('GET https://api.venue.test/api/v3/order?signature=abc failed'), 'GET [url] failed');
  t.is(redact('dial wss://stream.venue.test:9443/ws failed'), 'dial [url] failed');
  t.notRegex(redact('timestamp=1&signature=0a1b2c'), /0a1b2c/);
  t.notRegex(redact('{"apiKey":"0a1b2c","x":1}'), /0a1b2c/);
  t.is(redact('Filter failure: LOT_SIZE (-1013)'), 'Filter failure: LOT_SIZE (-1013)');
});

test('an empty secret takes nothing out', (t) => {
  t.is(redactor([''])('plain words'), 'plain words');
});
