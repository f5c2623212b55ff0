import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';

// n8n-core makes its settings there, and keeps binary files below.
const folder = mkdtempSync(path.join(os.tmpdir(), 'n8n-engine-'));
process.env.N8N_USER_FOLDER = folder;
// n8n's log repeats the errors that the tests provoke.
process.env.N8N_LOG_LEVEL = 'silent';

afterAll(() => rmSync(folder, { recursive: true, force: true }));
