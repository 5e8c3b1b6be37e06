/** Of workers (File API §6.4); the compiler knows the page's library only. */
declare class FileReaderSync {
  /** @throws DOMException */
  readAsArrayBuffer(blob: Blob): ArrayBuffer;
}
