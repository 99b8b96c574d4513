import { execFileSync } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A certificate of 127.0.0.1 that nobody trusts who was not given its file. Disposing removes the files. */
export interface SelfSigned extends AsyncDisposable {
  readonly key: string;
  readonly cert: string;
  readonly certFile: string;
}

export async function makeSelfSigned(): Promise<SelfSigned> {
  const folder = await mkdtemp(join(tmpdir(), 'self-signed-'));
  const [keyFile, certFile] = [join(folder, 'key.pem'), join(folder, 'cert.pem')];
  const what = ['-x509', '-newkey', 'rsa:2048', '-nodes', '-days', '1'];
  const whose = ['-subj', '/CN=test', '-addext', 'subjectAltName=IP:127.0.0.1'];
  execFileSync('openssl', ['req', ...what, ...whose, '-keyout', keyFile, '-out', certFile], {
    stdio: 'ignore',
  });
  return {
    key: await readFile(keyFile, 'utf8'),
    cert: await readFile(certFile, 'utf8'),
    certFile,
    [Symbol.asyncDispose]: () => rm(folder, { recursive: true }),
  };
}
