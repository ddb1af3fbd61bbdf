/** Whether bytes are a WAV file, by their first twelve. */
export function isWav(bytes: Uint8Array): boolean {
  return hasText(bytes, 8, 'WAVE') && ['RIFF', 'RF64', 'BW64', 'RIFX'].some((id) => hasText(bytes, 0, id));
}

/** Whether bytes hold these characters (up to U+00FF) at an offset. */
export function hasText(bytes: Uint8Array, at: number, text: string): boolean {
  if (at + text.length > bytes.length) return false;
  for (let i = 0; i < text.length; i++) if (bytes[at + i] !== text.charCodeAt(i)) return false;
  return true;
}
