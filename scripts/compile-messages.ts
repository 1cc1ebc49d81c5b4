// Compiles app/messages into app/lib/paraglide, which is not committed. Vite does the same while it builds or serves.
import { compile } from '@inlang/paraglide-js';
import { messageOptions } from '../app/messages.config.ts';

await compile(messageOptions);
