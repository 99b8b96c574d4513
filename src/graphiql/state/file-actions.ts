import { bindFile, freePath } from '../files/bind-file.ts';
import { readPreview } from '../files/read-preview.ts';
import type { UploadSlot } from '../operation/upload-slots.ts';
import type { Store } from './create-store.ts';
import type { ExplorerState } from './explorer-state.ts';

/** What can be done with files. */
export interface FileActions {
  /** Adds files to the tab in front, each bound to a free place where there is one, and reads their starts. */
  readonly addFiles: (files: readonly File[], slots: readonly UploadSlot[]) => Promise<void>;
  readonly bind: (id: string, path: string | null, slots: readonly UploadSlot[]) => void;
  readonly removeFile: (id: string) => void;
  readonly markStale: (file: File) => void;
  /** Drops the files of tabs that were closed. */
  readonly keepTabs: (tabs: readonly string[]) => void;
}

/** What the files panel does. */
export function fileActions(store: Store<ExplorerState>): FileActions {
  let chosen = 0;
  const change = (id: string, part: object) =>
    store.set({ files: store.get().files.map((one) => (one.id === id ? { ...one, ...part } : one)) });

  return {
    async addFiles(files, slots) {
      const { tab, outcomes } = store.get();
      // It was about another file.
      store.set({ outcomes: { ...outcomes, [tab]: [] } });
      const added = files.map((file) => {
        chosen += 1;
        const id = String(chosen);
        const ofTab = store.get().files.filter((one) => one.tab === tab);
        // With one place and one file in it, whoever chooses another file wants that one.
        const only = slots.length === 1 && files.length === 1 ? (slots[0]?.path ?? null) : null;
        const path = freePath(ofTab, slots) ?? only;
        store.set({
          files: bindFile([...store.get().files, { id, file, tab, path: null }], id, path, slots),
        });
        return { id, file };
      });
      store.set({ announcement: `${files.map(({ name }) => name).join(', ')} added.` });
      await Promise.all(
        added.map(({ id, file }) =>
          readPreview(file).then(
            (preview) => change(id, { preview }),
            () => change(id, { isStale: true }),
          ),
        ),
      );
    },
    bind(id, path, slots) {
      store.set({ files: bindFile(store.get().files, id, path, slots) });
    },
    removeFile(id) {
      const { files } = store.get();
      const name = files.find((one) => one.id === id)?.file.name;
      store.set({ files: files.filter((one) => one.id !== id), announcement: `${name} removed.` });
    },
    markStale(file) {
      const stale = store.get().files.find((one) => one.file === file);
      if (stale) change(stale.id, { isStale: true });
    },
    keepTabs(tabs) {
      const { files } = store.get();
      if (files.some((one) => !tabs.includes(one.tab)))
        store.set({ files: files.filter((one) => tabs.includes(one.tab)) });
    },
  };
}
