// A folder as one zip archive, its files as they are: so that thousands of small files are sent as one.
const TABLE = Uint32Array.from({ length: 256 }, (_, n) => {
  let c = n;
  for (let k = 0; k < 8; k += 1) c = c & 1 ? 0xedb88320 ^ (c >>> 1) : c >>> 1;
  return c >>> 0;
});

function crc32(bytes: Uint8Array): number {
  let c = 0xffffffff;
  for (const byte of bytes) c = TABLE[(c ^ byte) & 255]! ^ (c >>> 8);
  return (c ^ 0xffffffff) >>> 0;
}

const UTF8_NAMES = 0x0800;
const DAY_1980 = 0x21;

function header(length: number, write: (view: DataView) => void): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(length);
  write(new DataView(bytes.buffer));
  return bytes;
}

/** The fields that a file's own header and the directory's share, from offset `at` on. */
function shared(view: DataView, at: number, sum: number, size: number, name: number): void {
  view.setUint16(at, 20, true);
  view.setUint16(at + 2, UTF8_NAMES, true);
  view.setUint16(at + 8, DAY_1980, true);
  view.setUint32(at + 10, sum, true);
  view.setUint32(at + 14, size, true);
  view.setUint32(at + 18, size, true);
  view.setUint16(at + 22, name, true);
}

/** The archive of files with their paths. */
export async function packed(files: readonly { path: string; file: File }[]): Promise<Blob> {
  const parts: BlobPart[] = [];
  const directory: BlobPart[] = [];
  let at = 0;
  let length = 0;
  for (const { path, file } of files) {
    const name = new TextEncoder().encode(path);
    const bytes = new Uint8Array(await file.arrayBuffer());
    const sum = crc32(bytes);
    const own = header(30, (view) => {
      view.setUint32(0, 0x04034b50, true);
      shared(view, 4, sum, bytes.length, name.length);
    });
    const listed = header(46, (view) => {
      view.setUint32(0, 0x02014b50, true);
      view.setUint16(4, 20, true);
      shared(view, 6, sum, bytes.length, name.length);
      view.setUint32(42, at, true);
    });
    parts.push(own, name, file);
    directory.push(listed, name);
    at += own.length + name.length + bytes.length;
    length += listed.length + name.length;
  }
  const end = header(22, (view) => {
    view.setUint32(0, 0x06054b50, true);
    view.setUint16(8, files.length, true);
    view.setUint16(10, files.length, true);
    view.setUint32(12, length, true);
    view.setUint32(16, at, true);
  });
  return new Blob([...parts, ...directory, end], { type: "application/zip" });
}
