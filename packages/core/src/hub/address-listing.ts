import { AsrError } from '../errors.js';
import { checkFileName } from './file-names.js';
import type { RemoteFile } from './file-store.js';
import { publicUrl, statusOf } from './http.js';
import type { PackagedModel } from './model-files.js';
import type { RemoteListing } from './remote-files.js';

/** The files of a model whose addresses are given one by one. */
export function listAddresses({ name, urls }: PackagedModel): RemoteListing {
  const files = Object.entries(urls).map(([file, url]): RemoteFile => {
    checkFileName(file, `model ${name}`);
    return { name: file, url: url.href };
  });
  // The same name can stand for other addresses elsewhere.
  const places = [...new Set(files.map(({ url }) => publicUrl(new URL('.', url).href)))].toSorted();
  return { model: `${name} from ${places.join(' ')}`, origin: `model ${name}`, files };
}

/** The error for an address that a plain server refuses. */
export function refusedAddress(name: string, response: Response): AsrError {
  const gone = response.status === 404 || response.status === 410;
  const advice = gone
    ? 'Check the address.'
    : 'Check that it can be read without logging in; a signed address may have expired.';
  return new AsrError(
    gone ? 'MODEL_NOT_FOUND' : 'DOWNLOAD_FAILED',
    `${name}: ${publicUrl(response.url)} answered ${statusOf(response)}. ${advice}`,
  );
}
