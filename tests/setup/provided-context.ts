import 'vitest';

declare module 'vitest' {
  interface ProvidedContext {
    /** Address of a hub that pages can ask; see browser-hub.ts. */
    readonly hub: string;
  }
}
