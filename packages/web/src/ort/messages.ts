/**
 * What a caught value says. ONNX Runtime's wasm lets some C++ exceptions through as bare numbers (an address in
 * its memory), which say nothing by themselves.
 */
export function messageOf(error: unknown): string {
  if (typeof error === 'number') {
    return `ONNX Runtime stopped with a C++ exception without text (${error}); running out of memory is the usual reason`;
  }
  return (error instanceof Error ? error.message : String(error)).trim();
}
