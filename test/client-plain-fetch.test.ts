import { createPlainClient } from '../examples/clients/plain-fetch.ts';
import { describeUploads } from './support/upload-scenarios.ts';

describeUploads('plain fetch', createPlainClient);
