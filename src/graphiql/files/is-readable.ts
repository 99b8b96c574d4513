/**
 * Whether a chosen file is still the one that was chosen. A browser refuses to read one that was changed, moved or
 * deleted since, and an upload of it would break off as if the network had failed.
 */
export async function isReadable(file: Blob): Promise<boolean> {
  try {
    await file.slice(0, 1).arrayBuffer();
    return true;
  } catch {
    return false;
  }
}
