// Compiles app/messages into app/lib/paraglide, which is not committed. Vite does the same while it builds or serves.
import { compile } from '@inlang/paraglide-js';

await compile({ project: './project.inlang', outdir: './app/lib/paraglide' });
