import { readFileSync } from 'node:fs';
import { getStringFromEnv } from '@opentelemetry/core';

/**
 * The certificates that the standard variables name for the connection to the collector, those of traces first. The SDK
 * reads them itself, but not where it is given anything else about connections. As there, a file that cannot be read
 * counts as none: what is missing shows when the connection is refused.
 */
export function collectorCertificates() {
  return {
    ca: readNamed('CERTIFICATE'),
    cert: readNamed('CLIENT_CERTIFICATE'),
    key: readNamed('CLIENT_KEY'),
  };
}

function readNamed(name: string): Buffer | undefined {
  const path =
    getStringFromEnv(`OTEL_EXPORTER_OTLP_TRACES_${name}`) ?? getStringFromEnv(`OTEL_EXPORTER_OTLP_${name}`);
  try {
    return path === undefined ? undefined : readFileSync(path);
  } catch {
    return undefined;
  }
}
