import { commonFolder } from '@org/asr-core';
import type { MemorySource } from '@org/asr-core';

/**
 * A model that the user has on disk: the files of `<input type="file" webkitdirectory>` (or `multiple`), a folder that was
 * dropped, or a handle of `showDirectoryPicker()`. Files are read when the model is loaded, not before.
 *
 * The folder that all files lie in is not part of their names.
 *
 * @throws TypeError for anything else, and for a drop without files.
 * @example
 * ```ts
 * input.onchange = async () => loadModel(await modelFromFolder(input.files!));
 * target.ondrop = async (event) => loadModel(await modelFromFolder(event.dataTransfer!));
 * ```
 */
export async function modelFromFolder(
  folder: FileList | readonly File[] | DataTransfer | FileSystemDirectoryHandle,
): Promise<MemorySource> {
  const files: [path: string, file: File][] = [];
  if (isDirectoryHandle(folder)) await readHandle(folder, '', files);
  else if ('items' in folder && 'dropEffect' in folder) await readDrop(folder, files);
  else if (typeof folder === 'object' && 'length' in folder) {
    for (const file of folder) files.push([file.webkitRelativePath || file.name, file]);
  }
  if (files.length === 0)
    throw new TypeError('there are no files: pass a FileList, a drop or a directory handle');
  const prefix = commonFolder(files.map(([path]) => path));
  return { files: Object.fromEntries(files.map(([path, file]) => [path.slice(prefix.length), file])) };
}

function isDirectoryHandle(folder: object): folder is FileSystemDirectoryHandle {
  return 'kind' in folder && folder.kind === 'directory';
}

async function readHandle(
  folder: FileSystemDirectoryHandle,
  path: string,
  files: [string, File][],
): Promise<void> {
  for await (const [name, handle] of folder.entries()) {
    if (handle instanceof FileSystemFileHandle) files.push([path + name, await handle.getFile()]);
    else if (isDirectoryHandle(handle)) await readHandle(handle, `${path}${name}/`, files);
  }
}

/** Entries are asked for before anything is awaited: a drop is empty once its event is over. */
async function readDrop(drop: DataTransfer, files: [string, File][]): Promise<void> {
  const entries = [...drop.items].map((item) => item.webkitGetAsEntry() ?? item.getAsFile());
  for (const entry of entries) {
    if (entry instanceof File) files.push([entry.name, entry]);
    else if (entry) await readEntry(entry, '', files);
  }
}

async function readEntry(entry: FileSystemEntry, path: string, files: [string, File][]): Promise<void> {
  if (entry.isFile) {
    const file = await new Promise<File>((resolve, reject) => {
      (entry as FileSystemFileEntry).file(resolve, reject);
    });
    files.push([path + entry.name, file]);
    return;
  }
  const reader = (entry as FileSystemDirectoryEntry).createReader();
  // A call gives a part of the entries (100 in Chromium); an empty one is the end.
  for (;;) {
    const batch = await new Promise<FileSystemEntry[]>((resolve, reject) => {
      reader.readEntries(resolve, reject);
    });
    if (batch.length === 0) return;
    for (const child of batch) await readEntry(child, `${path}${entry.name}/`, files);
  }
}
