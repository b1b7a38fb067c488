import { writeFileSync } from 'node:fs';
import { operationsDocument } from '../contract/document.ts';

// `npm run docs` writes the documents that are made from the code.

writeFileSync(new URL('./operations.md', import.meta.url), operationsDocument());
