import fc from 'fast-check';

// Property tests look for new counterexamples on every run at a desk. In CI they repeat known ones, so that a change is
// judged by what it changed; FAST_CHECK_SEED tries another draw there.
const seed = process.env['FAST_CHECK_SEED'] ?? (process.env['CI'] ? '20261123' : undefined);
if (seed !== undefined) fc.configureGlobal({ seed: Number(seed) });
