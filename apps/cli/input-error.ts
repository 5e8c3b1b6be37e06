/**
 * Something that the user gave and that cannot be used: told in one line on stderr that says what
 * is wrong and what to do, with exit status 2. Nothing has been written when it is thrown, or what
 * was written is as it was.
 */
export class InputError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'InputError';
  }
}

/** A run that began and did not end well (the guest failed, data differ): exit status 1. */
export class RunError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'RunError';
  }
}

/** What the operating system says, in words of a user. */
export function systemReason(error: unknown): string {
  const code = (error as NodeJS.ErrnoException).code;
  switch (code) {
    case 'ENOENT': return 'there is no such file or directory';
    case 'EACCES': case 'EPERM': return 'permission denied';
    case 'EEXIST': return 'a file is in its place';
    case 'EISDIR': return 'it is a directory';
    case 'ENOTDIR': return 'a part of the path is no directory';
    case 'ENOSPC': return 'no space left on the device';
    case 'EDQUOT': return 'disk quota exceeded';
    case 'EPIPE': return 'the reader has closed the pipe';
    case 'EROFS': return 'the file system is read-only';
    case 'EFBIG': return 'the file has reached the largest size that is allowed';
    case 'EIO': return 'input/output error';
    case 'ENAMETOOLONG': return 'the name is too long';
    case 'ELOOP': return 'too many symbolic links';
    case 'ENXIO': return 'nothing is behind this special file';
    case 'EMFILE': case 'ENFILE': return 'too many open files';
    default: return code ?? (error instanceof Error ? error.message : String(error));
  }
}
