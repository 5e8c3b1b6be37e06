/** Put in by the build: the worker's script, relative to the page. */
declare const WORKER_FILE: string;
