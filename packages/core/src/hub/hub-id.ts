import { AsrError } from '../errors.js';

/** A repository on a hub, at a branch, tag or commit. */
export interface HubId {
  readonly owner: string;
  readonly name: string;
  /** Branch, tag or commit. Default `main`. */
  readonly revision: string;
}

/**
 * Reads `owner/name` or `owner/name@revision`.
 *
 * @throws AsrError `MODEL_NOT_FOUND` when it is neither.
 */
export function parseHubId(text: string): HubId {
  const match = /^(?<owner>[a-z0-9][\w.-]*)\/(?<name>[a-z0-9][\w.-]*)(?:@(?<revision>.*))?$/iu.exec(text);
  const { owner, name, revision = 'main' } = match?.groups ?? {};
  const isRevision = /^[\w][\w.+-]*(\/[\w][\w.+-]*)*$/u.test(revision) && !revision.includes('..');
  if (owner === undefined || name === undefined || !isRevision) {
    throw new AsrError(
      'MODEL_NOT_FOUND',
      `${JSON.stringify(text)} is no hub id: expected owner/name or owner/name@revision. For a folder of this machine ` +
        `write { path: ${JSON.stringify(text)} }, for an address new URL(…).`,
    );
  }
  return { owner, name, revision };
}
